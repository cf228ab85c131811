"""A mapping file: how the rows of another system's file become responses. TOML, nothing guessed.

Whatever the mapping does not speak of is an error: a column, a value, a date outside the range.
`docs/importing.md` describes the format.
"""

import tomllib
import unicodedata
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
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Timeliness

FACTS: dict[str, type[Enum]] = {
    "grade": Grade,
    "mode": Mode,
    "channel": Channel,
    "outcome": Outcome,
    "timeliness": Timeliness,
    "respondent": Respondent,
}
_KEYS = {"organisation", "instrument", "ignore", "date", "period", "agency", "receiving_agency", "field"}
_TABLES = {"item", "skip", "note"} | set(FACTS)


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
    separator: str = " | "

    def value(self, row: Row) -> Any:
        if not self.columns:
            return self.constant
        text = folded(self.separator.join(row.texts[column] for column in self.columns))
        if text not in self.values:
            raise Uncovered(", ".join(self.columns), f"no rule for the value {text!r}")
        return self.values[text]


@dataclass(frozen=True)
class Dates:
    """The month of a row: from a date in a stated format within a stated range."""

    column: str
    format: str
    first: date
    last: date

    def day(self, row: Row) -> date:
        text = row.texts[self.column]
        try:
            day = datetime.strptime(text, self.format).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            raise Uncovered(self.column, f"{text!r} is not a date in the format {self.format}") from None
        if not self.first <= day <= self.last:
            raise Uncovered(self.column, f"{day} is outside {self.first} to {self.last}")
        return day

    def ambiguous(self, row: Row) -> str | None:
        """What a row's date would be if day and month were swapped, where that is possible too."""
        if self.format.startswith("%Y"):
            return None
        day = self.day(row)
        if day.day > 12 or day.day == day.month:
            return None
        swapped = date(day.year, day.day, day.month)
        return f"{row.texts[self.column]!r} read as {day}; could be {swapped}" if (
            self.first <= swapped <= self.last
        ) else None


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
    dates: Dates
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


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises BadFile naming the key at fault."""
    try:
        return _Reader(tomllib.loads(path.read_text(encoding="utf-8"))).mapping()
    except FileNotFoundError:
        raise BadFile(path.name, [Fault(None, None, f"there is no file {path}")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, InstrumentError, ValueError) as error:
        raise BadFile(path.name, [Fault(None, None, str(error))]) from None


class _Reader:
    """Checks a mapping document key by key; ValueError names the key."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.columns: set[str] = set()

    def mapping(self) -> Mapping:
        for key in self.document:
            if key not in _KEYS | _TABLES:
                raise ValueError(f"unknown key {key!r}; known: {', '.join(sorted(_KEYS | _TABLES))}")
        code, _, version = str(self.required("instrument")).partition("/")
        if not version.isdigit():
            raise ValueError("instrument: write the code and the version, for example \"ptx-1/1\"")
        form = instrument(code, int(version))
        facts = {name: self.fact(name, words) for name, words in FACTS.items()}
        items = {item: self.item(form, item) for item in self.document.get("item", {})}
        if form.headline not in items:
            raise ValueError(f"item.{form.headline} is missing; it is the one item every response must map")
        self.columns.update(self.document.get("ignore", []))
        return Mapping(
            organisation=str(self.required("organisation")),
            instrument=form,
            dates=self.dates(),
            agency=self.lookup("agency", self.required("agency")),
            receiving_agency=self.optional("receiving_agency"),
            field=self.optional("field"),
            facts=facts,
            items=items,
            skips=self.rules("skip"),
            notes=self.rules("note"),
            columns=frozenset(self.columns),
        )

    def required(self, key: str) -> Any:
        if key not in self.document:
            raise ValueError(f"the key {key!r} is missing")
        return self.document[key]

    def optional(self, key: str) -> Lookup | None:
        return self.lookup(key, self.document[key]) if key in self.document else None

    def fact(self, name: str, words: type[Enum]) -> Lookup:
        """A fact of the dossier or the response, as members of its closed list."""
        given = self.document.get(name, "unstated" if "unstated" in words.__members__ else None)
        if given is None:
            raise ValueError(f"the key {name!r} is missing; give one of {', '.join(words.__members__)}")
        found = self.lookup(name, given)
        return Lookup(
            found.columns,
            {text: _member(name, words, value) for text, value in found.values.items()},
            _member(name, words, found.constant) if not found.columns else None,
        )

    def item(self, form: Instrument, code: str) -> Lookup:
        found = self.lookup(f"item.{code}", self.document["item"][code])
        allowed = {option.code for option in form.item(code).scale.options} | {SKIPPED, NOT_ASKED}
        for value in (*found.values.values(), *([] if found.columns else [found.constant])):
            if value not in allowed:
                raise ValueError(f"item.{code}: {value!r} is not one of {', '.join(sorted(allowed))}")
        return found

    def lookup(self, key: str, given: Any) -> Lookup:
        """`"text"` for every row, or `{columns = [...], values = {...}}`."""
        if isinstance(given, str):
            return Lookup((), {}, given)
        if not isinstance(given, dict) or set(given) != {"columns", "values"}:
            raise ValueError(f"{key}: write one text, or a table with 'columns' and 'values'")
        columns = tuple(given["columns"])
        self.columns.update(columns)
        values: dict[str, Any] = {}
        for text, value in given["values"].items():
            if folded(text) in values:
                raise ValueError(f"{key}: the value {text!r} stands twice")
            values[folded(text)] = value
        return Lookup(columns, values)

    def dates(self) -> Dates:
        given = self.required("date")
        wanted = {"column", "format", "first", "last"}
        if not isinstance(given, dict) or set(given) != wanted:
            raise ValueError(f"date: give {', '.join(sorted(wanted))}; the format is never guessed")
        if not isinstance(given["first"], date) or not isinstance(given["last"], date):
            raise ValueError("date: first and last are dates, written 2026-11-01 without quotes")
        self.columns.add(given["column"])
        return Dates(given["column"], given["format"], given["first"], given["last"])

    def rules(self, key: str) -> tuple[Rule, ...]:
        rules = []
        for given in self.document.get(key, []):
            if set(given) != {"column", "value", "reason"} or not given["reason"].strip():
                raise ValueError(f"[[{key}]]: give column, value and a reason")
            self.columns.add(given["column"])
            rules.append(Rule(given["column"], folded(given["value"]), given["reason"]))
        return tuple(rules)


def _member(name: str, words: type[Enum], text: Any) -> Enum:
    if text not in words.__members__:
        raise ValueError(f"{name}: {text!r} is not one of {', '.join(words.__members__)}")
    return words[text]
