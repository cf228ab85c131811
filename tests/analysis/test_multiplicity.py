from itertools import pairwise
from typing import Any
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Adjustment
from analysis import AnalysisError
from analysis import adjusted_p_values
from tests.analysis.vendored import vendored

METHODS = get_args(Adjustment)
R_NAMES = {"benjamini_hochberg": "BH", "benjamini_yekutieli": "BY"}
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def sets() -> list[dict[str, Any]]:
    cases = vendored("other")
    return next(case["expected"] for case in cases if case["estimate"]["statistic"] == "p.adjust")


@pytest.mark.parametrize("method", METHODS)
def test_agrees_with_r_blanks_included(sets: list[dict[str, Any]], method: Adjustment) -> None:
    assert len(sets) == 6
    for row in sets:
        expected = np.array(row[R_NAMES.get(method, method)], dtype=float)
        found = adjusted_p_values(np.array(row["p"], dtype=float), method)
        np.testing.assert_allclose(found, expected, rtol=1e-8)


@given(P_VALUES, st.randoms(use_true_random=False))
def test_order_of_the_tests_does_not_matter(p: list[float], random: Any) -> None:
    order = list(range(len(p)))
    random.shuffle(order)
    for method in METHODS:
        found = adjusted_p_values(p, method)
        np.testing.assert_array_equal(adjusted_p_values(np.array(p)[order], method), found[order])


@given(P_VALUES)
def test_never_below_the_p_value_and_in_its_order(p: list[float]) -> None:
    for method in METHODS:
        found = adjusted_p_values(p, method)
        assert np.all(found >= np.array(p) - 1e-15)
        assert np.all(found <= 1)
        assert np.all(np.diff(found[np.argsort(p, kind="stable")]) >= -1e-15)


@given(P_VALUES)
def test_stricter_methods_are_stricter(p: list[float]) -> None:
    chain = ("benjamini_hochberg", "hommel", "hochberg", "holm", "bonferroni")
    found = [adjusted_p_values(p, method) for method in chain]
    for weaker, stricter in pairwise(found):
        assert np.all(weaker <= stricter + 1e-12)


@given(P_VALUES)
def test_blanks_change_nothing(p: list[float]) -> None:
    for method in METHODS:
        with_blanks = adjusted_p_values([np.nan, *p, np.nan], method)
        assert np.isnan(with_blanks[[0, -1]]).all()
        np.testing.assert_array_equal(with_blanks[1:-1], adjusted_p_values(p, method))


def test_false_findings_stay_rare_only_when_adjusted() -> None:
    random = np.random.default_rng(20261123)
    tables = random.random((2000, 25))
    any_false = np.mean([adjusted_p_values(row).min() <= 0.05 for row in tables])
    assert 0.035 < any_false < 0.065
    # The control: without adjustment most tables of nothing show something.
    assert np.mean(tables.min(axis=1) <= 0.05) > 0.6


def test_shapes_and_nothing_at_all() -> None:
    assert adjusted_p_values([[0.01, 0.02], [0.03, np.nan]]).shape == (2, 2)
    assert float(adjusted_p_values(0.03)) == 0.03
    assert adjusted_p_values([]).size == 0
    assert np.isnan(adjusted_p_values([np.nan])).all()


@pytest.mark.parametrize("p", [[0.5, 1.2], [-0.1], [5]])
def test_what_is_no_probability_is_refused_by_place(p: list[float]) -> None:
    with pytest.raises(AnalysisError, match=f"place {len(p) - 1}"):
        adjusted_p_values(p)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(AnalysisError, match="bonferroni"):
        adjusted_p_values([0.5], "sidak")  # type: ignore[arg-type]
