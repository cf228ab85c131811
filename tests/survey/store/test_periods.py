"""Months: their labels, bounds, and the state that nobody changes under a writer."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from survey.store.base import Database
from survey.store.columns import PeriodState
from survey.store.periods import NotAMonth
from survey.store.periods import Period
from survey.store.periods import all_periods
from survey.store.periods import find_period
from survey.store.periods import hold_period
from survey.store.periods import month_bounds
from survey.store.periods import month_label
from survey.store.periods import month_labels
from survey.store.periods import period_of_day
from tests import factories


def test_a_month_is_half_open() -> None:
    assert month_bounds("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    assert month_bounds("2024-02") == (date(2024, 2, 1), date(2024, 3, 1))
    assert month_label(date(2026, 2, 28)) == "2026-02"
    assert month_label(date(999, 1, 1)) == "0999-01"


def test_anything_else_is_no_month() -> None:
    words = "2026 2026-13 2026-00 2026-1 26-01 2026-11-01 11/2026 2026-Q4 ２０２６-11 0000-01 9999-12"
    for label in ("", " 2026-11", *words.split()):
        with pytest.raises(NotAMonth, match="is not a month; write YYYY-MM"):
            month_bounds(label)
        with pytest.raises(NotAMonth):
            month_labels(f"2026-01..{label}")


def test_a_run_of_months() -> None:
    assert month_labels("2026-11") == ["2026-11"]
    assert month_labels("2026-11..2027-02") == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert month_labels("2026-11..2026-11") == ["2026-11"]
    with pytest.raises(NotAMonth, match="runs backwards; write the earlier month first"):
        month_labels("2026-11..2026-10")
    for text in ("2026-01..2026-02..2026-03", "..2026-01", "2026-01.."):
        with pytest.raises(NotAMonth):
            month_labels(text)


def test_periods_are_found_by_label_and_day(database: Database) -> None:
    with database.writing() as session:
        root, other = factories.agency(session, "tinh"), factories.agency(session, "khac")
        november, october = factories.period(session, root), factories.period(session, root, "2026-10")
        factories.period(session, other)
        assert all_periods(session, root.id) == [october, november]
        assert find_period(session, root.id, "2026-11") is november
        assert find_period(session, root.id, "2026-12") is None
        for day, found in (
            (date(2026, 9, 30), None),
            (date(2026, 10, 1), october),
            (date(2026, 10, 31), october),
            (date(2026, 11, 1), november),
            (date(2026, 12, 1), None),
        ):
            assert period_of_day(session, root.id, day) is found


@pytest.mark.parametrize(
    "statement", ["UPDATE periods SET label = '2026-11'", "UPDATE periods SET ends = starts"]
)
def test_a_month_is_there_once_and_ends_after_it_begins(database: Database, statement: str) -> None:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        factories.period(session, root, "2026-10")
        factories.period(session, root)
    with database.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql(statement)


def test_holding_a_period_reads_its_state_anew(database: Database) -> None:
    with database.writing() as session:
        period = factories.period(session, factories.agency(session, "tinh"))
        closing = update(Period).values(state=PeriodState.closed)
        session.execute(closing, execution_options={"synchronize_session": False})
        assert period.state is PeriodState.open, "as it was read"
        hold_period(session, period)
        assert period.state is PeriodState.closed
        hold_period(session, period, to_close=True)
