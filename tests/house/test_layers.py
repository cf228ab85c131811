"""Which part of the house may know which: the contracts of setup.cfg, and that each would find a breach."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"

ALONE = "the statistics stand alone"
PURE = "the instrument and the charts know neither web nor database"
NO_WEB = "what changes or estimates data runs without a request"
READERS = "readers of published numbers cannot reach single responses"
LAYERS = "layers of the house"

# File, line added to it, contract that must find it.
BREACHES = [
    ("analysis/mean.py", "from survey import paths", ALONE),
    ("survey/instrument/routing.py", "import flask", PURE),
    ("survey/charts/svg.py", "from survey.store import base", PURE),
    ("survey/store/audit.py", "import flask", NO_WEB),
    ("survey/respond/intake.py", "from survey.web import problems", NO_WEB),
    ("survey/publish/pages.py", "from survey.store import responses", READERS),
    ("survey/publish/reading.py", "from survey.estimation import figures", READERS),
    # Not even through others: every page imports web.transaction.
    ("survey/web/transaction.py", "from survey.store import schema", READERS),
    ("survey/respond/pages.py", "from survey.publish import reading", LAYERS),
    ("survey/store/base.py", "from survey.estimation import figures", LAYERS),
    ("survey/estimation/monthly.py", "from survey.integrity import dayclose", LAYERS),
    ("survey/helpers.py", "", LAYERS),
]


def lint(folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", LINTER, "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code that can be spoilt."""
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    for package in ("analysis", "survey"):
        for source in (ROOT / package).rglob("*.py"):
            copy = tmp_path / source.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    return tmp_path


def test_every_contract_is_kept(tree: Path) -> None:
    code, output = lint(tree)
    assert code == 0, output
    for name in (ALONE, PURE, NO_WEB, READERS, LAYERS):
        assert f"{name} KEPT" in output


@pytest.mark.parametrize(("file", "line", "contract"), BREACHES, ids=[f"{b[0]}: {b[1]}" for b in BREACHES])
def test_a_breach_is_found(tree: Path, file: str, line: str, contract: str) -> None:
    with (tree / file).open("a", encoding="utf-8") as spoilt:
        spoilt.write(f"\n{line}\n")
    code, output = lint(tree)
    assert code == 1, output
    assert f"{contract} BROKEN" in output


def foreign(source: str) -> Iterator[str]:
    """Top-level names of the packages that a text imports, the standard library and itself apart."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"analysis"}


def test_the_statistics_import_numpy_and_scipy_alone() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "analysis").rglob("*.py")]
    found = {name for source in sources for name in foreign(source)}
    assert found == {"numpy", "scipy"}
    planted = "import math\ndef f():\n    import pandas.core\n    from plotly import io\n"
    assert set(foreign(planted)) == {"pandas", "plotly"}
