"""Codes of any kind, mapped once to whole numbers: strata, sampling units, domains, cells."""

from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.errors import CodeError

OUTSIDE = -1
"""The code of a row that belongs to no group."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """The group of every row: `codes` (rows) point into `levels`, -1 is outside every group.

    Made by `grouping`; wherever codes are asked for, a grouping that is made once may be given many times.

    >>> offices = grouping(["Ba Dinh", "Tay Ho", "Ba Dinh"])
    >>> offices.codes.tolist(), offices.levels, len(offices)
    ([0, 1, 0], ('Ba Dinh', 'Tay Ho'), 2)
    """

    codes: IntArray
    levels: tuple[Hashable, ...]

    def __post_init__(self) -> None:
        read_only(self.codes)

    def __len__(self) -> int:
        return len(self.levels)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """The rows that belong to a group."""
        return self.codes >= 0

    def where(self, rows: ArrayLike) -> "Grouping":
        """The same groups, the rows that are not true taken outside."""
        mask = np.asarray(rows)
        if mask.dtype != np.bool_ or mask.shape != self.codes.shape:
            raise CodeError(
                "rows", f"are {mask.dtype} of shape {mask.shape}", f"give {len(self.codes)} booleans"
            )
        return Grouping(np.where(mask, self.codes, OUTSIDE), self.levels)


Codes: TypeAlias = ArrayLike | Sequence[Hashable] | Grouping
"""One code a row, of any hashable kind, or the grouping made of them."""


def grouping(
    codes: Codes, *more: Codes, levels: Sequence[Hashable] | None = None, argument: str = "codes"
) -> Grouping:
    """Map one code a row to whole numbers, groups in sorted order; several columns are crossed.

    `levels` gives the groups and their order instead, also such as no row has; a row with another code is an
    error. A blank code (None, NaN or an empty text) is an error that names the row: leave rows out with
    `Grouping.where`.

    >>> grouping(["b", "a"], [2024, 2024]).levels
    (('a', 2024), ('b', 2024))
    >>> grouping([0, 1, None])
    Traceback (most recent call last):
    ...
    analysis.errors.CodeError: codes: row 2 is blank; give every row a code
    """
    if more:
        return _crossed([grouping(column, argument=argument) for column in (codes, *more)], levels, argument)
    if isinstance(codes, Grouping):
        return codes if levels is None or tuple(levels) == codes.levels else _ordered(codes, levels, argument)
    array = codes if isinstance(codes, np.ndarray) else _array(list(codes))  # type: ignore[arg-type]
    if array.ndim != 1:
        raise CodeError(argument, f"have shape {array.shape}", "give one code a row")
    found = _hashed(array, argument) if array.dtype == object else _sorted(array, argument)
    return found if levels is None else _ordered(found, levels, argument)


def _array(values: list[Any]) -> NDArray[Any]:
    """Numbers or texts as an array of their kind, mixed or structured codes as objects."""
    kinds = {type(value) for value in values}
    if len(kinds) == 1 and kinds <= {int, str, bool, float}:
        return np.array(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _sorted(array: NDArray[Any], argument: str) -> Grouping:
    blank = array == "" if array.dtype.kind in "US" else array != array
    _refuse_blanks(np.asarray(blank), argument)
    if array.dtype.kind in "iu" and array.size:
        low, high = int(array.min()), int(array.max())
        if high - low <= 4 * len(array) + 1024:
            # Small whole numbers need no sorting.
            present = np.flatnonzero(np.bincount(array - low))
            place = np.zeros(high - low + 1, dtype=np.int64)
            place[present] = np.arange(len(present))
            return Grouping(place[array - low], tuple((present + low).tolist()))
    found, codes = np.unique(array, return_inverse=True)
    return Grouping(codes.astype(np.int64), tuple(found.tolist()))


def _hashed(array: NDArray[Any], argument: str) -> Grouping:
    values = array.tolist()
    place: dict[Hashable, int] = {}
    codes = np.fromiter((place.setdefault(value, len(place)) for value in values), np.int64, len(values))
    blank = np.array([value is None or value == "" or value != value for value in place], dtype=np.bool_)
    _refuse_blanks(blank[codes] if len(codes) else blank, argument)
    try:
        order = sorted(place)  # type: ignore[type-var]
    except TypeError:
        order = sorted(place, key=lambda value: (type(value).__name__, str(value)))
    rank = {value: number for number, value in enumerate(order)}
    renumbered = np.array([rank[value] for value in place], dtype=np.int64)
    return Grouping(renumbered[codes] if len(codes) else codes, tuple(order))


def _refuse_blanks(blank: NDArray[np.bool_], argument: str) -> None:
    if blank.any():
        raise CodeError(argument, f"row {int(np.argmax(blank))} is blank", "give every row a code")


def _crossed(columns: list[Grouping], levels: Sequence[Hashable] | None, argument: str) -> Grouping:
    rows = {len(column.codes) for column in columns}
    if len(rows) > 1:
        raise CodeError(argument, f"have columns of {sorted(rows)} rows", "give columns of one length")
    inside = np.all([column.inside for column in columns], axis=0)
    key = np.zeros(rows.pop(), dtype=np.int64)
    for column in columns:
        key = key * max(len(column), 1) + column.codes
    found = _sorted(key[inside], argument)
    present, codes = np.array(found.levels, dtype=np.int64), found.codes
    parts: list[list[Hashable]] = []
    for column in reversed(columns):
        parts.insert(0, [column.levels[place] for place in present % max(len(column), 1)])
        present = present // max(len(column), 1)
    every = np.full(len(key), OUTSIDE, dtype=np.int64)
    every[inside] = codes
    found = Grouping(every, tuple(zip(*parts, strict=True)))
    return found if levels is None else _ordered(found, levels, argument)


def _ordered(found: Grouping, levels: Sequence[Hashable], argument: str) -> Grouping:
    rank = {level: number for number, level in enumerate(levels)}
    if len(rank) < len(levels):
        raise CodeError("levels", "name a group twice", "name every group once")
    unknown = [place for place, level in enumerate(found.levels) if level not in rank]
    if unknown:
        row = int(np.argmax(np.isin(found.codes, unknown)))
        problem = f"row {row} is {found.levels[found.codes[row]]!r}, which is not among the levels"
        raise CodeError(argument, problem, "correct the code, or name it in `levels`")
    place = np.array([rank[level] for level in found.levels] + [OUTSIDE], dtype=np.int64)
    return Grouping(place[found.codes], tuple(levels))


def domain_sums(domain: Grouping, values: FloatArray) -> FloatArray:
    """Sums of `values` (rows, or rows × columns) by group, the rows outside left out."""
    codes, groups = domain.codes, len(domain)
    if values.ndim == 1:
        if codes.min(initial=0) >= 0:
            return np.asarray(np.bincount(codes, values, groups), dtype=np.float64)
        return np.asarray(np.bincount(codes + 1, values, groups + 1)[1:], dtype=np.float64)
    from scipy.sparse import csr_array

    inside = np.flatnonzero(codes >= 0)
    ones = np.ones(len(inside))
    return np.asarray(csr_array((ones, (codes[inside], inside)), shape=(groups, len(codes))) @ values)
