"""Periods open, close, and count; a response that comes between two steps is neither lost nor late."""

from collections.abc import Callable
from datetime import date
from secrets import token_bytes
from threading import Event
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func
from sqlalchemy import select

from survey.estimation.counting import recount
from survey.fieldwork import periods
from survey.fieldwork.periods import PeriodProblem
from survey.fieldwork.periods import close_open_day
from survey.fieldwork.periods import close_periods
from survey.fieldwork.periods import open_period
from survey.fieldwork.periods import the_organisation
from survey.fieldwork.periods import the_period
from survey.instrument.load import instrument
from survey.store.audit import AuditEntry
from survey.store.base import Database
from survey.store.columns import PeriodState
from survey.store.periods import NotAMonth
from survey.store.periods import Period
from survey.store.periods import find_period
from survey.store.periods import hold_period
from survey.store.responses import FACTS
from survey.store.responses import Received
from survey.store.responses import Response
from survey.store.tallies import read_tally
from tests import factories

MONTH = "2026-11"


@pytest.fixture(autouse=True)
def province(database: Database) -> None:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        office = factories.agency(session, "so", parent=root)
        factories.responses(session, office, {"55": 3, "1": 2}, label=MONTH)


def receive(database: Database) -> None:
    """A response of the open day, as the form leaves it; refused where the month is closed."""
    with database.writing() as session:
        root = the_organisation(session, "tinh")
        period = the_period(session, root, MONTH)
        hold_period(session, period)
        if period.state is PeriodState.closed:
            return
        kept = session.scalars(select(Response)).first()
        assert kept is not None
        facts: dict[str, Any] = {name: getattr(kept, name) for name in FACTS}
        session.add(Received(**facts, code_hash=token_bytes(32), content_hash=token_bytes(32)))


def close(database: Database, *labels: str) -> list[str]:
    return list(close_periods(database, "tinh", labels or (MONTH,), by="an"))


def counts(database: Database) -> tuple[int, int, bool]:
    """Rows of the open day, rows after it, and whether the stored tally is what a recount gives."""
    with database.reading() as session:
        open_day = session.scalar(select(func.count()).select_from(Received)) or 0
        after = session.scalar(select(func.count()).select_from(Response)) or 0
        period = session.scalars(select(Period).where(Period.label == MONTH)).one()
        return open_day, after, read_tally(session, period.id) == recount(session, period.id)


def test_a_period_opens_once_and_closes_for_good(database: Database) -> None:
    with database.writing() as session:
        root = the_organisation(session, "tinh")
        opened = open_period(session, root, "2026-12", instrument("ptx-1"), by="an")
        assert (opened.starts, opened.ends, opened.kind) == (date(2026, 12, 1), date(2027, 1, 1), "month")
        assert open_period(session, root, "2026-12", instrument("legacy-3"), by="an") is opened
        assert find_period(session, root.id, "2026-12") is opened
    assert close(database, MONTH, "2026-12") == [MONTH, "2026-12"]
    with database.writing() as session:
        root = the_organisation(session, "tinh")
        with pytest.raises(PeriodProblem, match="tinh 2026-12 is closed and stays closed"):
            open_period(session, root, "2026-12", instrument("ptx-1"), by="an")
    with pytest.raises(PeriodProblem, match="2026-12 is closed already"):
        close(database, "2026-12")


def test_an_organisation_has_periods_in_its_own_time_only(database: Database) -> None:
    with database.writing() as session:
        root = the_organisation(session, "tinh")
        root.valid_to = date(2027, 1, 1)
        open_period(session, root, "2026-12", instrument("ptx-1"), by="an")
        with pytest.raises(PeriodProblem, match="tinh did not exist in 2027-01"):
            open_period(session, root, "2027-01", instrument("ptx-1"), by="an")
        with pytest.raises(NotAMonth, match="'2027-13' is not a month"):
            open_period(session, root, "2027-13", instrument("ptx-1"), by="an")


