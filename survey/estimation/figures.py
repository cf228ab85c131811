"""What a month's estimation hands on: figures of offices, frozen, nothing rounded."""

from dataclasses import dataclass

from analysis import Estimate


@dataclass(frozen=True)
class Figure:
    """One estimate by its name: `satisfied_share`, `very_satisfied_share`, `level_share`, `mean`, `index`,
    `index_beside`, `factor_index`.

    `subject` is the item or factor it speaks of (`OV=5`: a level of an item), None for all items together.
    """

    name: str
    subject: str | None
    estimate: Estimate
    # Whole numbers from which a stranger recomputes a pooled index: n, Σk, Σs, Σk², Σks, Σs².
    moments: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Levels:
    """How often each option of an item was chosen, non-answers included."""

    item: str
    counts: dict[str, int]


@dataclass(frozen=True)
class OfficeFigures:
    """One office under one instrument and one grade. Hidden ones carry no figure, no level and no n."""

    agency_id: int
    status: str
    n: int
    figures: tuple[Figure, ...] = ()
    levels: tuple[Levels, ...] = ()


@dataclass(frozen=True)
class Block:
    """All offices of a period under one instrument and one grade.

    `pooled` are the design effects that figures were shrunk to, by figure name: part of what is published, so
    that a single office can be recomputed.
    """

    instrument_id: int
    grade: str
    offices: tuple[OfficeFigures, ...]
    pooled: dict[str, float]
    total: tuple[Figure, ...] = ()
