"""The text of an instrument version is frozen by its first answer."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from survey.instrument.load import instrument
from survey.store.base import Database
from survey.store.instruments import FrozenInstrumentChanged
from survey.store.instruments import StoredInstrument
from survey.store.instruments import freeze_instrument
from survey.store.instruments import store_instrument
from survey.store.instruments import stored_instrument

FORM = instrument("ptx-1", 1)
CHANGED = replace(FORM, text=FORM.text + "\n# another word\n")


def test_before_the_first_answer_the_text_may_change(database: Database) -> None:
    with database.writing() as session:
        first = store_instrument(session, FORM)
        assert store_instrument(session, FORM) is first
        before = first.sha256
        assert store_instrument(session, CHANGED) is first
        assert first.sha256 != before
        assert stored_instrument(session, first.id).text == CHANGED.text


def test_from_the_first_answer_on_it_may_not(database: Database) -> None:
    with database.writing() as session:
        stored = store_instrument(session, FORM)
        freeze_instrument(session, stored.id)
    with database.writing() as session:
        freeze_instrument(session, stored.id)
        assert store_instrument(session, FORM).id == stored.id
        with pytest.raises(
            FrozenInstrumentChanged, match="ptx-1/1 has answers and may not change; give the new text"
        ):
            store_instrument(session, CHANGED)
        assert stored_instrument(session, stored.id) == FORM
        session.get_one(StoredInstrument, stored.id).frozen = False
        store_instrument(session, CHANGED)
        assert stored_instrument(session, stored.id).text == CHANGED.text, "it is the mark that refuses"


def test_versions_and_instruments_are_apart(database: Database) -> None:
    with database.writing() as session:
        keys = {
            store_instrument(session, form).id
            for form in (FORM, replace(FORM, version=2), instrument("fft-1"))
        }
        assert len(keys) == 3
        assert len(session.scalars(select(StoredInstrument)).all()) == 3
