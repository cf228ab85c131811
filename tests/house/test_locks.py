"""The lock files hold what setup.cfg asks for, hashed, of no particular place, and agree."""

import configparser
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
PYTHONS = ("3.11.2", "3.11.9", "3.12.0", "3.13.0", "3.14.0")


def pins(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text("ascii").splitlines()
    return [Requirement(line.removesuffix(" \\")) for line in lines if re.match(r"\w", line)]


def wanted(name: str) -> list[Requirement]:
    setup = configparser.ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = [setup["options"]["install_requires"], "setuptools\nwheel"]
    if "test" in name:
        lines.append(setup["options.extras_require"]["test"])
    return [Requirement(line) for text in lines for line in text.split("\n") if line]


def missing(wanted: list[Requirement], pins: list[Requirement], python: str) -> list[str]:
    """What is wanted on this Python on Linux and not pinned exactly once, at a version that will do."""
    here = {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "sys_platform": "linux",
    }
    versions: dict[str, list[str]] = {}
    for pin in pins:
        if pin.marker is None or pin.marker.evaluate(here):
            versions.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier).removeprefix("=="))
    return [
        str(want)
        for want in wanted
        if len(found := versions.get(canonicalize_name(want.name), [])) != 1 or found[0] not in want.specifier
    ]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_everything_wanted_is_pinned_on_every_python(lock: str, python: str) -> None:
    assert missing(wanted(lock), pins(lock), python) == [], "run: make lock"


def test_a_missing_a_doubled_and_an_old_pin_are_found() -> None:
    pinned = [Requirement(each) for each in ("a==1", "b==1", "b==2 ; python_version >= '3.12'", "c==1")]
    want = [Requirement(each) for each in ("a>=1", "b", "c>=2", "d")]
    assert missing(want, pinned, "3.11.2") == ["c>=2", "d"]
    assert missing(want, pinned, "3.12.0") == ["b", "c>=2", "d"]


def test_the_tests_lock_holds_everything_of_the_other_one() -> None:
    product, tests = ({str(pin) for pin in pins(lock)} for lock in LOCKS)
    assert product < tests


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_hashed_and_none_names_a_place(lock: str) -> None:
    text = (ROOT / lock).read_text("ascii")
    hashed = re.findall(r"^\S+==\S+(?: ; .+)? \\\n    --hash=sha256:[0-9a-f]{64}", text, flags=re.MULTILINE)
    assert len(hashed) == len(pins(lock)) > 20
    assert not re.search(r"://|index|find-links|@|(?:^|[\s=])[./~]", text)
