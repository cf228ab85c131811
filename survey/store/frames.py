"""Frames: how many dossiers ended, the population that a period speaks of."""

from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKey
from sqlalchemy import String
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Channel
from survey.store.columns import Outcome
from survey.store.columns import Timeliness
from survey.store.columns import letter


class FrameCell(Base):
    """Ended dossiers of an agency in a period, by what is known of them."""

    __tablename__ = "frames"
    __table_args__ = (CheckConstraint("dossiers >= 0", name="count"),)

    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[Channel] = mapped_column(letter(Channel), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(letter(Outcome), primary_key=True)
    timeliness: Mapped[Timeliness] = mapped_column(letter(Timeliness), primary_key=True)
    dossiers: Mapped[int]


def replace_frame(session: Session, period_id: int, cells: list[FrameCell]) -> None:
    """Put `cells` in the place of the period's frame."""
    session.execute(delete(FrameCell).where(FrameCell.period_id == period_id))
    session.add_all(cells)


def populations(session: Session, period_id: int) -> dict[int, int]:
    """Ended dossiers by agency; an agency without a frame is absent."""
    rows = session.execute(
        select(FrameCell.agency_id, func.sum(FrameCell.dossiers))
        .where(FrameCell.period_id == period_id)
        .group_by(FrameCell.agency_id)
    )
    return {agency: int(total) for agency, total in rows}
