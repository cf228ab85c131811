"""The tree of agencies: lives, names by date, successors; and what must never enter it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork import agencies
from survey.fieldwork.agencies import import_agencies
from survey.fieldwork.tables import BadFile
from survey.store.agencies import ServicePoint
from survey.store.agencies import Succession
from survey.store.agencies import agencies_between
from survey.store.agencies import find_agency
from survey.store.agencies import find_service_point
from survey.store.agencies import names_as_of
from survey.store.agencies import organisation_of
from survey.store.base import Database
from survey.store.periods import month_bounds

Write = Callable[..., Path]
Refused = Callable[[Callable[[Session], object]], list[str]]

# Three provinces became one on 1 July 2025.
PROVINCES = """\
code,parent,kind,name_vi,name_en,valid_from,valid_to,rated,successor
vn,,country,Việt Nam,Viet Nam,1991-01-01,,,
phu-tho,vn,province,Tỉnh Phú Thọ,Phú Thọ province,1997-01-01,,,
hoa-binh,vn,province,Tỉnh Hòa Bình,,1991-10-01,2025-07-01,yes,phu-tho
vinh-phuc,vn,province,Tỉnh Vĩnh Phúc,,1997-01-01,2025-07-01,yes,phu-tho
phu-tho,vn,province,Tỉnh Phú Thọ (mới),New Phú Thọ province,2025-07-01,,,
quay-1,phu-tho,service_point,Quầy số 1,,2025-07-01,,,
"""


def take(database: Database, path: Path) -> int:
    with database.writing() as session:
        return import_agencies(session, path, by="an")


def listed(session: Session, label: str) -> dict[str, str]:
    root = find_agency(session, "vn")
    assert root is not None
    return {
        agency.code: agency.names["vi"] for agency in agencies_between(session, root.id, *month_bounds(label))
    }


def test_a_merger_lists_each_province_in_its_own_time(database: Database, file: Write) -> None:
    assert take(database, file(PROVINCES)) == 6
    with database.reading() as session:
        assert listed(session, "2024-11") == {
            "vn": "Việt Nam",
            "hoa-binh": "Tỉnh Hòa Bình",
            "phu-tho": "Tỉnh Phú Thọ",
            "vinh-phuc": "Tỉnh Vĩnh Phúc",
        }
        assert listed(session, "2025-06").keys() == {"vn", "hoa-binh", "phu-tho", "vinh-phuc"}
        assert listed(session, "2025-07") == {"vn": "Việt Nam", "phu-tho": "Tỉnh Phú Thọ (mới)"}
        assert listed(session, "2026-11").keys() == {"vn", "phu-tho"}
        links = session.scalars(select(Succession)).all()
        new = find_agency(session, "phu-tho")
        assert new is not None
        assert {(link.successor_id, link.since) for link in links} == {(new.id, date(2025, 7, 1))}
        assert len(links) == 2


def test_a_second_day_adds_a_name_and_leaves_the_earlier_one(database: Database, file: Write) -> None:
    take(database, file(PROVINCES))
    with database.reading() as session:
        agency = find_agency(session, "phu-tho")
        assert agency is not None
        assert agency.valid_from == date(1997, 1, 1)
        for day, name in (
            (date(1990, 1, 1), "Tỉnh Phú Thọ"),
            (date(2025, 6, 30), "Tỉnh Phú Thọ"),
            (date(2025, 7, 1), "Tỉnh Phú Thọ (mới)"),
        ):
            assert names_as_of(session, [agency.id], day)[agency.id]["vi"] == name


def test_defaults_and_places(database: Database, file: Write) -> None:
    take(database, file(PROVINCES))
    with database.reading() as session:
        rated = {code: agency.rated for code in ("vn", "phu-tho") if (agency := find_agency(session, code))}
        assert rated == {"vn": False, "phu-tho": True}
        agency = find_agency(session, "phu-tho")
        assert agency is not None
        assert organisation_of(session, agency).code == "vn"
        assert names_as_of(session, [agency.id], date(2026, 1, 1))[agency.id]["en"] == "New Phú Thọ province"
        point = session.scalars(select(ServicePoint)).one()
        assert (point.code, point.name, point.agency_id) == ("quay-1", "Quầy số 1", agency.id)


def test_importing_again_changes_nothing_but_the_log(
    database: Database, file: Write, contents: Callable[[], dict[str, list[str]]]
) -> None:
    path = file(PROVINCES)
    take(database, path)
    before = contents()
    take(database, path)
    after = contents()
    assert len(before.pop("audit")) + 1 == len(after.pop("audit"))
    assert after == before


HEAD = "code,parent,kind,name_vi,name_en,valid_from,valid_to,rated,successor\n"


_NOT_KNOWN = "'{}' is not known; list it in an earlier row"
_CHOOSE = " in addresses of pages; choose another"
_NO_SUCCESSOR = "column 'successor': '{}' is not known, or the body itself"
BAD = {
    "so,no,x,S,,2026-01-01,,,": "column 'parent': " + _NOT_KNOWN.format("no"),
    "so,ban,x,S,,2026-01-01,,,\nban,vn,x,B,,2026-01-01,,,": "column 'parent': " + _NOT_KNOWN.format("ban"),
    "so,so,x,S,,2026-01-01,,,": "column 'parent': " + _NOT_KNOWN.format("so"),
    "phu-tho,phu-tho,x,P,,2026-01-01,,,": "column 'parent': 'phu-tho' is 'phu-tho' itself or stands below it",
    "vn,phu-tho,x,V,,2026-01-01,,,": "column 'parent': 'phu-tho' is 'vn' itself or stands below it",
    "phu-tho,,x,P,,2026-01-01,,,": "column 'parent': is empty, and an agency never becomes an organisation",
    ",vn,x,S,,2026-01-01,,,": "column 'code': is empty",
    "ô,vn,x,S,,2026-01-01,,,": "column 'code': 'ô' is no code: letters and digits of ASCII, then also . _ -",
    "chart,vn,x,S,,2026-01-01,,,": "column 'code': 'chart' already means something" + _CHOOSE,
    "v12,vn,x,S,,2026-01-01,,,": "column 'code': 'v12' already means something" + _CHOOSE,
    "data.csv,vn,x,S,,2026-01-01,,,": "column 'code': 'data.csv' already means something" + _CHOOSE,
    "so,vn,,S,,2026-01-01,,,": "column 'kind': is empty",
    f"so,vn,{'k' * 41},S,,2026-01-01,,,": "column 'kind': has 41 letters; at most 40 are kept",
    "so,vn,x,,,2026-01-01,,,": "column 'name_vi': is empty",
    f"so,vn,x,S,{'e' * 301},2026-01-01,,,": "column 'name_en': has 301 letters; at most 300 are kept",
    "so,vn,x,S,,,,,": "column 'valid_from': is empty",
    "so,vn,x,S,,01/01/2026,,,": "column 'valid_from': '01/01/2026' is not a date written YYYY-MM-DD",
    "so,vn,x,S,,2026-01-01,2026-01-01,,": "column 'valid_to': must come after valid_from",
    "so,vn,x,S,,2026-01-01,,maybe,": "column 'rated': 'maybe' is not yes or no",
    "so,vn,x,S,,2026-01-01,2026-02-01,,no": _NO_SUCCESSOR.format("no"),
    "so,vn,x,S,,2026-01-01,2026-02-01,,so": _NO_SUCCESSOR.format("so"),
    "so,vn,x,S,,2026-01-01,,,vn": (
        "column 'valid_to': is empty; who has a successor needs the day it is no more"
    ),
    "so,vn,x,S,,2026-01-01,2026-02-01,,ban\nban,vn,x,B,,2026-03-01,,,": (
        "column 'successor': begins on 2026-03-01 only, after 2026-02-01"
    ),
    "q,no,service_point,Q,,2026-01-01,,,": "column 'parent': " + _NOT_KNOWN.format("no"),
    "q,vn,service_point,Q,,2026-01-01,,yes,": "column 'rated': a service point has none; leave it empty",
    "q,vn,service_point,Q,,2026-01-01,2026-02-01,,vn": _NO_SUCCESSOR.format("vn"),
    "q,vn,service_point,,,2026-01-01,,,": "column 'name_vi': is empty",
}


def test_a_bad_row_is_told_and_nothing_is_kept(database: Database, file: Write, refused: Refused) -> None:
    take(database, file(PROVINCES))
    told = {}
    for rows in BAD:
        path = file(HEAD + rows + "\n")
        told[rows] = refused(lambda session, path=path: import_agencies(session, path, by="an"))
    assert told == {rows: [f"row 2, {message}"] for rows, message in BAD.items()}


def test_a_service_point_has_a_life_and_a_successor(database: Database, file: Write) -> None:
    take(database, file(PROVINCES))
    places = "q1,vn,service_point,Q1,,2026-01-01,2026-07-01,,q2\nq2,vn,service_point,Q2,,2026-07-01,,,\n"
    take(database, file(HEAD + places))
    with database.reading() as session:
        old, new = find_service_point(session, "q1"), find_service_point(session, "q2")
    assert old is not None
    assert new is not None
    assert (old.valid_to, old.successor_id, new.successor_id) == (date(2026, 7, 1), new.id, None)


def test_an_agency_stays_in_its_organisation(database: Database, file: Write, refused: Refused) -> None:
    take(database, file(PROVINCES))
    moved = "phu-tho,us,province,P,,2026-01-01,,,\nvn,us,x,V,,2026-01-01,,,\n"
    path = file(HEAD + "us,,country,U,,2020-01-01,,,\n" + moved)
    told = refused(lambda session: import_agencies(session, path, by="an"))
    assert [line.partition(";")[0] for line in told] == [
        "row 3, column 'parent': 'us' is of another organisation",
        "row 4, column 'parent': 'us' is of another organisation",
    ]


def test_all_bad_rows_are_told_at_once(file: Write, refused: Refused) -> None:
    path = file(
        HEAD + "a,,x,A,,2026-01-01,,,\nb,no,x,B,,2026-01-01,,,\nc,a,x,,,,,,\nd,a,x,D,,2026-01-01,,,e\n"
    )
    assert refused(lambda session: import_agencies(session, path, by="an")) == [
        "row 3, column 'parent': 'no' is not known; list it in an earlier row",
        "row 4, column 'valid_from': is empty",
        "row 4, column 'name_vi': is empty",
        "row 5, column 'successor': 'e' is not known, or the body itself",
    ]


def test_without_its_guard_a_cycle_would_enter(
    database: Database, file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(database, file(PROVINCES))
    path = file(HEAD + "vn,phu-tho,x,V,,2026-01-01,,,\n")
    with pytest.raises(BadFile):
        take(database, path)
    monkeypatch.setattr(agencies, "ancestors", lambda *_: [])
    monkeypatch.setattr(agencies, "organisation_of", lambda *_: None)
    take(database, path)
    with database.reading() as session:
        root = find_agency(session, "vn")
        assert root is not None
        assert root.parent_id is not None
