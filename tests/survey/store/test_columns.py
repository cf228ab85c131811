"""One letter for each word, and a database that knows no other."""

from enum import Enum

import pytest
from sqlalchemy import Column
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import create_engine
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import Enum as EnumType

from survey.store import columns
from survey.store.base import Database
from survey.store.columns import Mode
from survey.store.columns import letter
from survey.store.schema import METADATA

LISTS = [
    kind
    for kind in vars(columns).values()
    if isinstance(kind, type) and issubclass(kind, Enum) and kind is not Enum
]
LETTERS = [
    (table.name, column.name)
    for table in METADATA.sorted_tables
    for column in table.columns
    if isinstance(column.type, EnumType)
]


@pytest.mark.parametrize("words", LISTS, ids=lambda words: words.__name__)
def test_every_word_has_a_letter_of_its_own(words: type[Enum]) -> None:
    letters = [member.value for member in words]
    assert all(len(each) == 1 and each.isascii() and each != "z" for each in letters)
    assert len(set(letters)) == len(letters) == len(words.__members__)


def change(database: Database, table: str, column: str, value: str) -> None:
    """Put a letter into a column of every row; of a guarded table, of a copy of its rows."""
    statement = f"UPDATE {table} SET \"{column}\" = '{value}'"
    if table == "responses":
        names = [each["name"] for each in inspect(database.engine).get_columns(table)]
        taken = {column: f"'{value}'", "id": "id / 2"}
        copied = ", ".join(taken.get(name, f'"{name}"') for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        statement = f"INSERT INTO responses ({listed}) SELECT {copied} FROM responses"
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0
        connection.rollback()


def test_no_column_takes_a_letter_that_means_nothing(full: Database) -> None:
    assert len(LETTERS) > 20
    for table, column in LETTERS:
        with pytest.raises(IntegrityError, match=rf"(?i)check.*{table}"):
            change(full, table, column, "z")
        kind = METADATA.tables[table].columns[column].type
        assert isinstance(kind, EnumType)
        assert kind.enum_class is not None
        for member in kind.enum_class:
            change(full, table, column, member.value)


def test_it_is_the_check_that_refuses() -> None:
    engine = create_engine("sqlite://")
    kept = Table("kept", MetaData(), Column("mode", letter(Mode)))
    loose = Table("loose", MetaData(), Column("mode", letter(Mode).with_variant(EnumType(Mode), "sqlite")))
    with engine.begin() as connection:
        kept.create(connection)
        loose.create(connection)
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("INSERT INTO kept VALUES ('z')")
        connection.exec_driver_sql("INSERT INTO loose VALUES ('z')")
        connection.execute(insert(kept).values(mode=Mode.kiosk))
        assert connection.exec_driver_sql("SELECT mode FROM kept").scalar() == "k"
        assert connection.scalar(select(kept.c.mode)) is Mode.kiosk
    engine.dispose()
