from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from analysis import AnalysisError
from analysis import SurveyDesign
from analysis import grouping
from analysis import rao_scott

RANDOM = np.random.default_rng(9)
ROWS, COLUMNS = RANDOM.choice(["no", "yes"], 300), RANDOM.choice(["a", "b", "c"], 300)


def test_without_clusters_and_weights_it_is_nearly_pearsons_test() -> None:
    table = [[np.sum((r == ROWS) & (c == COLUMNS)) for c in "abc"] for r in ("no", "yes")]
    expected = chi2_contingency(table, correction=False)
    found = rao_scott(SurveyDesign(weights=np.ones(300)), ROWS, COLUMNS)
    assert found.pearson == pytest.approx(expected.statistic, rel=1e-10)
    assert found.p_value_chi_square == pytest.approx(expected.pvalue, rel=0.05)
    assert found.numerator_df == pytest.approx(2, rel=0.01)


def test_answers_given_five_times_are_no_new_evidence() -> None:
    once = rao_scott(SurveyDesign(weights=np.ones(300)), ROWS, COLUMNS)
    many = SurveyDesign(weights=np.ones(1500), clusters=np.repeat(np.arange(300), 5))
    again = rao_scott(many, np.repeat(ROWS, 5), np.repeat(COLUMNS, 5))
    assert again.pearson == pytest.approx(5 * once.pearson)
    assert again.p_value == pytest.approx(once.p_value, rel=1e-8)
    # The control: counted as new answers they are.
    naive = rao_scott(SurveyDesign(weights=np.ones(1500)), np.repeat(ROWS, 5), np.repeat(COLUMNS, 5))
    assert naive.p_value < once.p_value / 2


def test_a_domain_stays_in_its_design() -> None:
    inside = np.arange(300) < 200
    design = SurveyDesign(weights=np.ones(300), clusters=np.arange(300) // 3)
    found = rao_scott(design, ROWS, COLUMNS, domain=grouping(np.zeros(300, dtype=int)).where(inside))
    assert found.n == 200
    assert found.denominator_df / found.numerator_df == pytest.approx(66)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda d: rao_scott(d, ["x"] * 300, COLUMNS), "have a single level"),
        (lambda d: rao_scott(d, ROWS, COLUMNS, domain=ROWS), "domain: has 2 groups"),
        (
            lambda d: rao_scott(d, grouping(ROWS, levels=["no", "yes", "never"]), COLUMNS),
            "have a level without rows",
        ),
        (lambda d: rao_scott(d, ROWS[:5], COLUMNS), "rows: has 5 codes for 300 rows"),
    ],
)
def test_tables_that_are_none_are_refused(make: Any, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        make(SurveyDesign(weights=np.ones(300)))
