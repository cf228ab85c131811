from collections import Counter

import pytest
from sqlalchemy import update

from survey.estimation.counting import TallyDiffers
from survey.estimation.counting import checked_tally
from survey.estimation.counting import recount
from survey.estimation.partition import partitions
from survey.store.base import Database
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Standing
from survey.store.tallies import Cell
from survey.store.tallies import CountCell
from survey.store.tallies import TallyCell
from survey.store.tallies import replace_counts
from survey.store.tallies import replace_tally
from tests.factories import agency
from tests.factories import period
from tests.factories import responses


def test_every_answer_is_counted_once_under_the_agency_it_is_about(database: Database) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        office, counter = agency(session, "office", parent=root), agency(session, "counter", parent=root)
        responses(session, office, {"55x32": 3, "1.": 2}, receiving=counter)
        responses(session, office, {"4": 4}, grade=Grade.C, mode=Mode.kiosk)
        month = period(session, root)
        tally = recount(session, month.id)
        form = month.instrument_id
        by = {(cell.agency_id, cell.grade, cell.item, cell.option): n for cell, n in tally.items()}
        assert by[office.id, "A", "OV", "5"] == 3
        assert by[office.id, "A", "OV", "1"] == 2
        assert by[counter.id, "A", "ACC", "5"] == 3, "the place is the receiving agency's"
        assert by[counter.id, "A", "ACC", "."] == 2
        assert by[office.id, "A", "PRO", "x"] == 3, "the papers are the competent agency's"
        assert by[counter.id, "A", "CIV", "3"] == 3
        assert by[office.id, "C", "OV", "4"] == 4
        assert tally[Cell(office.id, "C", "k", form, "OV", "4")] == 4
        assert (counter.id, "A", "OV", "5") not in by


def test_what_does_not_count_is_not_counted(database: Database) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        office = agency(session, "office", parent=root)
        responses(session, office, {"5": 3})
        responses(session, office, {"1": 7}, standing=Standing.disputed)
        tally = recount(session, period(session, root).id)
    overall = {cell.option: n for cell, n in tally.items() if cell.item == "OV"}
    assert overall == {"5": 3}


def test_counts_from_outside_are_part_of_the_tally(database: Database) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        office = agency(session, "office", parent=root)
        responses(session, office, {"5": 3})
        month = period(session, root)
        paper = CountCell(
            period_id=month.id,
            agency_id=office.id,
            grade=Grade.D,
            mode=Mode.paper,
            instrument_id=month.instrument_id,
            item="OV",
            option="4",
            forms=11,
        )
        replace_counts(session, month.id, [office.id], [paper])
        tally = recount(session, month.id)
    assert tally[Cell(office.id, "D", "p", month.instrument_id, "OV", "4")] == 11
    assert tally[Cell(office.id, "A", "o", month.instrument_id, "OV", "5")] == 3


def test_a_stored_tally_that_is_not_the_recount_stops_everything(database: Database) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        responses(session, agency(session, "office", parent=root), {"5": 3, "4": 2})
        month = period(session, root).id
        replace_tally(session, month, recount(session, month))
        counted = checked_tally(session, month, list(partitions(session, month)))
        assert isinstance(counted, Counter)
        session.execute(update(TallyCell).where(TallyCell.option == "4").values(responses=3))
        with pytest.raises(TallyDiffers, match="item OV option 4: 3 stored, 2 counted"):
            checked_tally(session, month, list(partitions(session, month)))


def test_an_empty_period_has_an_empty_tally(database: Database) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        assert recount(session, period(session, root).id) == Counter()
