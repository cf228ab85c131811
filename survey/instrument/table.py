"""Reads one TOML table key by key, so that every error names its place and nothing unknown slips through."""

import re
import unicodedata
from collections.abc import Collection
from datetime import date
from typing import Any
from typing import TypeVar

from survey.instrument.definition import InstrumentError
from survey.instrument.definition import Wording

T = TypeVar("T", str, int, bool, date, list[Any], dict[str, Any])

_FORMS = {
    str: "a text in quotes",
    int: "a whole number",
    bool: "true or false",
    date: "a date as 2026-01-31, without quotes",
    list: "a list in [ ]",
    dict: "a table",
}


class Table:
    """A table and the place it stands in, as the file, item and key that an error names."""

    def __init__(self, values: dict[str, Any], place: str) -> None:
        self.place = place
        self._values = values
        self._read: set[str] = set()

    def error(self, key: str, problem: str, remedy: str) -> InstrumentError:
        return InstrumentError(f'{self.place}, key "{key}": {problem}; {remedy}')

    def maybe(self, key: str, form: type[T]) -> T | None:
        """The value, or None where the key is absent."""
        self._read.add(key)
        value = self._values.get(key)
        # type() and not isinstance(): true is an int and a time is a date to the latter.
        if value is not None and type(value) is not form:
            raise self.error(key, f"is {value!r}", f"write {_FORMS[form]}")
        return value

    def take(self, key: str, form: type[T]) -> T:
        value = self.maybe(key, form)
        if value is None:
            raise self.error(key, "is missing", f"add it as {_FORMS[form]}")
        return value

    def match(self, key: str, pattern: str, looks: str) -> str:
        """A text of a certain form, such as a code."""
        value = self.take(key, str)
        if not re.fullmatch(pattern, value):
            raise self.error(key, f"is {value!r}", f"write {looks}")
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str:
        value = self.take(key, str)
        if value not in allowed:
            raise self.error(key, f"is {value!r}", f"write one of {', '.join(allowed)}")
        return value

    def codes(self, key: str, allowed: Collection[str], what: str) -> tuple[str, ...]:
        """A list of distinct codes that exist."""
        values = self.take(key, list)
        for value in values:
            if not isinstance(value, str) or value not in allowed:
                raise self.error(key, f"names {value!r}", f"name {what}: {', '.join(allowed)}")
        if not values or len(set(values)) < len(values):
            raise self.error(key, f"is {values!r}", f"name each of {what} once and at least one")
        return tuple(values)

    def table(self, key: str, place: str) -> "Table":
        return Table(self.take(key, dict), place)

    def tables(self, key: str, kind: str) -> list["Table"]:
        """A list of tables, each placed by its kind and its `code`, or its number while it has none."""
        values = self.take(key, list)
        if not values or not all(isinstance(value, dict) for value in values):
            raise self.error(key, "is no list of tables or is empty", f"add one table for each {kind}")
        placed = []
        for number, value in enumerate(values, start=1):
            code = value.get("code")
            name = f'"{code}"' if isinstance(code, str) else f"number {number}"
            placed.append(Table(value, f"{self.place}, {kind} {name}"))
        return placed

    def wording(self, key: str, languages: Collection[str]) -> Wording:
        """A text in every language of the instrument and in no other."""
        texts = self.table(key, f'{self.place}, key "{key}"')
        read = {}
        for language in languages:
            text = texts.take(language, str)
            if not text.strip() or text != text.strip():
                raise texts.error(language, f"is {text!r}", "write the text without space around it")
            if not unicodedata.is_normalized("NFC", text):
                raise texts.error(language, f"{text!r} is not in form NFC", "save the file normalised")
            read[language] = text
        texts.close()
        return Wording(read)

    def close(self) -> None:
        """Call last: a key nobody read is a typing error or a wish the program would not fulfil."""
        for key in self._values:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                raise self.error(key, "is unknown", f"remove it, or use one of {known}")
