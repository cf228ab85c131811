import json
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from flask import Flask

from survey.web.filters import folded
from survey.web.filters import interval
from survey.web.filters import json_script
from survey.web.filters import month
from survey.web.filters import number
from survey.web.filters import percent
from survey.web.filters import sentence
from survey.web.filters import set_up_filters
from survey.web.locale import set_up_languages

BARE = Flask("filters")
set_up_languages(BARE)


@pytest.fixture
def english() -> Iterator[None]:
    with BARE.test_request_context("/?lang=en"):
        BARE.preprocess_request()
        yield


@pytest.mark.parametrize(
    ("value", "digits", "vietnamese"),
    [
        (0, 0, "0"),
        (1234, 0, "1.234"),
        (1234567.891, 2, "1.234.567,89"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.05, 1, "0,1"),
        (2.675, 2, "2,68"),
        (4.0, 1, "4,0"),
        (1e-9, 1, "0,0"),
        (-0.04, 1, "0,0"),
        (1e16, 0, "10.000.000.000.000.000"),
    ],
)
def test_numbers_in_vietnamese(value: float, digits: int, vietnamese: str) -> None:
    assert number(value, digits) == vietnamese
    assert number(np.float64(value), digits) == vietnamese


@pytest.mark.usefixtures("english")
def test_numbers_in_english() -> None:
    assert number(1234567.891, 2) == "1,234,567.89"
    assert percent(0.8714) == "87.1\u00a0%"
    assert interval(0.8256, 0.8564) == "82.6–85.6"
    assert percent(None) == "no data"


def test_a_share_is_shown_with_a_comma_and_a_space_that_does_not_break() -> None:
    assert percent(0.8714) == "87,1\u00a0%"
    assert percent(1.0) == "100,0\u00a0%"
    assert percent(0.0) == "0,0\u00a0%"
    assert percent(0.875, 0) == "88\u00a0%"
    assert interval(0.8256, 0.8564) == "82,6–85,6"
    assert interval(4.125, 4.375, scale=1, digits=2) == "4,13–4,38"


def test_missing_is_never_nought() -> None:
    assert "0" not in percent(None)


def halves_up(share: Fraction, digits: int) -> str:
    shown = floor(share * 100 * 10**digits + Fraction(1, 2))
    return f"{shown // 10**digits},{shown % 10**digits:0{digits}d}\u00a0%"


def test_every_share_of_up_to_two_hundred_is_rounded_as_by_hand() -> None:
    for n in (*range(1, 41), 125, 160, 200):
        for k in range(n + 1):
            assert percent(k / n) == halves_up(Fraction(k, n), 1)


def test_shares_that_floats_would_round_down() -> None:
    ties = [(k, 2000) for k in range(1, 2000, 2)]
    formatted = [f"{100 * (k / n):.1f}\u00a0%".replace(".", ",") for k, n in ties]
    assert formatted != [halves_up(Fraction(k, n), 1) for k, n in ties]
    for k, n in ties:
        assert percent(k / n) == halves_up(Fraction(k, n), 1)


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("2026-11", "tháng 11\u00a0năm 2026"),
        ("2026-01", "tháng 1\u00a0năm 2026"),
        ("2026-13", "2026-13"),
        ("2026-00", "2026-00"),
        ("0000-01", "0000-01"),
        ("2026-Q4", "2026-Q4"),
        ("2026", "2026"),
        ("٢٠٢٦-01", "٢٠٢٦-01"),
        ("2026-11\n", "2026-11\n"),
        ("", ""),
    ],
)
def test_months(label: str, shown: str) -> None:
    assert month(label) == shown


@pytest.mark.usefixtures("english")
def test_months_in_english() -> None:
    assert month("2026-11") == "November 2026"
    assert month("2026-Q4") == "2026-Q4"


def test_a_sentence_begins_large() -> None:
    assert sentence("đất đai") == "Đất đai"
    assert sentence("ông/Bà Lan") == "Ông/Bà Lan"
    assert sentence("") == ""


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Đồng Tháp", "dong thap"),
        ("Thừa Thiên Huế", "thua thien hue"),
        ("ĐẮK LẮK", "dak lak"),
        ("Ế ệ ữ Ợ ặ ẩ ỹ", "e e u o a a y"),
        ("Sở Nội vụ", "so noi vu"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_searching_needs_no_marks(written: str, found: str, form: str) -> None:
    assert folded(unicodedata.normalize(form, written)) == found
    assert folded(found) == found


def test_json_cannot_leave_its_element() -> None:
    hostile = json.dumps({"a": "</script><!--&\u2028"})
    safe = json_script(hostile)
    assert not set("<>&") & set(safe)
    assert json.loads(safe) == json.loads(hostile)


def test_templates_know_them() -> None:
    app = Flask("named")
    set_up_filters(app)
    assert {"number", "percent", "interval", "month", "sentence", "folded"} <= set(app.jinja_env.filters)
