"""A mapping file: how the rows of another system's file become responses. TOML, nothing guessed.

Whatever the mapping does not speak of is an error: a column, a value, a date outside the range.
`docs/importing.md` describes the format.
"""

import tomllib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from survey.fieldwork.tables import BadFile
from survey.fieldwork.tables import Fault
from survey.fieldwork.tables import Row
from survey.instrument.definition import NOT_ASKED
from survey.instrument.definition import SKIPPED
from survey.instrument.definition import Instrument
from survey.instrument.definition import InstrumentError
from survey.instrument.load import instrument
from survey.instrument.table import Table
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Timeliness
from survey.store.periods import month_bounds
from survey.store.periods import month_label

FACTS: dict[str, type[Enum]] = {
    "grade": Grade,
    "mode": Mode,
    "channel": Channel,
    "outcome": Outcome,
    "timeliness": Timeliness,
    "respondent": Respondent,
}
_SEPARATOR = " | "


class Uncovered(Exception):
    """No rule of the mapping covers a row; says which column and why."""

    def __init__(self, column: str | None, message: str) -> None:
        self.column = column
        super().__init__(message)


@dataclass(frozen=True)
class Lookup:
    """Takes the texts of some columns to a value by a stated list; or one value for every row."""

    columns: tuple[str, ...]
    values: dict[str, Any]
    constant: Any = None

    @property
    def place(self) -> str | None:
        """The columns as an error names them."""
        return ", ".join(self.columns) or None

    def value(self, row: Row) -> Any:
        if not self.columns:
            return self.constant
        text = _SEPARATOR.join(row.texts[column] for column in self.columns)
        if folded(text) not in self.values:
            raise Uncovered(self.place, f"no rule for the value {text!r}")
        return self.values[folded(text)]


@dataclass(frozen=True)
class Dates:
    """The month of a row: from a date in a stated format within a stated range."""

    column: str
    format: str
    first: date
    last: date

    def month(self, row: Row) -> str:
        return month_label(self.day(row))

    def day(self, row: Row) -> date:
        text = row.texts[self.column]
        try:
            day = datetime.strptime(text, self.format).date()
        except ValueError:
            raise Uncovered(self.column, f"{text!r} is not a date in the format {self.format}") from None
        if not self.first <= day <= self.last:
            raise Uncovered(self.column, f"{day} is outside {self.first} to {self.last}")
        return day

    def ambiguous(self, row: Row) -> str | None:
        """What a row's date would be if day and month were swapped, where that is possible too."""
        if self.format[:2] in ("%Y", "%y") or not ("%d" in self.format and "%m" in self.format):
            return None
        day = self.day(row)
        if day.day > 12 or day.day == day.month:
            return None
        swapped = date(day.year, day.day, day.month)
        if not self.first <= swapped <= self.last:
            return None
        return f"{row.texts[self.column]!r} read as {day}; could be {swapped}"


@dataclass(frozen=True)
class OneMonth:
    """Every row is of this month."""

    label: str
    column: None = None

    def month(self, _row: Row) -> str:
        return self.label

    def ambiguous(self, _row: Row) -> None:
        return None


@dataclass(frozen=True)
class Rule:
    """Rows with this value in this column are skipped, or taken and reported."""

    column: str
    value: str
    reason: str

    def matches(self, row: Row) -> bool:
        return folded(row.texts[self.column]) == self.value


@dataclass(frozen=True)
class Mapping:
    organisation: str
    instrument: Instrument
    dates: Dates | OneMonth
    agency: Lookup
    receiving_agency: Lookup | None
    field: Lookup | None
    facts: dict[str, Lookup]
    items: dict[str, Lookup]
    skips: tuple[Rule, ...]
    notes: tuple[Rule, ...]
    columns: frozenset[str]


def folded(text: str) -> str:
    """How texts are compared: NFC, without case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def stated_instrument(text: str) -> Instrument:
    """The instrument of `code/version`: what has answers names its version. Raises InstrumentError."""
    code, _, version = text.partition("/")
    if not (version.isascii() and version.isdigit()):
        raise InstrumentError(f'{text!r} names no version; write code and version, for example "ptx-1/1"')
    return instrument(code, int(version))


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises BadFile naming the key at fault."""
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
        return _Reader(tomllib.loads(text)).mapping()
    except FileNotFoundError:
        raise BadFile(path.name, [Fault(None, None, f"there is no file {path}")]) from None
    except UnicodeDecodeError as error:
        raise BadFile(path.name, [Fault(None, None, f"not UTF-8 text (byte {error.start})")]) from None
    except ValueError as error:  # TOML's own, the instrument's, and those of _Reader
        raise BadFile(path.name, [Fault(None, None, str(error))]) from None


