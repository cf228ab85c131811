"""The whole checkout passes ruff, and the statistics mypy's strict rules."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def told(*arguments: str, cwd: Path = ROOT) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", ["ruff check --output-format=concise", "mypy"])
def test_nothing_to_complain_of(command: str) -> None:
    code, output = told(*command.split())
    assert code == 0, output


def test_ruff_and_mypy_would_find_what_is_planted(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("import os, sys\n\n\ndef share(part, whole):\n    return part / whole\n")
    code, output = told("ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(planted), cwd=tmp_path)
    assert code == 1
    assert "E401" in output
    code, output = told("mypy", "--config-file", str(ROOT / "setup.cfg"), str(planted), cwd=tmp_path)
    assert code == 1
    assert "no-untyped-def" in output
