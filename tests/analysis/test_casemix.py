from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import CountError
from analysis import case_mix
from analysis import mover
from analysis import share_difference
from analysis import wilson

EASY, HARD = 0.95, 0.70


def drawn(random: np.random.Generator, rates: np.ndarray, n: np.ndarray) -> np.ndarray:
    return random.binomial(n, rates)


def mixes(offices: int) -> np.ndarray:
    """Answers by office and cell: from hardly any hard cases to nothing else."""
    hard = np.linspace(5, 95, offices).round().astype(int)
    return np.column_stack([100 - hard, hard])


def test_expected_is_what_all_reach_on_the_offices_work() -> None:
    mix = case_mix([[45, 30], [90, 4]], [[50, 50], [100, 10]])
    rates = np.array([135 / 150, 34 / 60])
    assert mix.expected.tolist() == pytest.approx([(rates * [0.5, 0.5]).sum(), (rates @ [100, 10]) / 110])
    assert mix.observed.tolist() == pytest.approx([0.75, 94 / 110])
    assert mix.level == pytest.approx(169 / 210)
    # What some have more than expected others have less.
    assert np.average(mix.difference.value, weights=[100, 110]) == pytest.approx(0)


def influence(good: np.ndarray, n: np.ndarray, office: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How much one more answer of each kind moves the observed and the expected share, by small steps."""

    def both(good: np.ndarray, n: np.ndarray) -> np.ndarray:
        part = n[office] / n[office].sum()
        return np.array([good[office].sum() / n[office].sum(), part @ (good.sum(axis=0) / n.sum(axis=0))])

    moves, counts, step = [], [], 1e-6
    for cell in np.ndindex(n.shape):
        for answer, count in ((1.0, good[cell]), (0.0, n[cell] - good[cell])):
            more, larger = good.astype(float), n.astype(float)
            more[cell] += step * answer
            larger[cell] += step
            moves.append((both(more, larger) - both(good, n)) / step)
            counts.append(count)
    observed, expected = np.array(moves).T
    return observed, expected, np.array(counts)


def test_error_and_correlation_are_those_of_the_influence_of_every_answer() -> None:
    good, n = np.array([[45, 30], [90, 4], [10, 70]]), np.array([[50, 50], [100, 10], [10, 110]])
    mix = case_mix(good, n)
    for office in range(3):
        observed, expected, counts = influence(good, n, office)
        error = np.sqrt((counts * (observed - expected) ** 2).sum())
        assert mix.difference.standard_error[office] == pytest.approx(error, rel=1e-5)
        own, other = (counts * observed**2).sum(), (counts * expected**2).sum()
        rho = (counts * observed * expected).sum() / np.sqrt(own * other)
        o, e = mix.observed[office], mix.expected[office]
        ends = mover(o, wilson(o, n[office].sum()), e, wilson(e, e * (1 - e) / other), correlation=rho)
        found = [mix.difference.low[office], mix.difference.high[office]]
        np.testing.assert_allclose(found, [float(end) for end in ends], rtol=0, atol=1e-6)


def test_with_one_kind_of_work_it_is_the_raw_difference() -> None:
    mix = case_mix([[45], [60], [90]], [[50], [80], [100]])
    assert mix.expected.tolist() == pytest.approx([195 / 230] * 3)
    np.testing.assert_allclose(mix.adjusted, mix.observed)
    # An office's own answers are in what is expected, which ties both: the error shrinks to the others' part.
    others = 0.15 * 0.85
    assert mix.difference.standard_error[0] < (others / 50 + others / 180) ** 0.5


def test_offices_with_hard_work_are_not_blamed_for_it() -> None:
    n = mixes(20)
    found, raw = [], []
    for seed in range(60):
        good = drawn(np.random.default_rng(seed), np.array([EASY, HARD]), n)
        mix = case_mix(good, n)
        found.append(np.mean((mix.difference.low > 0) | (mix.difference.high < 0)))
        total = n.sum(axis=1)
        rest = share_difference(good.sum(axis=1), total, good.sum() - good.sum(axis=1), n.sum() - total)
        raw.append(np.mean(rest.p_value < 0.05))
    assert 0.02 < np.mean(found) < 0.07
    # The control: compared raw, most of them look better or worse than they are.
    assert np.mean(raw) > 0.3


def test_an_office_that_does_worse_is_found() -> None:
    n = mixes(12)
    rates = np.tile([EASY, HARD], (12, 1))
    rates[4] -= 0.3
    mix = case_mix(drawn(np.random.default_rng(3), rates, n), n)
    reading = mix.difference.adjusted().reading
    assert reading[4] == "lower"
    assert (reading == "lower").sum() == 1


@given(st.data())
def test_contains_the_difference_within_its_bounds(data: Any) -> None:
    shape = data.draw(st.tuples(st.integers(1, 5), st.integers(1, 4)))
    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    n = random.integers(0, 30, shape)
    mix = case_mix(random.binomial(n, 0.9), n)
    some = n.sum(axis=1) > 0
    assert np.isnan(mix.difference.value[~some]).all()
    low, high = (end[some] for end in mix.difference.interval)
    value = mix.difference.value[some]
    assert np.all(low <= value + 1e-12)
    assert np.all(value <= high + 1e-12)
    assert np.all((mix.adjusted[some] >= 0) & (mix.adjusted[some] <= 1))
    assert np.all(mix.adjusted_interval.low[some] <= mix.adjusted[some] + 1e-12)


def test_order_of_offices_and_cells_does_not_matter() -> None:
    random = np.random.default_rng(5)
    n = random.integers(1, 40, (6, 4))
    good = random.binomial(n, 0.8)
    one, offices, cells = case_mix(good, n), random.permutation(6), random.permutation(4)
    other = case_mix(good[offices][:, cells], n[offices][:, cells])
    np.testing.assert_allclose(other.difference.low, one.difference.low[offices], rtol=0, atol=1e-12)
    np.testing.assert_allclose(other.expected, one.expected[offices])


def test_work_that_nobody_else_does_is_told() -> None:
    mix = case_mix([[10, 9], [10, 0]], [[10, 10], [12, 0]])
    assert mix.comparable.tolist() == [0.5, 1.0]


def test_unanimous_offices_and_no_answers_at_all() -> None:
    mix = case_mix([[10, 10], [20, 5], [0, 0]], [[10, 10], [20, 5], [0, 0]])
    assert mix.difference.value[:2].tolist() == [0.0, 0.0]
    assert mix.difference.low[0] < -0.05
    assert np.isnan(mix.difference.low[2])
    assert mix.difference.reading.tolist() == ["cannot tell", "cannot tell", "not available"]
    assert np.isnan(case_mix([[0]], [[0]]).level)


def test_bad_counts_are_named() -> None:
    with pytest.raises(CountError, match="axes"):
        case_mix([1, 2], [3, 4])
    with pytest.raises(CountError, match="exceed"):
        case_mix([[4]], [[3]])
    with pytest.raises(CountError, match="successes"):
        case_mix([[0.5]], [[3]])
