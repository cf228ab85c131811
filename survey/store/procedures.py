"""Administrative procedures and the fields they belong to."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.store.base import Base
from survey.store.columns import Code
from survey.store.columns import Label


class Field(Base):
    """A group of procedures, as fine as a response may say."""

    __tablename__ = "fields"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name_vi: Mapped[Label]
    name_en: Mapped[Label]


class Procedure(Base):
    __tablename__ = "procedures"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("fields.id"))
    name: Mapped[Label]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


def find_field(session: Session, code: str) -> Field | None:
    return session.scalar(select(Field).where(Field.code == code))


def find_procedure(session: Session, code: str) -> Procedure | None:
    return session.scalar(select(Procedure).where(Procedure.code == code))


def all_fields(session: Session) -> list[Field]:
    return list(session.scalars(select(Field).order_by(Field.code)))
