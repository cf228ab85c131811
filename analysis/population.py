"""The finite population of a month: what knowing N adds, and what a wrong N takes away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.errors import PopulationError
from analysis.estimate import Target


@dataclass(frozen=True)
class FinitePopulation:
    """What a population of `size` means for a sample, cell by cell.

    `correction` multiplies a variance (1 - n/N), `gain` multiplies an effective n ((N-1)/(N-n)). For the
    target `process` both are 1. `full_count`: everybody answered, nothing is left to chance. `inconsistent`:
    more responses than people; such a cell gets no correction, and the mark.
    """

    size: IntArray | None
    correction: FloatArray
    gain: FloatArray
    full_count: BoolArray
    inconsistent: BoolArray

    @property
    def flags(self) -> dict[str, BoolArray]:
        """The marks that an estimate carries."""
        return {"full_count": self.full_count, "population_inconsistent": self.inconsistent}


def finite_population(responses: IntArray, population: ArrayLike | None, target: Target) -> FinitePopulation:
    """The finite population behind `responses` sampled rows.

    >>> finite_population(np.array([20, 40]), [40, 40], "month").correction.tolist()
    [0.5, 0.0]
    """
    if target not in ("process", "month"):
        raise PopulationError("target", f"is {target!r}", "choose 'process' or 'month'")
    one = np.ones(responses.shape)
    none = np.zeros(responses.shape, dtype=np.bool_)
    if population is None:
        if target == "month":
            raise PopulationError(
                "population", "is missing", "the target 'month' needs the number of dossiers of every cell"
            )
        return FinitePopulation(None, one, one, none, none)
    size = fitted(population, responses.shape, "population")
    inconsistent = responses > size
    if target == "process":
        return FinitePopulation(size, one, one, none, inconsistent)
    full = (responses == size) & (size > 0)
    sampled = ~inconsistent & ~full & (size > 0)
    left = np.where(sampled, size - responses, 1)
    correction = np.where(sampled, left / np.maximum(size, 1), np.where(full, 0.0, 1.0))
    gain = np.where(sampled, (size - 1) / left, np.where(full, np.inf, 1.0))
    return FinitePopulation(size, correction, gain, full, inconsistent)
