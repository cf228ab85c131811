"""How ratings become an index: methods as data, each with its own name and version."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from analysis.arrays import IntArray
from analysis.errors import ScaleError


@dataclass(frozen=True, slots=True)
class IndexMethod:
    """A whole-number score for every rating from 1 up, and how a mean score is shown.

    Shown is `offset + factor·mean`; an index is a number on a 0-100 scale, where a share is a fraction. A
    published index names `code` and `version`; two methods are never compared.

    >>> MEAN5.bounds, POMP.bounds, TOP2.item_scores
    ((20, 100), (0, 100), (0, 0, 0, 1, 1))
    """

    code: str
    version: int
    item_scores: tuple[int, ...]
    factor: int
    offset: int = 0

    def __post_init__(self) -> None:
        scores = self.item_scores
        if len(scores) < 2 or list(scores) != sorted(scores) or scores[0] == scores[-1] or scores[0] < 0:
            raise ScaleError(
                "item_scores", f"are {scores}", "give a score from 0 for each rating, not falling"
            )
        if not (isfinite(self.factor) and self.factor > 0):
            raise ScaleError("factor", f"is {self.factor}", "give a positive number")

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest the index can be."""
        return self.offset + self.factor * self.item_scores[0], self.offset + self.factor * self.item_scores[
            -1
        ]

    @property
    def table(self) -> IntArray:
        """Score by rating, with 0 for no answer in place 0."""
        return np.array((0, *self.item_scores), dtype=np.int64)


MEAN5 = IndexMethod("mean5", 1, (1, 2, 3, 4, 5), factor=20)
"""100·mean/5: the official form since 2022 as far as it can be read from its figures; its floor is 20."""

POMP = IndexMethod("pomp", 1, (1, 2, 3, 4, 5), factor=25, offset=-25)
"""100·(mean-1)/4: per cent of the maximum possible, from 0 to 100."""

TOP2 = IndexMethod("top2", 1, (0, 0, 0, 1, 1), factor=100)
"""Per cent of the answers that are 4 or 5."""

TOP1 = IndexMethod("top1", 1, (0, 0, 0, 0, 1), factor=100)
"""Per cent of the answers that are 5."""
