"""Variances from replicate weights, for what has no simple influence function, and their making.

The variance of any statistic is scale·Σ_k r_k·(θ_k - centre)², θ_k the statistic with the k-th replicate
weights. Calibrate a replicate design with the functions of `weighting` and every replicate is calibrated
anew. References: Wolter (2007), Introduction to Variance Estimation, chapters 3 and 4; Rao and Wu (1988), J.
Am. Stat. Assoc. 83, 231-241; Canty and Davison (1999), The Statistician 48, 379-391; Judkins (1990), J.
Official Stat. 6, 223-239.
"""

import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.design import SurveyDesign
from analysis.design import every_row
from analysis.design import in_rows
from analysis.errors import DesignError
from analysis.grouping import Codes
from analysis.statistic import Smooth


@dataclass(frozen=True, eq=False)
class Replicated:
    """Statistics with their values under every replicate (statistics × replicates)."""

    design: "ReplicateDesign"
    value: FloatArray
    replicates: FloatArray

    @cached_property
    def _deviations(self) -> FloatArray:
        centre = self.value[:, np.newaxis] if self.design.mse else self.replicates.mean(axis=1, keepdims=True)
        return (self.replicates - centre) * np.sqrt(self.design.scale * self.design.rscales)

    @cached_property
    def variance(self) -> FloatArray:
        """The variance of every value over the replicates."""
        return np.asarray((self._deviations**2).sum(axis=1))

    @cached_property
    def covariance(self) -> FloatArray:
        """The covariance matrix of the values."""
        return np.asarray(self._deviations @ self._deviations.T)

    def combined(self, coefficients: FloatArray) -> "Replicated":
        """Linear combinations of the values, one for each row of `coefficients`."""
        return Replicated(self.design, coefficients @ self.value, coefficients @ self.replicates)

    def transformed(self, function: Smooth) -> "Replicated":
        """A function of the values, worked out in every replicate."""
        columns = [np.atleast_1d(np.asarray(function(column))) for column in self.replicates.T]
        return Replicated(self.design, np.atleast_1d(np.asarray(function(self.value))), np.array(columns).T)

    def picked(self, places: ArrayLike) -> "Replicated":
        """The values at `places`, in that order."""
        index = np.asarray(places, dtype=np.int64)
        return Replicated(self.design, self.value[index], self.replicates[index])

    def joined(self, every: list["Replicated"]) -> "Replicated":
        """All of them as one vector."""
        value = np.concatenate([one.value for one in every])
        return Replicated(self.design, value, np.concatenate([one.replicates for one in every]))

    def blended(self, parts: list["Replicated"], weights: FloatArray) -> "Replicated":
        """Their weighted sum."""
        value = np.sum([w * one.value for w, one in zip(weights, parts, strict=True)], axis=0)
        replicates = np.sum([w * one.replicates for w, one in zip(weights, parts, strict=True)], axis=0)
        return Replicated(self.design, value, replicates)


