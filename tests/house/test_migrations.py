"""Migrations are numbered without gaps, each follows the one before, and HEAD names the newest."""

import ast
from pathlib import Path

import pytest

from survey import paths


class Broken(AssertionError):
    """The chain of migrations has a fault."""


def constants(path: Path) -> dict[str, object]:
    """What a file's plain assignments give its names, without running it."""
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                found[name] = value
    return found


def check(folder: Path) -> None:
    before = None
    for number, path in enumerate(sorted((folder / "versions").glob("[0-9]*.py")), start=1):
        named = constants(path)
        if path.name[:5] != f"{number:04d}_":
            raise Broken(f"{path.name} must begin with {number:04d}_")
        if (named.get("revision"), named.get("down_revision")) != (f"{number:04d}", before):
            raise Broken(f"{path.name} must be revision {number:04d} and follow {before}")
        before = f"{number:04d}"
    if (folder / "HEAD").read_text("utf-8") != f"{before}\n":
        raise Broken(f"HEAD must say {before}")


def test_the_chain_is_whole() -> None:
    check(paths.MIGRATIONS)


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    (tmp_path / "versions").mkdir()
    for number, before in (("0001", None), ("0002", "0001")):
        text = f"revision = {number!r}\ndown_revision = {before!r}\n"
        (tmp_path / "versions" / f"{number}_step.py").write_text(text)
    (tmp_path / "HEAD").write_text("0002\n")
    check(tmp_path)
    return tmp_path


def test_two_migrations_of_one_number_are_found(chain: Path) -> None:
    text = "revision = '0002'\ndown_revision = '0001'\n"
    (chain / "versions" / "0002_other.py").write_text(text)
    with pytest.raises(Broken, match="must begin with 0003_"):
        check(chain)


def test_a_second_head_is_found(chain: Path) -> None:
    (chain / "versions" / "0003_branch.py").write_text("revision = '0003'\ndown_revision = '0001'\n")
    with pytest.raises(Broken, match="follow 0002"):
        check(chain)


def test_a_forgotten_head_file_is_found(chain: Path) -> None:
    (chain / "versions" / "0003_step.py").write_text("revision = '0003'\ndown_revision = '0002'\n")
    with pytest.raises(Broken, match="HEAD must say 0003"):
        check(chain)
