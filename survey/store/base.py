"""The database: engine, sessions, and what SQLite must be told to keep its promises."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import MetaData
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session

from survey.settings import SettingsError

# The write-ahead log of older libraries can lose a committed transaction (SQLite's "WAL-reset" race).
FIRST_SAFE_WAL = (3, 51, 3)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """One database of one instance; hands out sessions that read or that write."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writer = self.engine.execution_options(writes=True)

    @property
    def file(self) -> Path | None:
        """Where an SQLite database lies; None for a server's."""
        return sqlite_file(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose changes are thrown away."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits once, when the block ends without an error."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def rewrite(self) -> None:
        """Rewrite the file so that the physical order of rows tells nothing of their arrival."""
        rewrite(self.engine)

    def dispose(self) -> None:
        self.engine.dispose()


def sqlite_file(engine: Engine) -> Path | None:
    url = engine.url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def rewrite(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            )  # nothing happens without such a log
        else:
            connection.exec_driver_sql("VACUUM FULL received")
            for table in ("codes", "responses"):  # by their random keys; a vacuum would keep the old order
                connection.exec_driver_sql(f"CLUSTER {table} USING pk_{table}")


def _engine(url: str) -> Engine:
    kind, _, _ = url.partition(":")  # the rest may hold a password
    if kind not in ("sqlite", "postgresql+psycopg"):
        raise SettingsError(f"database: {kind!r} is not known; use sqlite:///FILE or postgresql+psycopg://…")
    try:
        connect_args = {"timeout": 30} if kind == "sqlite" else {}
        return create_engine(url, connect_args=connect_args, hide_parameters=True)  # they hold answers
    except (ArgumentError, ValueError):
        raise SettingsError("database: not a URL; use sqlite:///FILE or postgresql+psycopg://…") from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    journal = "WAL" if sqlite3.sqlite_version_info >= FIRST_SAFE_WAL else "DELETE"
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=FULL",  # "counted" means on disk
        "foreign_keys=ON",
        "secure_delete=ON",
        "recursive_triggers=ON",  # else REPLACE deletes a row behind the back of its guard
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once, so that no two transactions can both read and then both write.
    # PostgreSQL's transactions lock the row of the period instead (see hold_period).
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")
