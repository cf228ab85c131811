"""What staff did: who, what, when, why. Append only; the table refuses changes."""

from datetime import UTC
from datetime import datetime

from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Moment


class AuditEntry(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    staff: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text, default="")


def record(session: Session, *, staff: str, act: str, subject: str, reason: str = "") -> None:
    """Write one line of the log, in the transaction of the act itself."""
    session.add(AuditEntry(at=datetime.now(UTC), staff=staff, act=act, subject=subject, reason=reason))
