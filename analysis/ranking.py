"""What a league table can say: the ranks each unit may have, who may be among the best, and who moved.

A rank is never published as a number alone. Reference: Mogstad, Romano, Shaikh and Wilhelm (2024), Rev. Econ.
Stud. 91, 476-518 (confidence sets by pairwise differences, with step-down); R's `csranks` computes the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.comparison import figures
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Estimates
from analysis.interval import student_quantile

DRAWS = 4000
"""Draws behind a critical value, unless more are asked for."""

BLOCK = 512
"""Draws worked on at a time, so that a block of differences stays in the processor's cache."""


@dataclass(frozen=True, eq=False)
class RankSets:
    """The ranks each of K units may have; rank 1 is the largest figure, equal figures share a rank.

    `signs` has a row a unit: 1 where it is surely better than the other, -1 worse, 0 cannot tell; `low` is 1
    + the surely better units, `high` is K - the surely worse ones. With `simultaneous` all K sets hold their
    ranks together at the level; otherwise each set does alone.
    """

    rank: IntArray
    low: IntArray
    high: IntArray
    signs: NDArray[np.int8]
    confidence_level: float
    simultaneous: bool
    draws: int

    def __post_init__(self) -> None:
        for array in (self.rank, self.low, self.high, self.signs):
            read_only(array)

    def __len__(self) -> int:
        return len(self.rank)

    def among_best(self, count: int) -> BoolArray:
        """The units that may be among the best `count`; with simultaneous sets no such unit is left out."""
        return np.asarray(self.low <= _places(count, len(self)))

    def among_worst(self, count: int) -> BoolArray:
        """The units that may be among the worst `count`."""
        return np.asarray(self.high > len(self) - _places(count, len(self)))

    @property
    def groups(self) -> IntArray:
        """Tie groups from 1, best first: every unit is surely better than every unit of a later group.

        Within a group the table cannot tell; needs simultaneous sets.
        """
        if not self.simultaneous:
            raise AnalysisError("simultaneous", "is False", "make groups from simultaneous sets")
        order = np.argsort(self.rank, kind="stable")
        level = self.signs[np.ix_(order, order)] == 0
        # A group ends where nobody so far is level with anybody further down.
        farthest = np.maximum.accumulate(len(self) - 1 - np.argmax(level[:, ::-1], axis=1))
        ends = farthest == np.arange(len(self))
        groups = np.empty(len(self), dtype=np.int64)
        groups[order] = 1 + np.cumsum(ends) - ends
        return groups


def rank_sets(
    value: ArrayLike,
    covariance: ArrayLike,
    generator: Generator,
    *,
    confidence_level: float = 0.95,
    simultaneous: bool = True,
    stepdown: bool = True,
    draws: int = DRAWS,
) -> RankSets:
    """Confidence sets for the ranks of K figures.

    `value`: K figures, larger is better; `covariance`: their K variances where they are independent, or the K
    × K matrix, of the target `process`. T_jk = (x_j - x_k)/√(v_j + v_k - 2c_jk); the critical value is the
    quantile of the largest such ratio over all one-sided comparisons, from `draws` of N(0, covariance) by
    `generator`; `stepdown` drops the rejected ones and repeats until nothing changes. `simultaneous` sets are
    for reading a whole table, the others (each from its own comparisons) for "where is my office". Normal
    approximation: of bounded figures give the `recovered_variance`; two without any variance are an error.
    The same seed gives the same sets whatever the order of units.

    >>> sets = rank_sets([95.0, 90.0, 89.5, 80.0], [1.0, 1.0, 1.0, 4.0], np.random.default_rng(1))
    >>> sets.low.tolist(), sets.high.tolist(), sets.groups.tolist()
    ([1, 2, 2, 4], [1, 3, 3, 4], [1, 2, 2, 3])
    """
    if not 0.0 < confidence_level < 1.0:
        raise AnalysisError("confidence_level", f"{confidence_level} is not between 0 and 1", "give 0.95")
    if draws < 1:
        raise CountError("draws", f"are {draws}", "draw at least once; 2000 and more are sensible")
    x, matrix = figures(value, covariance)
    blank = np.flatnonzero(np.isnan(x) | np.isnan(matrix).any(axis=1))
    if blank.size:
        raise AnalysisError("value", f"place {blank[0]} is not available", "rank only units with a figure")
    order = np.lexsort((np.diag(matrix), -x))
    x, matrix = x[order], matrix[np.ix_(order, order)]
    scale = _inverse_errors(matrix)
    gaps = (x[:, np.newaxis] - x) * scale
    noise = _noise(matrix, generator, draws)
    search = _simultaneous if simultaneous else _marginal
    beaten = search(gaps, scale.astype(np.float32), noise, confidence_level, stepdown)
    signs = np.empty(gaps.shape, dtype=np.int8)
    signs[np.ix_(order, order)] = beaten
    rank = np.empty(len(x), dtype=np.int64)
    rank[order] = 1 + np.searchsorted(-x, -x, side="left")
    return RankSets(
        rank=rank,
        low=1 + np.count_nonzero(signs < 0, axis=1),
        high=len(x) - np.count_nonzero(signs > 0, axis=1),
        signs=signs,
        confidence_level=confidence_level,
        simultaneous=simultaneous,
        draws=draws,
    )


