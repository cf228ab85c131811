from typing import Any

import numpy as np
import pytest

from analysis import FIVE_LEVEL
from analysis import AnalysisError
from analysis import SurveyDesign
from analysis import Tally
from analysis import contrast
from analysis import covariance
from analysis import differences
from analysis import mean
from analysis import nonlinear
from analysis import ratio
from analysis import satisfied_share
from analysis import total

RANDOM = np.random.default_rng(4)
CITIZEN = np.tile(np.arange(20), 3)
MONTH = np.repeat(["2026-05", "2026-06", "2026-07"], 20)
TASTE = RANDOM.normal(0, 1, 20)
Y = 4 + TASTE[CITIZEN] + RANDOM.normal(0, 0.3, 60)
DESIGN = SurveyDesign(clusters=CITIZEN)
MONTHS = mean(DESIGN, Y, domain=MONTH)


def test_the_same_people_make_a_difference_surer() -> None:
    found = differences(MONTHS, [("2026-06", "2026-05")]).item()
    pairs = Y[20:40] - Y[:20]
    assert found.value == pytest.approx(pairs.mean())
    assert found.standard_error == pytest.approx(pairs.std(ddof=1) / np.sqrt(20), rel=1e-10)
    # The control: as if other people had been asked.
    assert np.sqrt((MONTHS.standard_error[:2] ** 2).sum()) > 2 * found.standard_error


def test_all_pairs_are_named() -> None:
    found = differences(MONTHS)
    assert found.labels == (("2026-05", "2026-06"), ("2026-05", "2026-07"), ("2026-06", "2026-07"))
    np.testing.assert_allclose(found.value[1], MONTHS.value[0] - MONTHS.value[2])


def test_a_contrast_is_the_quadratic_form_of_the_covariance() -> None:
    one, other = mean(DESIGN, Y), mean(DESIGN, Y**2)
    table, weights = covariance(one, other), np.array([2.0, -0.5])
    found = contrast([one, other], weights).item()
    assert found.standard_error == pytest.approx(np.sqrt(weights @ table @ weights), rel=1e-10)
    assert found.n == 120
    assert found.degrees_of_freedom == 19


def test_a_function_of_means_equals_the_ratio_it_is() -> None:
    x = RANDOM.uniform(1, 2, 60)
    expected = ratio(DESIGN, Y, x).item()
    found = nonlinear([total(DESIGN, Y), total(DESIGN, x)], lambda t: t[0] / t[1], labels=["y/x"]).item()
    assert found.value == pytest.approx(expected.value, rel=1e-14)
    assert found.standard_error == pytest.approx(expected.standard_error, rel=1e-12)
    several = nonlinear(MONTHS, lambda m: np.stack([np.log(m[0]), np.exp(m[1])]))
    assert several.standard_error[0] == pytest.approx(MONTHS.standard_error[0] / MONTHS.value[0], rel=1e-12)


def test_what_is_not_available_spoils_only_its_own_contrasts() -> None:
    y = np.where(MONTH == "2026-07", np.nan, Y)
    found = differences(mean(DESIGN, y, domain=MONTH))
    assert np.isnan(found.value).tolist() == [False, True, True]
    assert np.isnan(found.standard_error).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: contrast(MONTHS, [1, -1]), "coefficients: have shape"),
        (lambda: contrast(MONTHS, [1, -1, np.nan]), "coefficients: have shape"),
        (lambda: differences(MONTHS, [("2026-05", "1999")]), "pairs: name '1999'"),
        (lambda: covariance(MONTHS, mean(SurveyDesign(clusters=CITIZEN), Y)), "come from different designs"),
        (lambda: covariance(satisfied_share(Tally(FIVE_LEVEL, [0, 0, 0, 1, 2]))), "keep no influence values"),
        (lambda: nonlinear(MONTHS, lambda m: float(m[0])), "function: cannot be derived"),
        (lambda: nonlinear(MONTHS, lambda m: np.abs(m[0])), "does not pass complex numbers on"),
    ],
)
def test_what_cannot_be_contrasted_is_refused(make: Any, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        make()
