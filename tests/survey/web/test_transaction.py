from datetime import UTC
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func
from sqlalchemy import select

from survey.settings import Settings
from survey.store.agencies import Agency
from survey.store.base import Database
from survey.web import transaction
from tests import factories


def agencies(app: Flask) -> int:
    with app.app_context(), transaction.reading() as session:
        return session.scalar(select(func.count()).select_from(Agency)) or 0


def test_the_app_knows_its_instance(app: Flask, settings: Settings, database: Database) -> None:
    with app.app_context():
        assert transaction.settings() is settings
        assert transaction.database() is database


def test_a_reading_session_keeps_nothing(app: Flask) -> None:
    with app.app_context(), transaction.reading() as session:
        factories.agency(session, "tinh")
    assert agencies(app) == 0


def test_a_writing_session_commits_once_its_block_ends(app: Flask) -> None:
    with app.app_context(), transaction.writing() as session:
        factories.agency(session, "tinh")
    assert agencies(app) == 1


def test_a_writing_session_that_breaks_keeps_nothing(app: Flask) -> None:
    def write_and_break() -> None:
        with app.app_context(), transaction.writing() as session:
            factories.agency(session, "tinh")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_break()
    assert agencies(app) == 0


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(16, 59, "2026-11-30"), (17, 0, "2026-12-01"), (23, 59, "2026-12-01")]
)
def test_the_day_is_vietnam_s(monkeypatch: pytest.MonkeyPatch, hour: int, minute: int, day: str) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 11, 30, hour, minute, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(transaction, "datetime", Clock)
    assert transaction.today().isoformat() == day