class _Reader:
    """Checks a mapping document key by key; a ValueError names the key."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.top = Table(document, "mapping")
        self.columns: set[str] = set()

    def mapping(self) -> Mapping:
        form = stated_instrument(self.top.take("instrument", str))
        mapping = Mapping(
            organisation=self.top.take("organisation", str),
            instrument=form,
            dates=self.dates(),
            agency=self.lookup(self.top, "agency", self.document.get("agency")),
            receiving_agency=self.optional("receiving_agency"),
            field=self.optional("field"),
            facts={name: self.fact(name, words) for name, words in FACTS.items()},
            items=self.items(form),
            skips=self.rules("skip"),
            notes=self.rules("note"),
            columns=frozenset(self.columns.union(self.ignored())),
        )
        self.top.close()
        return mapping

    def ignored(self) -> list[str]:
        return self.names(self.top, "ignore") if "ignore" in self.document else []

    def names(self, table: Table, key: str) -> list[str]:
        """A list of names of columns."""
        given = table.take(key, list)
        if not all(isinstance(name, str) and name for name in given):
            raise table.error(key, f"is {given!r}", "write names of columns in quotes")
        return given

    def optional(self, key: str) -> Lookup | None:
        return self.lookup(self.top, key, self.document[key]) if key in self.document else None

    def fact(self, name: str, words: type[Enum]) -> Lookup:
        """A fact of the dossier or the response, as members of its closed list."""
        if "unstated" in words.__members__ and name not in self.document:
            return Lookup((), {}, words["unstated"])
        found = self.lookup(self.top, name, self.document.get(name), words.__members__)
        return Lookup(
            found.columns,
            {text: words[value] for text, value in found.values.items()},
            None if found.columns else words[found.constant],
        )

    def items(self, form: Instrument) -> dict[str, Lookup]:
        given = self.top.take("item", dict)
        table = Table(given, "mapping, item")
        if form.headline not in given:
            raise table.error(form.headline, "is missing", "every response must map this one item")
        found = {}
        for code, rules in given.items():
            options = [option.code for option in form.item(code).scale.options]
            found[code] = self.lookup(table, code, rules, (*options, SKIPPED, NOT_ASKED))
        return found

    def lookup(self, table: Table, key: str, given: Any, allowed: Collection[str] | None = None) -> Lookup:
        """`"text"` for every row, or `{columns = [...], values = {...}}`."""
        if not isinstance(given, dict):
            return Lookup((), {}, self.allowed(table, key, allowed))
        entry = table.table(key, f"{table.place}, {key}")
        columns = tuple(self.names(entry, "columns"))
        texts = entry.take("values", dict)
        rules = Table(texts, f"{entry.place}, values")
        entry.close()
        if not columns or not texts:
            raise entry.error("columns" if texts else "values", "is empty", "name at least one")
        values: dict[str, str] = {}
        for text in texts:
            if folded(text) in values:
                raise rules.error(text, "stands twice", "keep one: capitals and spaces tell nothing")
            values[folded(text)] = self.allowed(rules, text, allowed)
        self.columns.update(columns)
        return Lookup(columns, values)

    def allowed(self, table: Table, key: str, allowed: Collection[str] | None) -> str:
        return table.take(key, str) if allowed is None else table.choice(key, allowed)

    def dates(self) -> Dates | OneMonth:
        if "period" in self.document:
            label = self.top.take("period", str)
            if "date" in self.document:
                raise self.top.error("period", "stands beside date", "keep one of them")
            month_bounds(label)
            return OneMonth(label)
        table = self.top.table("date", "mapping, date")
        dates = Dates(
            column=table.take("column", str),
            format=table.take("format", str),
            first=table.take("first", date),
            last=table.take("last", date),
        )
        table.close()
        if not _tells_the_month(dates.format):
            remedy = "write year and month, as %d/%m/%Y; the format is never guessed"
            raise table.error("format", f"is {dates.format!r}", remedy)
        if dates.last < dates.first:
            raise table.error("last", f"is {dates.last}", f"name a day from {dates.first} on")
        self.columns.add(dates.column)
        return dates

    def rules(self, key: str) -> tuple[Rule, ...]:
        if key not in self.document:
            return ()
        rules = []
        for table in self.top.tables(key, key):
            column, value, reason = (table.take(name, str) for name in ("column", "value", "reason"))
            table.close()
            if not reason.strip():
                raise table.error("reason", "is empty", "say why")
            self.columns.add(column)
            rules.append(Rule(column, folded(value), reason))
        return tuple(rules)


def _tells_the_month(form: str) -> bool:
    day = datetime(2021, 12, 23)
    try:
        return datetime.strptime(day.strftime(form), form).timetuple()[:2] == (2021, 12)
    except ValueError:
        return False
