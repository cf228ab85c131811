"""Offices with other work: what each would have reached had everybody done as well as all do on its cases.

Indirect standardisation: the expected share of an office gives each of its cases the share of all offices in
the same cell (procedure and channel). It stands beside the raw figure, never instead of it. References:
Breslow and Day (1987), Statistical Methods in Cancer Research II, chapter 2; Spiegelhalter (2005), Statistics
in Medicine 24, 1185-1202.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.arrays import read_only
from analysis.arrays import whole_numbers
from analysis.comparison import Comparison
from analysis.comparison import inverted_p_value
from analysis.comparison import mover
from analysis.errors import CountError
from analysis.estimate import Interval
from analysis.interval import normal_quantile
from analysis.interval import wilson


@dataclass(frozen=True, eq=False)
class CaseMix:
    """For each of G offices: `observed` and `expected` share, and their `difference` with interval.

    `level` is the share of all offices; `adjusted` = level + difference, with `adjusted_interval`, both kept
    within 0 and 1, is what the office would show with everybody's work. `comparable` is the part of its
    answers in cells where other offices have answers too: low, and there is little to compare with.
    """

    observed: FloatArray
    expected: FloatArray
    difference: Comparison
    level: float
    comparable: FloatArray

    def __post_init__(self) -> None:
        for array in (self.observed, self.expected, self.comparable):
            read_only(array)

    @property
    def adjusted(self) -> FloatArray:
        """The level of all offices plus the office's difference from what its work lets expect."""
        return np.clip(self.level + self.difference.value, 0.0, 1.0)

    @property
    def adjusted_interval(self) -> Interval[FloatArray]:
        """The interval of the difference, moved to the level."""
        low, high = self.difference.interval
        return Interval(np.clip(self.level + low, 0.0, 1.0), np.clip(self.level + high, 0.0, 1.0))


def case_mix(successes: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> CaseMix:
    """Observed and expected share of G offices from counts in C cells (both G × C: procedure × channel).

    e_g = Σ_c (n_gc/n_g)·p_c with p_c = Σ_g x_gc/Σ_g n_gc. Interval of o_g - e_g: MOVER on Wilson's intervals
    of both, e_g on its effective n; their correlation is that of the influence values, since an office is
    itself part of what is expected, and its mix moves both. The p-value belongs to the interval. An office
    without answers has NaN.

    >>> mix = case_mix([[45, 30], [90, 4], [10, 70]], [[50, 50], [100, 10], [10, 110]])
    >>> mix.observed.round(3).tolist(), mix.expected.round(3).tolist()
    ([0.75, 0.855, 0.667], [0.759, 0.879, 0.636])
    >>> mix.difference.reading.tolist()
    ['cannot tell', 'cannot tell', 'cannot tell']
    """
    cases = whole_numbers(n, "n")
    if cases.ndim != 2:
        raise CountError("n", f"has {cases.ndim} axes", "give offices by cells")
    good = fitted(successes, cases.shape, "successes")
    if np.any(good > cases):
        raise CountError("successes", "exceed n in a cell", "give how many of the n succeeded")
    own, cell = cases.sum(axis=1), cases.sum(axis=0)
    rate = good.sum(axis=0) / np.maximum(cell, 1)
    some = own > 0
    part = cases / np.maximum(own, 1)[:, np.newaxis]
    observed = np.where(some, good.sum(axis=1) / np.maximum(own, 1), np.nan)
    expected = np.where(some, part @ rate, np.nan)
    spread, correlation = _spread_of_expected(good, cases, observed, expected, rate, part)
    varied = (spread > 0) & (expected > 0) & (expected < 1)
    # Where all offices are unanimous nothing is expected with less certainty than by all answers together.
    effective = np.where(varied, expected * (1 - expected) / np.where(varied, spread, 1.0), cases.sum())

    def interval(z: FloatArray | float) -> Interval[FloatArray]:
        one, other = wilson(observed, own, quantile=z), wilson(expected, effective, quantile=z)
        return mover(observed, one, expected, other, correlation=correlation)

    low, high = interval(normal_quantile(confidence_level))
    alone = observed * (1 - observed) / np.maximum(own, 1)
    both = alone + spread - 2.0 * correlation * np.sqrt(alone * spread)
    others = (cell - cases) > 0
    difference = Comparison(
        value=observed - expected,
        standard_error=np.sqrt(np.maximum(both, 0.0)),
        low=low,
        high=high,
        p_value=inverted_p_value(observed - expected, interval),
        degrees_of_freedom=np.full(own.shape, np.inf),
        confidence_level=confidence_level,
        method="share:case_mix:mover",
        n=own,
    )
    level = float(good.sum() / max(int(cases.sum()), 1)) if cases.sum() else float("nan")
    return CaseMix(observed, expected, difference, level, np.where(some, (part * others).sum(axis=1), np.nan))


def _spread_of_expected(
    good: IntArray,
    cases: IntArray,
    observed: FloatArray,
    expected: FloatArray,
    rate: FloatArray,
    part: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Variance of each expected share, and its correlation with the observed one, from influence values.

    An answer y of the office in cell c moves the observed share by (y - o)/n_g, the expected one by
    (p_c - e)/n_g for the mix, and any answer in the cell by w_c·(y - p_c)/n_c for the rate.
    """
    own, cell = np.maximum(cases.sum(axis=1), 1)[:, np.newaxis], np.maximum(cases.sum(axis=0), 1)
    pull = part / cell
    squares = good * (1 - rate) ** 2 + (cases - good) * rate**2
    variance = (pull**2 * (squares.sum(axis=0) - squares)).sum(axis=1)
    covariance = np.zeros(len(cases))
    alone = np.zeros(len(cases))
    mix = (rate - expected[:, np.newaxis]) / own
    for answer, count in ((1.0, good), (0.0, cases - good)):
        moved = mix + pull * (answer - rate)
        seen = (answer - observed[:, np.newaxis]) / own
        variance += (count * moved**2).sum(axis=1)
        covariance += (count * moved * seen).sum(axis=1)
        alone += (count * seen**2).sum(axis=1)
    scale = np.sqrt(variance * alone)
    varied = scale > 0
    found = np.clip(covariance / np.where(varied, scale, 1.0), -1.0, 1.0)
    return variance, np.where(varied, found, 0.0 * variance)
