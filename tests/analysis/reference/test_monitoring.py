import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.reference.case import Case
from analysis.reference.case import Source
from analysis.reference.case import cases
from analysis.reference.monitoring import ADAPTERS

HERE = Path(__file__).parent
CONTENT = json.loads((HERE / "expected" / "other.json").read_text(encoding="utf-8"))
MINE = [case.content for case in cases(HERE) if any(adapter.applies(case) for adapter in ADAPTERS)]
NAMES = [case["id"] for case in MINE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the shape that the runner reads."""
    root = tmp_path_factory.mktemp("reference")
    (root / "data").mkdir()
    shutil.copyfile(HERE / "data" / "drivers.csv", root / "data" / "drivers.csv")
    return root


def checked(folder: Path, content: dict[str, Any]) -> list[Any]:
    case = Case(Source(folder, "other.json", CONTENT), content, 0)
    known = [adapter for adapter in ADAPTERS if adapter.applies(case)]
    assert len(known) == 1
    return known[0].check(case)


@pytest.mark.parametrize("content", MINE, ids=NAMES)
def test_the_other_programs_figures_come_out(folder: Path, content: dict[str, Any]) -> None:
    assert checked(folder, content) == []


GIVEN = {
    "funnel": {"x", "n", "limits_order", "n_sorted"},
    "control charts": {"x", "n", "y", "p_beyond"},
    "sample size for a half width e": {"p", "e", "N", "alpha"},
    "allocation": {"Nh", "Sh", "ch", "nh", "totvar"},
    "n per group": {"p1", "p2", "power", "alpha"},
    "n with overlapping samples": {"px", "py", "pxy", "overlap", "r"},
    "empirical Bayes, beta-binomial": {"x", "n", "alpha", "beta"},
    "EBLUP": {"y", "x", "vardir"},
    "EBLUP without covariates": {"y", "vardir"},
    "NCHS 2017 presentation standard": {"x", "n", "var", "df"},
    "feasibility interval of suppressed cells": {"table", "suppressed", "row", "col", "value"},
}


def expected_numbers(node: Any, given: set[str]) -> Iterator[tuple[Any, Any]]:
    """Where the first expected number under every key stands, the inputs apart."""
    if isinstance(node, dict):
        for key, child in node.items():
            if key in given:
                continue
            if isinstance(child, int | float) and not isinstance(child, bool):
                yield node, key
            else:
                yield from expected_numbers(child, given)
    elif isinstance(node, list):
        for place, child in enumerate(node[:1]):
            if isinstance(child, int | float) and not isinstance(child, bool):
                yield node, place
            else:
                yield from expected_numbers(child, given)


@pytest.mark.parametrize("content", MINE, ids=NAMES)
def test_an_altered_figure_would_be_found(folder: Path, content: dict[str, Any]) -> None:
    copy = json.loads(json.dumps(content))
    places = list(expected_numbers(copy["expected"], GIVEN.get(copy["estimate"]["statistic"], set())))
    assert places
    for holder, key in places:
        right = holder[key]
        holder[key] = right * 1.01 + 1e-3
        assert checked(folder, copy), key
        holder[key] = right
