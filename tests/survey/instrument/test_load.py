from datetime import date
from pathlib import Path

import pytest

from survey.instrument.definition import Declared
from survey.instrument.definition import Index
from survey.instrument.definition import InstrumentError
from survey.instrument.definition import Role
from survey.instrument.load import instrument
from survey.instrument.load import read_folder
from survey.instrument.load import read_instrument

TOP = 'small.toml, instrument "small"'
OV = f'{TOP}, item "OV"'
LEVELS = 'small.toml, scale "levels"'
FIVE = f'{LEVELS}, option "5"'

# What is replaced, by what, and the message or its telling part: place, key, what is wrong, remedy.
FAULTS = [
    (
        'code = "small"',
        'code = "Small"',
        'small.toml, instrument "Small", key "code": is \'Small\'; write small letters',
    ),
    (
        'code = "small"\n',
        "",
        'small.toml, instrument "?", key "code": is missing; add it as a text in quotes',
    ),
    ("version = 2", "version = 0", f'{TOP}, key "version": is 0; count versions from 1'),
    ("version = 2", "version = true", f'{TOP}, key "version": is True; write a whole number'),
    (
        "version = 2",
        "version = 2\ncolour = 1",
        f'{TOP}, key "colour": is unknown; remove it, or use one of code,',
    ),
    ('["vi", "en"]', '["vi"]', f"{TOP}, key \"languages\": lacks 'en'; add it"),
    ('["vi", "en"]', '["en"]', f"{TOP}, key \"languages\": lacks 'vi'; add it"),
    ('["vi", "en"]', '["vi", 1]', f"{TOP}, key \"languages\": is ['vi', 1]; write language codes in quotes"),
    (
        '["vi", "en"]',
        '["vi", "en", "thai"]',
        f'{FIVE}, key "label", key "thai": is missing; add it as a text',
    ),
    ("2026-01-01", '"2026-01-01"', f"{TOP}, key \"valid_from\": is '2026-01-01'; write a date as 2026-01-31"),
    ("2027-01-01", "2026-01-01", f'{TOP}, key "valid_to": is 2026-01-01; name a day after 2026-01-01'),
    ('headline = "OV"', 'headline = "LATE"', f"{TOP}, key \"headline\": is 'LATE'; write one of OV, ST"),
    ('headline = "OV"\n', "", f'{TOP}, key "headline": is missing; add it as a text in quotes'),
    ("verified = false", 'verified = "no"', f"{TOP}, key \"verified\": is 'no'; write true or false"),
    (
        '"small/1" = "same"',
        '"small" = "same"',
        f'{TOP}, key "comparable_with", key "small": is no instrument and',
    ),
    ('"small/1" = "same"', '"small/1" = "equal"', "key \"small/1\": is 'equal'; write one of same, bridged"),
    (
        '"Small form"',
        '"  "',
        f'{TOP}, key "title", key "en": is \'  \'; write the text without space around it',
    ),
    (
        '"Small form"',
        '"Small form "',
        f'{TOP}, key "title", key "en": is \'Small form \'; write the text without space around it',
    ),
    ('"Small form"', '""', f'{TOP}, key "title", key "en": is \'\'; write the text'),
    ('en = "Small form"\n', "", f'{TOP}, key "title", key "en": is missing; add it as a text in quotes'),
    (
        'en = "Small form"',
        'en = "Small form"\nfr = "Petit"',
        f'{TOP}, key "title", key "fr": is unknown; remove it',
    ),
    (
        '"Phiếu nhỏ"',
        '"Phie\u0302\u0301u"',
        f'{TOP}, key "title", key "vi": \'Phie\u0302\u0301u\' is not in form NFC;',
    ),
    (
        "Satisfied with …?",
        "Satisfied?",
        f"{TOP}, key \"stem\": in en is 'Satisfied?'; write one … where the item goes",
    ),
    ("Satisfied with …?", "… with …?", f"{TOP}, key \"stem\": in en is '… with …?'; write one … where"),
    (
        "[scales.yes_no]\noptions",
        "[scales]\nyes_no",
        f"{TOP}, key \"scales\": 'yes_no' is no table; begin it with",
    ),
    (
        "[scales.yes_no]\n",
        "[scales.none]\noptions = []\n[scales.yes_no]\n",
        'scale "none", key "options": is no list of tables or is empty; add one table for each option',
    ),
    (
        'satisfied = ["5", "4"]\nvery',
        "very",
        f'{LEVELS}, key "satisfied": is missing; add it as a list in [ ]',
    ),
    (
        '["5", "4"]',
        '["5", "3"]',
        f"{LEVELS}, key \"satisfied\": is ['5', '3']; name the options with the highest",
    ),
    (
        '["5", "4"]',
        '["5", "x"]',
        f"{LEVELS}, key \"satisfied\": names 'x'; name the options that are ratings: 5, 4,",
    ),
    ('["5", "4"]', '["5", "5"]', f"{LEVELS}, key \"satisfied\": is ['5', '5']; name each of the options"),
    ('["5", "4"]', '[["5"]]', f"{LEVELS}, key \"satisfied\": names ['5']; name the options that are ratings"),
    ('very_satisfied = ["5"]', "very_satisfied = []", f'{LEVELS}, key "very_satisfied": is []; name each of'),
    (
        'very_satisfied = ["5"]',
        'very_satisfied = ["4"]',
        f"{LEVELS}, key \"very_satisfied\": is ['4']; name the",
    ),
    (
        'very_satisfied = ["5"]',
        'very_satisfied = ["3"]',
        f"{LEVELS}, key \"very_satisfied\": names '3'; name the",
    ),
    (
        'code = "4", role',
        'code = "5", role',
        f"{FIVE}, key \"score\": is 4 for code '5'; write the same digit in both",
    ),
    (
        "score = 4",
        "score = 2",
        f'{LEVELS}, option "4", key "score": is 2 for code \'4\'; write the same digit',
    ),
    (
        ", score = 4",
        "",
        f'{LEVELS}, option "4", key "score": is None for code \'4\'; write the same digit in both',
    ),
    (
        'code = "4", role = "scored", score = 4',
        'code = "0", role = "scored", score = 0',
        "order them by score, up or",
    ),
    (
        'code = "5", role',
        'code = ".", role',
        f'{LEVELS}, option ".", key "code": is \'.\'; write one digit or small',
    ),
    (
        'code = "5", role',
        'code = "-", role',
        f'{LEVELS}, option "-", key "code": is \'-\'; write one digit or small',
    ),
    (
        'code = "5", role',
        'code = "55", role',
        f'{LEVELS}, option "55", key "code": is \'55\'; write one digit or',
    ),
    (
        'code = "5", role',
        "code = 5, role",
        f'{LEVELS}, option number 1, key "code": is 5; write a text in quotes',
    ),
    (
        'code = "x"',
        'code = "9"',
        f"{LEVELS}, option \"9\", key \"code\": is '9' for not_applicable; write 'x'",
    ),
    ('code = "r"', 'code = "k"', "option \"k\", key \"code\": is 'k' for refused; write 'r'"),
    (
        'code = "y"',
        'code = "x"',
        'option "x", key "code": is \'x\', which is kept for an exit; choose another',
    ),
    (
        'code = "n"',
        'code = "y"',
        'small.toml, scale "yes_no", key "options": has \'y\' 2 times; give each its own code',
    ),
    ('"refused"', '"secret"', 'scale "yes_no", option "r", key "role": is \'secret\'; write one of scored,'),
    (
        'role = "category", label = { vi = "Có"',
        'role = "category", score = 1, label = { vi = "Có"',
        "only scored",
    ),
    (
        'role = "scored", score = 3',
        'role = "category"',
        f'{LEVELS}, key "options": has scored ones and categories;',
    ),
    (
        'role = "scored", score = 5,',
        'role = "scored", score = 5, default = true,',
        f'{FIVE}, key "default": is unknown',
    ),
    (
        'role = "scored", score = 5,',
        'role = "scored", score = 5, selected = 1,',
        f'{FIVE}, key "selected": is unknown',
    ),
    (
        'code = "STAFF"',
        'code = "staff"',
        f'{TOP}, factor "staff", key "code": is \'staff\'; write capital letters',
    ),
    (
        'factor = "STAFF"',
        'factor = "OTHER"',
        f'{TOP}, item "ST", key "factor": is \'OTHER\'; write one of STAFF',
    ),
    ('factor = "STAFF"\n', "", f'{TOP}, key "factors": STAFF has no item; give it one or remove it'),
    (
        'code = "OV"',
        'code = "ov"',
        f'{TOP}, item "ov", key "code": is \'ov\'; write capital letters and digits',
    ),
    ('code = "OV"\n', "", f'{TOP}, item number 1, key "code": is missing; add it as a text in quotes'),
    ('code = "ST"', 'code = "OV"', f"{TOP}, key \"items\": has 'OV' 2 times; give each its own code"),
    ('kind = "rating"', 'kind = "open"', f"{OV}, key \"kind\": is 'open'; write one of rating, fact"),
    ('scale = "levels"', 'scale = "level"', f"{OV}, key \"scale\": is 'level'; write one of levels, yes_no"),
    (
        'scale = "levels"',
        'scale = "yes_no"',
        f"{OV}, key \"scale\": 'yes_no' has no 'satisfied'; choose a scale fit",
    ),
    (
        'kind = "rating"',
        'kind = "fact"',
        f"{OV}, key \"scale\": 'levels' has 'satisfied'; choose a scale fit for a fact",
    ),
    (
        'about = "competent"',
        'about = "office"',
        f"{OV}, key \"about\": is 'office'; write one of competent, receiving",
    ),
    ("required = true", 'required = "yes"', f"{OV}, key \"required\": is 'yes'; write true or false"),
    (
        "required = true",
        "requird = true",
        f'{OV}, key "requird": is unknown; remove it, or use one of about,',
    ),
    (
        "required = true",
        'asked_if = { item = "ST", options = ["5"] }',
        f'{OV}, key "asked_if": stands in the first',
    ),
    (
        'about = "competent"\nlabel',
        'about = "competent"\nfactor = "STAFF"\nlabel',
        'key "factor": belongs to a rating',
    ),
    (
        'item = "LATE"',
        'item = "AGAIN"',
        'item "SORRY", key "asked_if", key "item": is \'AGAIN\'; write one of OV, ST, LATE',
    ),
    (
        'options = ["y"]',
        'options = ["z"]',
        'item "SORRY", key "asked_if", key "options": names \'z\'; name options of',
    ),
    (
        'options = ["y"]',
        'options = ["y"], not = 1',
        'item "SORRY", key "asked_if", key "not": is unknown; remove it',
    ),
    (
        'en = "Overall?"',
        'eng = "Overall?"',
        f'{OV}, key "text", key "en": is missing; add it as a text in quotes',
    ),
    (
        'method = "mean5"',
        'method = "mean"',
        "small.toml, index, key \"method\": is 'mean'; write one of mean5, pomp,",
    ),
    (
        'beside = "equal_factor"',
        'beside = "pooled"',
        "index, key \"beside\": is 'pooled'; write one of equal_factor",
    ),
    (
        'items = ["ST"]',
        'items = ["LATE"]',
        "index, key \"items\": names 'LATE'; name items that are ratings: OV, ST",
    ),
    ('items = ["ST"]', "items = []", 'index, key "items": is []; name each of items that are ratings once'),
    (
        'items = ["ST"]',
        'items = ["ST", "OV"]',
        'index, key "items": OV has no factor; give it one or use pooled alone',
    ),
    ('items = ["ST"]', 'items = ["ST"]\nweights = [1]', 'index, key "weights": is unknown; remove it'),
    ("[[items]]", "[[item]]", f'{TOP}, key "items": '),
    (
        "version = 2",
        "version = ",
        "small.toml: not TOML, ",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_is_reported_with_file_part_key_and_remedy(
    small_text: str, old: str, new: str, message: str
) -> None:
    assert old in small_text
    text = small_text.replace(old, new) if old == "[[items]]" else small_text.replace(old, new, 1)
    with pytest.raises(InstrumentError) as caught:
        read_instrument(text, "small.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("small.toml")
    assert "; " in str(caught.value)


def test_a_sound_text_is_read_whole(small_text: str) -> None:
    small = read_instrument(small_text, "small.toml")
    assert small.identifier == "small/2"
    assert (small.valid_from, small.valid_to) == (date(2026, 1, 1), date(2027, 1, 1))
    assert [item.code for item in small.items] == ["OV", "ST", "LATE", "SORRY", "AGAIN"]
    assert [item.code for item in small.items if item.required] == ["OV", "SORRY"]
    assert small.item("ST").about == "receiving"
    assert small.item("ST").scale.option("x").role is Role.NOT_APPLICABLE
    assert small.index == Index("mean5", "pooled", "equal_factor", ("ST",))
    assert small.comparable_with == (Declared("small/1", "same"),)
    assert small.text == small_text


def test_the_headline_is_always_asked(small_text: str) -> None:
    text = small_text.replace('headline = "OV"', 'headline = "ST"')
    assert read_instrument(text, "small.toml").headline == "ST"
    text = text.replace('factor = "STAFF"', 'factor = "STAFF"\nasked_if = { item = "OV", options = ["1"] }')
    with pytest.raises(InstrumentError, match=r"key \"headline\": is 'ST'; write one of OV$"):
        read_instrument(text, "small.toml")


def test_stem_index_factors_and_end_may_be_absent(small_text: str) -> None:
    text = small_text.replace('[stem]\nvi = "Hài lòng về …?"\nen = "Satisfied with …?"\n', "")
    text = text.replace("valid_to = 2027-01-01\n", "").replace('factor = "STAFF"\n', "")
    text = text.replace('[[factors]]\ncode = "STAFF"\nlabel = { vi = "Người", en = "Staff" }\n', "")
    bare = read_instrument(text[: text.index("[index]")], "small.toml")
    assert (bare.stem, bare.index, bare.factors, bare.valid_to) == (None, None, (), None)


def test_an_index_of_means_needs_scores(small_text: str) -> None:
    levels = small_text
    for score in range(1, 6):
        levels = levels.replace(f'role = "scored", score = {score}', 'role = "category"')
    for method in ("mean5", "pomp"):
        with pytest.raises(
            InstrumentError, match=r'index, key "method": .* ST has no scores; use top2 or top1'
        ):
            read_instrument(levels.replace("mean5", method), "small.toml")
    for method in ("top2", "top1"):
        shares = read_instrument(levels.replace("mean5", method), "small.toml")
        assert [option.score for option in shares.item("ST").scale.rating_options] == [None] * 5


def test_mean5_needs_five_levels(small_text: str) -> None:
    four = small_text.replace(
        '    { code = "3", role = "scored", score = 3, label = { vi = "Ba", en = "Three" } },\n', ""
    )
    with pytest.raises(
        InstrumentError, match=r'index, key "method": is \'mean5\' and ST has the scores .* use pomp'
    ):
        read_instrument(four, "small.toml")
    assert read_instrument(four.replace("mean5", "pomp"), "small.toml").index is not None


def test_a_folder_holds_each_version_once(tmp_path: Path, small_text: str) -> None:
    (tmp_path / "a.toml").write_text(small_text, encoding="utf-8")
    (tmp_path / "b.toml").write_text(small_text.replace("version = 2", "version = 10"), encoding="utf-8")
    assert [one.identifier for one in read_folder(tmp_path)] == ["small/2", "small/10"]
    (tmp_path / "c.toml").write_text(small_text, encoding="utf-8")
    with pytest.raises(
        InstrumentError, match=r"c\.toml, .* small/2 is in a\.toml already; give this one the next"
    ):
        read_folder(tmp_path)


def test_instrument_finds_the_newest_version_and_says_what_exists(
    monkeypatch: pytest.MonkeyPatch, small_text: str
) -> None:
    versions = tuple(
        read_instrument(small_text.replace("version = 2", f"version = {number}"), "small.toml")
        for number in (2, 10)
    )
    monkeypatch.setattr("survey.instrument.load.catalogue", lambda: versions)
    assert instrument("small").version == 10
    assert instrument("small", 2).version == 2
    with pytest.raises(InstrumentError, match="small has no version 3; it has 2, 10"):
        instrument("small", 3)
    with pytest.raises(InstrumentError, match="there is no instrument 'large'; use one of small"):
        instrument("large")
