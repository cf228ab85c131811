"""Sessions keep what they promise; SQLite is told what it needs on every connection."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from threading import BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy import create_engine
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError

from survey.settings import SettingsError
from survey.store import base
from survey.store.base import Database
from survey.store.imports import ImportedFile
from survey.store.imports import remember_import

PRAGMAS = {"synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1}


def pragmas(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}


def test_every_connection_of_the_pool_waits_for_the_disk_and_keeps_its_word(sqlite: Database) -> None:
    connections = [sqlite.engine.connect() for _ in range(4)]
    assert [pragmas(connection) for connection in connections] == [PRAGMAS] * 4
    for connection in connections:
        connection.close()
    plain = create_engine(f"sqlite:///{sqlite.file}")
    with plain.connect() as connection:
        assert pragmas(connection) != PRAGMAS, "a connection that was told nothing does not"
    plain.dispose()


@pytest.mark.parametrize(
    ("version", "journal"), [((3, 51, 2), "delete"), ((3, 51, 3), "wal"), ((3, 60, 0), "wal")]
)
def test_the_write_ahead_log_is_for_libraries_that_lose_nothing_in_it(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], journal: str
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    with sqlite.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal


def remember(database: Database, number: int) -> None:
    with database.writing() as session:
        remember_import(session, sha256=f"{number:064d}", name="file.csv", responses=number)


def remembered(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(ImportedFile)) or 0


def test_a_block_commits_once_or_not_at_all(database: Database) -> None:
    remember(database, 1)
    with suppress(ZeroDivisionError), database.writing() as session:
        remember_import(session, sha256="2" * 64, name="file.csv", responses=2)
        session.flush()
        raise ZeroDivisionError
    with database.reading() as session:
        remember_import(session, sha256="3" * 64, name="file.csv", responses=3)
        session.flush()
    assert remembered(database) == 1


def test_keys_that_lead_nowhere_are_refused(database: Database) -> None:
    statement = "INSERT INTO headline_grades (agency_id, year, grade) VALUES (999, 2026, 'A')"
    with database.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql(statement)
    if database.file is not None:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql(statement)


def marker_left(database: Database, *, secure: bool) -> bool:
    """Whether the bytes of a deleted row are still in the file."""
    assert database.file is not None
    marker = "planted-" + "x" * 200
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"PRAGMA secure_delete={'ON' if secure else 'OFF'}")
        for statement in (
            "BEGIN IMMEDIATE",
            f"INSERT INTO imports VALUES ('1', '{marker}', 1)",
            "COMMIT",
            "BEGIN IMMEDIATE",
            "DELETE FROM imports",
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
    return marker.encode() in database.file.read_bytes()


def test_what_is_deleted_leaves_the_file(sqlite: Database) -> None:
    assert marker_left(sqlite, secure=False)
    remember(sqlite, 1)
    sqlite.rewrite()
    assert not marker_left(sqlite, secure=True)


def add_one_more(database: Database) -> list[type[Exception] | None]:
    """Two writers read how many there are and then write the next; what stopped each of them."""
    both_have_read = Barrier(2, timeout=0.4)

    def write(name: str) -> type[Exception] | None:
        try:
            with database.writing() as session:
                known = session.scalar(select(func.count()).select_from(ImportedFile)) or 0
                with suppress(BrokenBarrierError):
                    both_have_read.wait()  # in vain where one has to wait for the other
                remember_import(session, sha256=f"{name * 64}", name="file.csv", responses=known)
        except OperationalError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(write, "ab"))


def test_two_writers_never_both_read_and_then_both_write(sqlite: Database) -> None:
    assert add_one_more(sqlite) == [None, None]
    with sqlite.reading() as session:
        assert sorted(session.scalars(select(ImportedFile.responses))) == [0, 1]


def test_without_the_early_lock_they_would(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_begin_sqlite", lambda connection: connection.exec_driver_sql("BEGIN"))
    late = Database(str(sqlite.engine.url))
    assert sorted(map(str, add_one_more(late))) == ["<class 'sqlalchemy.exc.OperationalError'>", "None"]
    late.dispose()


def test_rewriting_leaves_nothing_of_the_old_order(full: Database) -> None:
    def place() -> Any:
        with full.engine.connect() as connection:
            if full.file is not None:
                return connection.exec_driver_sql("PRAGMA freelist_count").scalar()
            return connection.exec_driver_sql("SELECT pg_relation_filepath('responses')").scalar()

    if full.file is not None:
        with full.engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE planted AS SELECT zeroblob(100000)")
            connection.exec_driver_sql("DROP TABLE planted")
            connection.commit()
    before = place()
    full.rewrite()
    assert place() != before
    assert full.file is None or place() == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "postgres://an:secret@db/hailong",
            "database: 'postgres' is not known; use sqlite:///FILE or postgresql",
        ),
        ("mysql+pymysql://an:secret@db/hailong", "database: 'mysql\\+pymysql' is not known"),
        ("hailong.sqlite", "database: 'hailong.sqlite' is not known"),
        ("postgresql+psycopg://an:secret@db:port/hailong", "database: not a URL"),
        ("sqlite:hailong.sqlite", "database: not a URL"),
    ],
)
def test_a_wrong_url_is_told_without_its_password(url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        Database(url)
    assert "secret" not in str(caught.value)


def test_an_unreachable_server_is_an_error_of_the_database() -> None:
    database = Database("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    assert database.file is None
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(select(1))
    database.dispose()
