"""Variances against the formula written out, stratum by stratum and domain by domain."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from analysis import DesignError
from analysis import SurveyDesign
from analysis import covariance
from analysis import event_share
from analysis import grouping
from analysis import mean
from analysis import total
from analysis.taylor import weighted_sum


def by_hand(z: np.ndarray, strata: Any, units: Any, sizes: dict[Any, float] | None = None) -> float:
    """Σ_h (1-f_h) n_h/(n_h-1) Σ_i (z_hi - z̄_h)², in loops."""
    found = 0.0
    for stratum in sorted(set(strata)):
        inside = [place for place, other in enumerate(strata) if other == stratum]
        names = sorted({units[place] for place in inside})
        sums = np.array([sum(z[place] for place in inside if units[place] == name) for name in names])
        n = len(names)
        left = 1 - n / sizes[stratum] if sizes else 1.0
        found += left * n / (n - 1) * float(((sums - sums.mean()) ** 2).sum())
    return found


def sample(seed: int, rows: int = 60) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    strata = np.sort(random.integers(0, 3, rows))
    return {
        "strata": strata,
        "units": strata * 10 + random.integers(0, 4, rows),
        "weights": random.uniform(1, 5, rows),
        "domain": random.integers(0, 4, rows),
        "y": random.normal(10, 2, rows),
    }


@pytest.mark.parametrize("seed", range(3))
def test_every_domain_at_once_is_every_domain_alone(seed: int) -> None:
    s = sample(seed)
    sizes = dict.fromkeys(range(3), 9.0)
    design = SurveyDesign(weights=s["weights"], strata=s["strata"], clusters=s["units"], population=9)
    means, totals = mean(design, s["y"], domain=s["domain"]), total(design, s["y"], domain=s["domain"])
    for place, level in enumerate(means.labels or ()):
        inside, w = s["domain"] == level, s["weights"]
        centre = (w * s["y"])[inside].sum() / w[inside].sum()
        u = np.where(inside, w * (s["y"] - centre) / w[inside].sum(), 0)
        assert means.value[place] == pytest.approx(centre, rel=1e-12)
        expected = by_hand(u, s["strata"].tolist(), s["units"].tolist(), sizes) ** 0.5
        assert means.standard_error[place] == pytest.approx(expected, rel=1e-10)
        z = np.where(inside, w * s["y"], 0)
        expected = by_hand(z, s["strata"].tolist(), s["units"].tolist(), sizes) ** 0.5
        assert totals.standard_error[place] == pytest.approx(expected, rel=1e-10)


def test_taking_the_other_rows_out_of_the_design_would_be_wrong() -> None:
    """The control: a domain is zero rows, not deleted rows."""
    s = sample(1)
    inside = s["domain"] == 0
    whole = SurveyDesign(weights=s["weights"], strata=s["strata"], clusters=s["units"])
    part = SurveyDesign(weights=s["weights"][inside], strata=s["strata"][inside], clusters=s["units"][inside])
    right = total(whole, s["y"], domain=s["domain"]).standard_error[0]
    assert abs(total(part, s["y"][inside]).standard_error[0] / right - 1) > 0.02


def test_a_second_stage_adds_its_own_variance() -> None:
    units, rows = np.repeat([0, 1, 2], 4), np.arange(12)
    y = np.random.default_rng(3).normal(size=12)
    design = SurveyDesign(clusters=[units, rows], population=[np.full(12, 10), np.full(12, 8)])
    w = 10 / 3 * 2
    first = by_hand(w * y, [0] * 12, units.tolist(), {0: 10})
    second = 0.3 * by_hand(w * y, units.tolist(), rows.tolist(), dict.fromkeys(range(3), 8.0))
    assert total(design, y).standard_error[0] ** 2 == pytest.approx(first + second, rel=1e-12)
    # Without the population of the second stage nothing is added, and without any, nothing is taken away.
    alone = SurveyDesign(weights=np.full(12, w), clusters=[units, rows], population=[np.full(12, 10), None])
    assert total(alone, y).standard_error[0] ** 2 == pytest.approx(first, rel=1e-12)
    endless = SurveyDesign(weights=np.full(12, w), clusters=[units, rows])
    assert total(endless, y).standard_error[0] ** 2 == pytest.approx(first / 0.7, rel=1e-12)


@given(st.integers(0, 10**6))
def test_order_and_names_do_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    s = sample(seed % 5, rows=24)
    order = random.permutation(24)
    one = SurveyDesign(weights=s["weights"], strata=s["strata"], clusters=s["units"], single_psu="average")
    names = np.array([f"unit {code}" for code in s["units"]])
    other = SurveyDesign(
        weights=s["weights"][order], strata=s["strata"][order], clusters=names[order], single_psu="average"
    )
    first = mean(one, s["y"], domain=s["domain"])
    second = mean(other, s["y"][order], domain=s["domain"][order])
    np.testing.assert_allclose(first.value, second.value, rtol=1e-12)
    np.testing.assert_allclose(first.standard_error, second.standard_error, rtol=1e-9, atol=1e-12)


@given(st.integers(0, 10**6), st.floats(0.1, 100), st.floats(-50, 50))
def test_scale_and_shift_of_answers_and_scale_of_weights(seed: int, factor: float, shift: float) -> None:
    s = sample(seed % 5, rows=24)
    design = SurveyDesign(weights=s["weights"], strata=s["strata"], clusters=s["units"], single_psu="remove")
    scaled = SurveyDesign(
        weights=s["weights"] * factor, strata=s["strata"], clusters=s["units"], single_psu="remove"
    )
    one = mean(design, s["y"], domain=s["domain"])
    other = mean(scaled, factor * s["y"] + shift, domain=s["domain"])
    np.testing.assert_allclose(other.value, factor * one.value + shift, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(other.standard_error, factor * one.standard_error, rtol=1e-7, atol=1e-9)


def test_merging_domains_adds_totals_with_their_covariance() -> None:
    s = sample(2)
    design = SurveyDesign(weights=s["weights"], strata=s["strata"], clusters=s["units"])
    parts = total(design, s["y"], domain=s["domain"])
    merged = total(design, s["y"], domain=s["domain"] // 2)
    table = covariance(parts)
    np.testing.assert_allclose(merged.value, parts.value.reshape(2, 2).sum(axis=1), rtol=1e-12)
    blocks = [table[:2, :2].sum(), table[2:, 2:].sum()]
    np.testing.assert_allclose(merged.standard_error**2, blocks, rtol=1e-10)
    # The control: without the covariance the errors are others.
    assert not np.allclose(blocks, np.diag(table).reshape(2, 2).sum(axis=1), rtol=0.01)
    np.testing.assert_allclose(np.diag(table), parts.standard_error**2, rtol=1e-12)


LONE: dict[str, Any] = {"strata": ["a", "a", "b", "c", "c"], "weights": [1, 2, 3, 1, 1]}
Y = [1.0, 2.0, 4.0, 3.0, 5.0]


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_a_stratum_with_one_unit_adds_what_the_rule_says(rule: Any) -> None:
    z = np.array(LONE["weights"]) * Y
    rest = sum(2 * float(((pair - pair.mean()) ** 2).sum()) for pair in (z[:2], z[3:]))
    expected = {"adjust": rest + (z[2] - z.mean()) ** 2, "average": rest * 3 / 2}.get(rule, rest)
    found = total(SurveyDesign(**LONE, single_psu=rule), Y)
    assert found.standard_error[0] ** 2 == pytest.approx(expected, rel=1e-12)
    assert covariance(found)[0, 0] == pytest.approx(expected, rel=1e-12)


def test_a_stratum_with_one_unit_fails_where_that_is_the_rule() -> None:
    design = SurveyDesign(**LONE, single_psu="fail")
    with pytest.raises(DesignError, match=r"single_psu: stratum 'b' \(row 2\) has a single sampling unit"):
        total(design, Y)
    # Where the domain does not reach the stratum, or all of it was counted, nothing is missing.
    domain = grouping([1] * 5).where([True, True, False, True, True])
    assert total(design, Y, domain=domain).standard_error[0] > 0
    counted = SurveyDesign(**LONE, population=[9, 9, 1, 9, 9], single_psu="fail")
    assert total(counted, Y).standard_error[0] > 0


def test_a_covariance_under_the_rules_has_the_variances_on_its_diagonal() -> None:
    for rule in ("adjust", "average", "remove"):
        design = SurveyDesign(**LONE, single_psu=rule)
        one, other = total(design, Y), mean(design, Y)
        table = covariance(one, other)
        joint = total(design, np.array(Y) * 3)
        assert covariance(one, joint)[0, 1] == pytest.approx(3 * table[0, 0], rel=1e-10)


def test_millions_of_equal_answers_leave_no_spread() -> None:
    """Two passes: the naive difference of squares would leave rounding in the place of 0."""
    design = SurveyDesign(weights=np.full(10_000, 1e6), strata=np.arange(10_000) % 7)
    found = total(design, np.full(10_000, 0.1))
    assert found.standard_error[0] <= 1e-10 * found.value[0]
    assert event_share(design, np.ones(10_000)).standard_error[0] == 0.0


@pytest.mark.parametrize("other", [[[0, 5], [6, 0]], [[5, 0], [0, 6]]], ids=["same places", "other places"])
def test_tables_add_up_wherever_their_entries_stand(other):
    first, second = csr_array([[0.0, 1.0], [2.0, 0.0]]), csr_array(np.array(other, dtype=float))
    added = weighted_sum([first, second], [2.0, -1.0])
    assert added.toarray().tolist() == (2 * first.toarray() - second.toarray()).tolist()
    assert first.toarray().tolist() == [[0.0, 1.0], [2.0, 0.0]]