class ReplicateDesign:
    """A sample with replicate weights, given or made (`jackknife`, `brr`, `rao_wu`, `canty_davison`).

    `factors` (rows × replicates) multiply `weights`. Variance: scale·Σ_k rscales_k·(θ_k - centre)², the
    centre being the mean of the θ_k, or with `mse` the estimate itself.

    >>> from analysis import mean
    >>> design = ReplicateDesign([1, 1, 1], 1.5 * (1 - np.eye(3)), scale=2 / 3)
    >>> round(mean(design, [1.0, 2.0, 6.0]).item().standard_error, 4)
    1.5275
    """

    weights: FloatArray
    replicate_weights: FloatArray
    scale: float
    rscales: FloatArray
    mse: bool

    def __init__(
        self,
        weights: ArrayLike,
        factors: ArrayLike,
        *,
        scale: float = 1.0,
        rscales: ArrayLike = 1.0,
        mse: bool = False,
    ) -> None:
        base = SurveyDesign(weights=weights).weights
        table = np.asarray(factors, dtype=np.float64)
        if table.ndim != 2 or len(table) != len(base) or not table.shape[1]:
            raise DesignError(
                "factors", f"have shape {table.shape} for {len(base)} rows", "give one row of factors a row"
            )
        if not np.isfinite(table).all():
            row = int(np.argmax(~np.isfinite(table).all(axis=1)))
            raise DesignError("factors", f"row {row} has a blank", "give a number for every replicate")
        self.weights, self.scale, self.mse = base, float(scale), mse
        self.replicate_weights = base[:, np.newaxis] * table
        self.rscales = _rscales(rscales, table.shape[1], self.scale)
        read_only(self.replicate_weights)

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def finite(self) -> bool:
        """Whether a finite population is known: it may be in the scales, but nobody can tell."""
        return False

    def with_replacement(self) -> "ReplicateDesign":
        """The design itself: its scales say all there is to say."""
        return self

    def reweighted(self, weights: FloatArray, replicate_weights: FloatArray) -> "ReplicateDesign":
        """The same replicates with other weights."""
        other = copy.copy(self)
        other.weights, other.replicate_weights = weights, replicate_weights
        return other

    def replicated(self, value: FloatArray, replicates: FloatArray) -> Replicated:
        """Statistics and their replicates (statistics × replicates)."""
        return Replicated(self, value, replicates)

    def degrees_of_freedom(self, domain: Codes | None = None) -> FloatArray:
        """Rank of the replicate weights in every domain, less 1."""
        group = every_row(len(self)) if domain is None else in_rows(domain, len(self), "domain")
        order = np.argsort(group.codes, kind="stable")
        starts = np.searchsorted(group.codes[order], np.arange(len(group) + 1))
        ranks = [_rank(self.replicate_weights[order[a:b]]) for a, b in pairwise(starts.tolist())]
        return np.array(ranks, dtype=np.float64) - 1.0


def _rscales(rscales: ArrayLike, replicates: int, scale: float) -> FloatArray:
    array = np.asarray(rscales, dtype=np.float64)
    if array.shape not in ((), (1,), (replicates,)) or not (array >= 0).all() or not scale >= 0:
        raise DesignError("rscales", f"have shape {array.shape}", f"give {replicates} numbers from 0, or one")
    return np.broadcast_to(array, (replicates,))


def _rank(table: FloatArray) -> int:
    """Rank of replicate weights: rows of one unit are equal up to their weight and count once."""
    largest = np.abs(table).max(axis=1, keepdims=True, initial=0.0)
    used = largest[:, 0] > 0
    if not used.any():
        return 0
    return int(np.linalg.matrix_rank(np.unique((table[used] / largest[used]).round(9), axis=0), tol=1e-5))


def jackknife(design: SurveyDesign, *, mse: bool = False) -> ReplicateDesign:
    """Leave one sampling unit out: JKn, which is JK1 where there is one stratum.

    The units left in the stratum count n_h/(n_h-1) times; rscales (1-f_h)(n_h-1)/n_h. A stratum with a single
    unit is an error: its unit cannot be left out.

    >>> design = jackknife(SurveyDesign(strata=["a", "a", "b", "b"]))
    >>> design.replicate_weights[:, 0].tolist(), design.rscales.tolist()
    ([0.0, 2.0, 1.0, 1.0], [0.5, 0.5, 0.5, 0.5])
    """
    stage = design.stages[0]
    _refuse_single(design, "jackknife")
    drawn = stage.sampled[stage.parent]
    units = len(stage.parent)
    same = stage.parent[:, np.newaxis] == stage.parent
    factors = np.where(same, (drawn / np.maximum(drawn - 1, 1))[:, np.newaxis], 1.0)
    factors[np.arange(units), np.arange(units)] = 0.0
    rscales = (1.0 - stage.fraction[stage.parent]) * (drawn - 1.0) / drawn
    return ReplicateDesign(design.weights, factors[stage.unit], rscales=rscales, mse=mse)


