"""Migrations make what the models say, go both ways, and leave tables that defend themselves."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint
from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from survey import paths
from survey.store import migration
from survey.store.base import Database
from survey.store.migration import DatabaseOutOfDate
from survey.store.migration import current
from survey.store.migration import downgrade
from survey.store.migration import head
from survey.store.migration import require_current
from survey.store.migration import upgrade
from survey.store.schema import METADATA


def differences(database: Database, metadata: MetaData = METADATA) -> list[Any]:
    with database.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), metadata)


def test_head_names_the_newest_file() -> None:
    numbers = sorted(path.name[:4] for path in (paths.MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert head() == numbers[-1]


def test_migrations_make_what_the_models_say(database: Database) -> None:
    assert differences(database) == []


def test_a_model_without_its_migration_is_found(database: Database) -> None:
    changed = MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        table.to_metadata(changed)
    changed.tables["imports"].append_column(Column("new", Integer))
    assert [difference[0] for difference in differences(database, changed)] == ["add_column"]


def checks(engine: Engine) -> dict[str, set[tuple[str | None, str]]]:
    """Names and conditions of the CHECKs of every table, alembic's own table apart."""
    there = inspect(engine)
    found: dict[str, set[tuple[str | None, str]]] = {}
    for table in set(there.get_table_names()) - {"alembic_version"}:
        each = there.get_check_constraints(table)
        found[table] = {(check["name"], " ".join(check["sqltext"].split())) for check in each}
    return found


def test_the_checks_are_those_of_the_models(database: Database) -> None:
    migrated = checks(database.engine)
    downgrade(database.engine)
    METADATA.create_all(database.engine)
    modelled = checks(database.engine)
    assert migrated == modelled
    named = {c.name for t in METADATA.sorted_tables for c in t.constraints if isinstance(c, CheckConstraint)}
    assert {name for found in migrated.values() for name, _ in found} == named


def test_both_ways_and_back(full: Database) -> None:
    upgraded = inspect(full.engine).get_table_names()
    downgrade(full.engine, "0001")
    assert current(full.engine) == "0001"
    downgrade(full.engine)
    assert inspect(full.engine).get_table_names() == ["alembic_version"]
    assert current(full.engine) is None
    upgrade(full.engine)
    assert sorted(inspect(full.engine).get_table_names()) == sorted(upgraded)
    assert differences(full) == []
    upgrade(full.engine)
    require_current(full.engine)


def test_a_database_of_another_shape_is_refused_with_the_remedy(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_current(database.engine)
    monkeypatch.setattr(migration, "head", lambda: "9999")
    with pytest.raises(DatabaseOutOfDate, match="the program at 9999; run `hailong db upgrade`"):
        require_current(database.engine)
    monkeypatch.setattr(migration, "head", lambda: "0001")
    with pytest.raises(DatabaseOutOfDate, match="the program at 0001 only; install the newer program"):
        require_current(database.engine)
    monkeypatch.undo()
    downgrade(database.engine)
    with pytest.raises(DatabaseOutOfDate, match="the database is at migration none"):
        require_current(database.engine)


GUARDED = {
    "responses": ("UPDATE responses SET answers = '5'", "DELETE FROM responses"),
    "release_files": ("UPDATE release_files SET content = ''", "DELETE FROM release_files"),
    "releases": (
        "UPDATE releases SET sha256 = ''",
        "UPDATE releases SET version = 2",
        "UPDATE releases SET organisation = 'x'",
        "UPDATE releases SET period = '2027-01'",
        "UPDATE releases SET built_by = 'binh'",
        "DELETE FROM releases WHERE period = '2026-11'",
    ),
    "audit": ("UPDATE audit SET staff = 'binh'", "DELETE FROM audit"),
}


def statements(database: Database) -> Iterator[tuple[str, str, str]]:
    """Table, act, statement; a server's tables can also be truncated."""
    for table, acts in GUARDED.items():
        yield from ((table, act.split()[0], act) for act in acts)
        if database.file is None:
            yield table, "TRUNCATE", f"TRUNCATE {table} CASCADE"


def drop_guard(connection: Connection, table: str, act: str) -> None:
    of = f" ON {table}" if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP TRIGGER no_{act.lower()}_of_{table}{of}")


def test_what_was_answered_published_or_noted_is_never_changed(full: Database) -> None:
    for table, act, statement in statements(full):
        refusal = f"{act} of {table} is never allowed"
        with full.engine.connect() as connection, pytest.raises(DBAPIError, match=refusal):
            connection.exec_driver_sql(statement)


def test_it_is_the_guards_that_refuse(full: Database) -> None:
    for table, act, statement in statements(full):
        with full.engine.connect() as connection:
            drop_guard(connection, table, act)
            if act == "TRUNCATE" and table == "releases":
                drop_guard(connection, "release_files", act)
            connection.exec_driver_sql(statement)
            connection.rollback()


def test_a_release_goes_forward_beside_its_guard(full: Database) -> None:
    with full.engine.connect() as connection:
        done = connection.exec_driver_sql("UPDATE releases SET state = 'a', approved_by = 'binh'")
        assert done.rowcount == 2


def test_nothing_is_replaced_behind_the_guards(full: Database) -> None:
    audit = METADATA.tables["audit"]
    if full.file is None:
        statement = "INSERT INTO audit SELECT * FROM audit ON CONFLICT (id) DO UPDATE SET staff = 'binh'"
    else:
        statement = "REPLACE INTO audit SELECT id, at, 'binh', act, subject, reason FROM audit"
    with full.engine.connect() as connection, pytest.raises(DBAPIError, match="of audit is never allowed"):
        connection.exec_driver_sql(statement)
    with full.engine.connect() as connection:
        if full.file is None:
            drop_guard(connection, "audit", "UPDATE")
        else:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
            connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(statement)
        binh = select(func.count()).select_from(audit).where(audit.c.staff == "binh")
        assert connection.scalar(binh) == 1
