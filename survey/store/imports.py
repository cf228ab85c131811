"""Files that were taken in: the same file is never taken twice."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Label


class ImportedFile(Base):
    __tablename__ = "imports"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[Label]
    responses: Mapped[int]


def was_imported(session: Session, sha256: str) -> bool:
    return session.get(ImportedFile, sha256) is not None


def remember_import(session: Session, *, sha256: str, name: str, responses: int) -> None:
    session.add(ImportedFile(sha256=sha256, name=name, responses=responses))
