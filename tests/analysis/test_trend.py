import numpy as np
import pytest

from analysis import AnalysisError
from analysis import CountError
from analysis import linear_trend
from analysis import rolling_sums
from analysis import share_difference
from analysis import year_on_year

MONTH = np.arange(48)


def test_rolling_months_are_pooled_by_their_answers() -> None:
    x, n = np.array([9, 90, 1]), np.array([10, 100, 10])
    pooled = rolling_sums(x) / rolling_sums(n)
    assert pooled.tolist() == [100 / 120]
    # The control: the mean of the monthly percentages says something else.
    assert np.mean(x / n) == pytest.approx(0.6333, abs=1e-4)
    assert rolling_sums([[1, 2, 3], [4, 5, 6]], 2).tolist() == [[3, 5], [9, 11]]
    assert rolling_sums(x, 1).tolist() == x.tolist()


def test_year_on_year_compares_the_same_month() -> None:
    x, n = np.arange(50, 64), np.full(14, 100)
    found = year_on_year(x, n)
    single = share_difference(x[13], n[13], x[1], n[1])
    assert found.value.tolist() == pytest.approx([0.12, 0.12])
    assert (found.low[1], found.high[1]) == (single.low, single.high)


def test_a_slope_is_found_among_seasons_and_noise() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        values = 80 + 0.6 * MONTH / 12 + 2 * np.cos(MONTH * np.pi / 6) + rng.normal(0, 0.8, 48)
        found = linear_trend(values, np.full(48, 0.3))
        hits += found.low <= 0.6 <= found.high
    assert hits >= 180
    assert found.between_variance > 0
    assert found.seasons.sum() == pytest.approx(0, abs=1e-9)


def test_without_extra_spread_it_is_weighted_least_squares() -> None:
    rng = np.random.default_rng(6)
    v = rng.uniform(1, 4, 48)
    values = 80 + rng.normal(0, 0.1, 48)
    found = linear_trend(values, v)
    assert found.between_variance == 0.0
    x = np.column_stack([(MONTH - MONTH.mean()) / 12, *(m == MONTH % 12 for m in range(12))]).astype(float)
    information = x.T @ (x / v[:, None])
    beta = np.linalg.solve(information, x.T @ (values / v))
    assert found.slope == pytest.approx(beta[0], rel=1e-9)
    assert found.standard_error == pytest.approx(np.sqrt(np.linalg.inv(information)[0, 0]), rel=1e-9)
    np.testing.assert_allclose(found.fitted, x @ beta, rtol=1e-12)


def test_the_moving_holiday_does_not_bend_the_line() -> None:
    values = 80.0 + MONTH / 12
    values[[1, 12, 25, 36]] -= 8
    v = np.full(48, 0.2)
    flagged = linear_trend(values, v, except_months=[1, 12, 25, 36])
    assert flagged.slope == pytest.approx(1.0, abs=1e-9)
    assert flagged.degrees_of_freedom == 31
    # The control: unflagged, the holiday is taken for noise.
    assert linear_trend(values, v).standard_error > 2 * flagged.standard_error


def test_what_is_too_short_or_broken_is_named() -> None:
    with pytest.raises(CountError, match="a trend needs 36 months"):
        linear_trend(np.zeros(35), np.ones(35))
    with pytest.raises(AnalysisError, match="variances: are not above 0"):
        linear_trend(np.zeros(36), np.zeros(36))
    with pytest.raises(CountError, match="except_months: leave a calendar month"):
        linear_trend(np.zeros(36), np.ones(36), except_months=[0, 12, 24])
    with pytest.raises(CountError, match="months: is 4"):
        rolling_sums([1, 2, 3], 4)
    with pytest.raises(CountError, match="at least 13 months"):
        year_on_year([1] * 12, [2] * 12)
