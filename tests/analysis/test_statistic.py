import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import DesignError
from analysis import SurveyDesign
from analysis import mean
from analysis.statistic import blended
from analysis.statistic import derivative
from analysis.statistic import stacked

DESIGN = SurveyDesign(weights=np.ones(30))
Y = np.random.default_rng(1).normal(5, 1, 30)


@given(st.lists(st.floats(0.5, 5), min_size=2, max_size=4))
def test_derivatives_are_exact(values: list[float]) -> None:
    x = np.array(values)
    at, gradient = derivative(lambda v: np.stack([np.log(v[0] * v[1]), (v**3).sum()]), x)
    np.testing.assert_allclose(at, [np.log(x[0] * x[1]), (x**3).sum()], rtol=1e-14)
    expected = np.stack([np.where(np.arange(len(x)) < 2, 1 / x, 0.0), 3 * x**2])
    np.testing.assert_allclose(gradient, expected, rtol=1e-14)


def test_parts_of_one_vector() -> None:
    one, other = mean(DESIGN, Y).statistic, mean(DESIGN, 2 * Y).statistic
    assert one is not None
    assert other is not None
    both = stacked([one, other])
    np.testing.assert_allclose(both.covariance, np.array([[1, 2], [2, 4]]) * one.variance, rtol=1e-12)
    assert both.picked([1]).variance[0] == pytest.approx(other.variance[0])
    half = blended([one, other], np.array([0.5, 0.25]))
    assert half.value[0] == pytest.approx(one.value[0])
    assert half.variance[0] == pytest.approx(one.variance[0])
    assert blended([one, other], np.array([1.0, 0.0])).variance[0] == one.variance[0]
    assert both.combined(np.array([[2.0, -1.0]])).variance[0] == pytest.approx(0, abs=1e-20)


def test_statistics_of_two_designs_have_no_covariance() -> None:
    one, other = mean(DESIGN, Y).statistic, mean(SurveyDesign(weights=np.ones(30)), Y).statistic
    assert one is not None
    assert other is not None
    with pytest.raises(DesignError, match="come from different designs"):
        stacked([one, other])
