"""One-time codes: only their keyed hash is kept, with what is known of the dossier while the code is open."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey
from sqlalchemy import LargeBinary
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Channel
from survey.store.columns import CodeState
from survey.store.columns import Grade
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Timeliness
from survey.store.columns import letter


class OneTimeCode(Base):
    """After its day is closed a used code keeps its hash, state and period only."""

    __tablename__ = "codes"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy's own form)

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    state: Mapped[CodeState] = mapped_column(letter(CodeState))
    # Set when issued from a dossier list; a booklet's code takes the period of the day of use.
    period_id: Mapped[int | None] = mapped_column(ForeignKey("periods.id"))
    competent_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    receiving_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    service_point_id: Mapped[int | None] = mapped_column(ForeignKey("service_points.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("fields.id"))
    channel: Mapped[Channel] = mapped_column(letter(Channel))
    outcome: Mapped[Outcome] = mapped_column(letter(Outcome))
    timeliness: Mapped[Timeliness] = mapped_column(letter(Timeliness))
    respondent: Mapped[Respondent] = mapped_column(letter(Respondent))
    grade: Mapped[Grade | None] = mapped_column(letter(Grade))


def add_codes(session: Session, hashes: Iterable[bytes], **facts: object) -> None:
    """Store open codes by the order of their hashes: that of the slips must not be found in the table."""
    rows = [{"hash": digest, "state": CodeState.open, **facts} for digest in sorted(hashes)]
    session.execute(insert(OneTimeCode), rows)


def find_code(session: Session, code_hash: bytes) -> OneTimeCode | None:
    return session.get(OneTimeCode, code_hash)


def redeem_code(session: Session, code_hash: bytes, period_id: int) -> bool:
    """Turn an open code into a used one; False where it is not open (used, void or unknown)."""
    changed = session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.hash == code_hash, OneTimeCode.state == CodeState.open)
        .values(state=CodeState.used, period_id=period_id)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount == 1


def forget_used_codes(session: Session) -> None:
    """Cut from every used code what was known of its dossier."""
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.state == CodeState.used, OneTimeCode.grade.is_not(None))
        .values(
            competent_id=None,
            receiving_id=None,
            service_point_id=None,
            field_id=None,
            channel=Channel.unstated,
            outcome=Outcome.unstated,
            timeliness=Timeliness.unstated,
            respondent=Respondent.unstated,
            grade=None,
        )
        .execution_options(synchronize_session=False)
    )


def used_codes(session: Session, period_id: int) -> int:
    """How many codes of a period were used."""
    used = OneTimeCode.period_id == period_id, OneTimeCode.state == CodeState.used
    return session.scalar(select(func.count()).where(*used)) or 0
