from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import FIVE_LEVEL
from analysis import CountError
from analysis import Estimate
from analysis import Tally
from analysis import satisfied_share
from analysis import stratified_share
from analysis import student_quantile
from analysis import variance
from analysis import wilson

OFFICES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 500)).filter(lambda o: o[0] + o[1] > 0),
    min_size=1,
    max_size=6,
)


def offices(*yes_no: tuple[int, int]) -> Tally:
    return Tally(FIVE_LEVEL, [[no, 0, 0, yes, 0] for yes, no in yes_no])


@pytest.mark.parametrize("target", ["process", "month"])
def test_the_total_agrees_with_linearized_rows(ratings: Any, target: Any) -> None:
    """The rows' way: weights N/n, strata the offices; `variance` itself is held against R."""
    answer = ratings.table[:, 0].astype(int)
    table, cells = answer[answer > 0], ratings.domain[answer > 0]
    counts = np.zeros((ratings.domains, 6), dtype=int)
    np.add.at(counts, (cells, table), 1)
    found = stratified_share(Tally(FIVE_LEVEL, counts[:, 1:]), ratings.population, target=target).item()
    weight = (ratings.population / np.bincount(cells))[cells]
    value = np.average(table >= 4, weights=weight)
    influence = weight * ((table >= 4) - value) / ratings.population.sum()
    population = ratings.population if target == "month" else None
    spread = variance(influence, np.zeros_like(cells), 1, strata=cells, population=population)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(spread[0]), rel=1e-12)


def test_the_interval_uses_the_larger_of_both_design_effects() -> None:
    tally, population = offices((40, 10), (98, 2)), np.array([900, 100])
    total = stratified_share(tally, population).item()
    weight, p, n = np.array([0.9, 0.1]), np.array([0.8, 0.98]), np.array([50, 100])
    value = weight @ p
    v = weight**2 @ (p * (1 - p) / (n - 1))
    kish = 150 * (weight**2 / n).sum()
    factor = max(150 * v / (value * (1 - value)), kish)
    assert total.design_effect == pytest.approx(factor, rel=1e-12)
    low, high = wilson(value, 150 / factor, quantile=student_quantile(148))
    assert (total.low, total.high) == (pytest.approx(low), pytest.approx(high))
    assert (total.n, total.population, total.degrees_of_freedom) == (150, 1000, 148)


def test_the_month_narrows_by_its_own_correction() -> None:
    tally, population = offices((40, 10), (98, 2)), [100, 200]
    process = stratified_share(tally, population).item()
    month = stratified_share(tally, population, target="month").item()
    assert month.effective_n == pytest.approx(
        process.effective_n * process.standard_error**2 / month.standard_error**2
    )
    assert process.low < month.low < month.value < month.high < process.high


def test_unanimous_offices_never_give_a_point() -> None:
    total = stratified_share(offices((20, 0), (30, 0)), [100, 900]).item()
    assert (total.value, total.standard_error, total.high) == (1.0, 0.0, 1.0)
    assert total.low < 0.9
    thirds = stratified_share(offices(*[(20, 0)] * 7), [10 * 3**h for h in range(7)]).item()
    assert (thirds.value, thirds.high) == (1.0, 1.0)
    split = stratified_share(offices((20, 0), (0, 30)), [500, 500], target="month").item()
    assert (split.value, split.standard_error) == (0.5, 0.0)
    assert split.low < 0.4 < 0.6 < split.high


def test_a_full_count_is_its_value() -> None:
    full = stratified_share(offices((20, 5), (30, 0)), [25, 30], target="month").item()
    assert full.low == full.value == full.high == 50 / 55
    assert (full.standard_error, full.flags, full.effective_n) == (0.0, ("full_count",), None)
    assert stratified_share(offices((20, 5), (30, 0)), [25, 30]).item().flags == ()


def test_an_office_with_dossiers_must_have_answered() -> None:
    silent = stratified_share(offices((20, 5), (0, 0)), [100, 30]).item()
    assert (silent.value, silent.low, silent.n) == (None, None, 25)
    closed = stratified_share(offices((20, 5), (0, 0)), [100, 0]).item()
    assert closed.value == 0.8
    nothing = stratified_share(offices((0, 0), (0, 0)), [0, 0], target="month").item()
    assert (nothing.value, nothing.flags) == (None, ())


def test_an_office_with_one_response_counts_its_distance_from_the_total() -> None:
    total = stratified_share(offices((20, 5), (1, 0)), [100, 20]).item()
    assert total.flags == ("single_response_offices",)
    value = (100 * 0.8 + 20) / 120
    spread = (100 / 120) ** 2 * 0.8 * 0.2 / 24 + (20 / 120) ** 2 * (1 - value) ** 2
    assert total.standard_error == pytest.approx(spread**0.5, rel=1e-12)
    only = stratified_share(offices((1, 0), (1, 0)), [100, 20]).item()
    assert (only.value, only.low) == (1.0, None)


def test_a_wrong_population_is_marked_and_gets_no_correction() -> None:
    wrong = stratified_share(offices((20, 5), (30, 1)), [20, 500], target="month").item()
    assert wrong.flags == ("population_inconsistent",)


def test_many_totals_at_once() -> None:
    tally = Tally(FIVE_LEVEL, np.arange(2 * 3 * 5).reshape(2, 3, 5))
    totals = stratified_share(tally, [500, 600, 700], ("5",))
    for month in range(2):
        assert totals[month] == stratified_share(tally[month], [500, 600, 700], ("5",)).item()
    with pytest.raises(CountError, match="no axis of offices"):
        stratified_share(Tally(FIVE_LEVEL, [1, 2, 3, 4, 5]), 9)


@given(OFFICES, st.integers(0, 2**32))
def test_the_total_lies_in_its_interval_whatever_the_order(rows: list[Any], seed: int) -> None:
    tally = offices(*((yes, no) for yes, no, _ in rows))
    population = np.array([size for *_, size in rows])
    order = np.random.default_rng(seed).permutation(len(rows))
    total = stratified_share(tally, population).item()
    other = stratified_share(tally[order], population[order]).item()
    assert total.value == pytest.approx(other.value, abs=1e-12)
    assert total.standard_error == pytest.approx(other.standard_error, rel=1e-9, abs=1e-12)
    if total.low is not None:
        assert 0 <= total.low <= total.value <= total.high <= 1
        assert total.high - total.low > 1e-3


def test_one_office_is_its_own_total() -> None:
    total = stratified_share(offices((40, 10)), [900]).item()
    alone = satisfied_share(offices((40, 10))).item()
    assert isinstance(alone, Estimate)
    assert (total.value, total.standard_error) == (alone.value, pytest.approx(alone.standard_error))
    assert total.low == pytest.approx(alone.low, abs=0.01)
