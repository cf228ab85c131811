"""Instrument versions as they were first answered: from then on the text is frozen."""

import hashlib
from functools import lru_cache

from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from survey.instrument.definition import Instrument
from survey.instrument.load import read_instrument
from survey.store.base import Base
from survey.store.columns import Code


class FrozenInstrumentChanged(Exception):
    """The catalogue holds another text under a code and version that has answers already."""


class StoredInstrument(Base):
    __tablename__ = "instruments"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    frozen: Mapped[bool] = mapped_column(default=False)


def store_instrument(session: Session, instrument: Instrument) -> StoredInstrument:
    """The stored version of `instrument`; takes over its text while nobody has answered it."""
    digest = hashlib.sha256(instrument.text.encode()).hexdigest()
    stored = session.scalar(
        select(StoredInstrument).where(
            StoredInstrument.code == instrument.code, StoredInstrument.version == instrument.version
        )
    )
    if stored is None:
        stored = StoredInstrument(code=instrument.code, version=instrument.version)
        session.add(stored)
    elif stored.sha256 == digest:
        return stored
    elif stored.frozen:
        raise FrozenInstrumentChanged(
            f"instrument {instrument.identifier} has answers and may not change; "
            "give the new text a new version"
        )
    stored.text, stored.sha256 = instrument.text, digest
    session.flush()
    return stored


def freeze_instrument(session: Session, instrument_id: int) -> None:
    """From the first answer on the text stays as it is."""
    stored = session.get_one(StoredInstrument, instrument_id)
    if not stored.frozen:
        stored.frozen = True


def stored_instrument(session: Session, instrument_id: int) -> Instrument:
    """The questionnaire itself, read from the stored text."""
    stored = session.get_one(StoredInstrument, instrument_id)
    return _read(stored.text, f"{stored.code}/{stored.version}")


# Reading the text takes five times as long as everything else on the way of a response.
_read = lru_cache(maxsize=32)(read_instrument)
