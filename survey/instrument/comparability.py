"""May the figures of two instruments stand in one series?"""

from enum import StrEnum

from survey.instrument.definition import Instrument
from survey.instrument.definition import Scale


class Comparability(StrEnum):
    """`same`: one line; `bridged`: one chart, the break drawn; `broken`: never side by side."""

    SAME = "same"
    BRIDGED = "bridged"
    BROKEN = "broken"


def comparability(one: Instrument, other: Instrument) -> Comparability:
    """What holds for the headline figures of both, whichever of the two declares it.

    Silence breaks the series. The weaker of two declarations holds, and no declaration makes two headline
    scales the same that are not.
    """
    if one.identifier == other.identifier:
        return Comparability.SAME
    declared = {
        declaration.kind
        for speaker, subject in ((one, other), (other, one))
        for declaration in speaker.comparable_with
        if declaration.identifier == subject.identifier
    }
    if not declared:
        return Comparability.BROKEN
    if "bridged" in declared:
        return Comparability.BRIDGED
    if _levels(one.item(one.headline).scale) != _levels(other.item(other.headline).scale):
        return Comparability.BROKEN
    return Comparability.SAME


def _levels(scale: Scale) -> tuple[object, ...]:
    """What a rating on the scale means, labels apart: translating a scale moves no series."""
    options = tuple((option.code, option.score) for option in scale.rating_options)
    return options, frozenset(scale.satisfied), frozenset(scale.very_satisfied)
