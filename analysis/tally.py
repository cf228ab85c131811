"""Counts of answers by option: the only thing a share or a mean is made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.arrays import whole_numbers
from analysis.errors import CountError
from analysis.scale import RatingScale


@dataclass(frozen=True, eq=False)
class Tally:
    """How many answers chose each option, for any number of cells.

    `counts` has the shape of the cells and one last axis for the options of `scale`, worst first. Whole
    numbers only, read-only; tallies of separate answers add up.

    >>> from analysis import FIVE_LEVEL
    >>> tally = Tally(FIVE_LEVEL, [[0, 1, 2, 10, 7], [0, 0, 0, 0, 0]])
    >>> tally.n.tolist(), tally.count(("4", "5")).tolist()
    ([20, 0], [17, 0])
    >>> (tally + tally).collapse(0).counts.tolist()
    [0, 2, 4, 20, 14]
    """

    scale: RatingScale
    counts: IntArray

    def __post_init__(self) -> None:
        counts = whole_numbers(self.counts, "counts")
        options = len(self.scale.options)
        if counts.ndim == 0 or counts.shape[-1] != options:
            raise CountError(
                "counts", f"have shape {counts.shape}", f"the last axis must be the {options} options"
            )
        if counts.sum(dtype=np.float64) >= 2.0**53:
            raise CountError("counts", "add up to 2**53 or more", "check for a wrong column")
        read_only(counts)
        object.__setattr__(self, "counts", counts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tally):
            return NotImplemented
        return self.scale == other.scale and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the cells, without the options."""
        return self.counts.shape[:-1]

    @property
    def n(self) -> IntArray:
        """Answers on the scale, by cell: the one denominator."""
        return np.asarray(self.counts.sum(axis=-1))

    def count(self, options: Iterable[str]) -> IntArray:
        """Answers that chose one of `options`, by cell."""
        return np.asarray(self.counts[..., self.scale.positions(options)].sum(axis=-1))

    def __add__(self, other: "Tally") -> "Tally":
        if self.scale != other.scale or self.counts.shape != other.counts.shape:
            raise CountError(
                "other", "has another scale or other cells", "add tallies of the same cells only"
            )
        return Tally(self.scale, self.counts + other.counts)

    def __getitem__(self, index: Any) -> "Tally":
        """The cells that `index` (as of an array of cells) picks; the options always stay together."""
        cells = np.arange(int(np.prod(self.shape))).reshape(self.shape)[index]
        return Tally(self.scale, self.counts.reshape(-1, self.counts.shape[-1])[cells])

    def collapse(self, axis: int | tuple[int, ...]) -> "Tally":
        """Add up over `axis` of the cells (-1 is the last axis of the cells, not the options)."""
        axes = (axis,) if isinstance(axis, int) else axis
        dimensions = len(self.shape)
        if not all(-dimensions <= a < dimensions for a in axes):
            raise CountError(
                "axis", f"{axis} is not among the {dimensions} of the cells", "give an axis of cells"
            )
        return Tally(self.scale, self.counts.sum(axis=tuple(a % dimensions for a in axes)))