def brr(design: SurveyDesign, *, fay: float = 0.0, mse: bool = False) -> ReplicateDesign:
    """Balanced half samples of a design with two sampling units in every stratum; with `fay`, Fay's method.

    In every replicate one unit of a stratum counts 2-fay and the other fay times, chosen by the rows of a
    Hadamard matrix; scale 1/(R·(1-fay)²).

    >>> design = brr(SurveyDesign(strata=["a", "a", "b", "b"]))
    >>> design.replicate_weights.shape, design.scale
    ((4, 4), 0.25)
    """
    from scipy.linalg import hadamard

    stage = design.stages[0]
    if not 0.0 <= fay < 1.0:
        raise DesignError("fay", f"is {fay}", "give a number from 0 to below 1")
    if np.any(stage.sampled != 2):
        stratum = int(np.argmax(stage.sampled != 2))
        problem = f"stratum {design.strata.levels[stratum]!r} has {stage.sampled[stratum]} sampling units"
        raise DesignError("design", problem, "pair the units into strata of two, or use `jackknife`")
    strata = len(stage.sampled)
    order = 1 << strata.bit_length()
    # Column 0 is all ones and would take the same unit everywhere.
    signs = hadamard(order)[:, 1 : strata + 1].T[stage.parent]
    second = np.zeros(len(stage.parent), dtype=np.bool_)
    second[np.argsort(stage.parent, kind="stable")[1::2]] = True
    factors = 1.0 + (1.0 - fay) * np.where(second[:, np.newaxis], -signs, signs)
    return ReplicateDesign(
        design.weights, factors[stage.unit], scale=1.0 / (order * (1.0 - fay) ** 2), mse=mse
    )


def rao_wu(design: SurveyDesign, replicates: int = 500, *, seed: int, mse: bool = False) -> ReplicateDesign:
    """The bootstrap of Rao and Wu: n_h-1 units drawn with replacement, n_h/(n_h-1) times their count.

    >>> rao_wu(SurveyDesign(strata=["a", "a", "b", "b"]), 8, seed=1).replicate_weights.sum(axis=0).tolist()
    [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0]
    """
    _refuse_single(design, "rao_wu")
    sampled = design.stages[0].sampled
    counts = _drawn(design, sampled - 1, replicates, seed)
    factors = counts * (sampled / (sampled - 1.0))[design.stages[0].parent][:, np.newaxis]
    return ReplicateDesign(
        design.weights, factors[design.stages[0].unit], scale=1.0 / (replicates - 1), mse=mse
    )


def canty_davison(
    design: SurveyDesign, replicates: int = 500, *, seed: int, mse: bool = False
) -> ReplicateDesign:
    """The bootstrap that draws as many units as the stratum has, scaled for drawing without replacement.

    Each stratum's units are drawn n_h times with replacement; deviations from 1 are then scaled by
    sqrt((1-f_h)·n_h/(n_h-1)), which gives linear statistics their variance with finite population correction.

    >>> design = canty_davison(SurveyDesign(strata=["a"] * 3, population=3), 4, seed=1)
    >>> bool(np.ptp(design.replicate_weights) == 0)
    True
    """
    _refuse_single(design, "canty_davison")
    stage = design.stages[0]
    spread = np.sqrt((1.0 - stage.fraction) * stage.sampled / (stage.sampled - 1.0))
    deviations = _drawn(design, stage.sampled, replicates, seed) - 1.0
    factors = 1.0 + deviations * spread[stage.parent][:, np.newaxis]
    return ReplicateDesign(design.weights, factors[stage.unit], scale=1.0 / (replicates - 1), mse=mse)


def _refuse_single(design: SurveyDesign, method: str) -> None:
    sampled = design.stages[0].sampled
    if np.any(sampled == 1):
        name = design.strata.levels[int(np.argmax(sampled == 1))]
        raise DesignError(
            "design",
            f"stratum {name!r} has a single sampling unit",
            f"merge it with another before `{method}`",
        )


def _drawn(design: SurveyDesign, sizes: IntArray, replicates: int, seed: int) -> Any:
    """How often every unit was drawn, `sizes` draws with replacement in each stratum (units × replicates)."""
    if replicates < 2:
        raise DesignError("replicates", f"is {replicates}", "ask for at least 2, better 500")
    stage = design.stages[0]
    random = np.random.default_rng(seed)
    counts = np.zeros((len(stage.parent), replicates))
    order = np.argsort(stage.parent, kind="stable")
    starts = np.concatenate([[0], np.cumsum(stage.sampled)])
    for stratum, size in enumerate(sizes.tolist()):
        units = order[starts[stratum] : starts[stratum + 1]]
        counts[units] = random.multinomial(size, np.full(len(units), 1.0 / len(units)), replicates).T
    return counts
