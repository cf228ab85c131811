import json
from pathlib import Path
from typing import Any

import pytest

from analysis.reference.case import Case
from analysis.reference.case import Mismatch
from analysis.reference.case import Source
from analysis.reference.case import cases
from analysis.reference.comparing import ADAPTERS

REFERENCE = Path(__file__).parent


@pytest.fixture
def folder() -> Path:
    return REFERENCE


def checked(case: Case) -> list[Mismatch] | None:
    return next((adapter.check(case) for adapter in ADAPTERS if adapter.applies(case)), None)


def altered(case: Case, expected: Any) -> Case:
    return Case(case.source, {**case.content, "expected": expected}, case.place)


def by_statistic(folder: Path, name: str) -> Case:
    return next(case for case in cases(folder) if case.statistic == name)


def failures(chosen: list[Case]) -> list[tuple[str, list[Mismatch]]]:
    return [(case.name, faults) for case in chosen if (faults := checked(case))]


def test_every_case_of_these_kinds_passes(folder: Path) -> None:
    chosen = [case for case in cases(folder) if any(adapter.applies(case) for adapter in ADAPTERS)]
    assert len(chosen) == 28
    assert failures([case for case in chosen if case.statistic != "rank confidence sets"]) == []


@pytest.mark.slow
def test_every_case_of_ranks_passes(folder: Path) -> None:
    chosen = [case for case in cases(folder) if case.statistic == "rank confidence sets"]
    assert len(chosen) == 4
    assert failures(chosen) == []


def test_a_case_is_known_by_its_keys_alone(folder: Path) -> None:
    for case in cases(folder):
        content = {**case.content, "id": "other"}
        renamed = Case(Source(case.source.folder, "other.json", case.source.content), content, 0)
        for adapter in ADAPTERS:
            assert adapter.applies(renamed) == adapter.applies(case)


def test_wrong_values_are_found(folder: Path) -> None:
    adjusted = by_statistic(folder, "p.adjust")
    rows = json.loads(json.dumps(adjusted.expected))
    rows[0]["holm"][0] *= 1 + 1e-6
    assert len(checked(altered(adjusted, rows)) or []) == 1
    response = by_statistic(folder, "R-indicator")
    assert checked(altered(response, response.expected | {"R": response.expected["R"] + 1e-4}))
    pairs = by_statistic(folder, "all pairwise differences")
    p = [value + 1e-6 for value in pairs.expected["p_holm"]]
    assert checked(altered(pairs, pairs.expected | {"p_holm": p}))
    vector = by_statistic(folder, "mean vector")
    matrix = [[value * (1 + 1e-6) for value in row] for row in vector.expected["vcov"]]
    assert len(checked(altered(vector, vector.expected | {"vcov": matrix})) or []) == 4


def test_rank_sets_that_chance_does_not_explain_are_found(folder: Path) -> None:
    case = by_statistic(folder, "rank confidence sets")
    name = "simultaneous.stepdown_TRUE.0.95"
    row = json.loads(json.dumps(case.expected[name]))
    row["L"][2] += 2
    assert checked(altered(case, {**case.expected, name: row}))
    best = [not value for value in case.expected["tau_best_3"]]
    assert checked(altered(case, {**case.expected, "tau_best_3": best}))


def test_a_difference_of_shares_is_held_to_its_ends(folder: Path) -> None:
    case = next(case for case in cases(folder) if "newcomb" in case.content)
    for name in ("newcomb", "agresti-caffo", "wald"):
        low, high = case.content[name]
        content = {**case.content, name: [low + 1e-5, high]}
        assert [fault.place for fault in checked(Case(case.source, content, 0)) or []] == [f"{name}[0]"]