def recovered_variance(estimates: Estimates) -> FloatArray:
    """Variances for ranking, ((high - low)/2t)² with t the quantile of the interval, in squared units.

    The plain variance of a share is too small near 1 and 0 where all agree: with 20 equal offices of 30 to
    200 answers, 95 % satisfied, sets made from it hold all ranks in 70 % of the tables instead of 95 %, made
    from this one in 98 %. NaN for a cell without an interval.

    >>> from analysis import FIVE_LEVEL, Tally, satisfied_share
    >>> offices = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 0, 5, 20], [0, 0, 5, 10, 10]]))
    >>> recovered_variance(offices).round(4).tolist()
    [0.0012, 0.006]
    """
    quantile = student_quantile(estimates.degrees_of_freedom, estimates.confidence_level)
    return np.asarray(((estimates.high - estimates.low) / (2.0 * quantile)) ** 2)


def rank_changes(earlier: RankSets, later: RankSets) -> NDArray[np.str_]:
    """Whether the rank of each unit `rose`, `fell`, or one `cannot tell`: moved where its sets are disjoint.

    Both over the same units in one order, both simultaneous. For 95 % together, make both at 97.5 %.

    >>> noise = np.random.default_rng(1)
    >>> before = rank_sets([95.0, 90.0, 89.5, 80.0], [1.0] * 4, noise, confidence_level=0.975)
    >>> after = rank_sets([95.0, 90.0, 80.5, 91.0], [1.0] * 4, noise, confidence_level=0.975)
    >>> rank_changes(before, after).tolist()
    ['cannot tell', 'cannot tell', 'fell', 'rose']
    """
    if len(earlier) != len(later):
        raise CountError(
            "later", f"ranks {len(later)} units, not {len(earlier)}", "rank the same units twice"
        )
    if not (earlier.simultaneous and later.simultaneous):
        raise AnalysisError("simultaneous", "is False", "a table of changes needs simultaneous sets")
    fell = np.where(later.low > earlier.high, "fell", "cannot tell")
    return np.asarray(np.where(later.high < earlier.low, "rose", fell))


@dataclass(frozen=True, eq=False)
class RankProbabilities:
    """From draws of a posterior: `best` the chance of being first, `expected_rank`, and the whole table.

    `table[j, r]` is the chance that unit j has rank r + 1.
    """

    table: FloatArray

    def __post_init__(self) -> None:
        read_only(self.table)

    @property
    def best(self) -> FloatArray:
        """The chance of being first."""
        return np.asarray(self.table[:, 0])

    @property
    def expected_rank(self) -> FloatArray:
        """The mean rank."""
        return np.asarray(self.table @ np.arange(1, len(self.table) + 1))

    def among_best(self, count: int) -> FloatArray:
        """The chance of being among the best `count`."""
        return np.asarray(self.table[:, : _places(count, len(self.table))].sum(axis=1))


def rank_probabilities(draws: ArrayLike) -> RankProbabilities:
    """How likely each rank is, from `draws` (rows are draws of all units together, columns units).

    Draw from shrunken posteriors, never from raw estimates: the raw figure of a small unit is too often
    first. Shown beside rank sets, not instead of them. Equal draws share their places.

    >>> rank_probabilities([[0.9, 0.8], [0.9, 0.7], [0.8, 0.9], [0.8, 0.8]]).best.tolist()
    [0.625, 0.375]
    """
    sample = np.asarray(draws, dtype=np.float64)
    if sample.ndim != 2 or not sample.size:
        raise CountError("draws", f"have shape {sample.shape}", "give one row a draw, one column a unit")
    if np.isnan(sample).any():
        raise AnalysisError("draws", "hold NaN", "leave out units without a posterior")
    units = sample.shape[1]
    table = np.zeros((units, units))
    # Two orders that treat equal draws in opposite ways: half of each.
    forward = np.argsort(-sample, axis=1, kind="stable")
    backward = units - 1 - np.argsort(-sample[:, ::-1], axis=1, kind="stable")
    places = np.broadcast_to(np.arange(units), sample.shape)
    for order in (forward, backward):
        cells = (order * units + places).ravel()
        table += np.bincount(cells, minlength=units * units).reshape(units, units)
    return RankProbabilities(table / (2.0 * len(sample)))


