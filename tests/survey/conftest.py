"""Files as people send them, and everything that a database holds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from survey.store.base import Database
from survey.store.schema import METADATA

Contents = Callable[[], dict[str, list[str]]]


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text to a file of its own."""

    def write(text: str, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def contents(database: Database) -> Contents:
    """Every row of every table."""

    def read() -> dict[str, list[str]]:
        with database.reading() as session:
            return {
                table.name: sorted(repr(row) for row in session.execute(select(table)))
                for table in METADATA.sorted_tables
            }

    return read
