"""Option counts of forms that were counted elsewhere."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork import counts
from survey.fieldwork.counts import import_counts
from survey.store.agencies import find_agency
from survey.store.base import Database
from survey.store.columns import PeriodState
from survey.store.instruments import StoredInstrument
from survey.store.periods import Period
from survey.store.tallies import outside_counts
from tests import factories

Write = Callable[..., Path]
Refused = Callable[[Callable[[Session], object]], list[str]]

HEAD = "period,agency,grade,mode,instrument,item,option,forms\n"
GOOD = (
    "2026-11,so,D,paper,ptx-1/1,OV,5,20\n"
    "2026-11,so,D,paper,ptx-1/1,OV,1,3\n"
    "2026-11,so,D,paper,ptx-1/1,ACC,x,22\n"
    "2026-11,so,D,paper,ptx-1/1,ACC,.,1\n"
    "2026-11,xa,D,paper,ptx-1/1,OV,4,7\n"
)


@pytest.fixture(autouse=True)
def province(database: Database) -> None:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        for code in ("so", "xa"):
            factories.agency(session, code, parent=root)
        factories.agency(session, "ban", parent=root, rated=False)
        factories.period(session, root, "2026-11")


def take(database: Database, path: Path) -> int:
    with database.writing() as session:
        return import_counts(session, path, by="an")


def kept(database: Database) -> Counter[tuple[str, str, str]]:
    """Forms by agency, item and option."""
    with database.reading() as session:
        codes = {agency.id: code for code in ("so", "xa") if (agency := find_agency(session, code))}
        period = session.scalars(select(Period)).one()
        cells = outside_counts(session, period.id)
    return Counter(
        {(codes[cell.agency_id], cell.item, cell.option): number for cell, number in cells.items()}
    )


def test_counts_are_kept_and_freeze_their_instrument(database: Database, file: Write) -> None:
    assert take(database, file(HEAD + GOOD)) == 5
    assert kept(database) == {
        ("so", "OV", "5"): 20,
        ("so", "OV", "1"): 3,
        ("so", "ACC", "x"): 22,
        ("so", "ACC", "."): 1,
        ("xa", "OV", "4"): 7,
    }
    with database.reading() as session:
        assert session.scalars(select(StoredInstrument)).one().frozen


def test_a_file_takes_the_place_of_its_agencies_counts_also_where_they_are_none(
    database: Database, file: Write
) -> None:
    take(database, file(HEAD + GOOD))
    take(database, file(HEAD + "2026-11,so,D,paper,ptx-1/1,OV,5,2\n"))
    assert kept(database) == {("so", "OV", "5"): 2, ("xa", "OV", "4"): 7}
    take(database, file(HEAD + "2026-11,xa,D,paper,ptx-1/1,OV,4,0\n"))
    assert kept(database) == {("so", "OV", "5"): 2}


def test_counts_of_no_form_at_all_freeze_nothing(database: Database, file: Write) -> None:
    take(database, file(HEAD + "2026-11,xa,D,paper,ptx-1/1,OV,4,0\n"))
    with database.reading() as session:
        assert not session.scalars(select(StoredInstrument)).one().frozen


_SCALE = "scale satisfaction has no option '{}'; use one of 5, 4, 3, 2, 1"
BAD = {
    "2026-11,so,D,paper,ptx-1/1,OV,x,1": "row 2, column 'option': " + _SCALE.format("x"),
    "2026-11,so,D,paper,ptx-1/1,OV,-,1": "row 2, column 'option': " + _SCALE.format("-"),
    "2026-11,so,D,paper,ptx-1/1,ZZ,5,1": (
        "row 2, column 'item': ptx-1/1 has no item 'ZZ'; "
        "use one of OV, ACC, PRO, CIV, RES, FBK, F1, F2, F3, F4"
    ),
    "2026-11,so,D,paper,ptx-1,OV,5,1": (
        "row 2, column 'instrument': 'ptx-1' names no version; "
        'write code and version, for example "ptx-1/1"'
    ),
    "2026-11,so,E,paper,ptx-1/1,OV,5,1": "row 2, column 'grade': 'E' is not one of A, B, C, D, U",
    "2026-11,so,D,fax,ptx-1/1,OV,5,1": (
        "row 2, column 'mode': 'fax' is not one of own_device, kiosk, paper, phone, interviewer, imported"
    ),
    "2026-11,no,D,paper,ptx-1/1,OV,5,1": "row 2, column 'agency': 'no' is not known",
    "2026-11,ban,D,paper,ptx-1/1,OV,5,1": (
        "row 2, column 'agency': 'ban' is not rated, so no figure would show its forms"
    ),
    "2026-12,so,D,paper,ptx-1/1,OV,5,1": (
        "row 2, column 'period': tinh has no period 2026-12; run `hailong period open 2026-12`"
    ),
    "2026-11,so,D,paper,ptx-1/1,OV,5,": "row 2, column 'forms': is empty",
    "2026-11,so,D,paper,ptx-1/1,OV,5,2\n2026-11,so,D,paper,ptx-1/1,OV,5,1": (
        "row 3, column 'option': this count stands in an earlier row already"
    ),
}


def test_a_bad_row_is_told_and_nothing_is_kept(file: Write, refused: Refused) -> None:
    told = {}
    for rows in BAD:
        path = file(HEAD + rows + "\n" + GOOD.splitlines()[4] + "\n")
        told[rows] = refused(lambda session, path=path: import_counts(session, path, by="an"))
    assert told == {rows: [message] for rows, message in BAD.items()}


def test_no_item_is_answered_more_often_than_there_are_forms(
    database: Database, file: Write, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(HEAD + GOOD.replace("ACC,.,1", "ACC,.,2"))
    assert refused(lambda session: import_counts(session, path, by="an")) == [
        "column 'forms': so 2026-11 D paper: 24 answers to ACC, but 23 forms by OV"
    ]
    monkeypatch.setattr(counts, "_compare_with_headline", lambda *_: None)
    assert take(database, path) == 5, "it is this comparison that refuses"


def test_other_forms_of_the_same_office_do_not_cover_for_it(file: Write, refused: Refused) -> None:
    rows = "2026-11,so,D,paper,ptx-1/1,OV,5,9\n2026-11,so,C,paper,ptx-1/1,ACC,5,1\n"
    path = file(HEAD + rows)
    assert refused(lambda session: import_counts(session, path, by="an")) == [
        "column 'forms': so 2026-11 C paper: 1 answers to ACC, but 0 forms by OV"
    ]


def test_a_closed_period_refuses(database: Database, file: Write, refused: Refused) -> None:
    with database.writing() as session:
        session.scalars(select(Period)).one().state = PeriodState.closed
    path = file(HEAD + GOOD.splitlines()[0] + "\n")
    assert refused(lambda session: import_counts(session, path, by="an")) == [
        "row 2, column 'period': 2026-11 is closed and stays as it is"
    ]
