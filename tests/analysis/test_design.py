from typing import Any

import numpy as np
import pytest

from analysis import AnalysisError
from analysis import SurveyDesign
from analysis import grouping
from analysis.design import pairs


def test_weights_default_to_what_one_row_stands_for() -> None:
    two = SurveyDesign(clusters=[["p", "p", "q"], [1, 2, 1]], population=[[4, 4, 4], [6, 6, 3]])
    assert two.weights.tolist() == [6.0, 6.0, 6.0]
    assert SurveyDesign(strata=["a", "b"]).weights.tolist() == [1.0, 1.0]


def test_unit_codes_are_read_within_their_stratum() -> None:
    design = SurveyDesign(strata=["a", "a", "b", "b"], clusters=[1, 2, 1, 2])
    assert design.stages[0].sampled.tolist() == [2, 2]
    assert design.degrees_of_freedom().tolist() == [2.0]


def test_degrees_of_freedom_count_units_with_weight_in_the_domain() -> None:
    design = SurveyDesign(weights=[1, 1, 1, 0, 1, 1], strata=list("aaaabb"), clusters=[1, 1, 2, 3, 1, 2])
    domain = grouping(["x", "y", "x", "x", "y", "y"])
    # x: units 1 and 2 of a; y: unit 1 of a, both of b.
    assert design.degrees_of_freedom(domain).tolist() == [1.0, 1.0]
    assert design.degrees_of_freedom().tolist() == [2.0]
    assert design.degrees_of_freedom(domain.where(np.zeros(6, dtype=bool))).tolist() == [0.0, 0.0]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"weights": [1, -2]}, r"weights: row 1 has -2.0; give a number from 0"),
    ({"weights": [1, float("nan")]}, "weights: row 1 has nan"),
    ({"weights": [float("inf"), 1]}, "weights: row 0 has inf"),
    ({"weights": [1, 2], "strata": ["a", "b", "c"]}, "strata: has 3 rows where weights has 2"),
    ({"strata": ["a", None]}, "strata: row 1 is blank"),
    ({"clusters": ["a", ""]}, "clusters: row 1 is blank"),
    (
        {"strata": ["a", "a"], "population": [5, 6]},
        "population: row 0 has 5; give one number for all rows of a",
    ),
    ({"strata": ["a", "b", "b"], "population": [5, 1, 1]}, "row 1 has 1, fewer than the 2 units drawn"),
    ({"strata": ["a"], "population": [0]}, "population: row 0 has 0"),
    ({"strata": ["a"], "population": [float("nan")]}, "population: row 0 has nan"),
    ({"strata": ["a"], "population": [[5], [5]]}, "population: has 2 stages"),
    ({"single_psu": "guess", "weights": [1]}, "single_psu: is 'guess'"),
    ({}, "weights: are missing"),
    ({"strata": grouping(["a", "b"]).where([True, False])}, "leave rows outside"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_what_cannot_be_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        SurveyDesign(**arguments)


def test_a_domain_of_another_length_is_refused() -> None:
    with pytest.raises(AnalysisError, match="domain: has 1 codes for 2 rows"):
        SurveyDesign(weights=[1, 1]).degrees_of_freedom(["a"])


def test_a_design_and_its_copies_do_not_share_changes() -> None:
    design = SurveyDesign(weights=[1, 2], population=5)
    other = design.with_weights([3, 4])
    assert design.weights.tolist() == [1.0, 2.0]
    assert other.weights.tolist() == [3.0, 4.0]
    assert design.finite
    assert not design.with_replacement().finite
    with pytest.raises(ValueError, match="read-only"):
        design.weights[0] = 7


@pytest.mark.parametrize("spread", [1, 1000, 10**6])
def test_pairs_are_told_apart(spread: int) -> None:
    """By counting where codes are few, by sorting where they are many, by neither where they are nested."""
    random = np.random.default_rng(spread)
    first, second = random.integers(0, 3, 50) * spread, random.integers(0, 4, 50) * spread
    for other in (second, first // 2):
        code, one, two = pairs(first, 2 * spread + 1, other, 3 * spread + 1)
        assert np.array_equal(one[code], first)
        assert np.array_equal(two[code], other)
        assert len(one) == len(set(zip(first.tolist(), other.tolist(), strict=True)))
