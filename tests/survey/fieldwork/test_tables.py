"""Tables that people send: what is forgiven, and that everything else is named with its row and column."""

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from survey.fieldwork.tables import BadFile
from survey.fieldwork.tables import Checker
from survey.fieldwork.tables import Fault
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import read_table
from survey.fieldwork.tables import require_columns
from survey.fieldwork.tables import told_together
from survey.store.columns import Channel
from survey.store.columns import Grade

Write = Callable[..., Path]


def faults(path: Path) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read_table(path)
    return [str(fault) for fault in caught.value.faults]


def test_rows_bear_the_numbers_a_spreadsheet_shows(file: Write) -> None:
    table = read_table(file('a,b\n 1 ,"two\nlines"\n\n,\n3,4\n'))
    assert table.columns == ("a", "b")
    assert table.rows == (Row(2, {"a": "1", "b": "two\nlines"}), Row(5, {"a": "3", "b": "4"}))
    assert (table.name, len(table.sha256)) == ("file.csv", 64)


@pytest.mark.parametrize(
    "text", ["\ufeffa,b\n1,2\n", "a;b\n1;2\n", "a,b\r\n1,2\r\n", 'a,"b"\n1,"2"', " a ,b\n 1,2"]
)
def test_what_spreadsheets_do_to_a_file_is_forgiven(file: Write, text: str) -> None:
    assert read_table(file(text)).rows == (Row(2, {"a": "1", "b": "2"}),)


def test_a_quoted_comma_in_the_header_leaves_the_semicolon_alone(file: Write) -> None:
    assert read_table(file('"a, b";c\n1;2,5\n')).rows == (Row(2, {"a, b": "1", "c": "2,5"}),)


def test_letters_are_read_in_one_form(file: Write) -> None:
    table = read_table(file(unicodedata.normalize("NFD", "ngày\nĐiểm tốt\n")))
    assert table.columns == (unicodedata.normalize("NFC", "ngày"),)
    assert table.rows[0].texts["ngày"] == unicodedata.normalize("NFC", "Điểm tốt")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["the file is empty; its first row must name the columns"]),
        ("\n\n", ["the file is empty; its first row must name the columns"]),
        ("a,b\n", ["there is no row below the header"]),
        ("a,b\n,\n\n", ["there is no row below the header"]),
        ("a,b,a\n1,2,3\n", ["row 1, column 'a': the header names this column more than once"]),
        ("a,b\n1\n1,2\n1,2,3\n", ["row 2: has 1 cells, the header 2", "row 4: has 3 cells, the header 2"]),
        ('a,b\n1,2\n"open,4\n', ["row 3: unexpected end of data; a quote within quotes is written twice"]),
        ("a,b\n1,\0\n", ["not UTF-8 text (it holds zero bytes); save it as CSV UTF-8"]),
    ],
)
def test_what_is_wrong_is_told_at_once(file: Write, text: str, told: list[str]) -> None:
    assert faults(file(text)) == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04\x14\x00", "a workbook and not text; save it as CSV UTF-8"),
        ("ngày\n1\n".encode("cp1258", "replace"), "not UTF-8 text (byte 2); save it as CSV UTF-8"),
        ("a\n1\n".encode("utf-16"), "not UTF-8 text (byte 0); save it as CSV UTF-8"),
        ("a\n1\n".encode("utf-16-le"), "not UTF-8 text (it holds zero bytes); save it as CSV UTF-8"),
    ],
)
def test_other_encodings_are_refused_with_the_remedy(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert faults(path) == [told]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path / "no.csv") == [f"there is no file {tmp_path / 'no.csv'}"]


def test_missing_and_unknown_columns_are_both_told(file: Write) -> None:
    table = read_table(file("a,z\n1,2\n"))
    with pytest.raises(BadFile) as caught:
        require_columns(table, {"a", "b"}, {"c"})
    assert [str(fault) for fault in caught.value.faults] == [
        "row 1, column 'b': this column is missing",
        "row 1, column 'z': unknown column; known: a, b, c",
    ]
    require_columns(table, {"a"}, {"z"})


def told(check: Callable[[Checker, Row], object], text: str) -> tuple[object, list[str]]:
    checker = Checker("file.csv")
    return check(checker, Row(2, {"x": text})), [fault.message for fault in checker.faults]


