"""A period's responses as arrays: distinct answer strings, who they are about, and how often they occur."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from survey.instrument.definition import Instrument
from survey.instrument.definition import Item
from survey.store.instruments import stored_instrument
from survey.store.responses import patterns

Integers = NDArray[np.int64]
Letters = NDArray[np.uint8]


@dataclass(frozen=True)
class Partition:
    """The counted responses of one instrument; a row is a distinct pattern, `frequency` how many."""

    instrument_id: int
    instrument: Instrument
    competent: Integers
    receiving: Integers
    grade: Letters
    mode: Letters
    answers: Letters
    frequency: Integers

    def about(self, item: Item) -> Integers:
        """The agency that each row's answer to the item is about."""
        return self.competent if item.about == "competent" else self.receiving

    def ratings(self, item: Item) -> Letters:
        """Each row's score for the item, 0 where there is none."""
        table = np.zeros(256, dtype=np.uint8)
        for option in item.scale.rating_options:
            table[ord(option.code)] = option.score or 0
        return table[self.answers[:, self.instrument.position(item.code)]]


def partitions(session: Session, period_id: int) -> Iterator[Partition]:
    """The period's responses, one instrument after the other, in an order that no database decides.

    Nothing here is done row by row in Python: the work grows with the distinct patterns, in numpy.
    """
    columns: list[list[NDArray[Any]]] = []
    for rows in patterns(session, period_id):
        columns.append([np.array(column) for column in zip(*rows, strict=True)])
    if not columns:
        return
    competent, receiving, grade, mode, instruments, answers, frequency = map(
        np.concatenate, zip(*columns, strict=True)
    )
    for instrument_id in np.unique(instruments).tolist():
        # Engines return groups in orders of their own, and sums of floats must not depend on that.
        order = np.flatnonzero(instruments == instrument_id)
        keys = (answers, mode, grade, receiving, competent)
        order = order[np.lexsort([key[order] for key in keys])]
        instrument = stored_instrument(session, instrument_id)
        yield Partition(
            instrument_id=instrument_id,
            instrument=instrument,
            competent=competent[order],
            receiving=receiving[order],
            grade=_letters(grade[order]).ravel(),
            mode=_letters(mode[order]).ravel(),
            answers=_letters(answers[order])[:, : len(instrument.items)],
            frequency=frequency[order],
        )


def _letters(texts: NDArray[np.str_]) -> Letters:
    """Texts of one length as a table of ASCII codes."""
    plain = texts.astype(np.bytes_)
    return np.ascontiguousarray(plain).view(np.uint8).reshape(len(plain), -1)
