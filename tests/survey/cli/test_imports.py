"""Files in: a dry run changes nothing, a refusal leaves nothing; codes out, to one new file."""

import os
import stat
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func
from sqlalchemy import select

from survey.integrity.onetime import read_code
from survey.settings import Settings
from survey.store.base import Database
from survey.store.codes import OneTimeCode

Hailong = Callable[..., Result]
Write = Callable[..., Path]
Contents = Callable[[], dict[str, list[str]]]
Log = Callable[[], list[tuple[str, str, str]]]

Files = dict[str, tuple[Any, ...]]

MAPPING = """\
organisation = "tinh"
instrument = "ptx-1/1"
grade = "D"
mode = "imported"
agency = "so"

[date]
column = "date"
format = "%d/%m/%Y"
first = 2026-01-01
last = 2026-12-31

[item.OV]
columns = ["OV"]
values = { "5" = "5", "1" = "1" }

[[skip]]
column = "OV"
value = ""
reason = "a blank form"
"""
RESPONSES = "date,OV\n20/10/2026,5\n03/04/2026,1\n03/04/2026,5\n20/10/2026,\n"


@pytest.fixture
def files(sent: dict[str, Path], file: Write) -> Files:
    """A right file for each import, with what else the command needs."""
    procedures = "field,field_name_vi,field_name_en,procedure,name,valid_from\nf,F,F,p,P,2020-01-01\n"
    return {
        "agencies": (file(sent["agencies"].read_text("utf-8") + "xa,tinh,x,Xã,2020-01-01\n", "more.csv"),),
        "procedures": (file(procedures, "procedures.csv"),),
        "frames": (file("period,agency,dossiers\n2026-10,so,40\n", "frame.csv"),),
        "counts": (sent["counts"],),
        "responses": (file(RESPONSES, "responses.csv"), "--map", file(MAPPING, "map.toml")),
    }


GROUPS = ("agencies", "procedures", "frames", "counts", "responses")


def test_a_dry_run_changes_nothing_and_a_real_one_does(
    province: Hailong, files: Files, contents: Contents, log: Log
) -> None:
    for group in GROUPS:
        before = contents()
        dry = province(group, "import", *files[group], "--dry-run").stdout
        assert contents() == before
        assert "nothing was changed" in dry or "would be taken in" in dry
        real = province(group, "import", *files[group], "--by", "bình").stdout
        assert "taken in" in real
        assert "would" not in real
        assert contents() != before
        assert log()[-1][:2] == ("bình", f"{group}.import")


def test_what_a_response_import_tells(province: Hailong, files: Files) -> None:
    assert province("responses", "import", *files["responses"], "--dry-run").stdout.splitlines() == [
        "note: 2 rows (3–4), column 'date': '03/04/2026' read as 2026-04-03; could be 2026-03-04",
        "1 rows skipped: a blank form",
        "responses.csv: 4 rows, 3 responses would be taken in, 2 months (2026-04 to 2026-10)",
    ]


def test_a_file_with_a_bad_row_leaves_nothing(province: Hailong, files: Files, contents: Contents) -> None:
    before = contents()
    for group in GROUPS:
        path, *others = files[group]
        lines = path.read_text("utf-8").splitlines()
        path.write_text("\n".join((*lines, ",".join("?" for _ in lines[0].split(",")))), encoding="utf-8")
        for options in ((), ("--dry-run",)):
            told = province(group, "import", path, *others, *options, code=2).stderr
            assert f"{path.name}: row {len(lines) + 1}, column '" in told
            assert "nothing was taken in" in told.splitlines()[-1]
    assert contents() == before


def test_a_file_that_is_not_there(province: Hailong, files: Files, tmp_path: Path) -> None:
    missing = tmp_path / "no.csv"
    for group in GROUPS:
        _, *others = files[group]
        assert f"there is no file {missing}" in province(group, "import", missing, *others, code=2).stderr
        assert "is a directory" in province(group, "import", tmp_path, *others, code=2).stderr


