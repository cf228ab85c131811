"""Files as people send them, and what a refused one must leave behind: nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.tables import BadFile
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


@pytest.fixture
def refused(database: Database, contents: Contents) -> Callable[[Callable[[Session], object]], list[str]]:
    """The faults for which an act was refused; no row of any table may have changed."""

    def run(act: Callable[[Session], object]) -> list[str]:
        before = contents()
        with pytest.raises(BadFile) as caught, database.writing() as session:
            act(session)
        assert contents() == before
        return [str(fault) for fault in caught.value.faults]

    return run
