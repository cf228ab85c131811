"""A database with something in every table."""

import shutil
from collections.abc import Iterator
from datetime import UTC
from datetime import date
from datetime import datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from sqlalchemy import select

from survey.store.agencies import Succession
from survey.store.audit import record
from survey.store.base import Database
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import ReleaseState
from survey.store.columns import Timeliness
from survey.store.frames import FrameCell
from survey.store.grades import set_headline_grade
from survey.store.imports import remember_import
from survey.store.procedures import Field
from survey.store.procedures import Procedure
from survey.store.releases import freeze
from survey.store.releases import mark_published
from survey.store.responses import FACTS
from survey.store.responses import Received
from survey.store.responses import Response
from survey.store.tallies import CountCell
from survey.store.tallies import TallyCell
from tests import factories

KEY = bytes(32)


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """SQLite alone, for what only SQLite must be told."""
    path = tmp_path / "alone.sqlite"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def full(database: Database) -> Database:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        office = factories.agency(session, "so", parent=root)
        old = factories.agency(session, "cu", parent=root)
        session.add(Succession(predecessor_id=old.id, successor_id=office.id, since=date(2025, 7, 1)))
        point = factories.service_point(session, "quay-1", at=office)
        factories.code(session, KEY, of=office, point=point)
        factories.responses(session, office, {"55": 2, "14": 1})
        response = session.scalars(select(Response)).first()
        assert response is not None
        facts: dict[str, Any] = {name: getattr(response, name) for name in FACTS}
        session.add(Received(**facts, code_hash=token_bytes(32), content_hash=token_bytes(32)))
        cell: dict[str, Any] = {
            "period_id": response.period_id,
            "agency_id": office.id,
            "grade": Grade.A,
            "mode": Mode.paper,
            "instrument_id": response.instrument_id,
            "item": "OV",
            "option": "5",
        }
        session.add_all((TallyCell(**cell, responses=2), CountCell(**cell, forms=3)))
        session.add(
            FrameCell(
                period_id=response.period_id,
                agency_id=office.id,
                field="dat-dai",
                channel=Channel.online,
                outcome=Outcome.granted,
                timeliness=Timeliness.late,
                dossiers=40,
            )
        )
        field = Field(code="dat-dai", name_vi="Đất đai", name_en="Land")
        session.add(field)
        session.flush()
        session.add(Procedure(code="1", field_id=field.id, name="Thủ tục", valid_from=date(2020, 1, 1)))
        set_headline_grade(session, office.id, 2026, Grade.A)
        remember_import(session, sha256="0" * 64, name="file.csv", responses=3)
        record(session, staff="an", act="test", subject="something")
        for period, files in (("2026-10", {"data.json": b"{}"}), ("2026-11", {})):
            release = freeze(
                session,
                organisation="tinh",
                period=period,
                version=1,
                state=ReleaseState.built,
                built_by="an",
                files=files,
            )
        mark_published(release, at=datetime(2026, 12, 5, tzinfo=UTC))
    return database
