from typing import Any

import numpy as np
import pytest

from analysis import CountError
from analysis import SurveyDesign
from analysis import deff
from analysis import equal_factor_weights
from analysis import index
from analysis import mean
from analysis import mean_of_criteria
from analysis import population_variance
from analysis import ratio
from analysis import total

RANDOM = np.random.default_rng(8)
OFFICE = np.sort(RANDOM.integers(0, 4, 200))
TABLE = RANDOM.integers(0, 6, (200, 3))
ITEMS = [np.where(column > 0, column, np.nan) for column in TABLE.T.astype(float)]
DESIGN = SurveyDesign(strata=OFFICE)


def test_the_index_of_a_design_is_that_of_the_forms() -> None:
    """Where every office is a stratum of its own, the rows' design adds nothing to what the counts say."""
    answered = TABLE.any(axis=1)
    weights = equal_factor_weights(["a", "a", "b"])
    counted = mean_of_criteria(TABLE, OFFICE, 4, weights=weights)
    design = SurveyDesign(strata=OFFICE[answered])
    items = [item[answered] for item in ITEMS]
    found = index(design, items, weights=weights, bounds=(1, 5), domain=OFFICE[answered])
    np.testing.assert_allclose(20 * found.value, counted.value, rtol=1e-12)
    np.testing.assert_allclose(20 * found.standard_error, counted.standard_error, rtol=1e-10)
    np.testing.assert_allclose(found.design_effect, counted.design_effect, rtol=1e-10)
    np.testing.assert_allclose(20 * found.low, counted.low, rtol=1e-10)


def test_the_covariance_of_criteria_is_in_the_index() -> None:
    halves = [ITEMS[0], ITEMS[0]]
    one = mean(DESIGN, ITEMS[0], bounds=(1, 5)).item()
    both = index(DESIGN, halves, weights=[0.5, 0.5], bounds=(1, 5)).item()
    assert both.standard_error == pytest.approx(one.standard_error, rel=1e-12)
    # The control: as if the two were different people's answers.
    assert both.standard_error > 1.4 * one.standard_error / np.sqrt(2) * 0.99


def test_a_criterion_without_answers_leaves_no_index() -> None:
    blank = np.where(OFFICE == 2, np.nan, ITEMS[1])
    found = index(DESIGN, [ITEMS[0], blank], weights=[0.5, 0.5], bounds=(1, 5), domain=OFFICE)
    assert np.isnan(found.value).tolist() == [False, False, True, False]
    unused = index(DESIGN, [ITEMS[0], blank], weights=[1.0, 0.0], bounds=(1, 5), domain=OFFICE)
    assert not np.isnan(unused.value).any()


def test_an_empty_domain_has_nothing() -> None:
    y = np.where(OFFICE == 1, np.nan, 4.0)
    for found in (
        mean(DESIGN, y, domain=OFFICE),
        total(DESIGN, y, domain=OFFICE),
        ratio(DESIGN, y, y, domain=OFFICE),
    ):
        one = found[1]
        assert (one.value, one.standard_error, one.low, one.high, one.n) == (None, None, None, None, 0)  # type: ignore[union-attr]


def test_weight_0_is_no_answer() -> None:
    design = SurveyDesign(weights=[1, 1, 0], strata=["a", "a", "b"], single_psu="remove")
    found = mean(design, [1.0, 2.0, 9.0], domain=["x", "x", "y"])
    assert found.n.tolist() == [2, 0]
    assert found.value[0] == 1.5
    assert np.isnan(found.value[1])


def test_one_answer_has_no_error() -> None:
    one = mean(DESIGN, np.where(np.arange(200) == 0, 3.0, np.nan)).item()
    assert (one.value, one.standard_error, one.low) == (3.0, None, None)


def test_a_ratio_to_nothing_is_none() -> None:
    assert ratio(SurveyDesign(weights=[1, 1]), [1.0, 2.0], [0.0, 0.0]).item().value is None


def test_design_effects_compare_with_simple_samples() -> None:
    simple = SurveyDesign(population=1000, strata=["all"] * 200)
    assert deff(simple, ITEMS[0] * 0 + np.arange(200)).shape == (1,)
    y = RANDOM.normal(size=200)
    assert deff(simple, y)[0] == pytest.approx(1.0)
    assert deff(simple, y, statistic="total")[0] == pytest.approx(1.0)
    assert deff(simple, y, replacement=True)[0] == pytest.approx(0.8)
    clustered = SurveyDesign(clusters=np.arange(200) // 10, weights=np.ones(200))
    assert deff(clustered, np.repeat(RANDOM.normal(size=20), 10), replacement=True)[0] > 9
    with pytest.raises(CountError, match="statistic: is 'median'"):
        deff(simple, y, statistic="median")


def test_the_population_variance_is_that_of_the_answers() -> None:
    y = RANDOM.normal(size=200)
    found = population_variance(SurveyDesign(weights=np.ones(200)), y, domain=OFFICE)
    np.testing.assert_allclose(found.value, [y[k == OFFICE].var(ddof=1) for k in range(4)], rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: mean(DESIGN, [1.0]), "y: has shape"),
        (lambda: mean(DESIGN, np.where(OFFICE == 3, np.inf, 1)), r"y: row \d+ is infinite"),
        (lambda: mean(DESIGN, ITEMS[0] + 1, bounds=(1, 5)), r"y: row \d+ is 6, outside 1 to 5"),
        (lambda: index(DESIGN, ITEMS, weights=[1, 1, 1], bounds=(1, 5)), "weights: are"),
        (lambda: mean(DESIGN, ITEMS[0], domain=["a"]), "domain: has 1 codes for 200 rows"),
    ],
)
def test_wrong_answers_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
