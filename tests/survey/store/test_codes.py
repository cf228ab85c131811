"""One-time codes: used once, also by two at the same time, and forgotten after their day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from threading import BrokenBarrierError

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.store.base import Database
from survey.store.codes import OneTimeCode
from survey.store.codes import add_codes
from survey.store.codes import find_code
from survey.store.codes import forget_used_codes
from survey.store.codes import redeem_code
from survey.store.codes import used_codes
from survey.store.columns import Channel
from survey.store.columns import CodeState
from survey.store.columns import Grade
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Timeliness
from survey.store.periods import Period

Redeem = Callable[[Session, bytes, int], bool]


def the_code(session: Session) -> tuple[bytes, int]:
    """The hash of the only code, and the period it is used in."""
    return session.scalars(select(OneTimeCode)).one().hash, session.scalars(select(Period)).one().id


def test_codes_are_stored_open_with_what_is_known(full: Database) -> None:
    hashes = [bytes([number]) * 32 for number in (3, 1, 2)]
    facts = {
        "channel": Channel.online,
        "outcome": Outcome.granted,
        "timeliness": Timeliness.late,
        "respondent": Respondent.citizen,
        "grade": Grade.A,
    }
    with full.writing() as session:
        add_codes(session, hashes, **facts)
        assert find_code(session, b"?" * 32) is None
        for digest in hashes:
            code = find_code(session, digest)
            assert code is not None
            assert code.state is CodeState.open
            assert {name: getattr(code, name) for name in facts} == facts


def test_a_code_is_used_once(full: Database) -> None:
    with full.writing() as session:
        digest, period = the_code(session)
        assert used_codes(session, period) == 0
        assert redeem_code(session, digest, period)
        assert not redeem_code(session, digest, period)
        assert not redeem_code(session, b"?" * 32, period)
        assert used_codes(session, period) == 1


def test_a_void_code_is_not_used(full: Database) -> None:
    with full.writing() as session:
        digest, period = the_code(session)
        session.get_one(OneTimeCode, digest).state = CodeState.void
        session.flush()
        assert not redeem_code(session, digest, period)


def race(database: Database, redeem: Redeem) -> list[bool]:
    """What two writers are told that redeem one code at the same time."""
    start = Barrier(2, timeout=5)
    with database.reading() as session:
        digest, period = the_code(session)

    def use(_: int) -> bool:
        start.wait()
        with database.writing() as session:
            return redeem(session, digest, period)

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(use, range(2)))


def test_of_two_at_the_same_time_one_counts(full: Database) -> None:
    assert race(full, redeem_code) == [False, True]


def test_looking_first_and_writing_then_would_count_two(full: Database) -> None:
    both_have_looked = Barrier(2, timeout=0.4)

    def look_then_write(session: Session, digest: bytes, period_id: int) -> bool:
        code = session.get_one(OneTimeCode, digest)
        was_open = code.state is CodeState.open
        with suppress(BrokenBarrierError):
            both_have_looked.wait()
        code.state, code.period_id = CodeState.used, period_id
        return was_open

    one_writer = full.file is not None  # SQLite's writers come one after the other
    assert race(full, look_then_write) == [not one_writer, True]


def test_a_used_code_forgets_its_dossier_and_an_open_one_does_not(full: Database) -> None:
    with full.writing() as session:
        digest, period = the_code(session)
        forget_used_codes(session)
        code = session.get_one(OneTimeCode, digest, populate_existing=True)
        assert (code.grade, code.channel) == (Grade.C, Channel.counter)
        assert code.service_point_id is not None
        redeem_code(session, digest, period)
        forget_used_codes(session)
        code = session.get_one(OneTimeCode, digest, populate_existing=True)
        kept = {column.name: getattr(code, column.name) for column in OneTimeCode.__table__.columns}
    assert kept == {
        "hash": digest,
        "state": CodeState.used,
        "period_id": period,
        "competent_id": None,
        "receiving_id": None,
        "service_point_id": None,
        "field_id": None,
        "channel": Channel.unstated,
        "outcome": Outcome.unstated,
        "timeliness": Timeliness.unstated,
        "respondent": Respondent.unstated,
        "grade": None,
    }
