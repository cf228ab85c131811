"""Frames: ended dossiers by agency and month."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.frames import import_frames
from survey.store.agencies import find_agency
from survey.store.base import Database
from survey.store.columns import PeriodState
from survey.store.frames import FrameCell
from survey.store.frames import populations
from survey.store.periods import Period
from survey.store.periods import month_bounds
from survey.store.procedures import Field
from tests import factories

Write = Callable[..., Path]
Refused = Callable[[Callable[[Session], object]], list[str]]

HEAD = "period,agency,field,channel,outcome,timeliness,dossiers\n"


@pytest.fixture(autouse=True)
def province(database: Database) -> None:
    """Two offices and two open months; Cũ ended before the second."""
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        for code in ("so", "cu"):
            factories.agency(session, code, parent=root)
        for label in ("2026-10", "2026-11"):
            factories.period(session, root, label)
        old = find_agency(session, "cu")
        assert old is not None
        old.valid_to = month_bounds("2026-10")[1]
        session.add(Field(code="dat-dai", name_vi="Đất đai", name_en="Land"))


def take(database: Database, path: Path) -> int:
    with database.writing() as session:
        return import_frames(session, path, by="an")


def totals(database: Database) -> dict[tuple[str, str], int]:
    """Dossiers by month and agency."""
    with database.reading() as session:
        codes = {agency.id: code for code in ("so", "cu") if (agency := find_agency(session, code))}
        return {
            (period.label, codes[agency]): number
            for period in session.scalars(select(Period))
            for agency, number in populations(session, period.id).items()
        }


def test_cells_add_up_and_a_file_takes_the_place_of_the_whole_frame_of_its_months(
    database: Database, file: Write
) -> None:
    rows = "2026-10,so,dat-dai,online,granted,late,3\n2026-10,so,,,,,4\n2026-10,cu,,,,,5\n"
    assert take(database, file(HEAD + rows + "2026-11,so,,,,,0\n")) == 4
    assert totals(database) == {("2026-10", "so"): 7, ("2026-10", "cu"): 5, ("2026-11", "so"): 0}
    with database.reading() as session:
        cell = session.scalars(select(FrameCell).where(FrameCell.dossiers == 3)).one()
        words = (cell.channel.name, cell.outcome.name, cell.timeliness.name)
        assert (cell.field, *words) == ("dat-dai", "online", "granted", "late")
    assert take(database, file("period,agency,dossiers\n2026-10,so,9\n")) == 1
    assert totals(database) == {("2026-10", "so"): 9, ("2026-11", "so"): 0}


def test_a_list_of_dossiers_may_come_after_the_month_is_closed(database: Database, file: Write) -> None:
    with database.writing() as session:
        session.scalars(select(Period).where(Period.label == "2026-10")).one().state = PeriodState.closed
    assert take(database, file(HEAD + "2026-10,so,,,,,8\n")) == 1
    assert totals(database) == {("2026-10", "so"): 8}


_NUMBER = "is not a whole number from 0 to 2147483647, without separators"
BAD = {
    "2026-11,so,,,,,1\n2026-11,so,,,,,2": [
        "row 3, column 'agency': this cell of the frame stands in an earlier row already"
    ],
    "2026-11,so,,,,,-1": [f"row 2, column 'dossiers': '-1' {_NUMBER}"],
    "2026-11,so,,,,,3.741": [f"row 2, column 'dossiers': '3.741' {_NUMBER}"],
    "2026-11,so,,,,,": ["row 2, column 'dossiers': is empty"],
    "2026-11,no,,,,,1": ["row 2, column 'agency': 'no' is not known"],
    "2026-11,,,,,,1": ["row 2, column 'agency': is empty"],
    ",so,,,,,1": ["row 2, column 'period': is empty"],
    "2026-11,cu,,,,,1": ["row 2, column 'agency': 'cu' did not exist in 2026-11"],
    "2026-12,so,,,,,1": [
        "row 2, column 'period': tinh has no period 2026-12; run `hailong period open 2026-12`"
    ],
    "11/2026,so,,,,,1": [
        "row 2, column 'period': '11/2026' is not a month; write YYYY-MM, for example 2026-11"
    ],
    "2026-11,so,nha,,,,1": ["row 2, column 'field': 'nha' is not known; import procedures first"],
    "2026-11,so,,fax,lost,soon,1": [
        "row 2, column 'channel': 'fax' is not one of counter, online, post, unstated",
        "row 2, column 'outcome': 'lost' is not one of granted, refused, supplement, withdrawn, unstated",
        "row 2, column 'timeliness': 'soon' is not one of on_time, late, unstated",
    ],
}


def test_a_bad_row_is_told_and_nothing_is_kept(database: Database, file: Write, refused: Refused) -> None:
    take(database, file(HEAD + "2026-11,so,,,,,8\n"))
    told = {}
    for rows in BAD:
        path = file(HEAD + rows + "\n")
        told[rows] = refused(lambda session, path=path: import_frames(session, path, by="an"))
    assert told == BAD
