import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import FIVE_LEVEL
from analysis import AnalysisError
from analysis import Comparison
from analysis import Estimates
from analysis import Interval
from analysis import Tally
from analysis import bounded_difference
from analysis import differences_from_mean
from analysis import mean_score
from analysis import mover
from analysis import normal_quantile
from analysis import pairwise_differences
from analysis import satisfied_share
from analysis import share_difference
from analysis import wilson

COUNTS = st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any)


def shares(*cells: list[int], **options: Any) -> Estimates:
    return satisfied_share(Tally(FIVE_LEVEL, list(cells)), **options)


@given(COUNTS, COUNTS)
def test_of_two_shares_it_is_newcombes_interval(one: list[int], other: list[int]) -> None:
    found = bounded_difference(shares(one), shares(other))
    expected = share_difference(sum(one[3:]), sum(one), sum(other[3:]), sum(other))
    np.testing.assert_allclose(found.low[0], expected.low, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.high[0], expected.high, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.p_value[0], expected.p_value, rtol=1e-8)
    np.testing.assert_allclose(found.standard_error[0], expected.standard_error, rtol=1e-12)


@given(COUNTS, COUNTS, st.floats(-0.99, 0.99))
def test_turning_the_sides_round_turns_the_sign(one: list[int], other: list[int], rho: float) -> None:
    a, b = (mean_score(Tally(FIVE_LEVEL, [counts])) for counts in (one, other))
    found = bounded_difference(a, b, correlation=rho, bounds=(1, 5))
    turned = bounded_difference(b, a, correlation=rho, bounds=(1, 5))
    np.testing.assert_allclose(found.low, -turned.high, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.p_value, turned.p_value, rtol=1e-9)
    if not np.isnan(found.low[0]):
        assert found.low[0] <= found.value[0] <= found.high[0]
        assert found.low[0] >= -4 - 1e-12


@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.5])
def test_the_p_value_is_the_level_at_which_the_interval_touches_zero(rho: float) -> None:
    one, other = [0, 1, 3, 20, 26], [2, 6, 7, 10, 9]
    p = float(bounded_difference(shares(one), shares(other), correlation=rho).p_value[0])
    again = bounded_difference(
        shares(one, confidence_level=1 - p), shares(other, confidence_level=1 - p), correlation=rho
    )
    assert float(again.low[0]) == pytest.approx(0.0, abs=1e-9)


def test_of_means_the_quantile_is_students() -> None:
    a, b = (mean_score(Tally(FIVE_LEVEL, [counts])) for counts in ([0, 1, 1, 4, 6], [3, 4, 3, 2, 1]))
    found = bounded_difference(a, b, bounds=(1, 5))
    low, high = mover(a.value, a.interval, b.value, b.interval)
    np.testing.assert_allclose([found.low, found.high], [low, high], rtol=0, atol=1e-12)
    assert found.degrees_of_freedom.tolist() == [11.0]
    level = 1 - float(found.p_value[0])
    a, b = (
        mean_score(Tally(FIVE_LEVEL, [counts]), confidence_level=level)
        for counts in ([0, 1, 1, 4, 6], [3, 4, 3, 2, 1])
    )
    assert float(bounded_difference(a, b, bounds=(1, 5)).low[0]) == pytest.approx(0, abs=1e-8)


def test_shared_variance_narrows_and_its_opposite_widens() -> None:
    one, other = shares([0, 0, 10, 20, 20]), shares([0, 0, 5, 20, 25])
    widths = [np.ptp(bounded_difference(one, other, correlation=rho).interval) for rho in (0.8, 0.0, -0.8)]
    assert widths == sorted(widths)
    errors = [bounded_difference(one, other, correlation=rho).standard_error[0] for rho in (0.8, 0.0, -0.8)]
    assert errors == sorted(errors)


def test_unanimity_is_never_certain() -> None:
    found = bounded_difference(shares([0, 0, 0, 0, 20]), shares([0, 0, 0, 5, 20]))
    assert found.value.tolist() == [0.0]
    assert found.p_value.tolist() == [1.0]
    assert found.low[0] < -0.1 < 0.1 < found.high[0]
    apart = bounded_difference(shares([0, 0, 0, 0, 10]), shares([10, 0, 0, 0, 0]))
    assert 0 < apart.p_value[0] < 0.001


def test_only_like_is_compared_with_like() -> None:
    cell = [0, 1, 2, 10, 7]
    plain = shares(cell)
    wrong = {
        "first": lambda: bounded_difference(shares(cell, population=100, target="month"), plain),
        "second": lambda: bounded_difference(plain, mean_score(Tally(FIVE_LEVEL, [cell]))),
        "bounds": lambda: bounded_difference(*[mean_score(Tally(FIVE_LEVEL, [cell]))] * 2),
    }
    for argument, call in wrong.items():
        with pytest.raises(AnalysisError) as raised:
            call()
        assert raised.value.argument == argument
    with pytest.raises(AnalysisError, match="confidence level"):
        bounded_difference(plain, shares(cell, confidence_level=0.9))
    with pytest.raises(AnalysisError, match="check bounds and method"):
        bounded_difference(*[mean_score(Tally(FIVE_LEVEL, [cell]))] * 2, bounds=(0, 5))
    exact = shares(cell, method="clopper_pearson")
    with pytest.raises(AnalysisError, match="Wilson"):
        bounded_difference(exact, exact)
    with pytest.raises(AnalysisError, match="correlation"):
        bounded_difference(plain, plain, correlation=1.1)


