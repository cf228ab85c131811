from typing import Any
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import xlogy
from scipy.stats import binom

from analysis import AnalysisError
from analysis import CountError
from analysis import DifferenceMethod
from analysis import normal_quantile
from analysis import share_difference
from tests.analysis.vendored import vendored

METHODS = get_args(DifferenceMethod)
CAREFUL = ("newcombe", "score")


@st.composite
def tables(draw: Any) -> tuple[int, int, int, int]:
    n, other = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    return draw(st.integers(0, n)), n, draw(st.integers(0, other)), other


def ends(*table: int, method: DifferenceMethod, level: float = 0.95) -> tuple[float, float]:
    low, high = share_difference(*table, method=method, confidence_level=level).interval
    return float(low), float(high)


def test_agrees_with_statsmodels_where_that_is_right() -> None:
    cases = vendored("two_proportions")
    assert len(cases) == 20
    for case in cases:
        table = (case["x1"], case["n1"], case["x2"], case["n2"])
        for name, method in (("newcomb", "newcombe"), ("agresti-caffo", "agresti_caffo"), ("wald", "wald")):
            found = ends(*table, method=method, level=case["level"])
            np.testing.assert_allclose(found, case[name], rtol=0, atol=1e-7)


def test_the_score_interval_is_the_published_one() -> None:
    # Newcombe 1998, table II, method 6 and 10: 56 of 70 against 48 of 80.
    assert [round(end, 4) for end in ends(56, 70, 48, 80, method="score")] == [0.0528, 0.3382]
    assert [round(end, 4) for end in ends(56, 70, 48, 80, method="newcombe")] == [0.0524, 0.3339]


def likeliest(difference: float, x: int, n: int, other_x: int, other_n: int) -> tuple[float, float]:
    """The shares so far apart that fit best, by search: halving of ever smaller grids."""
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    for _ in range(12):
        other = np.linspace(low, high, 401)
        p = np.clip(other + difference, 0, 1)
        fit = xlogy(x, p) + xlogy(n - x, 1 - p) + xlogy(other_x, other) + xlogy(other_n - other_x, 1 - other)
        best, step = int(np.argmax(fit)), (high - low) / 400
        low, high = max(low, other[best] - 2 * step), min(high, other[best] + 2 * step)
    return float(np.clip(other[best] + difference, 0, 1)), float(other[best])


SEARCHED = [(45, 50, 36, 40), (95, 100, 110, 120)]
SEARCHED += [(20, 20, 25, 25), (0, 15, 3, 40), (1, 1, 1, 2), (7, 34, 1, 34)]


@pytest.mark.parametrize("table", SEARCHED)
def test_the_ends_are_where_the_score_test_just_rejects(table: tuple[int, int, int, int]) -> None:
    x, n, other_x, other_n = table
    for end in ends(*table, method="score"):
        p, other = likeliest(end, *table)
        factor = (n + other_n) / (n + other_n - 1)
        error = np.sqrt((p * (1 - p) / n + other * (1 - other) / other_n) * factor)
        assert abs(x / n - other_x / other_n - end) / error == pytest.approx(normal_quantile(), rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
@given(table=tables())
def test_turning_the_sides_round_turns_the_sign(table: tuple[int, int, int, int], method: Any) -> None:
    x, n, other_x, other_n = table
    one = share_difference(x, n, other_x, other_n, method=method)
    other = share_difference(other_x, other_n, x, n, method=method)
    assert float(one.value) == -float(other.value)
    np.testing.assert_allclose([one.low, one.high], [-other.high, -other.low], rtol=0, atol=1e-9)
    np.testing.assert_allclose(one.p_value, other.p_value, rtol=1e-7)


@pytest.mark.parametrize("method", CAREFUL)
@given(table=tables(), levels=st.tuples(st.floats(0.5, 0.999), st.floats(0.5, 0.999)))
def test_contains_the_difference_and_nests(
    table: tuple[int, int, int, int], levels: tuple[float, float], method: Any
) -> None:
    x, n, other_x, other_n = table
    inner, outer = (ends(*table, method=method, level=level) for level in sorted(levels))
    assert -1.0 <= outer[0] <= inner[0] + 1e-9
    assert inner[0] <= x / n - other_x / other_n + 1e-12
    assert x / n - other_x / other_n <= inner[1] + 1e-12
    assert inner[1] - 1e-9 <= outer[1] <= 1.0


@pytest.mark.parametrize("method", METHODS)
@given(table=tables())
def test_the_p_value_says_what_the_interval_says(table: tuple[int, int, int, int], method: Any) -> None:
    found = share_difference(*table, method=method)
    low, high, p = float(found.low), float(found.high), float(found.p_value)
    if min(abs(low), abs(high)) > 1e-9:
        assert (p < 0.05) == (low > 0 or high < 0)
    assert 0 <= p <= 1


def coverage(n: int, p: float, method: DifferenceMethod) -> float:
    """Exact chance that the interval of two samples of one truth holds 0."""
    x, other = np.meshgrid(np.arange(n + 1), np.arange(n + 1))
    found = share_difference(x, n, other, n, method=method)
    holds = (found.low <= 0) & (found.high >= 0)
    return float((binom.pmf(x, n, p) * binom.pmf(other, n, p) * holds).sum())


@pytest.mark.parametrize("n", [15, 40])
def test_covers_near_one_where_the_textbook_interval_does_not(n: int) -> None:
    truths = (0.8, 0.9, 0.95)
    for method in ("newcombe", "agresti_caffo"):
        assert np.mean([coverage(n, p, method) for p in truths]) >= 0.94
    # The control: by Wald two unanimous samples are surely the same.
    sure = share_difference(20, 20, 25, 25, method="wald")
    assert (float(sure.low), float(sure.high)) == (0.0, 0.0)
    for method in ("newcombe", "agresti_caffo", "score"):
        low, high = ends(20, 20, 25, 25, method=method)
        assert low < -0.05 < 0.05 < high


def test_all_small_tables_have_a_score_interval() -> None:
    for n in range(1, 7):
        x, other = np.meshgrid(np.arange(n + 1), np.arange(5))
        found = share_difference(x, n, other, 4, method="score")
        assert np.isfinite(found.low).all()
        assert np.all(found.low <= found.value + 1e-12)
        assert np.all(found.value <= found.high + 1e-12)
        assert np.all(found.high - found.low > 0.2)


def test_nobody_asked_is_not_available() -> None:
    for method in METHODS:
        found = share_difference([0, 3], [0, 4], [1, 1], [2, 2], method=method)
        assert np.isnan([found.value[0], found.low[0], found.high[0], found.p_value[0]]).all()
        assert np.isfinite([found.value[1], found.low[1], found.high[1], found.p_value[1]]).all()


def test_standard_errors_are_unbiased_and_none_for_one_answer() -> None:
    found = share_difference([42, 1], [50, 1], [30, 30], [50, 50])
    assert float(found.standard_error[0]) == pytest.approx((0.84 * 0.16 / 49 + 0.6 * 0.4 / 49) ** 0.5)
    assert np.isnan(found.standard_error[1])
    assert found.n is not None
    assert found.n.tolist() == [50, 1]


def test_bad_counts_are_named() -> None:
    with pytest.raises(CountError, match="other_successes: place 1 holds 5 of 4"):
        share_difference([1, 1], [2, 2], [1, 5], [4, 4])
    with pytest.raises(CountError, match="successes"):
        share_difference(0.5, 2, 1, 2)
    with pytest.raises(AnalysisError, match="newcombe"):
        share_difference(1, 2, 1, 2, method="exact")  # type: ignore[arg-type]
