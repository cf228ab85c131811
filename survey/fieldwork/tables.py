"""Reading the tables that people send: CSV in UTF-8, every error with its row and column.

Row numbers are those a spreadsheet shows: the header is row 1.
"""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TypeVar

Word = TypeVar("Word", bound=Enum)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file."""

    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        place = [f"row {self.row}"] if self.row is not None else []
        if self.column is not None:
            place.append(f"column {self.column!r}")
        return f"{', '.join(place)}: {self.message}" if place else self.message


class BadFile(Exception):
    """A file was refused whole; `faults` names every row at fault."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__(f"{name}: {len(self.faults)} fault(s), nothing was taken in")


@dataclass(frozen=True)
class Row:
    """One line of a table: its number and its trimmed, NFC-normalised texts by column."""

    number: int
    texts: dict[str, str]


@dataclass(frozen=True)
class Table:
    name: str
    sha256: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """Read a CSV file (comma, or semicolon where the header has no comma); raises BadFile."""
    if not path.is_file():
        raise BadFile(path.name, [Fault(None, None, f"there is no file {path}")])
    content = path.read_bytes()
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFile(
            path.name, [Fault(None, None, f"not UTF-8 text (byte {error.start}); save it as CSV UTF-8")]
        ) from None
    header, _, _ = text.partition("\n")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="," if "," in header else ";", strict=True)
    try:
        return Table(path.name, hashlib.sha256(content).hexdigest(), *_parsed(lines))
    except (csv.Error, ValueError) as error:
        raise BadFile(path.name, [Fault(lines.line_num, None, str(error))]) from None


def _parsed(lines: Iterator[list[str]]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    columns = tuple(each.strip() for each in next(lines, []))
    if not any(columns):
        raise ValueError("the file is empty; its first row must name the columns")
    twice = {each for each in columns if columns.count(each) > 1}
    if twice:
        raise ValueError(f"the header names {', '.join(sorted(map(repr, twice)))} more than once")
    rows = []
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            raise ValueError(f"row {number} has {len(cells)} cells, the header {len(columns)}")
        rows.append(Row(number, {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}))
    return columns, tuple(rows)


def require_columns(table: Table, required: set[str], optional: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Raise BadFile where a required column is missing or an unknown one is there."""
    faults = [
        Fault(1, name, "this column is missing") for name in sorted(required - set(table.columns))
    ] + [
        Fault(1, name, f"unknown column; known: {', '.join(sorted(required | optional))}")
        for name in table.columns
        if name not in required | optional
    ]
    if faults:
        raise BadFile(table.name, faults)


class Checker:
    """Collects the faults of a table, so that all are told at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []

    def fault(self, row: Row | None, column: str | None, message: str) -> None:
        self.faults.append(Fault(row.number if row else None, column, message))

    def text(self, row: Row, column: str) -> str:
        """A text that must not be empty."""
        text = row.texts.get(column, "")
        if not text:
            self.fault(row, column, "is empty")
        return text

    def day(self, row: Row, column: str) -> date | None:
        """A date written YYYY-MM-DD, or None where the cell is empty."""
        return self._converted(row, column, date.fromisoformat, "a date written YYYY-MM-DD")

    def whole(self, row: Row, column: str) -> int | None:
        """A whole number of 0 or more, or None where the cell is empty."""
        return self._converted(row, column, _whole, "a whole number of 0 or more, without separators")

    def word(self, row: Row, column: str, words: type[Word], default: Word | None = None) -> Word | None:
        """A member of a closed list by its name."""
        text = row.texts.get(column, "")
        if not text and default is not None:
            return default
        known = words.__members__
        if text not in known:
            self.fault(row, column, f"{text!r} is not one of {', '.join(known)}")
        return known.get(text)

    def _converted(self, row: Row, column: str, convert: Callable[[str], object], wanted: str):
        text = row.texts.get(column, "")
        if not text:
            return None
        try:
            return convert(text)
        except ValueError:
            self.fault(row, column, f"{text!r} is not {wanted}")
            return None

    def finish(self) -> None:
        """Raise BadFile where anything was at fault."""
        if self.faults:
            raise BadFile(self.name, self.faults)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)
