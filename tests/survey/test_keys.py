import os
from pathlib import Path

import pytest

from survey.keys import LENGTH
from survey.keys import NAMES
from survey.keys import KeysMissing
from survey.keys import make_keys
from survey.keys import read_key

POSIX = pytest.mark.skipif(os.name == "nt", reason="absent by choice: Windows has other rights")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "keys"


def test_keys_are_made_once(folder: Path) -> None:
    assert make_keys(folder) == list(NAMES)
    made = {name: read_key(folder, name) for name in NAMES}
    assert make_keys(folder) == []
    assert {name: read_key(folder, name) for name in NAMES} == made
    assert len(set(made.values())) == len(NAMES)
    assert {len(secret) for secret in made.values()} == {LENGTH}


def test_a_missing_key_is_made_and_the_others_are_left(folder: Path) -> None:
    make_keys(folder)
    web = read_key(folder, "web")
    (folder / "code.key").unlink()
    assert make_keys(folder) == ["code"]
    assert read_key(folder, "web") == web


def test_every_instance_has_its_own(tmp_path: Path) -> None:
    for name in ("one", "other"):
        make_keys(tmp_path / name)
    assert read_key(tmp_path / "one", "code") != read_key(tmp_path / "other", "code")


@POSIX
def test_only_the_owner_can_read_them(folder: Path) -> None:
    before = os.umask(0)
    try:
        make_keys(folder)
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / f"{name}.key").stat().st_mode & 0o777 for name in NAMES} == {0o600}


@POSIX
@pytest.mark.parametrize("rights", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_others_can_read_is_refused(folder: Path, rights: int) -> None:
    make_keys(folder)
    (folder / "code.key").chmod(rights)
    with pytest.raises(KeysMissing, match="chmod 600"):
        read_key(folder, "code")


def test_a_key_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(KeysMissing, match=r"code\.key is missing; `hailong db upgrade` makes it"):
        read_key(folder, "code")


@pytest.mark.parametrize("text", [b"", b"\n", b"ab", b"xy" * LENGTH, b"ab" * (LENGTH + 1), b"\xff" * 64])
def test_a_damaged_key_is_refused_and_not_made_anew(folder: Path, text: bytes) -> None:
    make_keys(folder)
    (folder / "code.key").write_bytes(text)
    with pytest.raises(KeysMissing, match="damaged; restore your copy"):
        read_key(folder, "code")
    assert make_keys(folder) == []
    assert (folder / "code.key").read_bytes() == text


def test_no_message_shows_a_secret(folder: Path) -> None:
    make_keys(folder)
    path = folder / "code.key"
    path.write_text(path.read_text()[:40] + "\n")
    path.chmod(0o600)
    with pytest.raises(KeysMissing) as failure:
        read_key(folder, "code")
    assert path.read_text()[:20] not in str(failure.value)
