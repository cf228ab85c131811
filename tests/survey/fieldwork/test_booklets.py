"""Booklets of one-time codes: nothing but a keyed hash may stay in the house."""

from datetime import date

import pytest
from sqlalchemy import select

from survey.fieldwork.booklets import BookletProblem
from survey.fieldwork.booklets import issue_booklet
from survey.integrity.onetime import code_hash
from survey.integrity.onetime import printed_code
from survey.integrity.onetime import read_code
from survey.store import codes as store_codes
from survey.store.agencies import ServicePoint
from survey.store.agencies import find_agency
from survey.store.audit import record
from survey.store.base import Database
from survey.store.codes import OneTimeCode
from survey.store.columns import CodeState
from survey.store.columns import Grade
from tests import factories

KEY = bytes(range(32))
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def province(database: Database) -> None:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        office = factories.agency(session, "so", parent=root)
        factories.service_point(session, "quay-1", at=office)
        factories.service_point(session, "quay-0", at=root)
        gone = factories.service_point(session, "quay-cu", at=office)
        gone.valid_to = TODAY
        new = factories.service_point(session, "quay-moi", at=office)
        new.valid_from = date(2026, 11, 24)


def issue(database: Database, point: str = "quay-1", count: int = 3) -> list[str]:
    with database.writing() as session:
        return issue_booklet(session, point, count, key=KEY, today=TODAY, by="an")


def test_codes_are_open_of_grade_c_and_bound_to_their_place(database: Database) -> None:
    codes = issue(database, count=30)
    assert len(set(codes)) == 30
    assert all(read_code(printed_code(code)) == code for code in codes)
    with database.reading() as session:
        office, point = find_agency(session, "so"), session.scalars(select(ServicePoint)).first()
        assert office is not None
        assert point is not None
        stored = {row.hash: row for row in session.scalars(select(OneTimeCode))}
        assert stored.keys() == {code_hash(KEY, code) for code in codes}
        for row in stored.values():
            assert (row.state, row.grade, row.period_id) == (CodeState.open, Grade.C, None)
            assert (row.competent_id, row.receiving_id, row.service_point_id) == (
                office.id,
                office.id,
                point.id,
            )


def everything(database: Database) -> bytes:
    """All bytes of an SQLite file with its journals; a PostgreSQL database as text."""
    if database.file is not None:
        return b"".join(path.read_bytes() for path in database.file.parent.glob("*.sqlite*"))
    rows: list[str] = []
    with database.engine.connect() as connection:
        tables = connection.exec_driver_sql(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 't')"
        )
        for table in tables.scalars().all():
            rows += connection.exec_driver_sql(f"SELECT row(t.*)::text FROM {table} t").scalars().all()
    return "\n".join(rows).encode()


def test_no_digits_of_a_code_are_anywhere_in_the_database(database: Database) -> None:
    codes = issue(database, count=20)
    with database.writing() as session:
        record(session, staff="an", act="test", subject="planted 12345 67890 12345")
    stored = everything(database)
    assert b"planted 12345 67890 12345" in stored, "what is stored would be found"
    for code in codes:
        for digits in (code, printed_code(code), code[:10], code[-10:]):
            assert digits.encode() not in stored
            assert digits.encode("utf-16-le") not in stored
        assert code_hash(KEY, code) in stored or code_hash(KEY, code).hex().encode() in stored


def in_order(database: Database) -> bool:
    """Whether the rows lie in the table as the slips do in the booklet."""
    hashes = [code_hash(KEY, code) for code in issue(database, count=40)]
    with database.reading() as session:
        stored = session.scalars(select(OneTimeCode)).all()
    return [row.hash for row in stored if row.hash in hashes] == hashes


def test_the_order_of_the_slips_is_not_that_of_the_rows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not in_order(database)
    monkeypatch.setattr(store_codes, "sorted", list, raising=False)
    # SQLite's table lies by its random key whatever the order of writing; PostgreSQL's heap does not.
    assert in_order(database) == (database.engine.dialect.name == "postgresql"), "without sorting it would be"


@pytest.mark.parametrize("count", [-1, 0, 10_001])
def test_a_booklet_has_a_size(database: Database, count: int) -> None:
    with pytest.raises(BookletProblem, match=f"a booklet has 1 to 10000 codes, not {count}"):
        issue(database, count=count)


@pytest.mark.parametrize("point", ["no", "quay-cu", "quay-moi", ""])
def test_an_unknown_or_closed_place_gets_none(database: Database, point: str) -> None:
    with pytest.raises(
        BookletProblem, match=f"there is no service point '{point}' today; import it with agencies"
    ):
        issue(database, point)


def test_a_place_of_an_agency_that_is_not_rated_gets_none(database: Database) -> None:
    with pytest.raises(BookletProblem, match="tinh, which quay-0 belongs to, is not rated today"):
        issue(database, "quay-0")


def test_the_largest_booklet_is_quick(database: Database) -> None:
    assert len(issue(database, count=2_000)) == 2_000
