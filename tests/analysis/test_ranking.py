from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from analysis import FIVE_LEVEL
from analysis import AnalysisError
from analysis import CountError
from analysis import RankSets
from analysis import Tally
from analysis import rank_changes
from analysis import rank_probabilities
from analysis import rank_sets
from analysis import recovered_variance
from analysis import satisfied_share
from tests.analysis.vendored import vendored


def league(units: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.normal(85, 3, units), random.uniform(0.3, 2.5, units) ** 2


def sets(value: Any, covariance: Any, *, seed: int = 7, **options: Any) -> RankSets:
    return rank_sets(value, covariance, np.random.default_rng(seed), **{"draws": 1000} | options)


def test_stable_sets_agree_with_csranks() -> None:
    cases = vendored("other")
    case = next(c["expected"] for c in cases if c["estimate"]["statistic"] == "rank confidence sets")
    compared = 0
    for name, row in case.items():
        if isinstance(row, dict):
            family, step, level = name.split(".", 2)
            found = sets(
                case["x"],
                case["Sigma"],
                draws=20_000,
                simultaneous=family == "simultaneous",
                stepdown=step.endswith("TRUE"),
                confidence_level=float(level),
            )
            assert found.low.tolist() == row["L"], name
            assert found.high.tolist() == row["U"], name
            compared += 1
    assert compared == 8
    assert found.rank.tolist() == case["rank"]


@pytest.mark.parametrize("simultaneous", [True, False])
@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), units=st.integers(1, 12))
def test_order_of_units_does_not_matter(seed: int, units: int, simultaneous: bool) -> None:
    value, spread = league(units, seed)
    order = np.random.default_rng(seed).permutation(units)
    one = sets(value, spread, simultaneous=simultaneous)
    other = sets(value[order], spread[order], simultaneous=simultaneous)
    assert other.low.tolist() == one.low[order].tolist()
    assert other.high.tolist() == one.high[order].tolist()
    assert np.all((one.low <= one.rank) & (one.rank <= one.high))


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_ranks_follow_the_figures_and_sets_nest(seed: int) -> None:
    value, spread = league(9, seed)
    wide, narrow = (sets(value, spread, confidence_level=level) for level in (0.99, 0.8))
    assert np.all((wide.low <= narrow.low) & (narrow.high <= wide.high))
    assert wide.rank.tolist() == (1 + (value[:, np.newaxis] < value).sum(axis=1)).tolist()
    same = sets(value, 4.0 * np.ones(9))
    order = np.argsort(-value)
    assert np.all(np.diff(same.low[order]) >= 0)
    assert np.all(np.diff(same.high[order]) >= 0)
    plain = sets(value, spread, stepdown=False)
    stepped = sets(value, spread)
    assert np.all((plain.low <= stepped.low) & (stepped.high <= plain.high))


@pytest.mark.parametrize(("simultaneous", "ratio"), [(True, 3.48), (False, 2.75)])
def test_stepdown_tells_more_where_most_is_told(simultaneous: bool, ratio: float) -> None:
    # All but the last two are far apart; once those are out of the family, this ratio is enough.
    value = np.concatenate([np.arange(20.0, 0.0, -1.0) * 100, [ratio * 2**0.5, 0.0]])
    plain, stepped = (
        sets(value, np.ones(22), stepdown=step, simultaneous=simultaneous) for step in (False, True)
    )
    assert plain.low[-2:].tolist() == [21, 21]
    assert stepped.low[-2:].tolist() == [21, 22]


def test_scale_and_shift_change_nothing() -> None:
    value, spread = league(10)
    one, other = sets(value, spread), sets(value / 100 - 3, spread / 100**2)
    assert one.signs.tolist() == other.signs.tolist()


def test_a_matrix_that_is_diagonal_is_the_same_as_variances() -> None:
    value, spread = league(8)
    assert sets(value, spread).signs.tolist() == sets(value, np.diag(spread)).signs.tolist()


