"""Reading the tables that people send: CSV in UTF-8, every error with its row and column.

Row numbers are those a spreadsheet shows: the header is row 1.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TypeVar

from survey.store.columns import LONGEST_CODE
from survey.store.columns import LONGEST_LABEL

Word = TypeVar("Word", bound=Enum)
Converted = TypeVar("Converted")

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # codes stand in addresses of pages
# Pages and files that stand where an agency's code stands in an address.
_TAKEN = re.compile(r"chart|data\..*|v[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LARGEST = 2**31 - 1


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


def told_together(faults: Iterable[Fault]) -> list[str]:
    """Faults that say the same of one column in one line, with the numbers of all their rows."""
    rows: dict[tuple[str | None, str], list[int]] = {}
    for fault in faults:
        numbers = rows.setdefault((fault.column, fault.message), [])
        if fault.row is not None:
            numbers.append(fault.row)
    lines = []
    for (column, message), numbers in rows.items():
        if len(numbers) < 2:
            lines.append(str(Fault(numbers[0] if numbers else None, column, message)))
        else:
            place = f", column {column!r}" if column is not None else ""
            lines.append(f"{len(numbers)} rows ({_spans(numbers)}){place}: {message}")
    return lines


def _spans(numbers: Sequence[int]) -> str:
    """2, 3, 4, 7 as "2–4, 7"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


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
    text = unicodedata.normalize("NFC", _decoded(path.name, content))
    header = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="," if "," in header else ";", strict=True)
    columns, rows = _parsed(path.name, lines)
    return Table(path.name, hashlib.sha256(content).hexdigest(), columns, rows)


def _decoded(name: str, content: bytes) -> str:
    remedy = "save it as CSV UTF-8"
    if content.startswith(b"PK"):
        raise BadFile(name, [Fault(None, None, f"a workbook and not text; {remedy}")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(name, [Fault(None, None, f"not UTF-8 text (byte {error.start}); {remedy}")]) from None
    if "\0" in text:
        raise BadFile(name, [Fault(None, None, f"not UTF-8 text (it holds zero bytes); {remedy}")])
    return text


def _parsed(name: str, lines: Iterator[list[str]]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    faults: list[Fault] = []
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            cells = tuple(cell.strip() for cell in line)
            if number == 1:
                columns = cells
                twice = sorted({each for each in columns if columns.count(each) > 1})
                faults += [Fault(1, each, "the header names this column more than once") for each in twice]
            elif len(cells) == len(columns):
                if any(cells):
                    rows.append(Row(number, dict(zip(columns, cells, strict=True))))
            elif any(cells):
                faults.append(Fault(number, None, f"has {len(cells)} cells, the header {len(columns)}"))
    except csv.Error as error:
        faults.append(Fault(number + 1, None, f"{error}; a quote within quotes is written twice"))
    if not any(columns):
        faults = [Fault(None, None, "the file is empty; its first row must name the columns")]
    elif not rows and not faults:
        faults = [Fault(None, None, "there is no row below the header")]
    if faults:
        raise BadFile(name, faults)
    return columns, tuple(rows)


def require_columns(table: Table, required: Collection[str], optional: Collection[str] = ()) -> None:
    """Raise BadFile where a required column is missing or an unknown one is there."""
    known = {*required, *optional}
    faults = [Fault(1, name, "this column is missing") for name in sorted({*required} - {*table.columns})]
    faults += [
        Fault(1, name, f"unknown column; known: {', '.join(sorted(known))}")
        for name in table.columns
        if name not in known
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

    def text(self, row: Row, column: str, *, required: bool = True, longest: int = LONGEST_LABEL) -> str:
        """A text that must not be empty unless it is not required; "" where it is at fault."""
        text = row.texts.get(column, "")
        if required and not text:
            self.fault(row, column, "is empty")
        if len(text) > longest:
            self.fault(row, column, f"has {len(text)} letters; at most {longest} are kept")
            return ""
        return text

    def code(self, row: Row, column: str) -> str:
        """A new code: it will stand in addresses of pages."""
        text = self.text(row, column, longest=LONGEST_CODE)
        if text and not _CODE.fullmatch(text):
            self.fault(row, column, f"{text!r} is no code: letters and digits of ASCII, then also . _ -")
            return ""
        if _TAKEN.fullmatch(text):
            self.fault(row, column, f"{text!r} already means something in addresses of pages; choose another")
            return ""
        return text

    def day(self, row: Row, column: str, *, required: bool = False) -> date | None:
        """A date written YYYY-MM-DD, or None where the cell is empty or at fault."""
        return self._converted(row, column, _day, "a date written YYYY-MM-DD", required=required)

    def life(self, row: Row) -> tuple[date, date | None] | None:
        """`valid_from` and `valid_to`, the first day it is no more."""
        starts, ends = self.day(row, "valid_from", required=True), self.day(row, "valid_to")
        if starts is None:
            return None
        if ends is not None and ends <= starts:
            self.fault(row, "valid_to", "must come after valid_from")
            return None
        return starts, ends

    def whole(self, row: Row, column: str) -> int | None:
        """A whole number of 0 or more, or None where it is at fault."""
        wanted = f"a whole number from 0 to {_LARGEST}, without separators"
        return self._converted(row, column, _whole, wanted, required=True)

    def word(self, row: Row, column: str, words: type[Word], default: Word | None = None) -> Word | None:
        """A member of a closed list by its name."""
        text = row.texts.get(column, "")
        if not text and default is not None:
            return default
        known = words.__members__
        if text not in known:
            self.fault(row, column, f"{text!r} is not one of {', '.join(known)}")
        return known.get(text)

    def _converted(
        self, row: Row, column: str, convert: Callable[[str], Converted], wanted: str, *, required: bool
    ) -> Converted | None:
        text = self.text(row, column, required=required)
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


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > _LARGEST:
        raise ValueError(text)
    return int(text)
