"""Longer series: months put together by dossiers, the same month last year, and the slope over years.

Months are pooled by their answers, never by the mean of monthly percentages. References: Paule and Mandel
(1982), J. Res. Natl. Bur. Stand. 87, 377-385; Newcombe (1998), Stat. Med. 17, 873-890.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import whole_numbers
from analysis.comparison import Comparison
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Interval
from analysis.interval import student_quantile
from analysis.sharedifference import share_difference

YEAR = 12
LEAST_MONTHS = 36
"""Fewer months cannot tell a slope from the seasons."""


def rolling_sums(counts: ArrayLike, months: int = 3) -> IntArray:
    """Sums of `counts` (…, month) over the last `months` up to each month; the first have fewer and are left
    out.

    Make shares of the sums. Two neighbouring ones share months: a difference between them is no test.

    >>> rolling_sums([5, 6, 7, 8]).tolist()
    [18, 21]
    """
    numbers = whole_numbers(counts, "counts")
    if numbers.ndim == 0 or not 1 <= months <= numbers.shape[-1]:
        raise CountError("months", f"is {months} of shape {numbers.shape}", "give at most those there are")
    total = np.cumsum(numbers, axis=-1)
    before = np.concatenate([np.zeros_like(total[..., :1]), total[..., :-months]], axis=-1)
    return np.asarray(total[..., months - 1 :] - before)


def year_on_year(successes: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Comparison:
    """Each month's share less that of the same month a year before, from the thirteenth on (…, month).

    Interval by Newcombe (MOVER of the two Wilson intervals).

    >>> found = year_on_year([80] * 12 + [92], [100] * 13)
    >>> round(float(found.value[0]), 2), [round(float(end[0]), 3) for end in found.interval]
    (0.12, [0.023, 0.217])
    """
    x, size = np.broadcast_arrays(whole_numbers(successes, "successes"), whole_numbers(n, "n"))
    if x.ndim == 0 or x.shape[-1] <= YEAR:
        raise CountError("n", f"has {x.shape} months", "a year-on-year difference needs at least 13 months")
    now, then = (..., slice(YEAR, None)), (..., slice(None, -YEAR))
    return share_difference(x[now], size[now], x[then], size[then], confidence_level=confidence_level)


@dataclass(frozen=True, eq=False)
class Trend:
    """A straight line through months with their own seasons.

    `slope` is per year, with its standard error and t interval; `seasons`: effect of each calendar month
    (the first is that of the first month given), adding up to 0; `between_variance` τ²: how far months lie
    from the line beyond their sampling error; `fitted` by month.
    """

    slope: float
    standard_error: float
    low: float
    high: float
    degrees_of_freedom: int
    seasons: FloatArray
    between_variance: float
    fitted: FloatArray
    confidence_level: float

    @property
    def interval(self) -> Interval[float]:
        """Both ends of the slope's interval."""
        return Interval(self.low, self.high)


def linear_trend(
    values: ArrayLike, variances: ArrayLike, *, except_months: ArrayLike = (), confidence_level: float = 0.95
) -> Trend:
    """Slope per year of at least 36 consecutive monthly `values` with their sampling `variances`.

    Weighted least squares on a slope and twelve calendar months, weights 1/(v_t + τ²), τ² such that the
    weighted squares match their degrees of freedom (0 at least). `except_months`: places of months that
    follow other laws (Tết, which moves between January and February): they get a term of their own and stay
    in the series.

    >>> month = np.arange(48)
    >>> found = linear_trend(80 + month / 12 + 2 * np.sin(month * np.pi / 6), np.full(48, 0.25))
    >>> round(found.slope, 6), round(found.standard_error, 3), found.degrees_of_freedom
    (1.0, 0.065, 35)
    """
    y, v = _series(values, variances)
    flagged = np.unique(whole_numbers(except_months, "except_months", below=len(y)))
    month = np.arange(len(y))
    x = np.zeros((len(y), 1 + YEAR + len(flagged)))
    x[:, 0] = (month - month.mean()) / YEAR
    x[month, 1 + month % YEAR] = 1.0
    x[flagged, 1 + YEAR + np.arange(len(flagged))] = 1.0
    df = len(y) - x.shape[1]
    if df < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise CountError("except_months", "leave a calendar month without a value", "except fewer months")
    between = _between(y, v, x, df)
    weight = 1.0 / (v + between)
    covariance, beta = _fit(y, x, weight)
    error = float(np.sqrt(covariance[0, 0]))
    half = float(student_quantile(df, confidence_level)) * error
    seasons = beta[1 : 1 + YEAR] - beta[1 : 1 + YEAR].mean()
    slope = float(beta[0])
    return Trend(slope, error, slope - half, slope + half, df, seasons, between, x @ beta, confidence_level)


def _series(values: ArrayLike, variances: ArrayLike) -> tuple[FloatArray, FloatArray]:
    y, v = np.asarray(values, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if y.ndim != 1 or len(y) < LEAST_MONTHS:
        raise CountError(
            "values",
            f"have shape {y.shape}",
            f"a trend needs {LEAST_MONTHS} months; before that show the same month last year",
        )
    if v.shape != y.shape or not np.all(np.isfinite(y)) or not np.all((v > 0) & np.isfinite(v)):
        raise AnalysisError("variances", "are not above 0 for every month", "give one a month, and no blank")
    return y, v


def _fit(y: FloatArray, x: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    weighted = x * weight[:, np.newaxis]
    covariance = np.asarray(np.linalg.inv(x.T @ weighted), dtype=np.float64)
    return covariance, covariance @ (weighted.T @ y)


def _between(y: FloatArray, v: FloatArray, x: FloatArray, df: int) -> float:
    """τ² by Paule and Mandel: the weighted squares fall as τ² rises, so halving finds where they equal df."""

    def excess(between: float) -> float:
        weight = 1.0 / (v + between)
        _, beta = _fit(y, x, weight)
        return float((weight * (y - x @ beta) ** 2).sum()) - df

    if excess(0.0) <= 0.0:
        return 0.0
    low, high = 0.0, float(v.max() + y.var())
    while excess(high) > 0.0:
        high *= 2.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return (low + high) / 2