def test_shared_noise_tells_more_apart() -> None:
    value = np.array([90.0, 88.0, 86.0, 84.0])
    shared = np.full((4, 4), 3.9) + 0.1 * np.eye(4)
    assert sets(value, shared).low.tolist() == [1, 2, 3, 4]
    # The control: without the covariance nothing can be told.
    assert sets(value, np.diag(shared)).low.tolist() == [1, 1, 1, 1]


def held(simultaneous: bool, *, honest: bool) -> float:
    """How often all 8 sets hold the true ranks, or pairs at plain 1.645 instead."""
    random = np.random.default_rng(20261123)
    truth = np.linspace(88, 80, 8)
    hits = 0
    for _ in range(300):
        spread = random.uniform(0.5, 3.0, 8) ** 2
        value = truth + random.normal(0, np.sqrt(spread))
        if honest:
            found = rank_sets(value, spread, random, draws=400, simultaneous=simultaneous)
            low, high = found.low, found.high
        else:
            ratio = (value[:, np.newaxis] - value) / np.sqrt(spread[:, np.newaxis] + spread)
            low, high = 1 + (ratio < -1.645).sum(axis=1), 8 - (ratio > 1.645).sum(axis=1)
        place = np.arange(1, 9)
        hits += bool(np.all((low <= place) & (place <= high)))
    return hits / 300


def test_simultaneous_sets_hold_all_ranks_together() -> None:
    assert held(True, honest=True) >= 0.93
    # The controls: sets made one by one, and pairs without regard to their number.
    assert held(True, honest=False) < 0.9
    assert held(False, honest=True) <= held(True, honest=True)


@pytest.mark.parametrize(("least", "most"), [(10, 50), (30, 200)])
def test_equal_offices_near_one_are_told_apart_only_by_the_plain_variance(least: int, most: int) -> None:
    random = np.random.default_rng(20261123)
    hits = np.zeros(2)
    for _ in range(200):
        n = random.integers(least, most + 1, 20)
        satisfied = random.binomial(n, 0.95)
        zero = np.zeros_like(n)
        share = satisfied_share(
            Tally(FIVE_LEVEL, np.stack([n - satisfied, zero, zero, zero, satisfied], axis=1))
        )
        plain = np.maximum(share.standard_error**2, 1e-12)
        for place, spread in enumerate((recovered_variance(share), plain)):
            found = rank_sets(share.value, spread, random, draws=400)
            # All are equal, so every set must hold every rank.
            hits[place] += not found.signs.any()
    assert hits[0] / 200 >= 0.94
    if least == 30:
        # The control: the plain variance finds differences that are none.
        assert hits[1] / 200 < 0.8


def test_a_unanimous_office_can_be_ranked() -> None:
    share = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 0, 5, 15], [0, 0, 0, 0, 20], [10, 5, 5, 0, 0]]))
    found = sets(share.value, recovered_variance(share))
    assert found.low.tolist() == [1, 1, 3]
    with pytest.raises(AnalysisError, match="recovered"):
        sets(share.value, share.standard_error**2)


def test_who_may_be_among_the_best_and_the_worst() -> None:
    found = sets([95.0, 90.0, 89.5, 80.0], [1.0, 1.0, 1.0, 4.0])
    assert found.among_best(1).tolist() == [True, False, False, False]
    assert found.among_best(2).tolist() == [True, True, True, False]
    assert found.among_worst(1).tolist() == [False, False, False, True]
    assert found.among_best(4).all()
    for count in (0, 5):
        with pytest.raises(CountError, match="count"):
            found.among_best(count)


def test_groups_are_cut_only_where_all_can_be_told_apart() -> None:
    value = [95.0, 94.5, 90.0, 89.0, 70.0]
    assert sets(value, [0.01] * 5).groups.tolist() == [1, 2, 3, 4, 5]
    assert sets(value, [0.3] * 5).groups.tolist() == [1, 1, 2, 2, 3]
    # One blurred unit in the middle ties everything it cannot be told from.
    assert sets(value, [0.3, 0.3, 30.0, 0.3, 0.3]).groups.tolist() == [1, 1, 1, 1, 2]
    found = sets(*league(30))
    groups = found.groups
    apart = groups[:, np.newaxis] < groups
    assert np.all(found.signs[apart] == 1)
    with pytest.raises(AnalysisError, match="simultaneous"):
        _ = sets(value, [0.3] * 5, simultaneous=False).groups


