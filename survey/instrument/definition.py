"""What an instrument is: items, scales and index, and the string of characters a response becomes."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Literal

from survey.instrument.routing import asked

SKIPPED = "."
NOT_ASKED = "-"
FIRST_LANGUAGE = "vi"
GAP = "…"

Kind = Literal["rating", "fact"]
About = Literal["competent", "receiving"]
Method = Literal["mean5", "pomp", "top2", "top1"]
Aggregation = Literal["pooled", "equal_factor"]
DeclaredKind = Literal["same", "bridged"]


class InstrumentError(ValueError):
    """An instrument's file is wrong, or no such instrument exists."""


class AnswerError(ValueError):
    """Answers do not fit the instrument."""


class Role(StrEnum):
    """What choosing an option says."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    CATEGORY = "category"


EXITS = {Role.NOT_APPLICABLE: "x", Role.DONT_KNOW: "k", Role.REFUSED: "r"}


@dataclass(frozen=True)
class Wording:
    """One text in several languages, by codes of our own: Mường has none in Babel."""

    texts: Mapping[str, str] = field(hash=False)

    def in_language(self, language: str) -> str:
        """The text in `language`, or in Vietnamese where there is none."""
        return self.texts.get(language, self.texts[FIRST_LANGUAGE])


@dataclass(frozen=True)
class Option:
    """One answer to choose; `code` is the character that is stored."""

    code: str
    label: Wording
    role: Role
    score: int | None = None


@dataclass(frozen=True)
class Scale:
    """Options in the one order in which they are shown, in every mode and language."""

    code: str
    options: tuple[Option, ...]
    satisfied: tuple[str, ...] = ()
    very_satisfied: tuple[str, ...] = ()

    @property
    def rating_options(self) -> tuple[Option, ...]:
        """The options a share of satisfied counts in its denominator; none on a scale of facts."""
        scored = tuple(option for option in self.options if option.role is Role.SCORED)
        if scored or not self.satisfied:
            return scored
        return tuple(option for option in self.options if option.role is Role.CATEGORY)

    def option(self, code: str) -> Option:
        for option in self.options:
            if option.code == code:
                return option
        known = ", ".join(option.code for option in self.options)
        raise AnswerError(f"scale {self.code} has no option {code!r}; use one of {known}")


@dataclass(frozen=True)
class Factor:
    """A group of items that speak of one side of the service."""

    code: str
    label: Wording


@dataclass(frozen=True)
class Condition:
    """Holds when `item` was answered with one of `options`."""

    item: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One question; `label` is its short name in tables, `about` the agency it speaks of."""

    code: str
    kind: Kind
    label: Wording
    text: Wording
    scale: Scale
    about: About
    factor: str | None = None
    required: bool = False
    asked_if: Condition | None = None


@dataclass(frozen=True)
class Index:
    """How an instrument's index is made; `beside` is the aggregation shown next to it."""

    method: Method
    aggregation: Aggregation
    beside: Aggregation | None
    items: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    """What an instrument says of its figures beside those of another one."""

    identifier: str
    kind: DeclaredKind


@dataclass(frozen=True)
class Instrument:
    """One version of a questionnaire; `text` is the file it was read from, to be stored and hashed."""

    code: str
    version: int
    languages: tuple[str, ...]
    title: Wording
    stem: Wording | None
    items: tuple[Item, ...]
    factors: tuple[Factor, ...]
    headline: str
    index: Index | None
    source: Wording
    verified: bool
    verification: Wording
    valid_from: date
    valid_to: date | None
    comparable_with: tuple[Declared, ...]
    text: str = field(repr=False)

    @property
    def identifier(self) -> str:
        return f"{self.code}/{self.version}"

    def item(self, code: str) -> Item:
        return self.items[self.position(code)]

    def position(self, code: str) -> int:
        """Where the item's character stands in the answers, counted from 0."""
        for position, item in enumerate(self.items):
            if item.code == code:
                return position
        known = ", ".join(item.code for item in self.items)
        raise AnswerError(f"{self.identifier} has no item {code!r}; use one of {known}")

    def factor_items(self, code: str) -> tuple[Item, ...]:
        """The items of one factor; an unknown code raises, since no items at all would hide a slip."""
        if all(factor.code != code for factor in self.factors):
            known = ", ".join(factor.code for factor in self.factors) or "none"
            raise AnswerError(f"{self.identifier} has no factor {code!r}; its factors: {known}")
        return tuple(item for item in self.items if item.factor == code)

    def question(self, code: str, language: str) -> str:
        """The item as a whole sentence, for where it stands alone and not in the grid below its stem."""
        item = self.item(code)
        text = item.text.in_language(language)
        if self.stem is None or item.factor is None:
            return text
        return self.stem.in_language(language).replace(GAP, text)

    def encode(self, answers: Mapping[str, str], *, left_out: Collection[str] = ()) -> str:
        """One character an item, in the frozen order.

        `left_out` are items that this form did not carry at all. An answer to an item that was not to be
        asked is dropped: a page without script shows such an item to everybody.
        """
        self._refuse_unknown(answers, left_out)
        to_ask = {item.code for item in asked(self.items, answers)} - set(left_out)
        return "".join(
            answers.get(item.code, SKIPPED) if item.code in to_ask else NOT_ASKED for item in self.items
        )

    def decode(self, characters: str) -> dict[str, str]:
        """The answers given, by item; skipped items and items not asked are absent."""
        if len(characters) != len(self.items):
            raise AnswerError(
                f"{characters!r} has {len(characters)} characters and {self.identifier} "
                f"{len(self.items)} items; name the version that was answered"
            )
        given = zip((item.code for item in self.items), characters, strict=True)
        answers = {code: character for code, character in given if character not in (SKIPPED, NOT_ASKED)}
        self._refuse_unknown(answers, ())
        return answers

    def missing(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """Required items that were to be asked and have no answer."""
        return tuple(i.code for i in asked(self.items, answers) if i.required and i.code not in answers)

    def check(self, answers: Mapping[str, str]) -> None:
        """Raises unless every answer is one of its item's options and every required item is answered."""
        self._refuse_unknown(answers, ())
        if missing := self.missing(answers):
            raise AnswerError(f"{self.identifier}: no answer to {', '.join(missing)}; it is required")

    def _refuse_unknown(self, answers: Mapping[str, str], left_out: Collection[str]) -> None:
        for code in left_out:
            self.position(code)
            if code in answers:
                raise AnswerError(f"{self.identifier}: item {code} is left out, so drop its answer")
        for code, option in answers.items():
            try:
                self.item(code).scale.option(option)
            except AnswerError as error:
                raise AnswerError(f"{self.identifier}, item {code}: {error}") from None
