import json
from pathlib import Path

import pytest

from analysis.reference.binomial import ADAPTERS
from analysis.reference.case import Case
from analysis.reference.case import Source

FOLDER = Path(__file__).parent
CONTENT = json.loads((FOLDER / "expected/other.json").read_text(encoding="utf-8"))
SOURCE = Source(FOLDER, "other.json", CONTENT)
CASES = [Case(SOURCE, content, place) for place, content in enumerate(CONTENT["cases"])]


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.names[0])
def test_every_interval_of_the_grids_comes_out(adapter: object) -> None:
    (case,) = [case for case in CASES if adapter.applies(case)]  # type: ignore[attr-defined]
    assert adapter.check(case) == []  # type: ignore[attr-defined]
    last = case.expected[-1]
    ends = next(value for value in last.values() if isinstance(value, list)) if "lower" not in last else None
    if ends is None:
        last["lower"] += 1e-5
    else:
        ends[0] += 1e-5
    assert adapter.check(case) != []  # type: ignore[attr-defined]
