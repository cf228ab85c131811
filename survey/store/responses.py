"""Single responses: the open day in `received`, everything before it in `responses`.

Readers of published numbers must not be able to import this module; a contract in setup.cfg sees to it.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import LargeBinary
from sqlalchemy import Row
from sqlalchemy import SmallInteger
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import type_coerce
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Standing
from survey.store.columns import Timeliness
from survey.store.columns import letter

_PORTION = 20_000


class _Facts:
    """What both tables keep of a response."""

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    competent_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    receiving_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    service_point_id: Mapped[int | None] = mapped_column(ForeignKey("service_points.id"))
    device: Mapped[int | None] = mapped_column(SmallInteger)
    field_id: Mapped[int | None] = mapped_column(ForeignKey("fields.id"))
    channel: Mapped[Channel] = mapped_column(letter(Channel))
    outcome: Mapped[Outcome] = mapped_column(letter(Outcome))
    timeliness: Mapped[Timeliness] = mapped_column(letter(Timeliness))
    mode: Mapped[Mode] = mapped_column(letter(Mode))
    grade: Mapped[Grade] = mapped_column(letter(Grade))
    respondent: Mapped[Respondent] = mapped_column(letter(Respondent))
    standing: Mapped[Standing] = mapped_column(letter(Standing))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    # One character an item, in the frozen order of the instrument version.
    answers: Mapped[str] = mapped_column(String(80))


class Received(_Facts, Base):
    """A response of the open day, still beside its code so that a repeated sending is recognised."""

    __tablename__ = "received"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Response(_Facts, Base):
    """A response after its day was closed; nothing here leads to a code, a person or a minute."""

    __tablename__ = "responses"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy's own form)

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    # Drawn at random, so that the key's order says nothing of the order of arrival.
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


FACTS = tuple(column.name for column in Response.__table__.columns if column.name != "id")


def counted(table: type[_Facts]) -> ColumnElement[bool]:
    """Whether a response counts: the one condition that every consumer uses."""
    return table.standing == Standing.counted


def received_of_code(session: Session, code_hash: bytes) -> Received | None:
    return session.scalar(select(Received).where(Received.code_hash == code_hash))


def add_responses(session: Session, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        session.execute(insert(Response), rows)


def remove_received(session: Session) -> list[dict[str, object]]:
    """Empty the open day; returns the facts of its responses, without their codes.

    Removing and reading are one statement: what arrives in between stays for the next day, and of two
    closings at once each takes other rows.
    """
    columns = [getattr(Received, name) for name in FACTS]
    removed = session.execute(delete(Received).returning(*columns))
    return [dict(row) for row in removed.mappings()]


def responses_by_agency(session: Session, period_id: int) -> dict[int, int]:
    """How many responses count by competent agency, those of the open day included. No scores."""
    found: dict[int, int] = {}
    for table in (Response, Received):
        rows = session.execute(
            select(table.competent_id, func.count())
            .where(table.period_id == period_id, counted(table))
            .group_by(table.competent_id)
        )
        for agency, number in rows:
            found[agency] = found.get(agency, 0) + number
    return found


def response_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Response)) or 0


def patterns(session: Session, period_id: int) -> Iterator[Sequence[Row[Any]]]:
    """The counted responses of a period, grouped: rows in large portions, in no particular order.

    A row is (competent agency, receiving agency, grade letter, mode letter, instrument, answers, number of
    responses). The database groups, so that the work in Python hardly grows with the number of responses.
    """
    columns = (
        Response.competent_id,
        Response.receiving_id,
        type_coerce(Response.grade, String),
        type_coerce(Response.mode, String),
        Response.instrument_id,
        Response.answers,
    )
    statement = (
        select(*columns, func.count())
        .where(Response.period_id == period_id, counted(Response))
        .group_by(*columns)
    )
    # By the connection, not the session, which would look at every row in Python.
    yield from session.connection().execute(statement).partitions(_PORTION)
