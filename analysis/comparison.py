"""Differences between estimates: with the covariance of what they share, an interval that keeps to the
bounds, and p-values that say the same as the interval.

References: Newcombe (1998), Statistics in Medicine 17, 873-890; Zou and Donner (2008), Statistics in Medicine
27, 1693-1702 (method of variance estimates recovery, MOVER, with correlation).
"""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.errors import AnalysisError
from analysis.estimate import Estimates
from analysis.estimate import Interval
from analysis.interval import normal_quantile
from analysis.interval import student_quantile
from analysis.interval import wilson
from analysis.multiplicity import Adjustment
from analysis.multiplicity import adjusted_p_values

FARTHEST = 12.0
"""Normal quantile at which the search for a p-value ends (p = 4e-33)."""

STEPS = 44
"""Halvings of the search: to a quantile of 1e-12."""

_ARRAYS = ("value", "standard_error", "low", "high", "p_value", "degrees_of_freedom")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Differences, first minus second, as arrays of one shape; NaN for not available.

    `n` and `other_n` are the denominators of the two sides, None where the caller gave figures without them.
    `degrees_of_freedom` are the fewer of the two sides, infinite for normal quantiles. `adjusted_p_value`,
    with `adjustment`, is for all of these differences together; `tests` counts those that were made.
    """

    value: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    p_value: FloatArray
    degrees_of_freedom: FloatArray
    confidence_level: float
    method: str
    n: IntArray | None = None
    other_n: IntArray | None = None
    adjusted_p_value: FloatArray | None = None
    adjustment: Adjustment | None = None

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            array = np.array(getattr(self, name), dtype=np.float64)
            read_only(array)
            object.__setattr__(self, name, array)

    @property
    def interval(self) -> Interval[FloatArray]:
        """Both ends of every difference."""
        return Interval(self.low, self.high)

    @property
    def tests(self) -> int:
        """How many differences have a p-value: printed with every adjusted one."""
        return int(np.count_nonzero(~np.isnan(self.p_value)))

    def adjusted(self, adjustment: Adjustment = "holm") -> "Comparison":
        """The same with p-values adjusted for all of them together."""
        return replace(
            self, adjusted_p_value=adjusted_p_values(self.p_value, adjustment), adjustment=adjustment
        )

    @property
    def reading(self) -> NDArray[np.str_]:
        """`higher`, `lower` or `cannot tell`, by the adjusted p-value where there is one; `not available`."""
        p = self.p_value if self.adjusted_p_value is None else self.adjusted_p_value
        found = np.where(self.value > 0, "higher", "lower")
        # A rounding error must not turn a p-value equal to its level.
        told = np.where(p <= (1.0 - self.confidence_level) * (1.0 + 1e-9), found, "cannot tell")
        return np.asarray(np.where(np.isnan(p), "not available", told))

    def as_dict(self) -> dict[str, Any]:
        """Every field by name, arrays as (nested) lists with None for not available, and `reading`."""
        shown: dict[str, Any] = {"reading": self.reading.tolist()}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value = np.asarray(np.where(np.isfinite(value), value.astype(object), None)).tolist()  # type: ignore[call-overload]
            shown[field.name] = value
        return shown


def mover(
    value: ArrayLike,
    interval: Interval[Any],
    other: ArrayLike,
    other_interval: Interval[Any],
    *,
    correlation: ArrayLike = 0.0,
) -> Interval[FloatArray]:
    """Interval of `value` - `other` from the intervals of both: the variance recovered at each end.

    L = d - √((v-l)² + (U-o)² - 2ρ(v-l)(U-o)) and the mirror image of it, all of one shape and one unit.
    `correlation` ρ: of the two estimates, from what they share. With Wilson's intervals and ρ = 0 it is
    Newcombe's interval.

    >>> low, high = mover(0.9, wilson(0.9, 50), 0.8, wilson(0.8, 50))
    >>> round(float(low), 4), round(float(high), 4)
    (-0.0434, 0.2421)
    """
    rho = np.asarray(correlation, dtype=np.float64)
    if np.any(np.abs(rho) > 1.0):
        raise AnalysisError("correlation", "lies outside -1 to 1", "divide the covariance by both errors")
    v, o = np.asarray(value, dtype=np.float64), np.asarray(other, dtype=np.float64)
    down = _joined(v - interval.low, other_interval.high - o, rho)
    up = _joined(interval.high - v, o - other_interval.low, rho)
    return Interval(v - o - down, v - o + up)


def bounded_difference(
    first: Estimates,
    second: Estimates,
    *,
    correlation: ArrayLike = 0.0,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> Comparison:
    """`first` - `second`, cell by cell, for estimates of one method with the target `process`.

    MOVER on their own intervals: Wilson's on the effective n of each side within `bounds` (of the index
    method; 0 and 1 for shares), each with its own quantile. `correlation` as in `mover`. The p-value is the
    level at which an end of the interval touches 0, so the two never disagree. The cells may be picked by
    index arrays, for all pairs say. A cell without one of the sides has NaN.

    >>> from analysis import FIVE_LEVEL, Tally, satisfied_share
    >>> may = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 10, 20, 20]]))
    >>> june = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 2, 18, 80]]))
    >>> found = bounded_difference(june, may)
    >>> [round(float(a[0]), 3) for a in (found.value, found.low, found.high, found.p_value)]
    [0.18, 0.079, 0.311, 0.0]
    >>> found.reading.tolist()
    ['higher']
    """
    _same_kind(first, second)
    lowest, width = bounds[0], bounds[1] - bounds[0]
    sides = _Side(first, lowest, width, "first"), _Side(second, lowest, width, "second")
    rho = np.asarray(correlation, dtype=np.float64)

    def interval(z: FloatArray | float) -> Interval[FloatArray]:
        one, other = (side.interval(z) for side in sides)
        return mover(sides[0].mean, one, sides[1].mean, other, correlation=rho)

    value = first.value - second.value
    v, o = first.standard_error, second.standard_error
    error = np.sqrt(np.maximum(v**2 + o**2 - 2.0 * rho * v * o, 0.0))
    low, high = mover(first.value, first.interval, second.value, second.interval, correlation=rho)
    return Comparison(
        value=value,
        standard_error=error,
        low=low,
        high=high,
        p_value=inverted_p_value(value / width, interval),
        degrees_of_freedom=np.minimum(first.degrees_of_freedom, second.degrees_of_freedom),
        confidence_level=first.confidence_level,
        method=f"{first.method}:difference:mover",
        n=np.broadcast_to(first.n, value.shape),
        other_n=np.broadcast_to(second.n, value.shape),
    )


def pairwise_differences(
    value: ArrayLike,
    covariance: ArrayLike,
    *,
    degrees_of_freedom: ArrayLike = np.inf,
    confidence_level: float = 0.95,
    adjustment: Adjustment = "holm",
) -> Comparison:
    """All differences between K figures, in the order of `np.triu_indices(K, 1)`, with t tests.

    t = (x_i - x_j)/√(v_i + v_j - 2c_ij), as R's `svycontrast`. `value`: K figures; `covariance`: their K
    variances where they are independent, or the K × K matrix. For bounded figures of small samples
    `bounded_difference` with index arrays of the pairs is safer.

    >>> found = pairwise_differences([0.9, 0.8, 0.7], [0.001, 0.001, 0.002])
    >>> found.value.round(2).tolist(), found.adjusted_p_value.round(4).tolist()
    ([0.1, 0.2, 0.1], [0.0507, 0.0008, 0.0679])
    """
    x, matrix = figures(value, covariance)
    i, j = np.triu_indices(len(x), 1)
    variance = matrix[i, i] + matrix[j, j] - 2.0 * matrix[i, j]
    found = tested(x[i] - x[j], variance, degrees_of_freedom, confidence_level, "pairwise")
    return found.adjusted(adjustment)


def differences_from_mean(
    value: ArrayLike,
    covariance: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    degrees_of_freedom: ArrayLike = np.inf,
    confidence_level: float = 0.95,
    adjustment: Adjustment = "holm",
) -> Comparison:
    """Each of K figures less the mean of all K: above, below, or cannot tell.

    d_j = x_j - Σ w_k x_k, w_k equal unless `weights` (adding up to 1; dossiers, say) are given; the variance
    is that of the whole contrast, so a unit's own part in the mean is counted. Other arguments as in
    `pairwise_differences`.

    >>> differences_from_mean([0.95, 0.8, 0.8, 0.7], [0.0004] * 4).reading.tolist()
    ['higher', 'cannot tell', 'cannot tell', 'lower']
    """
    x, matrix = figures(value, covariance)
    count = len(x)
    w = np.full(count, 1.0 / max(count, 1)) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != x.shape or np.any(w < 0) or (count and not np.isclose(w.sum(), 1.0, rtol=0, atol=1e-9)):
        raise AnalysisError("weights", f"are {w.tolist()}", f"give {count} weights from 0 that add up to 1")
    shared = matrix @ w
    variance = np.diag(matrix) - 2.0 * shared + w @ shared
    found = tested(x - w @ x, variance, degrees_of_freedom, confidence_level, "from_mean")
    return found.adjusted(adjustment)


def figures(value: ArrayLike, covariance: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """K figures and their K × K covariance matrix, checked; K variances become a diagonal."""
    x, v = np.asarray(value, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if x.ndim != 1:
        raise AnalysisError("value", f"has shape {x.shape}", "give one axis of figures")
    if v.shape not in (x.shape, (len(x), len(x))):
        raise AnalysisError(
            "covariance", f"has shape {v.shape} for {len(x)} figures", "give their variances, or the matrix"
        )
    matrix = np.diag(v) if v.ndim == 1 else v
    negative = np.flatnonzero(np.diag(matrix) < 0)
    if negative.size:
        raise AnalysisError("covariance", f"has a negative variance at place {negative[0]}", "give variances")
    if not np.allclose(matrix, matrix.T, rtol=1e-6, atol=0, equal_nan=True):
        raise AnalysisError("covariance", "is not symmetric", "give the covariance matrix of the figures")
    return x, matrix


def tested(
    value: FloatArray,
    variance: FloatArray,
    degrees_of_freedom: ArrayLike,
    confidence_level: float,
    method: str,
) -> Comparison:
    """Differences of unbounded figures with Student's t; two figures without any variance are no test."""
    from scipy.special import stdtr

    # What is left of equal variances and covariances is rounding.
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    df = np.broadcast_to(np.asarray(degrees_of_freedom, dtype=np.float64), value.shape)
    half = student_quantile(df, confidence_level) * error
    return Comparison(
        value=value,
        standard_error=error,
        low=value - half,
        high=value + half,
        p_value=2.0 * stdtr(df, -np.abs(value) / error),
        degrees_of_freedom=df,
        confidence_level=confidence_level,
        method=f"{method}:t",
    )


