import dataclasses
import json

import numpy as np
import pytest

from analysis import FIVE_LEVEL
from analysis import Estimate
from analysis import Estimates
from analysis import Tally
from analysis import mean_score
from analysis import satisfied_share

COUNTS = [[0, 1, 2, 10, 7], [0, 0, 0, 0, 0], [0, 0, 0, 0, 9]]


def shares() -> Estimates:
    return satisfied_share(Tally(FIVE_LEVEL, COUNTS), population=[20, 30, 8], target="month")


def test_missing_is_none_never_zero() -> None:
    empty = shares()[1]
    assert isinstance(empty, Estimate)
    missing = ("value", "standard_error", "low", "high", "effective_n", "design_effect", "degrees_of_freedom")
    assert [getattr(empty, name) for name in missing] == [None] * len(missing)
    assert empty.interval is None
    assert (empty.n, empty.population) == (0, 30)


def test_estimates_are_a_sequence_of_estimates() -> None:
    estimates = shares()
    assert len(estimates) == 3
    assert [each.n for each in estimates if isinstance(each, Estimate)] == [20, 0, 9]
    assert isinstance(estimates[:2], Estimates)
    assert len(estimates[:2]) == 2
    assert estimates[np.array([False, False, True])].value.tolist() == [1.0]


def test_more_axes_give_estimates_then_an_estimate() -> None:
    estimates = satisfied_share(Tally(FIVE_LEVEL, [COUNTS, COUNTS]))
    assert estimates.shape == (2, 3)
    assert isinstance(estimates[0], Estimates)
    assert isinstance(estimates[0, 1], Estimate)


def test_item_wants_one_cell() -> None:
    assert satisfied_share(Tally(FIVE_LEVEL, COUNTS[0])).item().n == 20
    assert satisfied_share(Tally(FIVE_LEVEL, COUNTS[:1])).item().n == 20
    with pytest.raises(IndexError, match="3 cells"):
        shares().item()


def test_flags_name_what_a_reader_must_know() -> None:
    assert [each.flags for each in shares()] == [("full_count",), (), ("population_inconsistent",)]


def test_values_cannot_change() -> None:
    estimates = shares()
    with pytest.raises(ValueError, match="read-only"):
        estimates.value[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        estimates[0].value = 1.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        estimates.flags["full_count"] = np.zeros(3)  # type: ignore[index]


def test_as_dict_is_json_without_nan_or_infinity() -> None:
    for document in (
        shares().as_dict(),
        shares()[0].as_dict(),
        mean_score(Tally(FIVE_LEVEL, COUNTS)).as_dict(),
    ):
        text = json.dumps(document, allow_nan=False)
        assert json.loads(text)["confidence_level"] == 0.95
    assert shares().as_dict()["value"] == [0.85, None, 1.0]
    assert shares()[0].as_dict()["value"] == 0.85
    assert shares()[0].as_dict()["method"] == "share:wilson"
