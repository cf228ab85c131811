"""A period's responses as arrays: distinct answer strings, who they are about, and how often they occur."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from survey.instrument.definition import Instrument
from survey.instrument.definition import Item
from survey.store.instruments import stored_instrument
from survey.store.responses import patterns

_INSTRUMENT = itemgetter(4)

Integers = NDArray[np.int64]
Letters = NDArray[np.uint8]


@dataclass(frozen=True)
class Partition:
    """The counted responses of one instrument in a period; a row is a distinct pattern, `frequency` how many."""

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
    """The period's responses, one instrument after the other.

    Nothing here is done row by row in Python: the work grows with the distinct patterns, in numpy.
    """
    for instrument_id, rows in groupby(sorted(patterns(session, period_id), key=_INSTRUMENT), key=_INSTRUMENT):
        competent, receiving, grade, mode, _, answers, frequency = zip(*rows, strict=True)
        instrument = stored_instrument(session, instrument_id)
        yield Partition(
            instrument_id=instrument_id,
            instrument=instrument,
            competent=np.array(competent, dtype=np.int64),
            receiving=np.array(receiving, dtype=np.int64),
            grade=_letters(grade),
            mode=_letters(mode),
            answers=_letters(answers).reshape(len(answers), len(instrument.items)),
            frequency=np.array(frequency, dtype=np.int64),
        )


def _letters(texts: tuple[str, ...]) -> Letters:
    return np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8)
