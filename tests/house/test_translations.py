"""The Vietnamese catalogue is whole: every text of pages and code is in it, translated, spelt as agreed."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from survey import paths

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = paths.TRANSLATIONS / "messages.pot"
VIETNAMESE = paths.TRANSLATIONS / "vi" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%(?!\()[^ \u00a0]?")
# Texts that are the same in both languages.
SAME: set[str] = set()

Id = str | tuple[str, ...]


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="vi" if path.suffix == ".po" else None)


def ids(catalogue: Catalog) -> set[Id]:
    return {tuple(each.id) if isinstance(each.id, list | tuple) else each.id for each in catalogue if each.id}


def extracted(root: Path) -> set[Id]:
    """Every text that `make messages` would find under `root`."""
    with (paths.TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        method_map, options_map = parse_mapping_cfg(file)
    found = extract_from_dir(str(root), method_map, options_map)
    return {message for _, _, message, _, _ in found}


def faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    english = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
    texts = list(message.string) if isinstance(message.string, list | tuple) else [message.string]
    if message.fuzzy:
        yield "is marked fuzzy"
    for text in texts:
        if not text:
            yield "is empty"
            continue
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(english[-1])):
            yield "has other placeholders"
        if text in english and text not in SAME:
            yield "is left in English"
        if not unicodedata.is_normalized("NFC", text):
            yield "is not normalised (NFC)"
        if re.search(r"\d ?%", text):
            yield "needs a non-breaking space before %"
        if re.search(r"\b[Bb]ạn\b", text):
            yield "says bạn; citizens are addressed as Ông/Bà"
        if (text[-1] in ".:?") != (english[-1][-1] in ".:?"):
            yield "ends otherwise than the English"


def test_the_stored_texts_are_those_of_pages_and_code() -> None:
    assert ids(read(TEMPLATE)) == extracted(ROOT), "run `make messages`"
    assert ids(read(VIETNAMESE)) == extracted(ROOT), "run `make messages` and translate what is new"


def test_every_translation_is_right() -> None:
    assert [f"{each.id}: {fault}" for each in read(VIETNAMESE) if each.id for fault in faults(each)] == []


def test_nothing_obsolete_is_kept() -> None:
    assert not read(VIETNAMESE).obsolete


@pytest.mark.parametrize(
    ("english", "vietnamese", "fault"),
    [
        ("Share", "", "is empty"),
        ("Share", "Share", "is left in English"),
        ("%(n)s forms", "%(m)s phiếu", "has other placeholders"),
        ("100 of them", "100% số đó", "has other placeholders"),
        ("95 per cent", "95 % số đó", "needs a non-breaking space before %"),
        ("Share", unicodedata.normalize("NFD", "Tỷ lệ"), "is not normalised (NFC)"),
        ("Your rating", "Đánh giá của bạn", "says bạn; citizens are addressed as Ông/Bà"),
        ("Share.", "Tỷ lệ", "ends otherwise than the English"),
    ],
)
def test_a_wrong_translation_is_found(english: str, vietnamese: str, fault: str) -> None:
    assert fault in set(faults(Message(english, vietnamese)))


def test_a_fuzzy_or_half_plural_translation_is_found() -> None:
    assert "is marked fuzzy" in set(faults(Message("Share", "Tỷ lệ", flags=["fuzzy"])))
    assert "is empty" in set(faults(Message(("%(num)s form", "%(num)s forms"), ("",))))


def test_a_new_text_is_found(tmp_path: Path) -> None:
    for folder in ("survey", "templates"):
        (tmp_path / folder).mkdir()
    (tmp_path / "survey" / "planted.py").write_text('gettext("In code")\nngettext("One", "Many", 2)\n')
    (tmp_path / "templates" / "planted.html").write_text('<p title="{{ _("In a page") }}"></p>')
    assert extracted(tmp_path) == {"In code", ("One", "Many"), "In a page"}