def test_an_empty_cell_has_no_difference() -> None:
    found = bounded_difference(
        shares([0, 0, 0, 0, 0], [0, 0, 2, 9, 9]), shares([0, 0, 2, 9, 9], [0, 0, 9, 9, 9])
    )
    assert np.isnan([found.low[0], found.p_value[0]]).all()
    assert found.reading.tolist()[0] == "not available"
    assert found.tests == 1


def test_mover_without_correlation_is_the_root_of_squares() -> None:
    low, high = mover(0.5, Interval(0.3, 0.6), 0.2, Interval(0.1, 0.6))
    assert float(low) == pytest.approx(0.3 - (0.2**2 + 0.4**2) ** 0.5)
    assert float(high) == pytest.approx(0.3 + (0.1**2 + 0.1**2) ** 0.5)


def test_all_pairs_use_the_covariance() -> None:
    covariance = np.array([[0.04, 0.03, 0.0], [0.03, 0.04, 0.0], [0.0, 0.0, 0.01]])
    found = pairwise_differences([1.0, 0.5, 0.2], covariance)
    np.testing.assert_allclose(found.standard_error**2, [0.02, 0.05, 0.05])
    alone = pairwise_differences([1.0, 0.5, 0.2], np.diag(covariance))
    # The control: without the covariance the first pair is not told apart.
    assert found.p_value[0] < 0.001 < 0.05 < alone.p_value[0]
    np.testing.assert_array_equal(found.p_value[1:], alone.p_value[1:])


def test_students_t_and_holm_for_all_pairs() -> None:
    found = pairwise_differences([1.0, 0.0], [0.5, 0.5], degrees_of_freedom=1)
    assert found.p_value.tolist() == pytest.approx([0.5])
    assert found.low[0] == pytest.approx(1 - 12.706204736174707)
    four = pairwise_differences([1.0, 0.5, 0.2, 0.0], [0.01] * 4)
    assert four.tests == 6
    assert four.adjusted_p_value is not None
    assert four.adjusted_p_value[np.argmin(four.p_value)] == pytest.approx(6 * four.p_value.min())


def test_figures_that_do_not_vary_are_not_tested() -> None:
    found = pairwise_differences([1.0, 0.5, 0.4], [0.0, 0.0, 0.01])
    assert np.isnan(found.p_value[0])
    assert found.reading.tolist()[0] == "not available"
    assert found.tests == 2


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=8), st.data())
def test_the_distance_from_the_mean_counts_a_units_own_part(value: list[float], data: Any) -> None:
    count = len(value)
    variance = np.array(data.draw(st.lists(st.floats(0.01, 4), min_size=count, max_size=count)))
    found = differences_from_mean(value, variance)
    contrast = np.eye(count) - 1 / count
    np.testing.assert_allclose(found.value, contrast @ np.array(value), atol=1e-12)
    np.testing.assert_allclose(found.standard_error**2, np.diag(contrast @ np.diag(variance) @ contrast.T))


def test_weights_of_the_mean() -> None:
    found = differences_from_mean([1.0, 0.0], [0.1, 0.1], weights=[0.9, 0.1])
    assert found.value.tolist() == pytest.approx([0.1, -0.9])
    with pytest.raises(AnalysisError, match="add up to 1"):
        differences_from_mean([1.0, 0.0], [0.1, 0.1], weights=[0.9, 0.9])


def test_a_comparison_can_be_written_and_not_changed() -> None:
    found = bounded_difference(shares([0, 0, 2, 9, 9]), shares([0, 0, 0, 0, 0])).adjusted("bonferroni")
    text = json.loads(json.dumps(found.as_dict()))
    assert text["value"] == [None]
    assert text["n"] == [20]
    assert text["adjustment"] == "bonferroni"
    assert text["reading"] == ["not available"]
    with pytest.raises(ValueError, match="read-only"):
        found.value[0] = 1.0


def test_the_reading_follows_the_adjusted_p_value() -> None:
    z = normal_quantile(0.96)
    ones = np.ones(3)
    found = Comparison(ones, ones, ones, ones, np.array([0.04, 0.5, 0.6]), z * ones, 0.95, "any")
    assert found.reading.tolist() == ["higher", "cannot tell", "cannot tell"]
    assert found.adjusted().reading.tolist() == ["cannot tell"] * 3


@pytest.mark.parametrize(
    ("value", "covariance", "problem"),
    [
        ([[1.0]], [1.0], "value"),
        ([1.0, 2.0], [1.0], "shape"),
        ([1.0, 2.0], [1.0, -1.0], "place 1"),
        ([1.0, 2.0], [[1.0, 0.5], [0.1, 1.0]], "symmetric"),
    ],
)
def test_bad_figures_are_named(value: Any, covariance: Any, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        pairwise_differences(value, covariance)


def test_wilson_is_the_interval_recovered() -> None:
    low, high = mover(0.8, wilson(0.8, 40), 0.0, Interval(0.0, 0.0))
    assert [float(low), float(high)] == pytest.approx([*wilson(0.8, 40)])
