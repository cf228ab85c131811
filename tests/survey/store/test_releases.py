"""Releases are frozen with the hashes of their files; one version is published once."""

import hashlib
from datetime import UTC
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.store.base import Database
from survey.store.columns import ReleaseState
from survey.store.releases import Release
from survey.store.releases import freeze
from survey.store.releases import mark_published
from survey.store.releases import newest
from survey.store.releases import published_organisations
from survey.store.releases import published_periods
from survey.store.releases import published_release
from survey.store.releases import release_file

FILES = {"data.json": b"{}", "data.csv": "cơ quan\n".encode()}
NOW = datetime(2026, 12, 5, tzinfo=UTC)


def build(session: Session, period: str = "2026-11", *, version: int = 1, of: str = "tinh") -> Release:
    return freeze(
        session,
        organisation=of,
        period=period,
        version=version,
        state=ReleaseState.built,
        built_by="an",
        files=FILES,
    )


def test_a_release_bears_the_hash_of_the_hashes_of_its_files(database: Database) -> None:
    with database.writing() as session:
        release = build(session)
        lines = [f"{hashlib.sha256(FILES[name]).hexdigest()}  {name}\n" for name in ("data.csv", "data.json")]
        assert release.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
        assert {name: release_file(session, release.id, name) for name in FILES} == FILES
        assert release_file(session, release.id, "other") is None
        assert (release.approved_by, release.published_at) == (None, None)


def test_only_what_is_published_is_read(database: Database) -> None:
    with database.writing() as session:
        first = build(session)
        assert published_release(session, "tinh", "2026-11") is None
        assert (published_periods(session, "tinh"), published_organisations(session)) == ([], [])
        mark_published(first, at=NOW)
        second = build(session, version=2)
        assert published_release(session, "tinh", "2026-11") is first
        mark_published(second, at=NOW)
        assert published_release(session, "tinh", "2026-11") is second
        assert published_release(session, "tinh", "2026-11", 1) is first
        assert published_release(session, "tinh", "2026-11", 3) is None
        mark_published(build(session, "2026-10"), at=NOW)
        mark_published(build(session, of="khac"), at=NOW)
        assert published_periods(session, "tinh") == ["2026-10", "2026-11"]
        assert published_organisations(session) == ["khac", "tinh"]


def test_a_moment_keeps_its_zone(database: Database) -> None:
    with database.writing() as session:
        noon = datetime(2026, 12, 5, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
        mark_published(build(session), at=noon)
    with database.reading() as session:
        release = published_release(session, "tinh", "2026-11")
        assert release is not None
        assert release.published_at == noon
        assert release.published_at.tzinfo is UTC


def test_the_newest_build_of_the_states_asked_for(database: Database) -> None:
    with database.writing() as session:
        first, second = build(session), build(session)
        assert newest(session, "tinh", "2026-11", states=(ReleaseState.built,)) is second
        second.state = ReleaseState.draft
        assert newest(session, "tinh", "2026-11", states=(ReleaseState.built,)) is first
        assert newest(session, "tinh", "2026-11", states=(ReleaseState.approved,)) is None
        assert newest(session, "tinh", "2026-12", states=(ReleaseState.built,)) is None


def test_a_version_is_published_once(database: Database) -> None:
    with database.writing() as session:
        mark_published(build(session), at=NOW)
        twice = build(session)
        session.flush()
        mark_published(twice, at=NOW)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
