"""Periods: stretches of fieldwork and publication of one organisation, half-open in Vietnam's time."""

import re
from datetime import MAXYEAR
from datetime import MINYEAR
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import UniqueConstraint
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import PeriodState
from survey.store.columns import letter

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class NotAMonth(ValueError):
    """A label that names no month; the message shows how one is written."""


class Period(Base):
    __tablename__ = "periods"
    __table_args__ = (
        UniqueConstraint("organisation_id", "label"),
        CheckConstraint("ends > starts", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    label: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    starts: Mapped[date]
    ends: Mapped[date]
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id"))
    state: Mapped[PeriodState] = mapped_column(letter(PeriodState))


def month_bounds(label: str) -> tuple[date, date]:
    """First day of the month `YYYY-MM` and of the one after; NotAMonth for anything else."""
    match = _MONTH.fullmatch(label)
    if match is None or not MINYEAR <= int(match[1]) < MAXYEAR:
        raise NotAMonth(f"{label!r} is not a month; write YYYY-MM, for example 2026-11")
    year, month = int(match[1]), int(match[2])
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def month_label(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_labels(text: str) -> list[str]:
    """One month `2026-11`, or all from one to another: `2026-01..2026-11`."""
    first, run, last = text.partition("..")
    start, _ = month_bounds(first)
    end, _ = month_bounds(last if run else first)
    if end < start:
        raise NotAMonth(f"{text!r} runs backwards; write the earlier month first")
    labels = []
    while start <= end:
        labels.append(month_label(start))
        start = month_bounds(month_label(start))[1]
    return labels


def find_period(session: Session, organisation_id: int, label: str) -> Period | None:
    return session.scalar(
        select(Period).where(Period.organisation_id == organisation_id, Period.label == label)
    )


def period_of_day(session: Session, organisation_id: int, day: date) -> Period | None:
    return session.scalar(
        select(Period).where(
            Period.organisation_id == organisation_id, Period.starts <= day, day < Period.ends
        )
    )


def hold_period(session: Session, period: Period, *, to_close: bool = False) -> None:
    """Read its state anew, and let nobody close it until this transaction has ended.

    Whoever closes the period takes it alone: it waits for those who write into it, and they for the closing.
    SQLite has one writer at a time and needs no lock.
    """
    session.refresh(period, with_for_update={"read": not to_close})


def all_periods(session: Session, organisation_id: int) -> list[Period]:
    return list(
        session.scalars(
            select(Period).where(Period.organisation_id == organisation_id).order_by(Period.starts)
        )
    )
