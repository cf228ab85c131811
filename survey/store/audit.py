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

LONGEST_STAFF = 120
LONGEST_SUBJECT = 200


class AuditEntry(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment]
    staff: Mapped[str] = mapped_column(String(LONGEST_STAFF))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    reason: Mapped[str] = mapped_column(Text, default="")


def record(session: Session, *, staff: str, act: str, subject: str, reason: str = "") -> None:
    """Write one line of the log, in the transaction of the act itself. A long subject is cut."""
    subject = subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…"
    session.add(AuditEntry(at=datetime.now(UTC), staff=staff, act=act, subject=subject, reason=reason))
