"""One word per thing (docs/instruments.md): no synonym of its words, no module named after nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Synonym (or a misspelling) and the house's word.
SYNONYMS = {
    "ballot": "response",
    "edition": "release",
    "poll": "instrument",
    "questionaire": "instrument",
    "submission": "response",
    "survey_response": "response",
    "voucher": "code",
    "wave": "period",
}
NAMELESS = {"common", "helper", "helpers", "info", "manager", "misc", "service", "util", "utils"}


def identifiers(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name) | ast.arg(arg=name):
                yield name
            case ast.Attribute(attr=name):
                yield name


def synonyms(names: Iterator[str]) -> set[str]:
    """Those of the names in which a synonym stands as a word."""
    found = set()
    for name in names:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        if any(re.search(rf"(^|_){synonym}s?(_|$)", words) for synonym in SYNONYMS):
            found.add(name)
    return found


def sources() -> list[Path]:
    return [path for top in ("analysis", "survey", "tests") for path in (ROOT / top).rglob("*.py")]


def test_identifiers_use_the_words_of_the_house() -> None:
    texts = {path: path.read_text("utf-8") for path in sources()}
    assert {path: found for path, text in texts.items() if (found := synonyms(identifiers(text)))} == {}


def test_files_and_folders_say_what_they_hold() -> None:
    parts = {part for path in sources() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not {part.removeprefix("test_") for part in parts} & NAMELESS
    assert not synonyms(iter(parts))


def test_synonyms_are_found() -> None:
    source = "class SurveyResponse: ...\ndef close_wave(polls): return it.submissions, microwave"
    assert synonyms(identifiers(source)) == {"SurveyResponse", "close_wave", "polls", "submissions"}
