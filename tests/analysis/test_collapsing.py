from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import DesignError
from analysis import SurveyDesign
from analysis import collapse_cells
from analysis import post_stratify

FIELD = ["land"] * 6 + ["civil"] * 5 + ["tax"] * 2
LATE = ["yes"] * 5 + ["no"] + ["yes"] * 5 + ["no"] * 2
FRAME = [["land", "land", "civil", "civil", "tax", "tax"], ["yes", "no"] * 3]
COUNTS = [50, 9, 40, 8, 3, 30]


def test_small_cells_go_into_those_that_differ_in_the_first_variable() -> None:
    found = collapse_cells([FIELD, LATE], FRAME, COUNTS, minimum=3)
    # All of "no" is small or empty and merges; (tax, yes) has no row, so all of "yes" merges, too.
    assert found.totals == {("*", "no"): 47.0, ("*", "yes"): 93.0}
    assert {one.cell: (one.rows, one.population) for one in found.collapsed} == {
        ("civil", "no"): (0, 8.0),
        ("land", "no"): (1, 9.0),
        ("tax", "no"): (2, 30.0),
        ("tax", "yes"): (0, 3.0),
    }
    assert all(one.into == ("*", one.cell[1]) for one in found.collapsed)


def test_what_is_large_enough_stays() -> None:
    found = collapse_cells([FIELD[:11], LATE[:11]], [FRAME[0][:3], FRAME[1][:3]], COUNTS[:3], minimum=1)
    assert found.collapsed == ()
    assert len(found.cells) == 3


def test_in_the_end_there_is_one_cell() -> None:
    found = collapse_cells([FIELD, LATE], FRAME, COUNTS, minimum=12)
    assert found.totals == {("*", "*"): 140.0}
    weighted = post_stratify(SurveyDesign(weights=np.ones(13)), found.cells, found.totals)
    assert weighted.weights.sum() == pytest.approx(140)


@given(st.integers(0, 10**6), st.integers(1, 8))
def test_every_cell_is_large_enough_and_nobody_is_lost(seed: int, minimum: int) -> None:
    random = np.random.default_rng(seed)
    frame = [random.integers(0, 3, 60), random.integers(0, 2, 60), random.integers(0, 2, 60)]
    drawn = random.choice(60, 25, replace=False)
    sample = [column[drawn] for column in frame]
    found = collapse_cells(sample, frame, np.ones(60), minimum=minimum)
    assert np.bincount(found.cells.codes, minlength=len(found.cells)).min() >= minimum
    assert sum(found.totals.values()) == 60
    for one in found.collapsed:
        assert one.rows < minimum


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([FIELD], FRAME, COUNTS), "frame: has 2 variables, sample 1"),
        (([FIELD, LATE], FRAME, [1, 2]), "counts: have shape"),
        (([["new"], ["yes"]], FRAME, COUNTS), r"has nobody in \('new', 'yes'\), where row 0 is"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        collapse_cells(*arguments)
