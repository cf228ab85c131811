"""The log is written in the transaction of the act itself; test_migration shows that nobody changes it."""

from contextlib import suppress
from datetime import UTC
from datetime import datetime

from sqlalchemy import select

from survey.store.audit import LONGEST_SUBJECT
from survey.store.audit import AuditEntry
from survey.store.audit import record
from survey.store.base import Database


def test_who_what_when_why(database: Database) -> None:
    before = datetime.now(UTC)
    with database.writing() as session:
        record(session, staff="Nguyễn Thị An", act="release.build", subject="tinh 2026-11", reason="0f3a")
    with database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.staff, entry.act, entry.subject, entry.reason) == (
            "Nguyễn Thị An",
            "release.build",
            "tinh 2026-11",
            "0f3a",
        )
        assert before <= entry.at <= datetime.now(UTC)
        assert entry.at.tzinfo is UTC


def test_an_act_that_fails_leaves_no_entry(database: Database) -> None:
    with suppress(ZeroDivisionError), database.writing() as session:
        record(session, staff="an", act="test", subject="x")
        session.flush()
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_a_long_subject_is_cut_and_not_refused(database: Database) -> None:
    with database.writing() as session:
        record(session, staff="an", act="test", subject="x" * LONGEST_SUBJECT)
        record(session, staff="an", act="test", subject="y" * 300)
    with database.reading() as session:
        subjects = session.scalars(select(AuditEntry.subject).order_by(AuditEntry.id)).all()
    assert subjects == ["x" * LONGEST_SUBJECT, "y" * (LONGEST_SUBJECT - 1) + "…"]
