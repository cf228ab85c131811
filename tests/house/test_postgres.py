"""The tests' own PostgreSQL server: fresh databases, copies of a template, real programs only."""

import os
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy import text

from tests import postgres
from tests.postgres import Server


def ask(url: str, *statements: str) -> object:
    """The last statement's single value."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            *before, last = statements
            for statement in before:
                connection.execute(text(statement))
            return connection.execute(text(last)).scalar()
    finally:
        engine.dispose()


@pytest.mark.postgresql
def test_a_database_is_fresh_or_a_copy_of_its_template(postgresql_server: Server) -> None:
    template = postgresql_server.create()
    ask(template, "CREATE TABLE marks AS SELECT 7 AS mark", "SELECT 1")
    copy = postgresql_server.create(template=template)
    assert ask(copy, "INSERT INTO marks VALUES (8)", "SELECT sum(mark) FROM marks") == 15
    assert ask(template, "SELECT sum(mark) FROM marks") == 7
    assert ask(postgresql_server.create(), "SELECT to_regclass('marks')") is None


@pytest.mark.postgresql
def test_the_server_is_unicode_and_out_of_others_reach(postgresql_server: Server) -> None:
    url = postgresql_server.create()
    assert ask(url, "SELECT lower('ĐÚNG HẠN')") == "đúng hạn"
    assert ask(url, "SHOW listen_addresses") == ""
    assert postgresql_server.folder.stat().st_mode & 0o077 == 0


def imitate(folder: Path, **answers: str) -> Path:
    """A folder of programs that print their answer, whatever is asked."""
    folder.mkdir()
    for name, answer in answers.items():
        (folder / name).write_text(f"#!/bin/sh\necho {answer}\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.skipif(os.name == "nt", reason="absent by choice: the server is not run on Windows")
def test_only_three_programs_of_one_version_will_do(tmp_path: Path) -> None:
    right = {name: f"'{name} (PostgreSQL) 15.18'" for name in postgres.PROGRAMS}
    whole = imitate(tmp_path / "whole", **right)
    broken = [
        imitate(tmp_path / "empty"),
        imitate(tmp_path / "lone", pg_ctl=right["pg_ctl"]),
        imitate(tmp_path / "mixed", **{**right, "postgres": "'postgres (PostgreSQL) 9.6.1'"}),
        imitate(tmp_path / "other", **{**right, "initdb": "a stand-in for a database"}),
    ]
    assert postgres.find_programs([*broken, whole]) == whole
    assert postgres.find_programs(broken) is None


@pytest.mark.skipif(os.name == "nt", reason="absent by choice: the server is not run on Windows")
def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as place:  # another user has to reach it
        Path(place).chmod(0o755)
        programs = imitate(Path(place, "programs"), initdb="no room on this disk; false")
        (folder := Path(place, "folder")).mkdir()
        monkeypatch.setattr(postgres.tempfile, "mkdtemp", lambda **_: str(folder))
        why = "initdb failed:\nno room on this disk"
        with pytest.raises(RuntimeError, match=why), postgres.serving(programs):
            pytest.fail("there is no server")
        assert not folder.exists()
