"""Responses: small, counted by one condition."""

from collections import Counter
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey.store import responses
from survey.store.agencies import find_agency
from survey.store.base import Database
from survey.store.columns import Standing
from survey.store.periods import Period
from survey.store.responses import FACTS
from survey.store.responses import Received
from survey.store.responses import Response
from survey.store.responses import add_responses
from survey.store.responses import patterns
from survey.store.responses import received_of_code
from survey.store.responses import response_count
from survey.store.responses import responses_by_agency
from tests import factories

LARGEST_ROW = 72


def period_id(session: Session) -> int:
    return session.scalars(select(Period)).one().id


def test_facts_are_all_columns_but_the_key() -> None:
    assert set(FACTS) | {"id"} == {column.name for column in Response.__table__.columns}
    assert set(FACTS) | {"id", "code_hash", "content_hash"} == {c.name for c in Received.__table__.columns}


def test_numbers_hold_the_open_day_and_leave_out_what_does_not_count(full: Database) -> None:
    with full.writing() as session:
        office = find_agency(session, "so")
        assert office is not None
        assert responses_by_agency(session, period_id(session)) == {office.id: 4}
        factories.responses(session, office, {"1": 5}, standing=Standing.disputed)
        assert responses_by_agency(session, period_id(session)) == {office.id: 4}
        session.execute(update(Received).values(standing=Standing.disputed))
        assert responses_by_agency(session, period_id(session)) == {office.id: 3}
        assert response_count(session) == 8


def test_patterns_hold_what_counts_after_its_day(full: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(session: Session) -> Counter[str]:
        total: Counter[str] = Counter()
        for part in patterns(session, period_id(session)):
            for row in part:
                total[row[5]] += row[6]
        return total

    with full.writing() as session:
        office = find_agency(session, "so")
        assert office is not None
        factories.responses(session, office, {"1": 5}, standing=Standing.disputed)
        assert found(session) == {"55........": 2, "14........": 1}
        monkeypatch.setattr(responses, "counted", lambda _: Response.id.is_not(None))
        assert found(session)["1........."] == 5, "one condition decides"


def test_the_open_day_is_found_by_its_code(full: Database) -> None:
    with full.reading() as session:
        received = session.scalars(select(Received)).one()
        assert received_of_code(session, received.code_hash) is received
        assert received_of_code(session, b"?" * 32) is None


def test_nothing_to_add_is_no_error(full: Database) -> None:
    with full.writing() as session:
        add_responses(session, [])
        assert response_count(session) == 3


def realistic(random: Random) -> str:
    """Answers to ptx-1/1 as they come: factors mostly given, one condition not met."""
    ratings = "".join(random.choices("54321x.", (45, 30, 10, 5, 4, 3, 3), k=5))
    facts = random.choice("1234") + random.choice("eon") + "-" + random.choice("npr")
    return random.choice("54321") + ratings + facts


@pytest.mark.slow
def test_a_response_takes_72_bytes_at_most(sqlite: Database) -> None:
    random = Random(20261123)
    with sqlite.writing() as session:
        root = factories.agency(session, "tinh")
        for number in range(40):
            office = factories.agency(session, f"so-{number}", parent=root)
            factories.responses(session, office, Counter(realistic(random) for _ in range(500)))
    sqlite.rewrite()  # as every way in ends
    with sqlite.engine.connect() as connection:
        size = connection.exec_driver_sql("SELECT sum(pgsize) FROM dbstat WHERE name = 'responses'").scalar()
        rows = connection.exec_driver_sql("SELECT count(*) FROM responses").scalar()
    assert rows == 20_000
    assert size is not None
    assert 50 < size / rows <= LARGEST_ROW
