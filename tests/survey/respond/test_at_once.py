"""Many at the same moment: senders of one code, and somebody who closes the month."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.integrity import dayclose
from survey.integrity.dayclose import close_day
from survey.integrity.dayclose import move_received
from survey.respond import intake
from survey.respond.intake import Counted
from survey.respond.intake import CountedBefore
from survey.respond.intake import Reason
from survey.respond.intake import Refused
from survey.respond.intake import Taken
from survey.respond.intake import take
from survey.settings import Settings
from survey.store.base import Database
from survey.store.columns import CodeState
from survey.store.columns import PeriodState
from survey.store.periods import Period
from survey.store.responses import Received
from survey.store.responses import Response
from tests.survey.respond.office import Office

POSTGRESQL_ALONE = pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
USED = Refused(Reason.used)


@contextmanager
def connections(settings: Settings, number: int) -> Iterator[list[Database]]:
    """So many programs' ways to the same database."""
    opened = [Database(settings.database_url) for _ in range(number)]
    yield opened
    for database in opened:
        database.dispose()


def send_at_once(
    office: Office, settings: Settings, code: str, ratings: str
) -> Counter[Taken | type[Exception]]:
    """What comes of one code sent with each of the ratings, all at the same moment."""
    start = Barrier(len(ratings))

    def send(rating: str, database: Database) -> Taken | type[Exception]:
        start.wait()
        try:
            with database.writing() as session:
                return take(session, office.hash(code), {"OV": rating}, today=office.today)
        except Exception as error:
            return type(error)

    with connections(settings, len(ratings)) as databases, ThreadPoolExecutor(len(ratings)) as pool:
        return Counter(pool.map(send, ratings, databases))


@pytest.mark.slow
def test_one_of_twenty_senders_counts(office: Office, settings: Settings) -> None:
    code = office.issue()
    outcomes = send_at_once(office, settings, code, "12345" * 4)
    assert outcomes == {Counted("tinh-thu"): 1, CountedBefore("tinh-thu"): 3, USED: 16}
    assert office.count() == 1
    assert office.whole(code)


def test_a_rating_sent_five_times_counts_once(office: Office, settings: Settings) -> None:
    outcomes = send_at_once(office, settings, office.issue(), "44444")
    assert outcomes == {Counted("tinh-thu"): 1, CountedBefore("tinh-thu"): 4}
    assert office.count() == 1


def test_without_redeeming_the_others_would_break(
    office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "redeem_code", lambda *_: True)
    outcomes = send_at_once(office, settings, office.issue(), "12345")
    assert outcomes == {Counted("tinh-thu"): 1, IntegrityError: 4}, "the table refuses it"


def closing_meanwhile(office: Office, code: str) -> Taken:
    """What comes of a response that is sent while somebody is closing the month."""
    with ThreadPoolExecutor(1) as pool:
        with office.database.writing() as session:
            session.get_one(Period, office.period).state = PeriodState.closed
            session.flush()
            sent = pool.submit(office.take, code, OV="4")
            sleep(0.1)
        return sent.result(timeout=10)


@pytest.mark.parametrize("listed", [True, False], ids=["a listed dossier's code", "a booklet's code"])
def test_nothing_slips_into_a_month_that_is_being_closed(office: Office, listed: bool) -> None:
    code = office.issue(period_id=office.period if listed else None)
    assert closing_meanwhile(office, code) == Refused(Reason.closed)
    assert office.count() == 0
    assert office.code(code).state is CodeState.open


@POSTGRESQL_ALONE
def test_without_the_lock_it_would(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "hold_period", lambda *_: None)
    assert closing_meanwhile(office, office.issue()) == Counted("tinh-thu")


def arriving_meanwhile(office: Office, move: Callable[[Session, Callable[[], None]], None]) -> int:
    """How many of two responses are kept, of which one comes while the other's day is being closed."""
    office.take(office.issue(), OV="4")
    late = office.issue()
    with ThreadPoolExecutor(1) as pool:
        sent: list[Future[Taken]] = []

        def arrive() -> None:
            sent.append(pool.submit(office.take, late, OV="1"))
            sleep(0.1)

        with office.database.writing() as session:
            move(session, arrive)
        assert sent[0].result(timeout=10) == Counted("tinh-thu")
    return office.count(Received) + office.count(Response)


def test_what_arrives_while_the_day_is_closed_stays_for_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = dayclose.add_responses

    def move(session: Session, arrive: Callable[[], None]) -> None:
        def arrive_and_add(session: Session, rows: list[dict[str, object]]) -> None:
            arrive()
            add(session, rows)

        monkeypatch.setattr(dayclose, "add_responses", arrive_and_add)
        move_received(session)

    assert arriving_meanwhile(office, move) == 2
    assert (office.count(Received), office.count(Response)) == (1, 1)
    monkeypatch.undo()
    assert close_day(office.database) == 1
    assert (office.count(Received), office.count(Response)) == (0, 2)


@POSTGRESQL_ALONE
def test_reading_first_and_removing_then_would_lose_it(office: Office) -> None:
    def move(session: Session, arrive: Callable[[], None]) -> None:
        assert len(session.query(Received).all()) == 1
        arrive()
        session.execute(delete(Received))

    assert arriving_meanwhile(office, move) == 0, "the late one is lost with the one that was read"


def test_two_closings_at_once_move_each_response_once(office: Office, settings: Settings) -> None:
    for _ in range(20):
        office.take(office.issue(), OV="4")
    with connections(settings, 2) as databases, ThreadPoolExecutor(2) as pool:
        moved = list(pool.map(move_all, databases))
    assert sum(moved) == 20
    assert (office.count(Received), office.count(Response)) == (0, 20)


def move_all(database: Database) -> int:
    with database.writing() as session:
        return move_received(session)