def test_a_mapping_with_a_slip_names_the_file_and_the_key(
    province: Hailong, file: Write, tmp_path: Path
) -> None:
    mapping = file(MAPPING.replace("grade", "grades"), "map.toml")
    told = province("responses", "import", tmp_path / "no.csv", "--map", mapping, code=2).stderr
    assert 'map.toml: mapping, key "grade": is missing' in told


def test_the_file_is_rewritten_after_an_import(
    province: Hailong, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten: list[Database] = []
    monkeypatch.setattr(Database, "rewrite", lambda self: rewritten.append(self))
    province("responses", "import", *files["responses"], "--dry-run")
    assert rewritten == []
    province("responses", "import", *files["responses"])
    assert len(rewritten) == 1


def issue(hailong: Hailong, out: Path, *, point: str = "quay-1", count: int = 5, code: int = 0) -> Result:
    return hailong(
        "codes", "issue", "--booklet", point, "--count", count, "--out", out, "--by", "chi", code=code
    )


def issued(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OneTimeCode)) or 0


def test_codes_are_written_once_for_their_owner_only(
    province: Hailong, database: Database, tmp_path: Path, log: Log
) -> None:
    out = tmp_path / "slips"
    assert issue(province, out).stdout == f"5 codes written to {out}\n"
    lines = out.read_text("ascii").splitlines()
    assert len({read_code(line) for line in lines} - {None}) == len(lines) == issued(database) == 5
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert log()[-1] == ("chi", "codes.issue", "booklet of 5 for quay-1")


def test_a_file_of_codes_is_never_overwritten(province: Hailong, database: Database, tmp_path: Path) -> None:
    out = tmp_path / "slips"
    out.write_text("other codes\n", encoding="ascii")
    assert f"{out} is there already and is never overwritten" in issue(province, out, code=2).stderr
    assert out.read_text("ascii") == "other codes\n"
    assert issued(database) == 0


@pytest.mark.parametrize(
    ("point", "count", "told"),
    [("quay-9", 5, "there is no service point 'quay-9' today"), ("quay-1", 0, "1 to 10000 codes, not 0")],
)
def test_what_cannot_be_issued_leaves_no_file(
    province: Hailong,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    count: int,
    told: str,
) -> None:
    out = tmp_path / "slips"
    assert told in issue(province, out, point=point, count=count, code=2).stderr
    assert not out.exists()
    assert issued(database) == 0
    monkeypatch.setattr(Path, "unlink", lambda _: None)
    issue(province, out, point=point, count=count, code=2)
    assert out.exists(), "it is taken away again"


def test_codes_that_could_not_be_stored_leave_no_file(
    province: Hailong, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Database.writing

    @contextmanager
    def full_disk(self: Database) -> Iterator[Any]:
        with real(self) as session:
            yield session
            raise OSError(28, "No space left on device", "hailong.sqlite")

    monkeypatch.setattr(Database, "writing", full_disk)
    out = tmp_path / "slips"
    assert "No space left on device" in issue(province, out, code=1).stderr
    assert not out.exists()
    assert issued(database) == 0


def test_codes_that_could_not_be_written_are_not_stored(
    province: Hailong, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device", "slips")

    monkeypatch.setattr(os, "fsync", full_disk)
    out = tmp_path / "slips"
    assert "slips: No space left on device; check that it is there" in issue(province, out, code=1).stderr
    assert not out.exists()
    assert issued(database) == 0


def test_a_folder_that_cannot_be_written_is_told(
    province: Hailong, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    told = issue(province, tmp_path / "file" / "slips", code=1).stderr
    assert f"{tmp_path / 'file' / 'slips'}: Not a directory; check that it is there, may be written" in told
    assert issued(database) == 0


def test_without_the_key_no_code_is_issued(province: Hailong, settings: Settings, tmp_path: Path) -> None:
    (settings.keys / "code.key").unlink()
    assert "code.key is missing" in issue(province, tmp_path / "slips", code=1).stderr
    assert not (tmp_path / "slips").exists()
