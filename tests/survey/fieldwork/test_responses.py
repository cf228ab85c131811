"""Responses of another system: all or nothing, every row that no rule covers named."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork import responses
from survey.fieldwork.agencies import import_agencies
from survey.fieldwork.mapping import Mapping
from survey.fieldwork.mapping import read_mapping
from survey.fieldwork.responses import ImportReport
from survey.fieldwork.responses import import_responses
from survey.fieldwork.tables import BadFile
from survey.paths import DEMO_DATA
from survey.store.agencies import Agency
from survey.store.base import Database
from survey.store.columns import Channel
from survey.store.columns import Mode
from survey.store.columns import PeriodState
from survey.store.instruments import StoredInstrument
from survey.store.periods import Period
from survey.store.periods import month_bounds
from survey.store.procedures import Field
from survey.store.responses import Response
from tests import factories

Write = Callable[..., Path]
Refused = Callable[[Callable[[Session], object]], list[str]]

MAPPING = """\
organisation = "tinh"
instrument = "ptx-1/1"
grade = "D"
mode = "imported"
ignore = ["id"]

[date]
column = "ngày"
format = "%d/%m/%Y"
first = 2026-01-01
last = 2026-12-31

[agency]
columns = ["cơ quan", "bộ phận"]
values = { "Sở | " = "so", "Xã | Một cửa" = "xa", "Ban | " = "ban", "Cũ | " = "cu", "Lạ | " = "la" }

[receiving_agency]
columns = ["nơi nhận"]
values = { "" = "xa", "Ban" = "ban" }

[field]
columns = ["lĩnh vực"]
values = { "Đất" = "dat-dai", "Khác" = "khac" }

[channel]
columns = ["kênh"]
values = { "web" = "online", "" = "unstated" }

# This system counts from 1, the best.
[item.OV]
columns = ["điểm"]
values = { "1" = "5", "2" = "4", "3" = "3", "4" = "2", "5" = "1" }

[item.ACC]
columns = ["nơi nộp"]
values = { "Rất hài lòng" = "5", "Không hài lòng" = "2", "Không biết" = "x", "" = ".", "không hỏi" = "-" }

[[skip]]
column = "điểm"
value = "thử"
reason = "a trial of the form"