def test_equal_figures_share_a_rank() -> None:
    found = sets([90.0, 80.0, 90.0], [1.0, 1.0, 1.0])
    assert found.rank.tolist() == [1, 3, 1]
    assert found.low.tolist() == [1, 3, 1]
    assert found.high.tolist() == [2, 3, 2]


def test_one_unit_and_two() -> None:
    for simultaneous in (True, False):
        alone = sets([90.0], [1.0], simultaneous=simultaneous)
        assert (alone.low.tolist(), alone.high.tolist()) == ([1], [1])
        two = sets([90.0, 80.0], [1.0, 1.0], simultaneous=simultaneous)
        assert (two.low.tolist(), two.high.tolist()) == ([1, 2], [1, 2])


def test_a_rank_has_changed_only_where_the_sets_are_disjoint() -> None:
    before = sets([95.0, 90.0, 85.0, 80.0], [1.0] * 4)
    blurred = sets([80.0, 85.0, 90.0, 95.0], [100.0] * 4)
    turned = sets([80.0, 85.0, 90.0, 95.0], [1.0] * 4)
    assert rank_changes(before, blurred).tolist() == ["cannot tell"] * 4
    assert rank_changes(before, turned).tolist() == ["fell", "fell", "rose", "rose"]
    with pytest.raises(CountError, match="later"):
        rank_changes(before, sets([90.0], [1.0]))
    with pytest.raises(AnalysisError, match="simultaneous"):
        rank_changes(before, sets([80.0, 85.0, 90.0, 95.0], [1.0] * 4, simultaneous=False))


def test_chances_of_ranks_add_up() -> None:
    random = np.random.default_rng(4)
    found = rank_probabilities(random.beta([90, 80, 85, 40], [10, 20, 15, 10], (4000, 4)))
    np.testing.assert_allclose(found.table.sum(axis=0), 1)
    np.testing.assert_allclose(found.table.sum(axis=1), 1)
    assert found.expected_rank.sum() == pytest.approx(10)
    np.testing.assert_allclose(found.among_best(4), 1)
    assert found.best[0] > 0.7 > found.best[2] > found.best[1]


def test_equal_draws_favour_nobody() -> None:
    found = rank_probabilities(np.ones((10, 3)))
    np.testing.assert_allclose(found.expected_rank, 2)
    assert rank_probabilities([[1.0, 0.0, 1.0]]).best.tolist() == [0.5, 0.0, 0.5]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: sets([1.0, np.nan], [1.0, 1.0]), "value"),
        (lambda: sets([1.0, 2.0], [0.0, 0.0]), "covariance"),
        (lambda: sets([1.0, 2.0], [1.0, -1.0]), "covariance"),
        (lambda: sets([1.0, 2.0, 3.0], [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]), "covariance"),
        (lambda: sets([1.0, 2.0], [1.0, 1.0], confidence_level=95), "confidence_level"),
        (lambda: sets([1.0, 2.0], [1.0, 1.0], draws=0), "draws"),
        (lambda: rank_probabilities([1.0, 2.0]), "draws"),
        (lambda: rank_probabilities([[1.0, np.nan]]), "draws"),
    ],
)
def test_bad_arguments_are_named(call: Any, argument: str) -> None:
    with pytest.raises(AnalysisError) as raised:
        call()
    assert raised.value.argument == argument


def test_a_province_is_ranked_at_once() -> None:
    start = process_time()
    rank_sets(*league(63), np.random.default_rng(1))
    assert process_time() - start < 0.2


@pytest.mark.slow
def test_five_hundred_units_are_ranked_in_seconds() -> None:
    start = process_time()
    for simultaneous in (True, False):
        rank_sets(*league(500), np.random.default_rng(1), simultaneous=simultaneous)
    assert process_time() - start < 10