@pytest.mark.parametrize(
    ("check", "text", "value", "message"),
    [
        (lambda c, r: c.text(r, "x"), "Sở Nội vụ", "Sở Nội vụ", None),
        (lambda c, r: c.text(r, "x"), "", "", "is empty"),
        (lambda c, r: c.text(r, "x", required=False), "", "", None),
        (lambda c, r: c.text(r, "x"), "a" * 301, "", "has 301 letters; at most 300 are kept"),
        (lambda c, r: c.code(r, "x"), "000.00.19.H29", "000.00.19.H29", None),
        (
            lambda c, r: c.code(r, "x"),
            "a/b",
            "",
            "'a/b' is no code: letters and digits of ASCII, then also . _ -",
        ),
        (
            lambda c, r: c.code(r, "x"),
            "=1",
            "",
            "'=1' is no code: letters and digits of ASCII, then also . _ -",
        ),
        (lambda c, r: c.code(r, "x"), "a" * 65, "", "has 65 letters; at most 64 are kept"),
        (lambda c, r: c.day(r, "x"), "2026-11-23", date(2026, 11, 23), None),
        (lambda c, r: c.day(r, "x"), "", None, None),
        (lambda c, r: c.day(r, "x"), "23/11/2026", None, "'23/11/2026' is not a date written YYYY-MM-DD"),
        (lambda c, r: c.day(r, "x"), "2026-W47-1", None, "'2026-W47-1' is not a date written YYYY-MM-DD"),
        (lambda c, r: c.day(r, "x"), "20261123", None, "'20261123' is not a date written YYYY-MM-DD"),
        (lambda c, r: c.day(r, "x"), "2026-02-30", None, "'2026-02-30' is not a date written YYYY-MM-DD"),
        (lambda c, r: c.whole(r, "x"), "0", 0, None),
        (lambda c, r: c.whole(r, "x"), "", None, "is empty"),
        (
            lambda c, r: c.whole(r, "x"),
            "-1",
            None,
            "'-1' is not a whole number from 0 to 2147483647, without separators",
        ),
        (
            lambda c, r: c.whole(r, "x"),
            "1.000",
            None,
            "'1.000' is not a whole number from 0 to 2147483647, without separators",
        ),
        (
            lambda c, r: c.whole(r, "x"),
            "٣",
            None,
            "'٣' is not a whole number from 0 to 2147483647, without separators",
        ),
        (
            lambda c, r: c.whole(r, "x"),
            "2147483648",
            None,
            "'2147483648' is not a whole number from 0 to 2147483647, without separators",
        ),
        (lambda c, r: c.word(r, "x", Grade), "A", Grade.A, None),
        (lambda c, r: c.word(r, "x", Grade), "a", None, "'a' is not one of A, B, C, D, U"),
        (lambda c, r: c.word(r, "x", Grade), "", None, "'' is not one of A, B, C, D, U"),
        (lambda c, r: c.word(r, "x", Channel, Channel.unstated), "", Channel.unstated, None),
    ],
)
def test_cells(
    check: Callable[[Checker, Row], object], text: str, value: object, message: str | None
) -> None:
    assert told(check, text) == (value, [message] if message else [])


def test_a_life_ends_after_it_began() -> None:
    checker = Checker("file.csv")
    life = {"valid_from": "2020-01-01", "valid_to": "2025-07-01"}
    assert checker.life(Row(2, life)) == (date(2020, 1, 1), date(2025, 7, 1))
    assert checker.life(Row(3, {**life, "valid_to": ""})) == (date(2020, 1, 1), None)
    assert checker.life(Row(4, {**life, "valid_to": "2020-01-01"})) is None
    assert checker.life(Row(5, {**life, "valid_from": ""})) is None
    assert [str(fault) for fault in checker.faults] == [
        "row 4, column 'valid_to': must come after valid_from",
        "row 5, column 'valid_from': is empty",
    ]


def test_nothing_wrong_raises_nothing() -> None:
    checker = Checker("file.csv")
    checker.finish()
    checker.fault(None, None, "wrong")
    with pytest.raises(BadFile, match=r"file.csv: 1 fault\(s\), nothing was taken in"):
        checker.finish()


def test_faults_alike_are_told_once_with_all_their_rows() -> None:
    same = [Fault(row, "service", "no rule") for row in (2, 3, 4, 7, 9, 10)]
    assert told_together(
        [
            *same,
            Fault(5, "service", "other"),
            Fault(None, None, "all"),
            Fault(3, None, "x"),
            Fault(8, None, "x"),
        ]
    ) == [
        "6 rows (2–4, 7, 9–10), column 'service': no rule",
        "row 5, column 'service': other",
        "all",
        "2 rows (3, 8): x",
    ]
