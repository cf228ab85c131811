"""What is installed is what is on disk, and it runs from any folder without the checkout."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
# Where each folder of the checkout lies in the wheel.
PARTS = {"analysis": "analysis", "survey": "survey", "templates": "survey/templates"}
NO_CODE = shutil.ignore_patterns("__pycache__", "*.egg-info")

pytestmark = pytest.mark.slow

START = """
import json, sys
from pathlib import Path
import survey
from survey import paths
from survey.app import create_app
from survey.settings import read_settings
client = create_app(read_settings(Path(sys.argv[1]))).test_client()
page = client.get("/")
print(json.dumps([survey.__file__, str(paths.templates()), page.status_code, page.text]))
"""


def on_disk(root: Path) -> set[str]:
    """Every file that the product needs, by its place in the wheel."""
    return {
        f"{place}/{path.relative_to(root / part).as_posix()}"
        for part, place in PARTS.items()
        for path in (root / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return {name for name in file.namelist() if ".dist-info/" not in name}


def run(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    """What Python prints, started in `cwd` with `path` before everything that is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HAILONG"))}
    environment = {**kept, "PYTHONUTF8": "1", **({"PYTHONPATH": str(path)} if path else {})}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, check=False, **pipes)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a clean copy of the checkout."""
    copy = tmp_path_factory.mktemp("copy")
    for name in BUILD:
        shutil.copy(ROOT / name, copy)
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=NO_CODE)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", "dist")
    run("-m", "pip", "wheel", *options, ".", cwd=copy)
    return next((copy / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder)
    return folder


def test_the_wheel_holds_what_is_on_disk(wheel: Path) -> None:
    assert in_wheel(wheel) == on_disk(ROOT)


def test_a_file_that_is_left_out_would_be_found(wheel: Path, tmp_path: Path) -> None:
    for name in in_wheel(wheel) - {"survey/migrations/HEAD"}:
        place = tmp_path / name.replace("survey/templates", "templates")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    assert in_wheel(wheel) - on_disk(tmp_path) == {"survey/migrations/HEAD"}


def test_licences_are_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = {name.rpartition("/")[2] for name in file.namelist() if ".dist-info/" in name}
    assert {"LICENSE", "NOTICE", "entry_points.txt"} <= names


def test_it_runs_from_another_folder(installed: Path, tmp_path: Path) -> None:
    assert "Measure how satisfied citizens are" in run("-m", "survey", "--help", cwd=tmp_path, path=installed)
    home = str(tmp_path / "instance")
    run("-m", "survey", "--home", home, "db", "upgrade", cwd=tmp_path, path=installed)
    code, templates, status, page = json.loads(run("-c", START, home, cwd=tmp_path, path=installed))
    assert Path(code).is_relative_to(installed)
    assert Path(templates).is_relative_to(installed)
    assert status == 200
    assert "Chưa có kết quả nào được công bố." in page
