from typing import Any

import numpy as np
import pytest

from analysis import AnalysisError
from analysis import arcsine
from analysis import clopper_pearson
from analysis import effective_n
from analysis import korn_graubard
from analysis import likelihood_interval
from analysis import logit_interval
from analysis import wald


def test_both_rules_of_the_effective_n() -> None:
    v = 0.8 * 0.2 / 49
    assert effective_n(0.8, v, rule="r") == pytest.approx(49)
    assert effective_n(0.8, v, 50) == pytest.approx(50)
    assert np.isnan(effective_n([0.0, 1.0, 0.5], [0.0, 0.0, 0.0], 9)).all()


def test_korn_graubard_is_capped_and_never_a_point() -> None:
    capped, free = (korn_graubard(0.9, 0.0001, 100, 50, capped=capped) for capped in (True, False))
    assert capped.low < free.low
    assert capped == pytest.approx(clopper_pearson(90, 100))
    assert korn_graubard(1.0, 0.0, 20, 5) == pytest.approx(clopper_pearson(20, 20))


def test_intervals_from_a_standard_error_are_not_available_at_the_ends() -> None:
    for make in (logit_interval, arcsine):
        low, high = make([0.0, 0.5, 1.0], [0.0, 0.1, 0.0])
        assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False, True]
    assert wald(1.0, 0.1).high > 1


def test_the_likelihood_at_the_ends_is_what_the_level_allows() -> None:
    p, n, t = 0.83, 61.0, 2.0
    for end in likelihood_interval(p, n, quantile=t):
        ratio = p * np.log(p / end) + (1 - p) * np.log((1 - p) / (1 - end))
        assert 2 * n * ratio == pytest.approx(t**2, rel=1e-9)
    low, high = likelihood_interval([0.0, 1.0], 20)
    assert (low[0], high[1]) == (0.0, 1.0)
    assert high[0] == pytest.approx(1 - low[1])
    assert 0.05 < high[0] < 0.2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: effective_n(0.5, 0.1), "n: is missing"),
        (lambda: effective_n(0.5, 0.1, 9, rule="m"), "rule: is 'm'"),  # type: ignore[arg-type]
        (lambda: korn_graubard(87, 0.1, 9, 8), "share: lies outside 0 to 1"),
        (lambda: logit_interval(0.5, 0.1, confidence_level=2), "confidence_level: 2 is not between"),
    ],
)
def test_arguments_that_make_no_sense(make: Any, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        make()