def test_an_organisation_is_named_where_there_are_several(database: Database) -> None:
    with database.writing() as session:
        assert the_organisation(session, None).code == "tinh"
        factories.agency(session, "khac")
        with pytest.raises(
            PeriodProblem, match=r"name the organisation with --organisation \(known: khac, tinh\)"
        ):
            the_organisation(session, None)
        for code in ("so", "no"):
            with pytest.raises(PeriodProblem, match=f"'{code}' is not an organisation"):
                the_organisation(session, code)


def test_what_is_missing_is_told_with_its_remedy(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.reading() as session:
        root = the_organisation(session, None)
        with pytest.raises(PeriodProblem, match="run `hailong period open 2027-01`"):
            the_period(session, root, "2027-01")
        with pytest.raises(NotAMonth, match="'2027' is not a month"):
            the_period(session, root, "2027")
        monkeypatch.setattr(periods, "organisations", lambda _: [])
        with pytest.raises(PeriodProblem, match="known: none yet; import agencies first"):
            the_organisation(session, None)


def test_a_month_that_is_not_there_keeps_the_whole_run_open(database: Database) -> None:
    with database.writing() as session:
        open_period(session, the_organisation(session, None), "2026-12", instrument("ptx-1"), by="an")
    with pytest.raises(PeriodProblem, match="no period 2027-01"):
        close(database, MONTH, "2026-12", "2027-01")
    with database.reading() as session:
        assert {period.state for period in session.scalars(select(Period))} == {PeriodState.open}


def test_closing_moves_the_open_day_and_counts(database: Database) -> None:
    receive(database)
    assert counts(database)[:2] == (1, 5)
    close(database)
    assert counts(database) == (0, 6, True)


def test_closing_the_day_is_in_the_log(database: Database) -> None:
    receive(database)
    assert close_open_day(database, by="an") == 1
    assert counts(database)[:2] == (0, 6)
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "day.close")).one()
        assert (entry.staff, entry.subject) == ("an", "the open day")


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody answers between the closing of the day and that of the period."""

    def close_day(database: Database) -> int:
        moved: int = real(database)
        receive(database)
        return moved

    real: Callable[[Database], int] = periods.close_day
    monkeypatch.setattr(periods, "close_day", close_day)


@pytest.mark.usefixtures("late")
def test_who_answers_between_the_day_and_the_period_is_counted(database: Database) -> None:
    close(database)
    assert counts(database) == (0, 6, True)


@pytest.mark.usefixtures("late")
def test_without_the_second_look_the_tally_would_be_wrong(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(periods, "move_received", lambda _: 0)
    close(database)
    assert counts(database)[0] == 1
    monkeypatch.undo()
    close_open_day(database, by="an")
    assert counts(database) == (0, 6, False)


def answer_while_closing(database: Database, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, bool]:
    """Somebody answers while the period is being counted and is not yet closed on disk."""
    counting, answered = Event(), Event()

    def slow_recount(*arguments: Any) -> Any:
        found = recount(*arguments)
        counting.set()
        answered.wait(0.3)  # in vain where the answer has to wait for the closing
        return found

    def answer() -> None:
        counting.wait(5)
        receive(database)
        answered.set()

    monkeypatch.setattr(periods, "recount", slow_recount)
    citizen = Thread(target=answer)
    citizen.start()
    close(database)
    citizen.join(10)
    assert answered.is_set()
    close_open_day(database, by="an")
    return counts(database)


def test_who_answers_while_a_period_closes_comes_before_or_after(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answer_while_closing(database, monkeypatch) == (0, 5, True)


def test_on_postgresql_the_period_must_be_held(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.hold_period", lambda *_, **__: None)
    monkeypatch.setattr(periods, "hold_period", lambda *_, **__: None)
    one_writer = database.file is not None
    slipped_in = answer_while_closing(database, monkeypatch) == (0, 6, False)
    assert slipped_in is not one_writer
