from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.reference.case import Case
from analysis.reference.case import Source
from analysis.reference.case import cases
from analysis.reference.case import columns
from analysis.reference.case import compare
from analysis.reference.case import numbers

FOLDER = Path(__file__).parent


def test_cases_are_read_with_their_data() -> None:
    found = {case.name: case for case in cases(FOLDER)}
    assert len(found) == len(list(cases(FOLDER))) > 500
    case = found["survey_calibration_replicates_edge.json edge.a.y"]
    assert case.statistic == "mean"
    assert case.design["strata"] == ["agency"]
    assert case.table()["agency"][0] == "a"
    assert np.isnan(numbers(case.table()["y"])).sum() == 3
    assert columns(FOLDER / "data/edge.csv") is columns(FOLDER / "data/edge.csv")
    assert next(case.siblings()).place == 0


def test_a_case_may_be_flat() -> None:
    case = Case(Source(FOLDER, "flat.json", {"cases": []}), {"x1": 3}, 7)
    assert (case.name, case.design, case.estimate, case.statistic) == ("flat.json 7", {}, {}, "")
    assert case.expected == {"x1": 3}


@pytest.mark.parametrize(
    ("found", "expected", "misses"),
    [
        (1.0, 1.0 + 5e-9, 0),
        (1.0, 1.0 + 5e-8, 1),
        (1e-15, 0, 0),
        (1e-9, 0, 1),
        (float("nan"), None, 0),
        (None, None, 0),
        (0.0, None, 1),
        (None, 0.0, 1),
        (float("nan"), 1.0, 1),
        (float("inf"), "Inf", 0),
        (5.0, "Inf", 1),
        ("Inf", "Inf", 1),
        (True, True, 0),
        (False, True, 1),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 5]], 1),
        ([1, 2], [1, 2, 3], 1),
        (1.0, [1.0], 1),
        ({"a": 1, "b": 9}, {"a": 1}, 0),
        ({"a": 1}, {"a": 2, "c": 3}, 2),
    ],
)
def test_what_differs_is_found(found: Any, expected: Any, misses: int) -> None:
    assert len(compare("place", found, expected)) == misses


def test_a_mismatch_names_its_place() -> None:
    (miss,) = compare("row", {"est": [1.0, 2.0]}, {"est": [1.0, 3.0]})
    assert str(miss) == "row.est[1]: found 2.0, expected 3.0"


def test_tolerances_are_those_that_are_asked_for() -> None:
    assert compare("", 1.0, 1.001, relative=1e-2) == []
    assert compare("", 0.5, 0.5 + 5e-8, relative=0, absolute=1e-7) == []
    assert compare("", 0.5, 0.5 + 2e-7, relative=0, absolute=1e-7)
