"""Instruments from TOML files; docs/instruments.md describes the format."""

import re
import tomllib
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import get_args

from survey.instrument.definition import EXITS
from survey.instrument.definition import FIRST_LANGUAGE
from survey.instrument.definition import GAP
from survey.instrument.definition import About
from survey.instrument.definition import Aggregation
from survey.instrument.definition import Condition
from survey.instrument.definition import Declared
from survey.instrument.definition import DeclaredKind
from survey.instrument.definition import Factor
from survey.instrument.definition import Index
from survey.instrument.definition import Instrument
from survey.instrument.definition import InstrumentError
from survey.instrument.definition import Item
from survey.instrument.definition import Kind
from survey.instrument.definition import Method
from survey.instrument.definition import Option
from survey.instrument.definition import Role
from survey.instrument.definition import Scale
from survey.instrument.definition import Wording
from survey.instrument.table import Table

CATALOGUE = Path(__file__).resolve().parent / "catalogue"
REQUIRED_LANGUAGES = (FIRST_LANGUAGE, "en")

_INSTRUMENT_CODE = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_IDENTIFIER = rf"{_INSTRUMENT_CODE}/[1-9][0-9]*"
_PART_CODE = r"[A-Z][A-Z0-9_]*"


@cache
def catalogue() -> tuple[Instrument, ...]:
    """The instruments shipped with the product, by code and version."""
    return read_folder(CATALOGUE)


def instrument(code: str, version: int | None = None) -> Instrument:
    """The shipped instrument, in its newest version if none is named."""
    versions = {found.version: found for found in catalogue() if found.code == code}
    if not versions:
        known = ", ".join(sorted({found.code for found in catalogue()}))
        raise InstrumentError(f"there is no instrument {code!r}; use one of {known}")
    if version is None:
        return versions[max(versions)]
    if version not in versions:
        known = ", ".join(map(str, sorted(versions)))
        raise InstrumentError(f"instrument {code} has no version {version}; it has {known}")
    return versions[version]


def read_folder(folder: Path) -> tuple[Instrument, ...]:
    """Every instrument in a folder; no two files may hold the same version of one."""
    files: dict[str, Path] = {}
    found = []
    for path in sorted(folder.glob("*.toml")):
        one = read_instrument(path.read_text(encoding="utf-8"), path.name)
        if one.identifier in files:
            raise InstrumentError(
                f'{path.name}, instrument "{one.code}", key "version": {one.identifier} is in '
                f"{files[one.identifier].name} already; give this one the next version"
            )
        files[one.identifier] = path
        found.append(one)
    return tuple(sorted(found, key=lambda one: (one.code, one.version)))


