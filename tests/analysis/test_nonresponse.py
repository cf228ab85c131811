import csv
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import AnalysisError
from analysis import CountError
from analysis import defect_effective_n
from analysis import representativeness
from analysis import tipping_point
from analysis import worst_case_bounds
from tests.analysis.vendored import FOLDER
from tests.analysis.vendored import vendored

SHARES = st.floats(0, 1)
RATES = st.floats(0.01, 0.99)


def cells() -> tuple[list[int], list[int], dict[str, list[str]]]:
    with (FOLDER / "data" / "response.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = ("field", "channel", "ontime")
    n, size = ([int(row[key]) for row in rows] for key in ("n", "N"))
    return n, size, {name: [row[name] for row in rows] for name in names}


def test_the_indicator_and_its_parts_agree_with_r() -> None:
    cases = vendored("other")
    expected = next(c["expected"] for c in cases if c["estimate"]["statistic"] == "R-indicator")
    found = representativeness(*cells())
    assert found.response_rate == pytest.approx(expected["response_rate"], rel=1e-8)
    assert found.spread == pytest.approx(expected["S"], rel=1e-8)
    assert found.r_indicator == pytest.approx(expected["R"], rel=1e-8)
    assert found.variation == pytest.approx(expected["cv"], rel=1e-8)
    assert dict(found.partial) == pytest.approx(expected["partial"], rel=1e-8)
    assert list(found.coefficients.values()) == pytest.approx(list(expected["coef"].values()), rel=1e-6)


def test_the_parts_are_what_they_say() -> None:
    n, size, variables = cells()
    found = representativeness(n, size, variables)
    whole = np.repeat(found.propensity, size)
    assert found.spread == pytest.approx(whole.std(ddof=1), rel=1e-12)
    for name, values in variables.items():
        signed = np.array(list(found.categories[name].values()))
        assert found.partial[name] == pytest.approx(np.sqrt((signed**2).sum()), rel=1e-12)
        # Between and within the cells of all others make up the whole variance.
        others = [other for key, other in variables.items() if key != name]
        groups = np.repeat(["|".join(labels) for labels in zip(*others, strict=True)], size)
        inside = sum(whole[groups == group].var() * np.sum(groups == group) for group in set(groups))
        assert found.conditional[name] == pytest.approx(np.sqrt(inside / len(whole)), rel=1e-9)
        assert found.conditional[name] <= found.spread
        assert len(values) == len(size)
    assert found.categories["ontime"]["late"] > 0 > found.categories["ontime"]["yes"]


def test_equal_chances_are_fully_representative() -> None:
    found = representativeness([10, 20, 30], [100, 200, 300], {"field": ["a", "b", "c"]})
    assert found.r_indicator == pytest.approx(1, abs=1e-9)
    assert found.maximal_bias == pytest.approx(0, abs=1e-9)
    nothing = representativeness([10, 20], [100, 400], {})
    assert nothing.r_indicator == pytest.approx(1)
    assert nothing.response_rate == pytest.approx(0.06)


def test_order_of_the_cells_does_not_matter_and_rows_may_be_persons() -> None:
    n, size, variables = cells()
    one = representativeness(n, size, variables)
    turned = representativeness(n[::-1], size[::-1], {name: v[::-1] for name, v in variables.items()})
    assert turned.spread == pytest.approx(one.spread, rel=1e-10)
    answered = np.concatenate([np.arange(N) < k for k, N in zip(n, size, strict=True)]).astype(int)
    people = {name: np.repeat(values, size) for name, values in variables.items()}
    apart = representativeness(answered, np.ones_like(answered), people)
    assert apart.spread == pytest.approx(one.spread, rel=1e-9)
    assert apart.partial["field"] == pytest.approx(one.partial["field"], rel=1e-9)


def test_a_category_without_answers_is_a_chance_of_none() -> None:
    found = representativeness([0, 50], [100, 100], {"channel": ["counter", "online"]})
    assert found.propensity[0] < 1e-6
    assert found.r_indicator == pytest.approx(0.5, abs=0.01)


@given(SHARES, RATES, SHARES)
def test_no_truth_escapes_the_worst_case(p: float, rate: float, silent: float) -> None:
    low, high = worst_case_bounds(p, rate)
    assert low - 1e-12 <= rate * p + (1 - rate) * silent <= high + 1e-12


@given(SHARES, SHARES, RATES)
def test_the_claim_turns_at_the_tipping_point(p: float, goal: float, rate: float) -> None:
    tip = float(tipping_point(p, goal, rate))
    assert rate * p + (1 - rate) * (p - tip) == pytest.approx(goal, abs=1e-9)
    assert float(tipping_point(p, goal, min(rate + 0.005, 1))) >= tip or p <= goal


def test_known_values_and_edges() -> None:
    assert float(tipping_point(0.88, 0.80, 0.25)) == pytest.approx(0.08 / 0.75)
    assert tipping_point([0.9, 0.7], 0.8, 1.0).tolist() == [np.inf, -np.inf]
    assert np.isnan(tipping_point(np.nan, 0.8, [0.5, 1.0])).all()
    assert [float(end) for end in worst_case_bounds(84, 0.5, bounds=(20, 100))] == [52, 92]
    assert float(defect_effective_n(1.0, 0.05)) == np.inf
    # A hundred times the dossiers change nothing: only the rate and the defect count.
    assert float(defect_effective_n(0.5, 0.1)) == pytest.approx(100)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: tipping_point(0.9, 0.8, 25), "response_rate"),
        (lambda: worst_case_bounds(88, 0.25), "value"),
        (lambda: defect_effective_n(0.3, 0), "defect_correlation"),
    ],
)
def test_wrong_units_are_named(call: Any, argument: str) -> None:
    with pytest.raises(AnalysisError) as raised:
        call()
    assert raised.value.argument == argument


def test_wrong_cells_are_named() -> None:
    with pytest.raises(CountError, match="exceed"):
        representativeness([5], [4], {})
    with pytest.raises(CountError, match="none"):
        representativeness([0, 0], [4, 4], {"field": ["a", "b"]})
    with pytest.raises(CountError, match="field"):
        representativeness([1, 2], [4, 4], {"field": ["a"]})