[[note]]
column = "id"
value = "7"
reason = "written by hand"
"""
HEADER = "id,ngày,cơ quan,bộ phận,nơi nhận,lĩnh vực,kênh,điểm,nơi nộp\n"
GOOD = (
    "1,15/03/2026,Sở,,,Đất,web,1,Rất hài lòng\n"
    "2,16/03/2026,xã,MỘT CỬA,Ban,Đất,,5,không hài lòng\n"
    "3,30/04/2026,Sở,,,Đất,,2,Không biết\n"
    "4,30/04/2026,Sở,,,Đất,,4,\n"
    "5,30/04/2026,Sở,,,Đất,,3,không hỏi\n"
    "6,30/04/2026,Sở,,,Đất,,thử,\n"
)


@pytest.fixture
def mapping(file: Write) -> Mapping:
    return read_mapping(file(MAPPING, "map.toml"))


@pytest.fixture
def province(database: Database) -> None:
    """Sở and Xã are rated, Ban is not, Cũ ended with March."""
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        for code in ("so", "xa", "cu"):
            factories.agency(session, code, parent=root)
        factories.agency(session, "ban", parent=root, rated=False)
        old = session.scalars(select(Agency).where(Agency.code == "cu")).one()
        old.valid_to = month_bounds("2026-03")[1]
        session.add(Field(code="dat-dai", name_vi="Đất đai", name_en="Land"))


pytestmark = pytest.mark.usefixtures("province")


def take(database: Database, path: Path, mapping: Mapping) -> ImportReport:
    with database.writing() as session:
        return import_responses(session, path, mapping, by="an")


def test_reversed_scales_and_scales_in_words(database: Database, file: Write, mapping: Mapping) -> None:
    report = take(database, file(HEADER + GOOD), mapping)
    assert (report.rows, report.responses) == (6, 5)
    assert report.skipped == {"a trial of the form": 1}
    assert report.periods == {"2026-03": 2, "2026-04": 3}
    with database.reading() as session:
        kept = session.execute(
            select(Period.label, Response.answers, Response.channel, Agency.code)
            .join(Period, Period.id == Response.period_id)
            .join(Agency, Agency.id == Response.competent_id)
        )
        assert sorted((label, answers, channel.name, code) for label, answers, channel, code in kept) == [
            ("2026-03", "12--------", "unstated", "xa"),
            ("2026-03", "55--------", "online", "so"),
            ("2026-04", "2.--------", "unstated", "so"),
            ("2026-04", "3---------", "unstated", "so"),
            ("2026-04", "4x--------", "unstated", "so"),
        ]
        receiving = session.execute(
            select(Agency.code, Response.mode)
            .join(Agency, Agency.id == Response.receiving_id)
            .where(Response.channel == Channel.unstated, Response.answers.startswith("1"))
        )
        assert receiving.all() == [("ban", Mode.imported)]


def test_composed_and_decomposed_letters_are_the_same(
    database: Database, file: Write, mapping: Mapping
) -> None:
    report = take(database, file(unicodedata.normalize("NFD", HEADER + GOOD)), mapping)
    assert report.responses == 5


def test_dates_that_read_both_ways_and_noted_rows_are_taken_and_told(
    database: Database, file: Write, mapping: Mapping
) -> None:
    rows = "7,03/04/2026,Sở,,,Đất,,1,\n8,13/04/2026,Sở,,,Đất,,1,\n"
    report = take(database, file(HEADER + rows), mapping)
    assert [str(note) for note in report.notes] == [
        "row 2, column 'id': written by hand",
        "row 2, column 'ngày': '03/04/2026' read as 2026-04-03; could be 2026-03-04",
    ]
    assert report.periods == {"2026-04": 2}


BAD = (
    "1,2026-03-15,Sở,,,Đất,,1,\n"
    "2,15/03/2025,Sở,,,Đất,,1,\n"
    "3,15/03/2026,Phòng,,,Đất,,1,\n"
    "4,15/03/2026,Sở,,,Đất,fax,6,tốt\n"
    "5,15/03/2026,Sở,,,,,1,\n"
)


def test_every_row_that_no_rule_covers_is_named_with_column_and_reason(
    refused: Refused, file: Write, mapping: Mapping
) -> None:
    path = file(HEADER + GOOD + BAD)
    assert refused(lambda session: import_responses(session, path, mapping, by="an")) == [
        "row 8, column 'ngày': '2026-03-15' is not a date in the format %d/%m/%Y",
        "row 9, column 'ngày': 2025-03-15 is outside 2026-01-01 to 2026-12-31",
        "row 10, column 'cơ quan, bộ phận': no rule for the value 'Phòng | '",
        "row 11, column 'kênh': no rule for the value 'fax'",
        "row 11, column 'điểm': no rule for the value '6'",
        "row 11, column 'nơi nộp': no rule for the value 'tốt'",
        "row 12, column 'lĩnh vực': no rule for the value ''",
    ]


def test_columns_that_no_rule_speaks_of_are_errors(refused: Refused, file: Write, mapping: Mapping) -> None:
    path = file(HEADER.replace("kênh", "Kênh").replace("\n", ",sđt\n") + "1,2,3,4,5,6,7,8,9,0912\n")
    assert refused(lambda session: import_responses(session, path, mapping, by="an")) == [
        "row 1, column 'kênh': the mapping names this column, the file has none",
        "row 1, column 'Kênh': no rule of the mapping speaks of this column; map it or name it in `ignore`",
        "row 1, column 'sđt': no rule of the mapping speaks of this column; map it or name it in `ignore`",
    ]


def test_agencies_that_were_not_there_or_are_not_rated_and_unknown_fields(
    database: Database, refused: Refused, file: Write, mapping: Mapping
) -> None:
    rows = (
        "1,15/03/2026,Cũ,,,Đất,,1,\n"
        "2,15/04/2026,Cũ,,,Đất,,1,\n"
        "3,15/04/2026,Lạ,,,Đất,,1,\n"
        "4,15/04/2026,Ban,,,Đất,,1,\n"
        "5,15/04/2026,Sở,,,Khác,,1,\n"
    )
    assert refused(lambda session: import_responses(session, file(HEADER + rows), mapping, by="an")) == [
        "row 3, column 'cơ quan, bộ phận': the agency 'cu' did not exist in 2026-04",
        "row 4, column 'cơ quan, bộ phận': the agency 'la' did not exist in 2026-04",
        "row 5, column 'cơ quan, bộ phận': the agency 'ban' is not rated, so no figure would show it",
        "row 6, column 'lĩnh vực': there is no field 'khac'; import procedures first",
    ]
    good = rows.splitlines(keepends=True)[0]
    assert take(database, file(HEADER + good), mapping).responses == 1


def test_a_closed_month_refuses(database: Database, refused: Refused, file: Write, mapping: Mapping) -> None:
    with database.writing() as session:
        root = session.scalars(select(Agency).where(Agency.code == "tinh")).one()
        factories.period(session, root, "2026-04").state = PeriodState.closed
    path = file(HEADER + GOOD)
    assert refused(lambda session: import_responses(session, path, mapping, by="an")) == [
        "column 'ngày': 3 row(s): tinh 2026-04 is closed and stays closed"
    ]
    with database.writing() as session:
        session.scalars(select(Period)).one().state = PeriodState.open
    assert take(database, path, mapping).responses == 5


def test_the_same_file_is_never_taken_twice(
    database: Database, refused: Refused, file: Write, mapping: Mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(HEADER + GOOD)
    take(database, path, mapping)
    told = refused(lambda session: import_responses(session, path, mapping, by="an"))
    assert told == ["this very file was taken in before; nothing to do"]
    copy = file(HEADER + GOOD, "other-name.csv")
    assert refused(lambda session: import_responses(session, copy, mapping, by="an")) == told
    monkeypatch.setattr(responses, "was_imported", lambda *_: False)
    monkeypatch.setattr(responses, "remember_import", lambda *_, **__: None)
    assert take(database, path, mapping).responses == 5, "without its memory it would take the file again"


def test_it_is_the_transaction_that_leaves_nothing_half_done(
    database: Database, file: Write, mapping: Mapping, contents: Callable[[], object]
) -> None:
    rows = GOOD + "9,15/04/2026,Cũ,,,Đất,,1,\n"
    before = contents()
    with Session(database.engine) as session:
        with pytest.raises(BadFile):
            import_responses(session, file(HEADER + rows), mapping, by="an")
        session.commit()  # what the caller's transaction never does
    assert contents() != before, "the months were opened before the agency was found to be unknown"


def test_a_file_of_skipped_rows_only_freezes_nothing(
    database: Database, file: Write, mapping: Mapping
) -> None:
    assert take(database, file(HEADER + "6,30/04/2026,Sở,,,Đất,,thử,\n"), mapping).responses == 0
    with database.reading() as session:
        assert not session.scalars(select(StoredInstrument).where(StoredInstrument.frozen)).all()
    take(database, file(HEADER + GOOD), mapping)
    with database.reading() as session:
        assert session.scalars(select(StoredInstrument).where(StoredInstrument.frozen)).one().code == "ptx-1"


def in_order(database: Database, path: Path, mapping: Mapping) -> bool:
    """Whether the rows of the file lie in the table as they stood in the file."""
    take(database, path, mapping)
    with database.reading() as session:
        stored = session.scalars(select(Response.answers)).all()
    written = [line.split(",")[7] for line in path.read_text("utf-8").splitlines()[1:]]
    return [str(6 - int(answer)) for answer in written] == [answers[0] for answers in stored]


def test_the_order_of_the_file_is_not_kept(
    database: Database, file: Write, mapping: Mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{n},15/03/2026,Sở,,,Đất,,{1 + n * 7 % 5},\n" for n in range(60)]
    assert not in_order(database, file(HEADER + "".join(rows)), mapping)


def test_without_shuffle_and_random_keys_the_order_would_show(
    database: Database, file: Write, mapping: Mapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{n},15/03/2026,Sở,,,Đất,,{1 + n * 7 % 5},\n" for n in range(60)]
    monkeypatch.setattr(responses._RANDOM, "shuffle", lambda _: None)
    monkeypatch.setattr(responses, "random_id", iter(range(60)).__next__)
    assert in_order(database, file(HEADER + "".join(rows)), mapping)


@pytest.fixture
def trusts(database: Database) -> None:
    with database.writing() as session:
        import_agencies(session, DEMO_DATA / "nhs_agencies.csv", by="an")


@pytest.mark.usefixtures("trusts")
def test_the_nhs_file(database: Database) -> None:
    mapping = read_mapping(DEMO_DATA / "nhs_fft.toml")
    report = take(database, DEMO_DATA / "nhs_fft_responses.csv", mapping)
    assert (report.rows, report.responses, report.skipped.total(), len(report.periods)) == (
        4466,
        4441,
        25,
        18,
    )
    assert (min(report.periods), max(report.periods)) == ("2021-04", "2022-09")


@pytest.mark.usefixtures("trusts")
def test_the_nhs_file_without_its_skip_rule_is_refused_with_all_25_rows(
    refused: Refused, file: Write
) -> None:
    text = (DEMO_DATA / "nhs_fft.toml").read_text("utf-8")
    start, end = text.index("[[skip]]"), text.index("[[note]]")
    mapping = read_mapping(file(text[:start] + text[end:], "map.toml"))
    path = DEMO_DATA / "nhs_fft_responses.csv"
    told = refused(lambda session: import_responses(session, path, mapping, by="an"))
    assert len(told) == 25
    assert all(line.startswith("row ") and "column 'agency, service': no rule for" in line for line in told)
