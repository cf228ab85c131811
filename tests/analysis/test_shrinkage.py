import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from scipy.special import betainc

from analysis import BetaBinomial
from analysis import CountError
from analysis import fit_beta_binomial
from analysis import pooling_ladder
from analysis import shrunken_share

OFFICES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=12).filter(
    lambda pairs: sum(x + y > 0 for x, y in pairs) >= 2
)


@given(OFFICES, st.floats(0.05, 0.95), st.floats(0.5, 500))
@settings(max_examples=100, deadline=None)
def test_a_shrunken_share_lies_between_own_and_common(
    pairs: list[tuple[int, int]], mean: float, concentration: float
) -> None:
    x = np.array([a for a, _ in pairs])
    n = np.array([a + b for a, b in pairs])
    found = shrunken_share(x, n, model=BetaBinomial(mean, concentration))
    own = np.where(n > 0, x / np.maximum(n, 1), mean)
    assert np.all(found.value >= np.minimum(own, mean) - 1e-12)
    assert np.all(found.value <= np.maximum(own, mean) + 1e-12)
    np.testing.assert_allclose(found.value, found.own_weight * own + (1 - found.own_weight) * mean)
    assert np.all((found.low < found.value) & (found.value < found.high))


def test_the_integrated_interval_is_that_of_the_mixture() -> None:
    rng = np.random.default_rng(11)
    n = rng.integers(0, 40, 15)
    x = rng.binomial(n, rng.beta(18, 2, 15))
    found = shrunken_share(x, n)
    from analysis.shrinkage import _grid

    mean, concentration, weight = _grid(x.astype(float), n.astype(float))
    a = x[:, None] + mean * concentration
    b = (n - x)[:, None] + (1 - mean) * concentration
    for end, q in ((found.low, 0.025), (found.high, 0.975)):
        np.testing.assert_allclose(betainc(a, b, end[:, None]) @ weight, q, atol=1e-7)
    assert weight.sum() == pytest.approx(1)
    nobody = shrunken_share([*x.tolist(), 0], [*n.tolist(), 0])
    assert nobody.own_weight[-1] == 0
    assert nobody.low[-1] < nobody.low[:-1].max()


def test_knowing_that_the_hyper_parameters_are_estimates_is_needed() -> None:
    rng = np.random.default_rng(7)
    covered = np.zeros(2)
    offices = 0
    for _ in range(12):
        truth = rng.beta(18, 2.2, 8)
        n = rng.integers(3, 60, 8)
        x = rng.binomial(n, truth)
        for place, model in enumerate((None, fit_beta_binomial(x, n))):
            found = shrunken_share(x, n, model=model)
            covered[place] += np.count_nonzero((found.low <= truth) & (truth <= found.high))
        offices += 8
    integrated, plug_in = covered / offices
    assert 0.92 < integrated < 0.99
    # The control: with the hyper-parameters taken as known, far too many are missed.
    assert plug_in < 0.90


def test_the_fit_is_a_maximum_and_finds_the_truth() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(20, 200, 400)
    x = rng.binomial(n, rng.beta(0.9 * 25, 0.1 * 25, 400))
    best = fit_beta_binomial(x, n)
    assert best.mean == pytest.approx(0.9, abs=0.01)
    assert best.concentration == pytest.approx(25, rel=0.25)
    assert best.correlation == pytest.approx(1 / (1 + best.concentration))
    from analysis.shrinkage import _log_likelihood

    place = np.array([np.log(best.mean / (1 - best.mean)), np.log(best.concentration)])
    value, slope = _log_likelihood(place, x.astype(float), n.astype(float))
    assert np.abs(slope).max() < 1e-3
    step = 1e-5
    for axis in (0, 1):
        moved = place.copy()
        moved[axis] += step
        there, _ = _log_likelihood(moved, x + 0.0, n + 0.0)
        moved[axis] -= 2 * step
        back, _ = _log_likelihood(moved, x + 0.0, n + 0.0)
        assert (there - back) / (2 * step) == pytest.approx(slope[axis], abs=1e-3)
        assert max(there, back) <= value + 1e-9


def test_offices_alike_share_one_figure() -> None:
    n = np.full(8, 50)
    best = fit_beta_binomial(np.full(8, 45), n)
    assert best.mean == pytest.approx(0.9, abs=1e-4)
    assert best.concentration > 1e6
    found = shrunken_share(np.full(8, 45), n)
    assert np.ptp(found.value) < 1e-12
    assert np.all(found.high - found.low < 0.12)
    everybody = shrunken_share([20, 30, 10], [20, 30, 10])
    assert np.all(everybody.low < everybody.value)
    assert np.all(everybody.high <= 1.0)


def test_bad_offices_are_named() -> None:
    with pytest.raises(CountError, match=r"successes: and n do not fit in place \[1\]"):
        shrunken_share([1, 5], [2, 4])
    with pytest.raises(CountError, match="successes: and n do not fit"):
        fit_beta_binomial([1, np.nan], [2, 4])
    with pytest.raises(CountError, match="n: is above 0 in fewer than two offices"):
        fit_beta_binomial([1, 0], [2, 0])


@given(st.lists(st.lists(st.integers(0, 25), min_size=12, max_size=12), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_blocks_are_disjoint_shown_in_time_and_large_enough(n: list[list[int]]) -> None:
    counts = np.array(n)
    ladder = pooling_ladder(counts)
    lengths = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
    pooled = ladder.pooled(counts)
    for office in range(len(counts)):
        shown = ladder.shown_at[office]
        blocks: dict[tuple[str, int], list[int]] = {}
        for month in np.flatnonzero(shown >= 0):
            rung = str(ladder.rung[office, month])
            blocks.setdefault((rung, int(shown[month])), []).append(int(month))
            assert month <= shown[month]
            assert shown[month] // lengths[rung] == month // lengths[rung]
        for months in blocks.values():
            total = counts[office, months].sum()
            assert total >= 10
            assert pooled[office, months].tolist() == [total] * len(months)
        never = counts[office, shown < 0]
        assert np.all(never < 10)
        assert never.sum() < 10
        assert np.all(ladder.rung[office, shown < 0] == "none")


@given(st.lists(st.integers(0, 25), min_size=12, max_size=12), st.integers(1, 11))
@settings(max_examples=50, deadline=None)
def test_what_was_shown_never_changes(n: list[int], months: int) -> None:
    later, earlier = pooling_ladder([n]), pooling_ladder([n[:months]])
    was_shown = earlier.shown_at >= 0
    assert np.array_equal(later.shown_at[:, :months][was_shown], earlier.shown_at[was_shown])
    assert np.array_equal(later.rung[:, :months][was_shown], earlier.rung[was_shown])


def test_a_unanimous_month_waits_for_company() -> None:
    ladder = pooling_ladder([[12, 3, 9]], negative=[[12, 0, 1]])
    assert ladder.rung.tolist() == [["quarter"] * 3]
    assert pooling_ladder([[12, 3, 9]]).rung.tolist() == [["month", "quarter", "quarter"]]
    with pytest.raises(CountError, match="office × month"):
        pooling_ladder([1, 2, 3])
