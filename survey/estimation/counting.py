"""Counting: responses to tallies, and the check that a stored tally still equals a recount."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from sqlalchemy.orm import Session

from survey.estimation.partition import Integers
from survey.estimation.partition import Partition
from survey.estimation.partition import partitions
from survey.instrument.definition import NOT_ASKED
from survey.store.tallies import Cell
from survey.store.tallies import outside_counts
from survey.store.tallies import read_tally


class TallyDiffers(Exception):
    """A stored tally is not what the responses give: something was changed behind the program's back."""


def recount(session: Session, period_id: int, parts: Iterable[Partition] | None = None) -> Counter[Cell]:
    """Count every response of a period by what each item is about, and add what was counted elsewhere.

    `parts` are the period's partitions where the caller has read them already.
    """
    tally = outside_counts(session, period_id)
    for partition in partitions(session, period_id) if parts is None else parts:
        for item in partition.instrument.items:
            column = partition.answers[:, partition.instrument.position(item.code)]
            tally.update(_counted(partition, item.code, partition.about(item), column.astype(np.int64)))
    return tally


def checked_tally(session: Session, period_id: int, parts: Iterable[Partition]) -> Counter[Cell]:
    """The stored tally of a closed period; raises TallyDiffers unless a recount gives the same."""
    stored = read_tally(session, period_id)
    counted = recount(session, period_id, parts)
    if stored != counted:
        cells = sorted(cell for cell in stored.keys() | counted.keys() if stored[cell] != counted[cell])
        first = cells[0]
        raise TallyDiffers(
            f"{len(cells)} cell(s) of the tally differ from a recount of the responses, the first: "
            f"item {first.item} option {first.option}: {stored[first]} stored, {counted[first]} counted. "
            "Nothing was built."
        )
    return stored


def _counted(partition: Partition, item: str, agency: Integers, option: Integers) -> Counter[Cell]:
    keys = ((agency << 8 | partition.grade) << 8 | partition.mode) << 8 | option
    found, places = np.unique(keys, return_inverse=True)
    numbers = np.zeros(len(found), dtype=np.int64)
    np.add.at(numbers, places, partition.frequency)
    return Counter(
        {
            Cell(
                key >> 24,
                chr(key >> 16 & 255),
                chr(key >> 8 & 255),
                partition.instrument_id,
                item,
                chr(key & 255),
            ): number
            for key, number in zip(found.tolist(), numbers.tolist(), strict=True)
            if chr(key & 255) != NOT_ASKED
        }
    )
