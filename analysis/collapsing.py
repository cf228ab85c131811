"""Cells for weighting that are large enough: merge the small ones, in an order that is given and reported."""

from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.errors import DesignError
from analysis.grouping import Codes
from analysis.grouping import Grouping
from analysis.grouping import grouping

ANY = "*"
"""Stands in the name of a cell for every value of a variable that was merged over."""


@dataclass(frozen=True, slots=True)
class Collapse:
    """A cell that was too small: its name, rows and population, and the cell it went into."""

    cell: tuple[Hashable, ...]
    rows: int
    population: float
    into: tuple[Hashable, ...]


@dataclass(frozen=True, eq=False)
class CollapsedCells:
    """The cell of every row, the population of every cell, and what was merged: for `post_stratify`."""

    cells: Grouping
    totals: Mapping[Hashable, float]
    collapsed: tuple[Collapse, ...]


def collapse_cells(
    sample: Sequence[Codes],
    frame: Sequence[Codes],
    counts: ArrayLike,
    *,
    minimum: int = 5,
) -> CollapsedCells:
    """Cross the variables into cells, and merge cells of fewer than `minimum` rows.

    `sample` and `frame`: the same variables, one code a row of the sample and of the frame (whose `counts`
    say how many each of its rows stands for), in the order in which they are given up: a small cell is merged
    with all that differ from it in the first variable alone, then also in the second, and so on; put what
    matters most last. A cell of the frame without rows is small, too; a row whose cell has no population is
    an error. Merged values are named `*`. Nothing is merged that is large enough and has no small neighbour.

    >>> found = collapse_cells(
    ...     [["land", "land", "civil"], ["late", "yes", "yes"]],
    ...     [["land", "land", "civil", "civil"], ["late", "yes", "late", "yes"]],
    ...     [3, 20, 2, 30],
    ...     minimum=1,
    ... )
    >>> found.totals
    {('*', 'late'): 5.0, ('civil', 'yes'): 30.0, ('land', 'yes'): 20.0}
    >>> [(one.cell, one.rows, one.into) for one in found.collapsed]
    [(('civil', 'late'), 0, ('*', 'late'))]
    """
    variables = len(sample)
    if not variables or variables != len(frame):
        raise DesignError(
            "frame", f"has {len(frame)} variables, sample {variables}", "give the same variables"
        )
    cells, rows, population = _joined(sample, frame, counts)
    depth = np.zeros(len(cells), dtype=np.int64)
    collapsed = []
    for given_up in range(variables):
        names = [_name(cell, d) for cell, d in zip(cells, depth.tolist(), strict=True)]
        merged = grouping(names)
        counted = np.bincount(merged.codes, rows)
        small = counted < minimum
        if not small.any() or len(merged) == 1:
            break
        outer = grouping([_name(cell, given_up + 1) for cell in cells])
        touched = np.unique(outer.codes[small[merged.codes]])
        for place in np.flatnonzero(small).tolist():
            first = int(np.argmax(merged.codes == place))
            size = float(population[merged.codes == place].sum())
            into = outer.levels[outer.codes[first]]
            collapsed.append(Collapse(merged.levels[place], int(counted[place]), size, into))  # type: ignore[arg-type]
        depth[np.isin(outer.codes, touched)] = given_up + 1
    final = grouping([_name(cell, d) for cell, d in zip(cells, depth.tolist(), strict=True)])
    number_of: dict[Hashable, int] = {cell: number for number, cell in enumerate(cells)}
    own = grouping(*sample) if variables > 1 else _single(sample[0])
    codes = np.array([final.codes[number_of[level]] for level in own.levels])[own.codes]
    totals = np.bincount(final.codes, population)
    if np.any(np.bincount(codes, minlength=len(final)) == 0):
        raise DesignError("sample", "has no row at all", "weight nothing where nobody answered")
    known = dict(zip(final.levels, totals.tolist(), strict=True))
    return CollapsedCells(Grouping(codes, final.levels), known, tuple(collapsed))


def _joined(
    sample: Sequence[Codes], frame: Sequence[Codes], counts: ArrayLike
) -> tuple[list[tuple[Hashable, ...]], IntArray, FloatArray]:
    """Every cell of the frame with its rows in the sample and its population."""
    own = grouping(*sample) if len(sample) > 1 else _single(sample[0])
    whole = grouping(*frame) if len(frame) > 1 else _single(frame[0])
    size = np.asarray(counts, dtype=np.float64)
    if size.shape != whole.codes.shape or not (size >= 0).all():
        raise DesignError("counts", f"have shape {size.shape}", f"give {len(whole.codes)} counts from 0")
    population: FloatArray = np.asarray(np.bincount(whole.codes, size), dtype=np.float64)
    answered = dict(zip(own.levels, np.bincount(own.codes, minlength=len(own)).tolist(), strict=True))
    known = {cell for cell, total in zip(whole.levels, population.tolist(), strict=True) if total > 0}
    for cell in answered:
        if cell not in known:
            row = int(np.argmax(own.codes == own.levels.index(cell)))
            raise DesignError(
                "frame", f"has nobody in {cell!r}, where row {row} is", "correct the frame or the row"
            )
    rows = np.array([answered.get(cell, 0) for cell in whole.levels], dtype=np.int64)
    used = np.flatnonzero(population > 0)
    return [whole.levels[place] for place in used], rows[used], population[used]  # type: ignore[misc]


def _single(codes: Codes) -> Grouping:
    """One variable, its values as names of one part."""
    found = grouping(codes)
    return Grouping(found.codes, tuple((level,) for level in found.levels))


def _name(cell: tuple[Hashable, ...], given_up: int) -> tuple[Hashable, ...]:
    return (*(ANY for _ in cell[:given_up]), *cell[given_up:])
