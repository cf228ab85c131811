"""Six whole numbers that carry a pooled index and its interval: what is published for recomputation."""

from dataclasses import dataclass
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.arrays import whole_numbers
from analysis.errors import CountError
from analysis.errors import ScaleError
from analysis.indexmethod import MEAN5
from analysis.indexmethod import IndexMethod
from analysis.linearization import row_codes
from analysis.linearization import row_frequency

EXACT = 2**53
"""Up to here a float sum of whole numbers is exact."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over responses, by domain: k items answered, s the sum of their scores.

    `n` counts responses with at least one answered item (k ≥ 1); a blank form is no response. `item_scores`
    are the scores they were counted with. Moments of separate responses add up.
    """

    item_scores: tuple[int, ...]
    n: IntArray
    sum_k: IntArray
    sum_s: IntArray
    sum_kk: IntArray
    sum_ks: IntArray
    sum_ss: IntArray

    def __post_init__(self) -> None:
        for name in _SUMS:
            array = whole_numbers(getattr(self, name), name)
            read_only(array)
            object.__setattr__(self, name, array)
        if len({getattr(self, name).shape for name in _SUMS}) > 1:
            raise CountError("moments", "differ in shape", "give each of the six for the same domains")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Moments):
            return NotImplemented
        same = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in _SUMS)
        return same and self.item_scores == other.item_scores

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: "Moments") -> "Moments":
        if self.item_scores != other.item_scores or self.n.shape != other.n.shape:
            raise CountError("other", "has other scores or domains", "add moments of the same domains only")
        return Moments(self.item_scores, *(getattr(self, name) + getattr(other, name) for name in _SUMS))

    def __getitem__(self, index: Any) -> "Moments":
        """The domains that `index` picks."""
        return Moments(self.item_scores, *(getattr(self, name)[index] for name in _SUMS))


_SUMS = tuple(field.name for field in fields(Moments) if field.name != "item_scores")


def pooled_moments(
    ratings: ArrayLike,
    domain: ArrayLike,
    domains: int,
    *,
    method: IndexMethod = MEAN5,
    frequency: ArrayLike | None = None,
) -> Moments:
    """Count the moments of `ratings` (rows are responses, columns items, 0 no answer) in every domain.

    `domain` is a code from 0 to `domains` - 1 for each row, `frequency` how often the row occurs. The items
    of a factor give the factor's index. MEAN5 and POMP share their moments, as they share their item scores.

    >>> pooled_moments([[5, 4, 0], [3, 0, 0], [0, 0, 0]], [0, 0, 0], 1).sum_ks.tolist()
    [21]
    """
    table = rating_table(ratings, method)
    times = row_frequency(frequency, len(table))
    codes = row_codes(domain, domains, len(table), "domain")
    k = np.count_nonzero(table, axis=1)
    s = method.table[table].sum(axis=1)
    sums = ((k > 0).astype(np.int64), k, s, k * k, k * s, s * s)
    return Moments(method.item_scores, *(_exact_sum(codes, times * part, domains) for part in sums))


def rating_table(ratings: ArrayLike, method: IndexMethod) -> NDArray[np.integer[Any]]:
    """`ratings` checked: two axes, whole numbers from 0 (no answer) to the best rating of `method`."""
    table = np.asarray(ratings)
    best = len(method.item_scores)
    if table.ndim != 2 or table.dtype.kind not in "iu":
        raise CountError("ratings", f"are {table.dtype} of {table.ndim} axes", "give integers, rows by items")
    if table.size and (table.min() < 0 or table.max() > best):
        raise ScaleError(
            "ratings", f"leave 0 to {best}", f"{method.code} knows 0 (no answer) and 1 to {best}"
        )
    return table


def _exact_sum(codes: IntArray, values: IntArray, domains: int) -> IntArray:
    """Sum of `values` by code. Floats add whole numbers exactly up to 2**53; beyond, halves are added
    apart."""
    if values.sum(dtype=np.float64) < EXACT:
        return np.bincount(codes, values, domains).astype(np.int64)
    low = np.bincount(codes, values & 0x3FFFFFF, domains).astype(np.int64)
    return low + (_exact_sum(codes, values >> 26, domains) << 26)
