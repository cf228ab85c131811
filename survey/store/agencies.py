"""Agencies and service points: bodies with a code, a life and successors, in a tree under an organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Code
from survey.store.columns import Label

LONGEST_KIND = 40


class Agency(Base):
    __tablename__ = "agencies"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="life"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(LONGEST_KIND))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    rated: Mapped[bool]
    notice_vi: Mapped[str] = mapped_column(Text, default="")
    notice_en: Mapped[str] = mapped_column(Text, default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class AgencyName(Base):
    __tablename__ = "agency_names"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[Label]


class Succession(Base):
    """From `since` on, the work of `predecessor` (or a share of it) is the successor's."""

    __tablename__ = "agency_successions"

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    since: Mapped[date]


class ServicePoint(Base):
    __tablename__ = "service_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("service_points.id"))
    name: Mapped[Label]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


@dataclass(frozen=True)
class AgencyAsOf:
    """An agency as it was in a period, with its names by language."""

    id: int
    code: str
    kind: str
    parent_code: str | None
    rated: bool
    names: dict[str, str]
    notices: dict[str, str]


def find_agency(session: Session, code: str) -> Agency | None:
    return session.scalar(select(Agency).where(Agency.code == code))


def find_service_point(session: Session, code: str) -> ServicePoint | None:
    return session.scalar(select(ServicePoint).where(ServicePoint.code == code))


def lived(body: Agency | ServicePoint, starts: date, ends: date) -> bool:
    """Whether it was there on any day of [starts, ends)."""
    return body.valid_from < ends and (body.valid_to is None or starts < body.valid_to)


def organisations(session: Session) -> list[Agency]:
    """The roots of the trees, by code."""
    return list(session.scalars(select(Agency).where(Agency.parent_id.is_(None)).order_by(Agency.code)))


def ancestors(session: Session, agency: Agency) -> list[Agency]:
    """The agencies above, the nearest first."""
    above = []
    while agency.parent_id is not None:
        agency = session.get_one(Agency, agency.parent_id)
        above.append(agency)
    return above


def organisation_of(session: Session, agency: Agency) -> Agency:
    """The root above an agency."""
    return [agency, *ancestors(session, agency)][-1]


def names_as_of(session: Session, agency_ids: Iterable[int], day: date) -> dict[int, dict[str, str]]:
    """Names by agency and language in force on `day` (the earliest known one before its first day)."""
    found: dict[int, dict[str, str]] = {}
    rows = session.scalars(
        select(AgencyName)
        .where(AgencyName.agency_id.in_(list(agency_ids)))
        .order_by(AgencyName.agency_id, AgencyName.language, AgencyName.valid_from)
    )
    for row in rows:
        names = found.setdefault(row.agency_id, {})
        if row.language not in names or row.valid_from <= day:
            names[row.language] = row.name
    return found


def agencies_between(session: Session, organisation_id: int, starts: date, ends: date) -> list[AgencyAsOf]:
    """Every agency of an organisation that lived within [starts, ends), root first, then by level and code.

    Names are those of the last day. An agency whose parent was not there stands under the nearest above.
    """
    known = {agency.id: agency for agency in session.scalars(select(Agency).order_by(Agency.code))}
    there = {agency.id: agency for agency in known.values() if lived(agency, starts, ends)}
    parents: dict[int, int | None] = {}
    children: dict[int | None, list[Agency]] = {}
    for agency in there.values():
        parent = agency.parent_id
        while parent is not None and parent not in there:
            parent = known[parent].parent_id
        parents[agency.id] = parent
        children.setdefault(parent, []).append(agency)
    tree = [there[organisation_id]] if organisation_id in there else []
    for agency in tree:
        tree.extend(children.get(agency.id, []))
    codes = {agency.id: agency.code for agency in tree}
    names = names_as_of(session, codes, ends - timedelta(days=1))
    return [
        AgencyAsOf(
            agency.id,
            agency.code,
            agency.kind,
            codes.get(parents[agency.id] or 0),
            agency.rated,
            names.get(agency.id, {}),
            {"vi": agency.notice_vi, "en": agency.notice_en} if agency.notice_vi else {},
        )
        for agency in tree
    ]
