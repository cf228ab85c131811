"""What is skipped is listed, and in CI it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = """
import pytest

@pytest.fixture
def server():
    pytest.skip("no server here")

def test_one(server): pass
def test_two(server): pass
@pytest.mark.skip(reason="absent by choice: too slow here")
def test_three(): pass
@pytest.mark.xfail(reason="known")
def test_four(): raise AssertionError
def test_five(): pass
"""
WHOLE_FILE = 'import pytest\npytest.skip("no library", allow_module_level=True)\n'


def run_pytest(
    folder: Path, *arguments: str, ci: str = "", plugin: str = "tests.reporting"
) -> tuple[int, list[str]]:
    """Exit code and output lines of pytest on the files in a folder, with our plugin alone."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": ci, "PYTHONUTF8": "1"}
    environment |= {"PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", plugin, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    return tmp_path


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "1")], ids=["alone", "xdist"])
def test_skips_are_listed_by_reason_and_counted(folder: Path, workers: tuple[str, ...]) -> None:
    code, lines = run_pytest(folder, *workers)
    assert code == 0
    assert "skipped: no server here — 2 tests" in lines
    assert "skipped: absent by choice: too slow here — 1 test" in lines
    assert not [line for line in lines if line.startswith("skipped: known")]
    assert "3 skipped" in lines[-1]


def test_without_the_plugin_nothing_is_listed(folder: Path) -> None:
    code, lines = run_pytest(folder, ci="1", plugin="no:tests.reporting")
    assert code == 0
    assert not [line for line in lines if line.startswith("skipped:")]


@pytest.mark.parametrize("workers", [(), ("-p", "xdist.plugin", "-n", "1")], ids=["alone", "xdist"])
def test_in_ci_a_skip_fails_and_the_closing_line_says_so(folder: Path, workers: tuple[str, ...]) -> None:
    code, lines = run_pytest(folder, *workers, ci="1")
    assert code == 1
    assert "skipped: no server here — 2 tests" in lines
    assert "skipped, which CI does not allow: no server here" in lines
    closing = lines[-1]
    assert "2 errors" in closing
    assert "1 skipped" in closing
    assert "1 xfailed" in closing


def test_in_ci_what_is_absent_by_choice_may_be_skipped(folder: Path) -> None:
    code, lines = run_pytest(folder, "-k", "three or four or five", ci="true")
    assert code == 0
    assert "skipped: absent by choice: too slow here — 1 test" in lines


def test_a_file_that_skips_itself_counts_and_hides_nothing(folder: Path) -> None:
    (folder / "test_another.py").write_text(WHOLE_FILE)
    assert "skipped: no library — 1 file" in run_pytest(folder)[1]
    code, lines = run_pytest(folder, ci="1")
    assert code == 1
    assert "skipped: no library — 1 file" in lines
    assert "3 errors" in lines[-1]
    assert "1 passed" in lines[-1]
