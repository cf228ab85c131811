"""What the shipped instruments promise: complete, balanced, one thing per item, and never edited."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.instrument.definition import Instrument
from survey.instrument.definition import Item
from survey.instrument.definition import Role
from survey.instrument.definition import Wording
from survey.instrument.load import CATALOGUE
from survey.instrument.load import catalogue
from survey.instrument.load import instrument
from survey.instrument.load import read_folder

# A response is stored as characters in the order of its version's items, so a version that was shipped is
# never edited, not even its wording: people answered what they read. If this test fails, put the file back
# and make the change in a new file with the next version (docs/instruments.md), then add its line here.
SHIPPED = {
    "fft-1/1": ("OV", "4fac3d2bf5192dbb"),
    "legacy-3/1": ("OV TIME", "046af4b9c8c04d26"),
    "ptx-1/1": ("OV ACC PRO CIV RES FBK F1 F2 F3 F4", "84dcf32efdf93432"),
}

# Two things joined by a word where one thing is asked.
TWO_THINGS = {
    (
        "ptx-1/1",
        "F1",
        "vi",
    ): "a visit is a contact: one count, said in the word people use and the general one",
    ("ptx-1/1", "F1", "en"): "as in Vietnamese",
    ("ptx-1/1", "F3", "vi"): "the name of one document, the form of apology and new date that is sent as one",
    ("ptx-1/1", "F4", "vi"): "the options tell the two apart: papers, money, both",
    ("ptx-1/1", "F4", "en"): "as in Vietnamese",
}
JOINED = {"vi": re.compile(r" (và|hoặc|hay|cùng) |,.*,"), "en": re.compile(r" (and|or) |,.*,")}

# A rating item names a thing; these words already say that the thing was good.
PRAISE = {
    "vi": re.compile(
        r"lịch sự|tận tình|chu đáo|nhanh|tốt|đúng|đầy đủ|chính xác|rõ|dễ|thuận tiện|hiện đại|kịp thời"
        r"|lắng nghe"
    ),
    "en": re.compile(
        r"polite|good|clear|easy|fast|quick|correct|complete|convenient|fair|helpful|modern|on time"
        r"|as published|heard"
    ),
}


def joins_two_things(text: str, language: str) -> bool:
    return JOINED[language].search(text) is not None


def praises(text: str, language: str) -> bool:
    return PRAISE[language].search(text.lower()) is not None


def texts(language: str) -> Iterator[tuple[Instrument, Item, str]]:
    for one in catalogue():
        for item in one.items:
            yield one, item, item.text.in_language(language)


def wordings(one: Instrument) -> Iterator[Wording]:
    yield from (one.title, one.source, one.verification, *(factor.label for factor in one.factors))
    if one.stem is not None:
        yield one.stem
    for item in one.items:
        yield from (item.label, item.text, *(option.label for option in item.scale.options))


def test_a_shipped_version_is_never_edited() -> None:
    digests = {
        one.identifier: (
            " ".join(item.code for item in one.items),
            hashlib.sha256(one.text.encode()).hexdigest()[:16],
        )
        for one in catalogue()
    }
    assert digests == SHIPPED


def test_editing_a_shipped_version_would_show(tmp_path: Path) -> None:
    text = (CATALOGUE / "legacy-3.toml").read_text(encoding="utf-8")
    (tmp_path / "legacy-3.toml").write_text(text.replace("Hài lòng", "Khá hài lòng"), encoding="utf-8")
    (edited,) = read_folder(tmp_path)
    assert hashlib.sha256(edited.text.encode()).hexdigest()[:16] != SHIPPED["legacy-3/1"][1]


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.identifier)
def test_every_text_exists_in_both_languages(one: Instrument) -> None:
    assert {"vi", "en"} <= set(one.languages)
    for wording in wordings(one):
        assert set(wording.texts) == set(one.languages)
        assert all(text.strip() for text in wording.texts.values())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_item_asks_one_thing(language: str) -> None:
    joined = {
        (one.identifier, item.code, language)
        for one, item, text in texts(language)
        if joins_two_things(text, language)
    }
    assert joined == {key for key in TWO_THINGS if key[2] == language}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_rating_item_praises_nothing(language: str) -> None:
    assert [
        text for _, item, text in texts(language) if item.kind == "rating" and praises(text, language)
    ] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "Giấy tờ, phí và thời hạn đúng như đã công khai"),
        ("vi", "Kết quả đúng hẹn, đầy đủ và chính xác"),
        ("en", "Papers, fees and time limit were as published"),
        ("en", "The result was on time, complete and correct"),
    ],
)
def test_the_two_lints_catch_what_they_are_for(language: str, text: str) -> None:
    assert joins_two_things(text, language)
    assert praises(text, language)


def test_scored_scales_are_balanced_and_shown_best_first() -> None:
    scales = [item.scale for one in catalogue() for item in one.items if item.scale.rating_options]
    scored = [scale for scale in scales if scale.rating_options[0].role is Role.SCORED]
    assert scored
    for scale in scored:
        scores = [option.score for option in scale.rating_options]
        assert scores == [5, 4, 3, 2, 1]
        assert (scale.satisfied, scale.very_satisfied) == (("5", "4"), ("5",))
        # Exits stand last, so that they are never in the way of a rating.
        assert scale.options[: len(scores)] == scale.rating_options


def test_every_scale_shows_one_order_in_one_instrument() -> None:
    post = instrument("ptx-1", 1)
    plain, with_exit = post.item("OV").scale, post.item("ACC").scale
    assert with_exit.options[:-1] == plain.options
    assert with_exit.options[-1].role is Role.NOT_APPLICABLE


def test_the_overall_item_is_required_and_has_no_exit() -> None:
    overall = instrument("ptx-1", 1).item("OV")
    assert overall.required
    assert overall.scale.options == overall.scale.rating_options
    assert [item.code for item in instrument("ptx-1", 1).items if item.required] == ["OV"]


def test_the_factors_are_the_five_and_say_whom_they_are_about() -> None:
    post = instrument("ptx-1", 1)
    assert {factor.code: post.factor_items(factor.code)[0].about for factor in post.factors} == {
        "ACC": "receiving",
        "PRO": "competent",
        "CIV": "receiving",
        "RES": "competent",
        "FBK": "competent",
    }
    assert post.index is not None
    assert post.index.items == ("ACC", "PRO", "CIV", "RES", "FBK")
    assert (post.index.method, post.index.aggregation, post.index.beside) == (
        "mean5",
        "pooled",
        "equal_factor",
    )


def test_factor_items_continue_the_stem_and_others_are_questions() -> None:
    for one in catalogue():
        for item in one.items:
            for text in item.text.texts.values():
                if item.factor is None:
                    assert text.endswith("?")
                    assert text[0].isupper()
                else:
                    assert not text.endswith(("?", "."))
                    assert text[0].islower()


def test_citizens_read_short_questions() -> None:
    for language, words in (("vi", 17), ("en", 13)):
        for one in catalogue():
            for item in one.items:
                assert len(one.question(item.code, language).split()) <= words


def test_every_claim_of_origin_is_stated() -> None:
    assert {one.identifier: one.verified for one in catalogue()} == {
        "fft-1/1": True,
        "legacy-3/1": False,
        "ptx-1/1": False,
    }
    assert instrument("legacy-3", 1).index is None
