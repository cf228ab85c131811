"""Tallies: integer counts by period, agency, grade, mode, instrument, item and option; counts from outside.

A tally is what a recount of responses gives, plus the option counts that came without single responses.
It can be thrown away and made again.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import type_coerce
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import letter


class Cell(NamedTuple):
    """What one count is about; grade and mode by their letters."""

    agency_id: int
    grade: str
    mode: str
    instrument_id: int
    item: str
    option: str


class _CellColumns:
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    grade: Mapped[Grade] = mapped_column(letter(Grade), primary_key=True)
    mode: Mapped[Mode] = mapped_column(letter(Mode), primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(16), primary_key=True)
    option: Mapped[str] = mapped_column(String(1), primary_key=True)


class TallyCell(_CellColumns, Base):
    __tablename__ = "tallies"
    __table_args__ = (CheckConstraint("responses > 0", name="count"),)

    responses: Mapped[int]


class CountCell(_CellColumns, Base):
    """Forms that were counted elsewhere: a part of the tally that no response stands behind."""

    __tablename__ = "counts"
    __table_args__ = (CheckConstraint("forms > 0", name="count"),)

    forms: Mapped[int]


def replace_counts(
    session: Session, period_id: int, agency_ids: Iterable[int], cells: Iterable[CountCell]
) -> None:
    """Put `cells` in the place of the counts of these agencies in the period."""
    session.execute(
        delete(CountCell).where(CountCell.period_id == period_id, CountCell.agency_id.in_(list(agency_ids)))
    )
    session.add_all(cells)
    session.flush()


def outside_counts(session: Session, period_id: int) -> Counter[Cell]:
    """The period's counts that came without single responses."""
    return _cells(session, CountCell, CountCell.forms, period_id)


def replace_tally(session: Session, period_id: int, tally: Counter[Cell]) -> None:
    """Put `tally` in the place of the period's."""
    session.execute(delete(TallyCell).where(TallyCell.period_id == period_id))
    rows = [
        {
            **cell._asdict(),
            "grade": Grade(cell.grade),
            "mode": Mode(cell.mode),
            "period_id": period_id,
            "responses": number,
        }
        for cell, number in sorted(tally.items())
        if number
    ]
    if rows:
        session.execute(insert(TallyCell), rows)


def read_tally(session: Session, period_id: int) -> Counter[Cell]:
    return _cells(session, TallyCell, TallyCell.responses, period_id)


def _cells(
    session: Session,
    table: type[TallyCell] | type[CountCell],
    number: InstrumentedAttribute[int],
    period_id: int,
) -> Counter[Cell]:
    rows = session.execute(
        select(
            table.agency_id,
            type_coerce(table.grade, String),
            type_coerce(table.mode, String),
            table.instrument_id,
            table.item,
            table.option,
            number,
        ).where(table.period_id == period_id)
    )
    return Counter({Cell(*row[:-1]): row[-1] for row in rows})
