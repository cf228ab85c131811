"""Every package on disk is named in setup.cfg: one that is forgotten breaks the installed product alone."""

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def packages(root: Path) -> set[str]:
    """The folders of `root` that hold Python files, by dotted name, and the templates' folder."""
    sources = [path for top in ("analysis", "survey") for path in (root / top).rglob("*.py")]
    return {".".join(path.parent.relative_to(root).parts) for path in sources} | {"survey.templates"}


def named() -> list[str]:
    setup = ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return setup["options"]["packages"].split()


def test_setup_cfg_names_every_package_once_and_in_order() -> None:
    assert named() == sorted(packages(ROOT))


def test_a_package_that_is_not_named_is_found(tmp_path: Path) -> None:
    for package in (*named(), "survey.planted"):
        folder = tmp_path.joinpath(*package.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "module.py").touch()
    assert packages(tmp_path) - set(named()) == {"survey.planted"}


def test_every_package_has_its_init_file() -> None:
    for package in packages(ROOT) - {"survey.templates"}:
        assert (ROOT.joinpath(*package.split(".")) / "__init__.py").is_file(), package