def inverted_p_value(value: FloatArray, interval: Callable[[Any], Interval[FloatArray]]) -> FloatArray:
    """The two-sided p-value at which `interval` (of a normal quantile z) has an end at 0.

    Halving: at the smaller quantiles the interval lies on one side of 0, at the larger ones it holds it.
    """
    from scipy.special import ndtr

    near, far = np.zeros(value.shape), np.full(value.shape, FARTHEST)
    for _ in range(STEPS):
        middle = (near + far) / 2
        low, high = interval(middle)
        excluded = np.where(value > 0, low > 0, high < 0)
        near, far = np.where(excluded, middle, near), np.where(excluded, far, middle)
    p = np.where(value == 0, 1.0, 2.0 * ndtr(-far))
    return np.asarray(np.where(np.isnan(sum(interval(1.0))), np.nan, p))


class _Side:
    """One side of a difference, rescaled to 0..1: its mean, and Wilson's interval at any quantile."""

    def __init__(self, estimates: Estimates, lowest: float, width: float, argument: str) -> None:
        self.mean = (estimates.value - lowest) / width
        if np.any((self.mean < 0) | (self.mean > 1)):
            raise AnalysisError("bounds", f"do not hold the {argument} estimates", "give the method's bounds")
        self.size = np.where(np.isnan(self.mean), np.nan, estimates.effective_n)
        self.df = estimates.degrees_of_freedom
        known = ~np.isnan(estimates.low)
        again = lowest + width * self.interval(normal_quantile(estimates.confidence_level)).low
        if not np.allclose(again[known], estimates.low[known], rtol=0, atol=1e-6 * abs(width)):
            raise AnalysisError(
                argument, "has other than Wilson's intervals in these bounds", "check bounds and method"
            )

    def interval(self, z: FloatArray | float) -> Interval[FloatArray]:
        """The interval at the level of the normal quantile z."""
        return wilson(self.mean, self.size, quantile=_quantile(self.df, z))


