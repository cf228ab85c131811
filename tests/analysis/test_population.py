import numpy as np
import pytest

from analysis.errors import PopulationError
from analysis.population import finite_population


def test_a_month_counts_its_dossiers() -> None:
    finite = finite_population(np.array([20, 40, 41, 0, 0]), [40, 40, 40, 40, 0], "month")
    assert finite.correction.tolist() == [0.5, 0.0, 1.0, 1.0, 1.0]
    assert finite.gain.tolist() == [39 / 20, np.inf, 1.0, 39 / 40, 1.0]
    assert finite.full_count.tolist() == [False, True, False, False, False]
    assert finite.inconsistent.tolist() == [False, False, True, False, False]


def test_a_process_has_no_end_but_still_tells_a_wrong_population() -> None:
    finite = finite_population(np.array([20, 41]), 40, "process")
    assert finite.correction.tolist() == finite.gain.tolist() == [1.0, 1.0]
    assert not finite.full_count.any()
    assert finite.inconsistent.tolist() == [False, True]


def test_a_month_needs_its_population() -> None:
    with pytest.raises(PopulationError, match="population: is missing"):
        finite_population(np.array([3]), None, "month")
    with pytest.raises(PopulationError, match="choose 'process' or 'month'"):
        finite_population(np.array([3]), 4, "year")  # type: ignore[arg-type]
