import numpy as np
import pytest

from analysis import SurveyDesign
from analysis import event_share
from analysis import mean
from analysis import normal_quantile
from analysis import student_quantile
from analysis import wilson

RANDOM = np.random.default_rng(12)


def test_unbounded_figures_have_t_intervals() -> None:
    found = mean(SurveyDesign(weights=np.ones(20)), RANDOM.exponential(5, 20)).item()
    half = student_quantile(19).item() * found.standard_error  # type: ignore[operator]
    assert found.low == pytest.approx(found.value - half)  # type: ignore[operator]
    assert found.high == pytest.approx(found.value + half)  # type: ignore[operator]
    assert found.effective_n == pytest.approx(20 / found.design_effect)  # type: ignore[operator]


def test_bounded_figures_keep_to_their_bounds() -> None:
    scores = np.array([5.0] * 9 + [4.0])
    design = SurveyDesign(weights=np.ones(10))
    bounded, free = mean(design, scores, bounds=(1, 5)).item(), mean(design, scores).item()
    assert bounded.high <= 5  # type: ignore[operator]
    assert free.high > 5  # type: ignore[operator]
    assert bounded.value == free.value


def test_large_cells_share_their_design_factor() -> None:
    domain = np.repeat(np.arange(8), 50)
    clusters = np.arange(400) // 2
    event = (RANDOM.random(200) < 0.8)[clusters]
    design = SurveyDesign(weights=np.ones(400), clusters=clusters)
    found = event_share(design, event, domain=domain)
    assert found.pooled_design_effect == pytest.approx(2, rel=0.15)
    again = event_share(design, event, domain=domain, pooled_design_effect=found.pooled_design_effect)
    np.testing.assert_array_equal(found.low, again.low)
    # 25 pairs: more degrees of freedom from the pool, and an effective n near the number of people.
    assert found.degrees_of_freedom.tolist() == [24 + 30] * 8
    assert (found.effective_n < 30).all()
    low, _ = wilson(found.value, found.effective_n, quantile=student_quantile(54))
    np.testing.assert_allclose(found.low, np.minimum(low, found.value))


def test_wald_would_have_been_a_point() -> None:
    """The control: where all agree, the error is 0 and says nothing."""
    found = event_share(SurveyDesign(weights=np.ones(50)), np.ones(50)).item()
    assert found.standard_error == 0.0
    assert found.low is not None
    assert found.low < 1 - 3 / 50
    assert 1.0 - normal_quantile() * found.standard_error == 1.0


def test_a_rule_that_stands_in_for_spread_is_told() -> None:
    design = SurveyDesign(weights=np.ones(5), strata=["a", "a", "b", "c", "c"])
    found = mean(design, [1.0, 2, 3, 4, 5], domain=["x", "x", "x", "y", "y"])
    assert [one.flags for one in found] == [("single_unit_strata",), ()]  # type: ignore[union-attr]
    counted = SurveyDesign(strata=["a", "a", "b"], population=[9, 9, 1])
    assert mean(counted, [1.0, 2, 3]).item().flags == ()
