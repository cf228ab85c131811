"""The runner on the vendored cases, on the full folder where it is at hand, and on spoilt ones."""

import copy
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from analysis.reference.__main__ import main
from analysis.reference.case import Case
from analysis.reference.case import Source
from analysis.reference.case import cases
from analysis.reference.registry import adapters
from analysis.reference.registry import check

FOLDER = Path(__file__).parent


@pytest.mark.slow
def test_every_vendored_case_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FOLDER)]) == 0
    count = sum(1 for _ in cases(FOLDER))
    assert capsys.readouterr().out == f"{count} passed, 0 failed\n"
    assert count > 500


@pytest.mark.slow
def test_every_case_of_the_full_folder_passes(capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.environ.get("HAILONG_REFERENCE", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("absent by choice: the full reference folder is not part of the project")
    assert main([folder]) == 0, capsys.readouterr().out


def test_a_wrong_value_fails_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(FOLDER / "data", tmp_path / "data")
    (tmp_path / "expected").mkdir()
    name = "survey_calibration_replicates_edge.json"
    content = json.loads((FOLDER / "expected" / name).read_text(encoding="utf-8"))
    content["cases"] = [case for case in content["cases"] if "edge" in case["id"]]
    content["cases"][0]["expected"][0]["se"] *= 1 + 1e-7
    (tmp_path / "expected" / "renamed.json").write_text(json.dumps(content), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"FAILED renamed.json {content['cases'][0]['id']}: y.se: found ")
    assert lines[1:] == [f"{len(content['cases']) - 1} passed, 1 failed"]


def test_a_folder_without_cases_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "has no folder expected/" in capsys.readouterr().err
    (tmp_path / "expected").mkdir()
    assert main([str(tmp_path)]) == 1


def chosen() -> list[Case]:
    """One case of every statistic and shape of design."""
    found: dict[Any, Case] = {}
    for case in cases(FOLDER):
        adjust = case.design.get("adjust", "")
        shape = (
            case.statistic,
            str(adjust)[:12],
            case.design.get("lonely_psu"),
            bool(case.design.get("fpc")),
        )
        found.setdefault(shape, case)
    return list(found.values())


def spoilt(node: Any) -> bool:
    """Change the first estimate or standard error in a case's expected values."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("est", "se", "F", "sum", "lower", "wilson", "kg") and value:
                node[key] = [value[0] + 1e-4, *value[1:]] if isinstance(value, list) else value * (1 + 1e-4)
                return True
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return any(spoilt(child) for child in children)


@pytest.mark.parametrize("case", chosen(), ids=lambda case: case.name.split(".json ")[1])
def test_names_do_not_matter_and_values_do(case: Case) -> None:
    known = adapters()
    content = copy.deepcopy(dict(case.content)) | {"id": "x"}
    assert (
        check(Case(Source(case.source.folder, "x.json", case.source.content), content, case.place), known)
        == []
    )
    if spoilt(content.get("expected")):
        assert check(Case(case.source, content, case.place), known)
