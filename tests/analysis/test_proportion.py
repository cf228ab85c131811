from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import FIVE_LEVEL
from analysis import THREE_LEVEL
from analysis import AnalysisError
from analysis import CountError
from analysis import PopulationError
from analysis import Tally
from analysis import clopper_pearson
from analysis import satisfied_share
from analysis import share
from analysis import very_satisfied_share
from analysis import wilson

CELL = st.lists(st.integers(0, 2000), min_size=5, max_size=5)


def first_item(ratings: Any) -> tuple[Tally, np.ndarray]:
    """Tally of q1 by agency-month, and the responses behind it, blank or not."""
    answer = ratings.table[:, 0].astype(int)
    counts = np.zeros((ratings.domains, 6), dtype=int)
    np.add.at(counts, (ratings.domain, answer), 1)
    return Tally(FIVE_LEVEL, counts[:, 1:]), counts.sum(axis=1)


@pytest.mark.parametrize("target", ["process", "month"])
def test_shares_agree_with_r(ratings: Any, figures: Any, target: Any) -> None:
    tally, responses = first_item(ratings)
    est, se = figures(target, "q1.top2")
    found = share(tally, ("4", "5"), population=ratings.population, target=target, responses=responses)
    np.testing.assert_allclose(found.value, est, rtol=1e-8)
    np.testing.assert_allclose(found.standard_error, se, rtol=1e-8, atol=1e-15)
    # The control: without the blank rows the standard error of cells with blanks is another one.
    blanks = (tally.n < responses) & (se > 0)
    assert blanks.any()
    plain = share(tally, ("4", "5"), population=ratings.population, target=target)
    assert np.all(np.abs(plain.standard_error[blanks] / se[blanks] - 1) > 1e-8)


def test_the_headline_is_the_plain_wilson_interval() -> None:
    headline = satisfied_share(Tally(FIVE_LEVEL, [2, 1, 5, 30, 12])).item()
    assert headline.interval == wilson(0.84, 50)
    assert (headline.n, headline.effective_n, headline.design_effect) == (50, 50.0, 1.0)
    assert headline.degrees_of_freedom is None
    assert headline.standard_error == pytest.approx((0.84 * 0.16 / 49) ** 0.5, rel=1e-14)
    assert very_satisfied_share(Tally(FIVE_LEVEL, [2, 1, 5, 30, 12])).item().value == 0.24
    assert satisfied_share(Tally(THREE_LEVEL, [8, 1, 200])).item().value == 201 / 209


def test_exact_interval_on_demand() -> None:
    exact = satisfied_share(Tally(FIVE_LEVEL, [[2, 1, 5, 30, 12], [0] * 5]), method="clopper_pearson")
    assert exact.method == "share:clopper_pearson"
    np.testing.assert_allclose([exact.low[0], exact.high[0]], clopper_pearson(42, 50), rtol=1e-12)
    assert np.isnan(exact.low[1])
    full = satisfied_share(
        Tally(FIVE_LEVEL, [0, 0, 0, 5, 0]), method="clopper_pearson", target="month", population=5
    )
    assert full.item().interval == (1.0, 1.0)


def test_a_month_uses_its_finite_population() -> None:
    tally = Tally(FIVE_LEVEL, [[2, 1, 5, 30, 12]] * 3)
    month = satisfied_share(tally, population=[100, 50, 49], target="month")
    assert month.effective_n.tolist() == [50 * 99 / 50, np.inf, 50.0]
    assert month[0].interval == wilson(0.84, 99)
    assert month.standard_error[0] == pytest.approx((0.84 * 0.16 / 49 / 2) ** 0.5, rel=1e-14)
    counted, wrong = month[1], month[2]
    assert (counted.low, counted.value, counted.high, counted.standard_error) == (0.84, 0.84, 0.84, 0.0)
    assert (counted.flags, counted.effective_n) == (("full_count",), None)
    assert wrong.flags == ("population_inconsistent",)
    assert wrong.interval == wilson(0.84, 50)


def test_blank_rows_of_a_month_are_part_of_its_sample() -> None:
    tally = Tally(FIVE_LEVEL, [2, 1, 5, 30, 12])
    month = share(tally, ("4", "5"), population=100, target="month", responses=60).item()
    assert (month.n, month.effective_n) == (50, pytest.approx(50 * 99 / 40))
    assert month.interval == wilson(0.84, 50 * (99 / 40))


def test_one_answer_has_a_share_but_no_standard_error() -> None:
    one = satisfied_share(Tally(FIVE_LEVEL, [0, 0, 0, 1, 0])).item()
    assert (one.value, one.standard_error, one.n) == (1.0, None, 1)
    assert one.low is not None
    assert one.low < 0.25


def test_a_cell_where_nobody_answered_the_item_of_a_full_count_is_missing() -> None:
    empty = share(Tally(FIVE_LEVEL, [0] * 5), ("5",), population=3, target="month", responses=3).item()
    assert (empty.value, empty.low, empty.standard_error) == (None, None, None)


def test_arguments_at_fault_are_named() -> None:
    tally = Tally(FIVE_LEVEL, [0, 0, 0, 1, 0])
    with pytest.raises(PopulationError, match="population: is missing"):
        satisfied_share(tally, target="month")
    with pytest.raises(CountError, match="responses: are fewer"):
        share(tally, ("5",), responses=0)
    with pytest.raises(AnalysisError, match="method: is 'wald'"):
        satisfied_share(tally, method="wald")  # type: ignore[arg-type]


@given(st.lists(CELL, min_size=1, max_size=4))
def test_a_share_and_its_complement_mirror_each_other(counts: list[list[int]]) -> None:
    tally = Tally(FIVE_LEVEL, counts)
    yes, no = share(tally, ("4", "5")), share(tally, ("1", "2", "3"))
    np.testing.assert_allclose(yes.value, 1 - no.value, atol=1e-12)
    np.testing.assert_allclose(yes.low, 1 - no.high, atol=1e-12)
    np.testing.assert_allclose(yes.standard_error, no.standard_error, atol=1e-12)
    known = tally.n > 0
    assert np.all((yes.low <= yes.value) & (yes.value <= yes.high) == known)


def test_large_counts_stay_exact() -> None:
    big = 3 * 10**14
    estimate = satisfied_share(Tally(FIVE_LEVEL, [1, 0, 0, 0, big])).item()
    assert estimate.n == big + 1
    assert estimate.value == big / (big + 1)
    assert estimate.low is not None
    assert 1 - estimate.value < 1 - estimate.low < 1e-12
