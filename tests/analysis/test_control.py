import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from scipy.stats import binom

from analysis import AnalysisError
from analysis import CountError
from analysis import arcsine_limits
from analysis import cusum
from analysis import ewma
from analysis import exact_limits
from analysis import funnel
from analysis import laney_chart
from analysis import p_chart

HONEST = [88, 91, 90, 89, 92, 90, 87, 91, 90, 90, 89, 92]


@given(
    st.floats(0.02, 0.98),
    st.integers(1, 2000),
    st.integers(2, 50),
    st.floats(0, 0.01),
    st.sampled_from([0.95, 0.998]),
)
@settings(max_examples=100, deadline=None)
def test_limits_widen_with_fewer_answers(
    target: float, n: int, times: int, between: float, level: float
) -> None:
    few = arcsine_limits(target, n, between, confidence_level=level)
    many = arcsine_limits(target, n * times, between, confidence_level=level)
    assert few.low <= many.low <= target + 1e-12
    assert target - 1e-12 <= many.high <= few.high
    chance = arcsine_limits(target, n, confidence_level=level)
    assert few.low <= chance.low
    assert chance.high <= few.high


@given(st.floats(0.05, 0.95), st.integers(2, 400))
@settings(max_examples=100, deadline=None)
def test_exact_limits_leave_the_tails_outside(target: float, n: int) -> None:
    low, high = exact_limits(target, n, confidence_level=0.95)
    chance = binom(n, target)
    # Interpolated: one success beyond a limit is beyond its quantile.
    assert chance.cdf(np.floor(low * n)) <= 0.025 + chance.pmf(np.floor(low * n)) + 1e-9
    assert chance.cdf(np.ceil(high * n + 1e-9)) >= 0.975 - 1e-9
    assert 0.0 <= low <= high <= 1.0


def test_exact_limits_are_nearly_monotone_and_whole_at_the_ends() -> None:
    n = np.arange(5, 2000, 7)
    low, high = exact_limits(0.9, n)
    assert np.all(np.diff(low[n > 60]) > -1e-3)
    assert low[0] > 0
    assert 0.999 < high[0] <= 1.0
    assert exact_limits(0.98, 3, confidence_level=0.95).high <= 1.0
    assert exact_limits(0.02, 3, confidence_level=0.95).low == 0.0


def test_a_bad_office_stands_out_and_overdispersion_makes_room() -> None:
    rng = np.random.default_rng(20261123)
    n = rng.integers(50, 400, 40)
    x = rng.binomial(n, 0.9)
    x[7] = round(0.6 * n[7])
    found = funnel(x, n)
    assert np.flatnonzero(found.outside).tolist() == [7]
    assert found.outside[7] == -1
    assert found.between_variance == 0.0
    spread = rng.binomial(n, rng.beta(18, 2, 40))
    apart = funnel(spread, n)
    assert apart.dispersion > 2
    # The control: with chance alone, honest offices would be called out.
    p = spread / n
    narrow = (p < apart.limits.low) | (p > apart.limits.high)
    assert np.count_nonzero(apart.outside) < np.count_nonzero(narrow)


def test_one_extreme_office_does_not_hide_itself() -> None:
    n = np.full(20, 200)
    x = np.full(20, 180) + np.tile([-3, 3], 10)
    x[0] = 60
    found = funnel(x, n, target=0.9)
    assert found.outside[0] == -1
    # The control: without pulling in the scores the office makes its own room.
    raw = funnel(x, n, target=0.9, winsorized=0.0)
    assert raw.between_variance > 10 * found.between_variance


def test_a_funnel_of_a_target_given() -> None:
    found = funnel([90, 80], [100, 100], target=0.9)
    assert found.target == 0.9
    assert found.score[0] == pytest.approx(0.0, abs=1e-12)
    assert found.score[1] == pytest.approx(20 * (np.arcsin(np.sqrt(0.8)) - np.arcsin(np.sqrt(0.9))))


