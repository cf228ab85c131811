"""The tests mirror the house: a test file names a module, and a module that does something has one."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Modules without a test file of their own, and where they are tested instead.
ELSEWHERE = {
    "analysis/bounded.py": "the last step of every mean and index: test_mean, test_composite",
    "analysis/indexmethod.py": "test_moments and test_composite count by each method",
    "survey/instrument/table.py": "words every error of test_load",
}
# Test files that are about several modules together.
TOGETHER = {
    "analysis/coverage.py": "whether the intervals of several modules hold, by `benchmarks/coverage.py`",
    "survey/respond/at_once.py": "many senders of one code, and the one who closes the month",
    "survey/respond/junk.py": "whatever is sent",
    "survey/respond/refusals.py": "what is read where nothing is counted",
    "survey/respond/weight.py": "what a page weighs",
}


def does_something(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(path.read_text("utf-8"))))


def modules(root: Path) -> set[str]:
    """Every module of the product, migrations apart: tests/survey/store/test_migration.py runs those."""
    found = [path for top in ("analysis", "survey") for path in (root / top).rglob("*.py")]
    return {path.relative_to(root).as_posix() for path in found if "versions" not in path.parts}


def named(root: Path) -> set[str]:
    """The modules that test files name by their own place and name."""
    files = [path for top in ("analysis", "survey") for path in (root / "tests" / top).rglob("test_*.py")]
    inside = (path.relative_to(root / "tests") for path in files)
    return {path.with_name(path.name.removeprefix("test_")).as_posix() for path in inside}


def strangers(root: Path) -> set[str]:
    """Test files that name neither a module, nor a folder of data, nor their own package."""
    folders = (path.relative_to(root).as_posix() for path in (root / "survey").rglob("*") if path.is_dir())
    return named(root) - modules(root) - {f"{folder}.py" for folder in folders} - {"analysis/analysis.py"}


def untested(root: Path) -> set[str]:
    """Modules with a function and without a test file."""
    return {name for name in modules(root) - named(root) if does_something(root / name)}


def test_every_test_file_names_a_module() -> None:
    assert strangers(ROOT) <= set(TOGETHER)


def test_every_module_that_does_something_has_its_test_file() -> None:
    assert untested(ROOT) == set(ELSEWHERE)


def test_a_stranger_and_a_gap_are_found(tmp_path: Path) -> None:
    for name in ("survey/store", "tests/survey/store"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "survey" / "store" / "codes.py").write_text("def redeem() -> None: ...\n")
    (tmp_path / "survey" / "store" / "words.py").write_text("WORDS = 1\n")
    (tmp_path / "tests" / "survey" / "store" / "test_code.py").touch()
    assert strangers(tmp_path) == {"survey/store/code.py"}
    assert untested(tmp_path) == {"survey/store/codes.py"}