def _simultaneous(
    gaps: FloatArray, scale: NDArray[np.float32], noise: NDArray[np.float32], level: float, stepdown: bool
) -> NDArray[np.int8]:
    """Signs of all pairs from one critical value. Units come best first, so that only the comparison of an
    earlier with a later one can be rejected; its opposite stays in the family for good."""
    units, draws = noise.shape
    better = np.zeros(gaps.shape, dtype=np.bool_)
    against = np.full(draws, -np.inf)
    while units > 1:
        towards = np.full(draws, -np.inf)
        first = not better.any()
        for start in range(0, draws, BLOCK):
            part = noise[:, start : start + BLOCK]
            for j in range(units - 1):
                kept = slice(j + 1, None) if first else j + 1 + np.flatnonzero(~better[j, j + 1 :])
                ratios = (part[j] - part[kept]) * scale[j, kept, np.newaxis]
                if not len(ratios):
                    continue
                window = slice(start, start + BLOCK)
                np.maximum(towards[window], ratios.max(axis=0), out=towards[window])
                if first:
                    np.maximum(against[window], -ratios.min(axis=0), out=against[window])
        found = np.triu(gaps > np.quantile(np.maximum(towards, against), level), 1)
        settled = np.array_equal(found | better, better)
        better |= found
        if settled or not stepdown:
            break
    return better.astype(np.int8) - better.T.astype(np.int8)


def _marginal(
    gaps: FloatArray, scale: NDArray[np.float32], noise: NDArray[np.float32], level: float, stepdown: bool
) -> NDArray[np.int8]:
    """Signs of each unit's own comparisons, each from its own critical value."""
    units = len(gaps)
    signs = np.zeros(gaps.shape, dtype=np.int8)
    direction = np.where(gaps >= 0, 1, -1).astype(np.int8)
    for j in range(units if units > 1 else 0):
        others = np.arange(units) != j
        ratios = (noise[j] - noise[others]) * (scale[j, others] * direction[j, others])[:, np.newaxis]
        against = -ratios.min(axis=0)
        sizes = np.abs(gaps[j, others])
        rejected = np.zeros(units - 1, dtype=np.bool_)
        while True:
            towards = ratios[~rejected].max(axis=0, initial=-np.inf)
            found = rejected | (sizes > np.quantile(np.maximum(towards, against), level))
            settled = np.array_equal(found, rejected)
            rejected = found
            if settled or not stepdown:
                break
        signs[j, others] = np.where(rejected, direction[j, others], 0)
    return signs


def _inverse_errors(matrix: FloatArray) -> FloatArray:
    """One over the standard error of every difference, 0 on the diagonal."""
    own = np.diag(matrix)
    variance = own[:, np.newaxis] + own - 2.0 * matrix
    np.fill_diagonal(variance, np.inf)
    if np.any(variance <= 0):
        raise AnalysisError(
            "covariance",
            "leaves two units without any variance",
            "give the recovered variances",
        )
    return np.asarray(1.0 / np.sqrt(variance))


def _noise(matrix: FloatArray, generator: Generator, draws: int) -> NDArray[np.float32]:
    """Draws of N(0, matrix), a row a unit."""
    normal = generator.standard_normal((len(matrix), draws), dtype=np.float32)
    own = np.diag(matrix)
    if not np.any(matrix - np.diag(own)):
        return np.asarray(normal * np.sqrt(own)[:, np.newaxis], dtype=np.float32)
    size, axes = np.linalg.eigh(matrix)
    if size[0] < -1e-8 * max(size[-1], 0.0):
        raise AnalysisError("covariance", "is not positive semidefinite", "give a covariance matrix")
    return np.asarray((axes * np.sqrt(np.maximum(size, 0.0))) @ normal, dtype=np.float32)


def _places(count: int, units: int) -> int:
    if not 1 <= count <= max(units, 1):
        raise CountError("count", f"is {count} of {units} units", "give a number of places from 1")
    return count