def read_instrument(text: str, name: str) -> Instrument:
    """The instrument in a TOML text; `name` is the file that errors point at."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InstrumentError(f"{name}: not TOML, {error}; correct that line") from None
    table = Table(values, f'{name}, instrument "{values.get("code", "?")}"')
    languages = _languages(table)
    scales = _scales(table, name, languages)
    factors = _factors(table, languages)
    items = _items(table, languages, scales, factors)
    read = Instrument(
        code=table.match("code", _INSTRUMENT_CODE, "small letters and digits, words joined by -"),
        version=_version(table),
        languages=languages,
        title=table.wording("title", languages),
        stem=_stem(table, languages),
        items=items,
        factors=factors,
        headline=_headline(table, items),
        index=_index(table, name, items),
        source=table.wording("source", languages),
        verified=table.take("verified", bool),
        verification=table.wording("verification", languages),
        valid_from=table.take("valid_from", date),
        valid_to=table.maybe("valid_to", date),
        comparable_with=_declared(table),
        text=text,
    )
    table.close()
    if read.valid_to is not None and read.valid_to <= read.valid_from:
        raise table.error("valid_to", f"is {read.valid_to}", f"name a day after {read.valid_from}")
    return read


def _version(table: Table) -> int:
    version = table.take("version", int)
    if version < 1:
        raise table.error("version", f"is {version}", "count versions from 1")
    return version


def _languages(table: Table) -> tuple[str, ...]:
    languages = table.take("languages", list)
    if not all(isinstance(language, str) for language in languages):
        raise table.error("languages", f"is {languages!r}", 'write language codes in quotes, such as "vi"')
    for language in REQUIRED_LANGUAGES:
        if language not in languages:
            raise table.error("languages", f"lacks {language!r}", "add it: every text must exist in it")
    return tuple(languages)


def _stem(table: Table, languages: tuple[str, ...]) -> Wording | None:
    if table.maybe("stem", dict) is None:
        return None
    stem = table.wording("stem", languages)
    for language, text in stem.texts.items():
        if text.count(GAP) != 1:
            raise table.error("stem", f"in {language} is {text!r}", f"write one {GAP} where the item goes")
    return stem


def _scales(table: Table, name: str, languages: tuple[str, ...]) -> dict[str, Scale]:
    scales = {}
    for code, values in table.take("scales", dict).items():
        place = f'{name}, scale "{code}"'
        if not isinstance(values, dict):
            raise table.error("scales", f"{code!r} is no table", f"begin it with [scales.{code}]")
        scales[code] = _scale(Table(values, place), code, languages)
    return scales


def _scale(table: Table, code: str, languages: tuple[str, ...]) -> Scale:
    options = tuple(_option(option, languages) for option in table.tables("options", "option"))
    codes = [option.code for option in options]
    _refuse_twice(table, "options", codes)
    roles = {option.role for option in options}
    if {Role.SCORED, Role.CATEGORY} <= roles:
        raise table.error("options", "has scored ones and categories", "use one of the two roles")
    scores = [option.score for option in options if option.score is not None]
    if scores not in (sorted(scores), sorted(scores, reverse=True)):
        raise table.error("options", f"has the scores {scores}", "order them by score, up or down")
    rated = {option.code: option for option in options if option.role in (Role.SCORED, Role.CATEGORY)}
    if Role.SCORED not in roles and table.maybe("satisfied", list) is None:
        table.close()
        return Scale(code, options)
    satisfied = table.codes("satisfied", rated, "the options that are ratings")
    very_satisfied = table.codes("very_satisfied", satisfied, "the options that are satisfied")
    for key, top in (("satisfied", satisfied), ("very_satisfied", very_satisfied)):
        if scores and sorted(int(c) for c in top) != sorted(scores)[-len(top) :]:
            raise table.error(key, f"is {list(top)}", "name the options with the highest scores")
    table.close()
    return Scale(code, options, satisfied, very_satisfied)


def _option(table: Table, languages: tuple[str, ...]) -> Option:
    code = table.match("code", "[0-9a-z]", "one digit or small letter; . and - mean skipped and not asked")
    role = Role(table.choice("role", [role.value for role in Role]))
    score = table.maybe("score", int)
    if EXITS.get(role, code) != code:
        raise table.error("code", f"is {code!r} for {role}", f"write {EXITS[role]!r}")
    if code in EXITS.values() and role not in EXITS:
        raise table.error("code", f"is {code!r}, which is kept for an exit", "choose another character")
    if role is Role.SCORED and str(score) != code:
        raise table.error("score", f"is {score} for code {code!r}", "write the same digit in both")
    if role is not Role.SCORED and score is not None:
        raise table.error("score", f"is {score} for {role}", "only scored options have one; remove it")
    label = table.wording("label", languages)
    table.close()
    return Option(code, label, role, score)


def _factors(table: Table, languages: tuple[str, ...]) -> tuple[Factor, ...]:
    if table.maybe("factors", list) is None:
        return ()
    factors = []
    for entry in table.tables("factors", "factor"):
        code = entry.match("code", _PART_CODE, "capital letters and digits")
        factors.append(Factor(code, entry.wording("label", languages)))
        entry.close()
    _refuse_twice(table, "factors", [factor.code for factor in factors])
    return tuple(factors)


def _items(
    table: Table, languages: tuple[str, ...], scales: dict[str, Scale], factors: tuple[Factor, ...]
) -> tuple[Item, ...]:
    items: list[Item] = []
    for entry in table.tables("items", "item"):
        items.append(_item(entry, languages, scales, [factor.code for factor in factors], items))
    _refuse_twice(table, "items", [item.code for item in items])
    for factor in factors:
        if all(item.factor != factor.code for item in items):
            raise table.error("factors", f"{factor.code} has no item", "give it one or remove it")
    return tuple(items)


def _item(
    table: Table, languages: tuple[str, ...], scales: dict[str, Scale], factors: list[str], before: list[Item]
) -> Item:
    kind: Kind = table.choice("kind", get_args(Kind))  # type: ignore[assignment]
    about: About = table.choice("about", get_args(About))  # type: ignore[assignment]
    scale = scales[table.choice("scale", scales)]
    if (kind == "rating") != bool(scale.rating_options):
        has = "no 'satisfied'" if kind == "rating" else "'satisfied'"
        raise table.error("scale", f"{scale.code!r} has {has}", f"choose a scale fit for a {kind}")
    factor = table.choice("factor", factors) if table.maybe("factor", str) is not None else None
    if factor is not None and kind == "fact":
        raise table.error("factor", "belongs to a rating and this is a fact", "remove it")
    item = Item(
        code=table.match("code", _PART_CODE, "capital letters and digits"),
        kind=kind,
        label=table.wording("label", languages),
        text=table.wording("text", languages),
        scale=scale,
        about=about,
        factor=factor,
        required=table.maybe("required", bool) or False,
        asked_if=_condition(table, before),
    )
    table.close()
    return item


def _condition(table: Table, before: list[Item]) -> Condition | None:
    if table.maybe("asked_if", dict) is None:
        return None
    condition = table.table("asked_if", f'{table.place}, key "asked_if"')
    asked = {item.code: item for item in before}
    if not asked:
        raise table.error("asked_if", "stands in the first item", "move the item below the one it asks about")
    item = asked[condition.choice("item", asked)]
    codes = [option.code for option in item.scale.options]
    options = condition.codes("options", codes, f"options of {item.code}")
    condition.close()
    return Condition(item.code, options)


def _headline(table: Table, items: tuple[Item, ...]) -> str:
    ratings = [item.code for item in items if item.kind == "rating" and item.asked_if is None]
    return table.choice("headline", ratings)


def _index(table: Table, name: str, items: tuple[Item, ...]) -> Index | None:
    if table.maybe("index", dict) is None:
        return None
    entry = table.table("index", f"{name}, index")
    method: Method = entry.choice("method", get_args(Method))  # type: ignore[assignment]
    aggregation: Aggregation = entry.choice("aggregation", get_args(Aggregation))  # type: ignore[assignment]
    beside: Aggregation | None = None
    if entry.maybe("beside", str) is not None:
        beside = entry.choice("beside", [other for other in get_args(Aggregation) if other != aggregation])  # type: ignore[assignment]
    ratings = {item.code: item for item in items if item.kind == "rating"}
    codes = entry.codes("items", ratings, "items that are ratings")
    entry.close()
    for code in codes:
        scores = {option.score for option in ratings[code].scale.rating_options}
        if method in ("mean5", "pomp") and None in scores:
            raise entry.error("method", f"is {method!r} and {code} has no scores", "use top2 or top1")
        if method == "mean5" and scores != {1, 2, 3, 4, 5}:
            raise entry.error("method", f"is 'mean5' and {code} has the scores {scores}", "use pomp")
        if "equal_factor" in (aggregation, beside) and ratings[code].factor is None:
            raise entry.error("items", f"{code} has no factor", "give it one or use pooled alone")
    return Index(method, aggregation, beside, codes)


def _declared(table: Table) -> tuple[Declared, ...]:
    entry = table.table("comparable_with", f'{table.place}, key "comparable_with"')
    declared = []
    for identifier in table.take("comparable_with", dict):
        if not re.fullmatch(_IDENTIFIER, identifier):
            raise entry.error(identifier, "is no instrument and version", 'write one such as "ptx-1/1"')
        kind: DeclaredKind = entry.choice(identifier, get_args(DeclaredKind))  # type: ignore[assignment]
        declared.append(Declared(identifier, kind))
    return tuple(declared)


def _refuse_twice(table: Table, key: str, codes: list[str]) -> None:
    for code, times in Counter(codes).items():
        if times > 1:
            raise table.error(key, f"has {code!r} {times} times", "give each its own code")
