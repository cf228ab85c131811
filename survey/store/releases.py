"""Releases: what was published, frozen. Readers of published numbers import this and nothing below it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Code
from survey.store.columns import Moment
from survey.store.columns import ReleaseState
from survey.store.columns import letter

_PUBLISHED = text(f"state = '{ReleaseState.published.value}'")


class Release(Base):
    """One build of a period's figures; its files never change, its state only goes forward."""

    __tablename__ = "releases"
    __table_args__ = (
        Index(
            "uq_releases_published",
            "organisation",
            "period",
            "version",
            unique=True,
            sqlite_where=_PUBLISHED,
            postgresql_where=_PUBLISHED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # By code and label, not by key: a release says what it said.
    organisation: Mapped[Code]
    period: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    state: Mapped[ReleaseState] = mapped_column(letter(ReleaseState))
    sha256: Mapped[str] = mapped_column(String(64))
    built_by: Mapped[str] = mapped_column(String(120))
    approved_by: Mapped[str | None] = mapped_column(String(120))
    published_at: Mapped[Moment | None]


class ReleaseFile(Base):
    """A file of a release, written once; the table refuses changes."""

    __tablename__ = "release_files"

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


def freeze(
    session: Session,
    *,
    organisation: str,
    period: str,
    version: int,
    state: ReleaseState,
    built_by: str,
    files: Mapping[str, bytes],
) -> Release:
    """Write a release and its files; its hash is that of the list of its files' hashes."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    manifest = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    release = Release(
        organisation=organisation,
        period=period,
        version=version,
        state=state,
        sha256=hashlib.sha256(manifest.encode()).hexdigest(),
        built_by=built_by,
    )
    session.add(release)
    session.flush()
    session.add_all(
        ReleaseFile(release_id=release.id, name=name, sha256=digests[name], content=content)
        for name, content in sorted(files.items())
    )
    session.flush()
    return release


def mark_published(release: Release, *, at: datetime) -> None:
    release.state = ReleaseState.published
    release.published_at = at


def newest(
    session: Session, organisation: str, period: str, *, states: tuple[ReleaseState, ...]
) -> Release | None:
    """The latest build of a period in one of `states`."""
    return session.scalar(
        select(Release)
        .where(Release.organisation == organisation, Release.period == period, Release.state.in_(states))
        .order_by(Release.id.desc())
        .limit(1)
    )


def published_release(
    session: Session, organisation: str, period: str, version: int | None = None
) -> Release | None:
    """A published version of a period; the newest where none is named."""
    query = select(Release).where(
        Release.organisation == organisation,
        Release.period == period,
        Release.state == ReleaseState.published,
    )
    if version is not None:
        query = query.where(Release.version == version)
    return session.scalar(query.order_by(Release.version.desc()).limit(1))


def published_periods(session: Session, organisation: str) -> list[str]:
    """The labels of an organisation's published periods, oldest first."""
    return list(
        session.scalars(
            select(Release.period)
            .where(Release.organisation == organisation, Release.state == ReleaseState.published)
            .distinct()
            .order_by(Release.period)
        )
    )


def published_organisations(session: Session) -> list[str]:
    """The codes of organisations that have published anything."""
    return list(
        session.scalars(
            select(Release.organisation)
            .where(Release.state == ReleaseState.published)
            .distinct()
            .order_by(Release.organisation)
        )
    )


def release_file(session: Session, release_id: int, name: str) -> bytes | None:
    return session.scalar(
        select(ReleaseFile.content).where(ReleaseFile.release_id == release_id, ReleaseFile.name == name)
    )