def _quantile(df: FloatArray, z: FloatArray | float) -> FloatArray:
    """Student's quantile with the same tail as the normal `z`."""
    from scipy.special import ndtr
    from scipy.special import stdtrit

    shape = np.broadcast_shapes(df.shape, np.shape(z))
    df, quantile = np.broadcast_to(df, shape), np.array(np.broadcast_to(z, shape), dtype=np.float64)
    quantile[np.isnan(df) | (df <= 0)] = np.nan
    student = (df > 0) & np.isfinite(df)
    quantile[student] = -stdtrit(df[student], ndtr(-quantile[student]))
    return quantile


def _joined(one: FloatArray, other: FloatArray, rho: FloatArray) -> FloatArray:
    return np.sqrt(np.maximum(one**2 + other**2 - 2.0 * rho * one * other, 0.0))


def _same_kind(first: Estimates, second: Estimates) -> None:
    for argument, estimates in (("first", first), ("second", second)):
        if estimates.target != "process":
            raise AnalysisError(
                argument, "speaks of the month alone", "compare estimates with the target 'process'"
            )
    if first.method != second.method:
        raise AnalysisError(
            "second", f"is {second.method!r}, not {first.method!r}", "compare figures of one method"
        )
    if first.confidence_level != second.confidence_level:
        raise AnalysisError("second", "has another confidence level", "estimate both at one level")
