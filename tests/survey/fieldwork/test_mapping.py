"""The mapping file: every key checked by name, nothing guessed."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from survey.fieldwork import agencies
from survey.fieldwork import counts
from survey.fieldwork import frames
from survey.fieldwork import procedures
from survey.fieldwork.mapping import FACTS
from survey.fieldwork.mapping import Dates
from survey.fieldwork.mapping import Mapping
from survey.fieldwork.mapping import Uncovered
from survey.fieldwork.mapping import folded
from survey.fieldwork.mapping import read_mapping
from survey.fieldwork.mapping import stated_instrument
from survey.fieldwork.tables import BadFile
from survey.fieldwork.tables import Row
from survey.instrument.definition import InstrumentError
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Mode

Write = Callable[..., Path]

MAPPING = """\
organisation = "tinh"
instrument = "ptx-1/1"
grade = "D"
mode = "imported"
ignore = ["số thứ tự"]
agency = "so"

[date]
column = "ngày"
format = "%d/%m/%Y"
first = 2026-01-01
last = 2026-12-31

[channel]
columns = ["kênh"]
values = { "Trực tuyến" = "online", "" = "unstated" }

[item.OV]
columns = ["điểm"]
values = { "Rất tốt" = "5", "1" = "5", "5" = "1", "" = "." }
"""


@pytest.fixture
def mapping(file: Write) -> Mapping:
    return read_mapping(file(MAPPING, "map.toml"))


def row(**texts: str) -> Row:
    return Row(2, texts)


def test_a_mapping_says_everything(mapping: Mapping) -> None:
    assert (mapping.organisation, mapping.instrument.identifier) == ("tinh", "ptx-1/1")
    assert mapping.columns == {"số thứ tự", "ngày", "kênh", "điểm"}
    assert mapping.agency.value(row()) == "so"
    facts = {name: lookup.constant for name, lookup in mapping.facts.items() if not lookup.columns}
    assert (facts["grade"], facts["mode"], facts["outcome"].name) == (Grade.D, Mode.imported, "unstated")
    assert mapping.facts["channel"].value(row(kênh="trực  TUYẾN")) is Channel.online


@pytest.mark.parametrize(
    "text", ["Rất tốt", "RẤT TỐT", " rất   tốt", unicodedata.normalize("NFD", "Rất tốt")]
)
def test_case_spaces_and_the_form_of_letters_tell_no_values_apart(mapping: Mapping, text: str) -> None:
    assert mapping.items["OV"].value(row(điểm=text)) == "5"
    assert folded(text) == "rất tốt"


def test_a_value_without_a_rule_is_named_as_it_stands(mapping: Mapping) -> None:
    with pytest.raises(Uncovered, match="no rule for the value 'Rất TỒI'") as caught:
        mapping.items["OV"].value(row(điểm="Rất TỒI"))
    assert caught.value.column == "điểm"


@pytest.mark.parametrize("spoil", [lambda t: unicodedata.normalize("NFD", t), lambda t: "\ufeff" + t])
def test_what_editors_do_to_a_mapping_is_forgiven(
    file: Write, mapping: Mapping, spoil: Callable[[str], str]
) -> None:
    assert read_mapping(file(spoil(MAPPING), "map.toml")).columns == mapping.columns


def told(file: Write, text: str) -> str:
    with pytest.raises(BadFile) as caught:
        read_mapping(file(text, "map.toml"))
    [fault] = caught.value.faults
    return str(fault)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('organisation = "tinh"\n', "", 'key "organisation": is missing'),
        ('instrument = "ptx-1/1"\n', "", 'key "instrument": is missing'),
        ('"ptx-1/1"', '"ptx-1"', "'ptx-1' names no version"),
        ('"ptx-1/1"', '"ptx-1/9"', "no version 9"),
        ('"ptx-1/1"', '"nothing/1"', "no instrument 'nothing'"),
        ('grade = "D"\n', "", 'key "grade": is missing'),
        ('grade = "D"', 'grade = "E"', "key \"grade\": is 'E'; write one of A, B, C, D, U"),
        ('mode = "imported"\n', "", 'key "mode": is missing'),
        ('mode = "imported"', "mode = 3", 'key "mode": is 3; write a text in quotes'),
        ('agency = "so"\n', "", 'key "agency": is missing'),
        ('agency = "so"', 'agency = "so"\nagencies = "so"', 'key "agencies": is unknown'),
        ('ignore = ["số thứ tự"]', 'ignore = "số"', "key \"ignore\": is 'số'; write a list"),
        ('ignore = ["số thứ tự"]', "ignore = [1]", 'key "ignore": is [1]; write names of columns in quotes'),
        ("[date]", "[dates]", 'key "date": is missing'),
        ("[date]", 'period = "2026-11"\n[date]', 'key "period": stands beside date; keep one of them'),
        ('column = "ngày"\n', "", 'mapping, date, key "column": is missing'),
        ('format = "%d/%m/%Y"\n', "", 'mapping, date, key "format": is missing'),
        ('"%d/%m/%Y"', '"%d/%m"', "write year and month, as %d/%m/%Y; the format is never guessed"),
        ('"%d/%m/%Y"', '"%d/%m/%Q"', "the format is never guessed"),
        ('"%d/%m/%Y"', '"dd/mm/yyyy"', "the format is never guessed"),
        ("first = 2026-01-01\n", "", 'mapping, date, key "first": is missing'),
        ("first = 2026-01-01", 'first = "2026-01-01"', "write a date as 2026-01-31, without quotes"),
        ("last = 2026-12-31", "last = 2025-12-31", "name a day from 2026-01-01 on"),
        ("last = 2026-12-31", "last = 2026-12-31\nzone = 7", 'mapping, date, key "zone": is unknown'),
        (
            "[item.OV]",
            "[item.ACC]",
            'mapping, item, key "OV": is missing; every response must map this one item',
        ),
        ("[item.OV]", "[item.ZZ]\ncolumns=[]\n[item.OV]", "ptx-1/1 has no item 'ZZ'"),
        (
            '"5" = "1"',
            '"5" = "9"',
            "mapping, item, OV, values, key \"5\": is '9'; write one of 5, 4, 3, 2, 1, ., -",
        ),
        ('"5" = "1"', '"5" = 1', 'mapping, item, OV, values, key "5": is 1; write a text in quotes'),
        ('"5" = "1"', '"RẤT  TỐT" = "1"', 'key "RẤT  TỐT": stands twice'),
        ('columns = ["điểm"]\n', "", 'mapping, item, OV, key "columns": is missing'),
        (
            'columns = ["điểm"]',
            'columns = "điểm"',
            "mapping, item, OV, key \"columns\": is 'điểm'; write a list",
        ),
        ('columns = ["điểm"]', "columns = []", 'mapping, item, OV, key "columns": is empty'),
        ('{ "Rất tốt" = "5", "1" = "5", "5" = "1", "" = "." }', "{}", 'OV, key "values": is empty'),
        ('columns = ["điểm"]', 'columns = ["điểm"]\ndefault = "5"', 'OV, key "default": is unknown'),
        (
            '"" = "unstated"',
            '"" = "email"',
            "mapping, channel, values, key \"\": is 'email'; write one of counter",
        ),
        ("organisation", "organisation =", "Invalid value (at line 1"),
    ],
)
def test_every_slip_names_its_key(file: Write, old: str, new: str, message: str) -> None:
    assert MAPPING.count(old) == 1
    assert message in told(file, MAPPING.replace(old, new))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('[[skip]]\ncolumn = "x"\nvalue = ""\n', 'skip number 1, key "reason": is missing'),
        (
            '[[skip]]\ncolumn = "x"\nvalue = ""\nreason = " "\n',
            'skip number 1, key "reason": is empty; say why',
        ),
        ('[[note]]\ncolumn = "x"\nreason = "why"\n', 'note number 1, key "value": is missing'),
        ('[[note]]\ncolumn = "x"\nvalue = 1\nreason = "why"\n', 'key "value": is 1; write a text in quotes'),
        (
            '[[skip]]\ncolumn = "x"\nvalue = ""\nreason = "why"\nif = 1\n',
            'skip number 1, key "if": is unknown',
        ),
        ('[skip]\ncolumn = "x"\n', 'mapping, key "skip": is'),
    ],
)
def test_a_rule_without_its_reason_is_refused(file: Write, rule: str, message: str) -> None:
    assert message in told(file, MAPPING + rule)
    whole = '[[skip]]\ncolumn = "x"\nvalue = " Nháp"\nreason = "why"\n'
    [read] = read_mapping(file(MAPPING + whole, "map.toml")).skips
    assert read.matches(row(x="NHÁP"))
    assert not read.matches(row(x=""))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as caught:
        read_mapping(tmp_path / "no.toml")
    assert "there is no file" in str(caught.value.faults[0])
    (tmp_path / "map.toml").write_bytes("organisation = 'tỉnh'".encode("utf-16"))
    with pytest.raises(BadFile) as caught:
        read_mapping(tmp_path / "map.toml")
    assert "not UTF-8 text (byte 0)" in str(caught.value.faults[0])


def test_one_period_for_every_row(file: Write) -> None:
    start, end = MAPPING.index("[date]"), MAPPING.index("[channel]")
    text = 'period = "2026-11"\n' + MAPPING[:start] + MAPPING[end:]
    dates = read_mapping(file(text, "map.toml")).dates
    assert (dates.month(row()), dates.column, dates.ambiguous(row())) == ("2026-11", None, None)
    assert "'2026-13' is not a month" in told(file, text.replace("2026-11", "2026-13"))


def dates(form: str, last: date = date(2026, 12, 31)) -> Dates:
    return Dates("ngày", form, date(2026, 1, 1), last)


def test_a_date_in_another_format_or_outside_the_range_is_refused() -> None:
    assert dates("%d/%m/%Y").month(row(ngày="1/11/2026")) == "2026-11"
    for text, message in (
        ("2026-11-01", "'2026-11-01' is not a date in the format %d/%m/%Y"),
        ("31/11/2026", "'31/11/2026' is not a date in the format %d/%m/%Y"),
        ("", "'' is not a date in the format %d/%m/%Y"),
        ("31/12/2025", "2025-12-31 is outside 2026-01-01 to 2026-12-31"),
        ("01/01/2027", "2027-01-01 is outside 2026-01-01 to 2026-12-31"),
    ):
        with pytest.raises(Uncovered, match=message) as caught:
            dates("%d/%m/%Y").day(row(ngày=text))
        assert caught.value.column == "ngày"


@pytest.mark.parametrize(
    ("form", "text", "swapped"),
    [
        ("%d/%m/%Y", "03/04/2026", "'03/04/2026' read as 2026-04-03; could be 2026-03-04"),
        ("%m/%d/%Y", "03/04/2026", "'03/04/2026' read as 2026-03-04; could be 2026-04-03"),
        ("%d/%m/%Y", "13/04/2026", None),
        ("%d/%m/%Y", "04/04/2026", None),
        ("%Y-%m-%d", "2026-04-03", None),
        ("%d-%b-%Y", "03-Apr-2026", None),
        ("%m/%Y", "04/2026", None),
    ],
)
def test_only_a_date_that_reads_both_ways_is_ambiguous(form: str, text: str, swapped: str | None) -> None:
    assert dates(form).ambiguous(row(ngày=text)) == swapped


def test_a_swap_out_of_the_range_is_no_doubt() -> None:
    assert dates("%d/%m/%Y", last=date(2026, 6, 30)).ambiguous(row(ngày="09/04/2026")) is None


@pytest.mark.parametrize("text", ["ptx-1", "ptx-1/", "ptx-1/x", "ptx-1/²", "ptx-1/-1", "", "ptx-1/9"])
def test_an_instrument_is_stated_with_its_version(text: str) -> None:
    assert stated_instrument("ptx-1/1").identifier == "ptx-1/1"
    with pytest.raises(InstrumentError, match="version"):
        stated_instrument(text)


DOCUMENT = Path(__file__).parents[3] / "docs" / "importing.md"


def test_the_example_of_the_documentation_is_right(file: Write) -> None:
    text = DOCUMENT.read_text("utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    read = read_mapping(file(example, "map.toml"))
    assert read.columns == {"Số thứ tự", "Ngày", "Cơ quan", "Bộ phận", "Hình thức nộp", "Điểm", "Thái độ"}
    assert read.agency.value(row(**{"Cơ quan": "Xã Một", "Bộ phận": "một cửa"})) == "tm-xa-1"


def test_the_documentation_names_every_key_and_column() -> None:
    def columns(heading: str) -> set[str]:
        """The words in the first column of the table below a heading."""
        lines = DOCUMENT.read_text("utf-8").partition(heading)[2].splitlines()
        start = lines.index("|---|---|") + 1
        end = next(number for number, line in enumerate(lines[start:], start) if not line.startswith("|"))
        return set(re.findall("`([^`]+)`", "".join(line.split("|")[1] for line in lines[start:end])))

    for module in (agencies, procedures, frames, counts):
        known = module.REQUIRED | getattr(module, "OPTIONAL", set())
        assert columns(f"### `{module.__name__.rpartition('.')[2]} import`") == known
    keys = {"organisation", "instrument", "date", "period", "agency", "receiving_agency", "field", "ignore"}
    rules = {"[item.CODE]", "[[skip]]", "[[note]]"}
    assert columns("## Responses and their mapping") == keys | rules | set(FACTS)
