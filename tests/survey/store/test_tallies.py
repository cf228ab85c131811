"""Tallies and outside counts are put in place whole."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.store.agencies import find_agency
from survey.store.base import Database
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.instruments import StoredInstrument
from survey.store.periods import Period
from survey.store.tallies import Cell
from survey.store.tallies import CountCell
from survey.store.tallies import outside_counts
from survey.store.tallies import read_tally
from survey.store.tallies import replace_counts
from survey.store.tallies import replace_tally


def place(session: Session) -> tuple[int, int, int]:
    office = find_agency(session, "so")
    assert office is not None
    period, form = (session.scalars(select(table.id)).one() for table in (Period, StoredInstrument))
    return period, office.id, form


def test_a_tally_is_what_was_put_there_last(full: Database) -> None:
    with full.writing() as session:
        period, office, form = place(session)
        assert read_tally(session, period) == {Cell(office, "A", "p", form, "OV", "5"): 2}
        empty = Cell(office, "A", "p", form, "OV", "1")
        replace_tally(session, period, Counter({Cell(office, "C", "o", form, "OV", "."): 7, empty: 0}))
        assert read_tally(session, period) == {Cell(office, "C", "o", form, "OV", "."): 7}
        replace_tally(session, period, Counter())
        assert read_tally(session, period) == {}
        assert outside_counts(session, period).total() == 3, "counts from outside are another table"


def test_counts_take_the_place_of_those_of_the_agencies_named(full: Database) -> None:
    with full.writing() as session:
        period, office, form = place(session)
        old = find_agency(session, "cu")
        assert old is not None
        cell: dict[str, Any] = {"period_id": period, "agency_id": old.id, "instrument_id": form}
        added = CountCell(**cell, grade=Grade.D, mode=Mode.paper, item="OV", option="4", forms=9)
        replace_counts(session, period, {old.id}, [added])
        assert outside_counts(session, period) == {
            Cell(office, "A", "p", form, "OV", "5"): 3,
            Cell(old.id, "D", "p", form, "OV", "4"): 9,
        }
        replace_counts(session, period, {office}, [])
        assert outside_counts(session, period) == {Cell(old.id, "D", "p", form, "OV", "4"): 9}


@pytest.mark.parametrize("statement", ["UPDATE tallies SET responses = 0", "UPDATE counts SET forms = 0"])
def test_a_cell_of_nothing_is_no_cell(full: Database, statement: str) -> None:
    with full.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql(statement)
