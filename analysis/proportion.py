"""Shares: satisfied, very satisfied, or any options of a scale."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.bounded import standard_error
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Estimates
from analysis.estimate import Interval
from analysis.estimate import Target
from analysis.interval import clopper_pearson
from analysis.interval import wilson
from analysis.population import finite_population
from analysis.tally import Tally

IntervalMethod = Literal["wilson", "clopper_pearson"]


def share(
    tally: Tally,
    options: Iterable[str],
    *,
    population: ArrayLike | None = None,
    target: Target = "process",
    confidence_level: float = 0.95,
    method: IntervalMethod = "wilson",
    responses: ArrayLike | None = None,
) -> Estimates:
    """Share of the answers that chose one of `options`, cell by cell.

    The interval is the plain Wilson interval of x successes in n (or the exact one), which anybody can check
    by hand; for the target `month` with n replaced by n(N-1)/(N-n). The standard error is
    sqrt(p(1-p)/(n-1)·(1-n/N)), which is what R's `svymean` gives, None for one answer.

    `responses`: sampled forms, where some of them left the item blank and n answered. Then, as in R, the
    blank rows stay in the design: p(1-p)/n·r/(r-1)·(1-r/N), and n(N-1)/(N-r) in the interval.

    >>> from analysis import FIVE_LEVEL
    >>> july = share(Tally(FIVE_LEVEL, [2, 1, 5, 30, 12]), ("4", "5")).item()
    >>> july.value, round(july.standard_error, 4), round(july.low, 4), round(july.high, 4)
    (0.84, 0.0524, 0.7149, 0.9166)
    """
    n = tally.n
    rows = sampled_rows(n, responses)
    chosen = tally.count(options)
    p = np.where(n > 0, chosen / np.maximum(n, 1), np.nan)
    variance = p * (1.0 - p) / np.maximum(n, 1) * rows / np.maximum(rows - 1, 1)
    finite = finite_population(rows, population, target)
    effective = np.where(n > 0, n, np.nan) * finite.gain
    low, high = _interval(p, effective, method, confidence_level)
    return Estimates(
        value=p,
        standard_error=standard_error(variance, rows, finite.correction),
        low=low,
        high=high,
        n=n,
        effective_n=effective,
        design_effect=np.ones(n.shape),
        degrees_of_freedom=np.full(n.shape, np.inf),
        confidence_level=confidence_level,
        method=f"share:{method}",
        target=target,
        population=finite.size,
        flags=finite.flags,
    )


def satisfied_share(
    tally: Tally,
    *,
    population: ArrayLike | None = None,
    target: Target = "process",
    confidence_level: float = 0.95,
    method: IntervalMethod = "wilson",
) -> Estimates:
    """Share of the satisfied options of the tally's scale; see `share`."""
    return share(
        tally,
        tally.scale.satisfied,
        population=population,
        target=target,
        confidence_level=confidence_level,
        method=method,
    )


def very_satisfied_share(
    tally: Tally,
    *,
    population: ArrayLike | None = None,
    target: Target = "process",
    confidence_level: float = 0.95,
    method: IntervalMethod = "wilson",
) -> Estimates:
    """Share of the very satisfied options of the tally's scale; see `share`."""
    return share(
        tally,
        tally.scale.very_satisfied,
        population=population,
        target=target,
        confidence_level=confidence_level,
        method=method,
    )


def sampled_rows(n: IntArray, responses: ArrayLike | None) -> IntArray:
    """Rows of the sample behind n answers: n itself, or `responses` where blanks are told apart."""
    if responses is None:
        return n
    rows = fitted(responses, n.shape, "responses")
    if np.any(rows < n):
        raise CountError("responses", "are fewer than the answers", "count every form, answered or blank")
    return rows


def _interval(
    p: FloatArray, effective: FloatArray, method: IntervalMethod, confidence_level: float
) -> Interval[FloatArray]:
    if method == "wilson":
        return wilson(p, effective, confidence_level=confidence_level)
    if method != "clopper_pearson":
        raise AnalysisError("method", f"is {method!r}", "choose 'wilson' or 'clopper_pearson'")
    full = np.isinf(effective)
    size = np.where(full, 1.0, effective)
    low, high = clopper_pearson(np.minimum(p * size, size), size, confidence_level=confidence_level)
    return Interval(np.where(full, p, low), np.where(full, p, high))