def test_p_chart_uses_its_base_alone() -> None:
    quiet = p_chart(HONEST, [100] * 12)
    assert quiet.centre == pytest.approx(sum(HONEST) / 1200)
    assert not quiet.signal.any()
    later = p_chart([*HONEST, 70, 98], [100] * 14)
    assert later.centre == quiet.centre
    assert np.flatnonzero(later.signal).tolist() == [12]
    half = 3 * np.sqrt(quiet.centre * (1 - quiet.centre) / 100)
    assert later.lower[0] == pytest.approx(quiet.centre - half, rel=1e-14)
    with pytest.raises(ValueError, match="read-only"):
        later.value[0] = 0


def test_laney_widens_where_months_differ_by_more_than_chance() -> None:
    n = np.full(24, 2000)
    x = np.rint(n * (0.9 + 0.03 * np.tile([1, -1, 0, -1, 1, 0], 4))).astype(int)
    assert p_chart(x, n).signal.any()
    wide = laney_chart(x, n)
    assert not wide.signal.any()
    z = (x / n - wide.centre) / np.sqrt(wide.centre * (1 - wide.centre) / n)
    assert wide.dispersion == pytest.approx(np.abs(np.diff(z[:12])).mean() / (2 / np.sqrt(np.pi)), rel=1e-12)


def test_a_unanimous_base_has_no_spread() -> None:
    chart = laney_chart([50] * 12, [50] * 12)
    assert (chart.centre, chart.dispersion) == (1.0, 0.0)
    assert not chart.signal.any()


def test_ewma_and_cusum_find_a_small_lasting_shift_that_single_months_hide() -> None:
    noise = 1.5 * np.tile([0.8, -0.9, 0.2, -0.4, 1.1, -0.7, 0.5, -0.6], 6)
    values = 86 + noise - np.where(np.arange(48) < 24, 0, 1.8)
    assert not np.any(np.abs(values - 86) > 3 * 1.5)
    smooth, sums = ewma(values, 86, 1.5), cusum(values, 86, 1.5)
    assert not smooth.signal[:24].any()
    assert smooth.signal[24:36].any()
    assert not sums.signal[:24].any()
    assert sums.signal[24:36].any()
    assert sums.rising.min() >= 0 >= sums.falling.max()


def test_ewma_limits_follow_each_months_own_error() -> None:
    equal = ewma([1.0] * 30, 0.0, 2.0)
    assert equal.upper[-1] == pytest.approx(2.7 * 2.0 * np.sqrt(0.2 / 1.8), rel=1e-5)
    own = ewma([1.0] * 3, 0.0, [2.0, 2.0, 6.0])
    assert own.upper[:2].tolist() == equal.upper[:2].tolist()
    assert own.upper[2] > equal.upper[2]
    assert ewma([3.0, 4.0], 0.0, 1.0, weight=1.0).value.tolist() == [3.0, 4.0]


def test_what_no_chart_can_be_made_from_is_named() -> None:
    with pytest.raises(CountError, match=r"baseline: is 12 of 3 months; a chart needs a base of 12 months"):
        p_chart([1, 2, 3], [9, 9, 9])
    with pytest.raises(CountError, match=r"n: is 0\.0 in place 1; leave out cells without answers"):
        funnel([1, 0], [2, 0])
    with pytest.raises(CountError, match="successes: lie outside 0 to n in place 0"):
        funnel([3, 0], [2, 1])
    with pytest.raises(CountError, match="successes: lie outside"):
        funnel([np.nan, 0], [2, 1])
    with pytest.raises(CountError, match="at least two offices"):
        funnel([3], [4])
    with pytest.raises(AnalysisError, match="target: is 1"):
        funnel([3, 4], [3, 4])
    with pytest.raises(AnalysisError, match="winsorized"):
        funnel([3, 3], [4, 4], winsorized=0.5)
    with pytest.raises(CountError, match="n: holds a number below 1"):
        exact_limits(0.9, [0])
    with pytest.raises(AnalysisError, match="standard_error: holds 0"):
        cusum([1.0], 0.0, 0.0)
    with pytest.raises(AnalysisError, match="standard_error: is negative, blank or of another shape"):
        ewma([1.0, 2.0], 0.0, [1.0])
    with pytest.raises(AnalysisError, match="values: are not one series"):
        ewma([1.0, np.nan], 0.0, 1.0)
    with pytest.raises(AnalysisError, match="weight: is 0"):
        ewma([1.0], 0.0, 1.0, weight=0)
