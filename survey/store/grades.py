"""The headline grade of an office: set once for a year, so that nobody picks the kindest one later."""

from sqlalchemy import ForeignKey
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Grade
from survey.store.columns import letter


class HeadlineGrade(Base):
    __tablename__ = "headline_grades"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    grade: Mapped[Grade] = mapped_column(letter(Grade))


def headline_grades(session: Session, year: int) -> dict[int, Grade]:
    """The grades set for a year, by agency."""
    rows = session.scalars(select(HeadlineGrade).where(HeadlineGrade.year == year))
    return {row.agency_id: row.grade for row in rows}


def set_headline_grade(session: Session, agency_id: int, year: int, grade: Grade) -> None:
    session.add(HeadlineGrade(agency_id=agency_id, year=year, grade=grade))
