"""Intervals of a share from its standard error or its effective n, for designs of any kind.

References: Korn and Graubard (1998), Survey Methodology 24, 193-201; Kott (2017), Survey Methodology 43, for
Wilson's on an effective n. R's `svyciprop` has all of them.
"""

from typing import Any
from typing import Literal
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.estimate import Interval
from analysis.interval import between
from analysis.interval import bisected
from analysis.interval import clopper_pearson
from analysis.interval import counted
from analysis.interval import interval_of
from analysis.interval import normal_quantile
from analysis.interval import student_quantile

NeffRule: TypeAlias = Literal["n", "r"]
"""How an effective n is counted: `n` in a simple random sample, or n-1 as R does."""


def logit_interval(
    share: ArrayLike,
    standard_error: ArrayLike,
    *,
    quantile: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Interval[Any]:
    """logit p ± t·SE/(p(1-p)), turned back: R's `svyciprop` with `logit` and `xlogit`. NaN at 0 and 1.

    >>> [round(end, 4) for end in logit_interval(0.9, 0.04)]
    [0.7902, 0.9556]
    """
    p, error = np.broadcast_arrays(between(share, "share"), np.asarray(standard_error, dtype=np.float64))
    t = _quantile(quantile, confidence_level)
    inside = np.where((p > 0) & (p < 1), p, np.nan)
    odds, half = np.log(inside / (1.0 - inside)), t * error / (inside * (1.0 - inside))
    return interval_of(1.0 / (1.0 + np.exp(half - odds)), 1.0 / (1.0 + np.exp(-half - odds)))


def arcsine(
    share: ArrayLike,
    standard_error: ArrayLike,
    *,
    quantile: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Interval[Any]:
    """sin²(arcsin √p ± t·SE/(2√(p(1-p)))): R's `svyciprop` with `asin`. NaN at 0 and 1.

    >>> [round(end, 4) for end in arcsine(0.9, 0.04)]
    [0.8089, 0.9639]
    """
    p, error = np.broadcast_arrays(between(share, "share"), np.asarray(standard_error, dtype=np.float64))
    inside = np.where((p > 0) & (p < 1), p, np.nan)
    half = _quantile(quantile, confidence_level) * error / (2.0 * np.sqrt(inside * (1.0 - inside)))
    angle = np.arcsin(np.sqrt(inside))
    return interval_of(np.sin(angle - half) ** 2, np.sin(angle + half) ** 2)


def wald(
    value: ArrayLike,
    standard_error: ArrayLike,
    *,
    quantile: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Interval[Any]:
    """value ± t·SE, for what has no bounds; for shares near 0 and 1 it covers far too little.

    >>> [round(end, 4) for end in wald(0.9, 0.04)]
    [0.8216, 0.9784]
    """
    centre, error = np.broadcast_arrays(np.asarray(value, dtype=np.float64), np.asarray(standard_error))
    half = _quantile(quantile, confidence_level) * error
    return interval_of(centre - half, centre + half)


def effective_n(
    share: ArrayLike, variance: ArrayLike, n: ArrayLike | None = None, *, rule: NeffRule = "n"
) -> FloatArray:
    """How many independent answers the variance of a share is worth.

    Rule `r`: p(1-p)/v, which is n-1 in a simple random sample (R's `svyciprop`); `n`: that times n/(n-1), so
    that a simple random sample has its n. NaN where p is 0 or 1 or nothing varies.

    >>> v = 0.8 * 0.2 / 49
    >>> effective_n(0.8, v, rule="r").round(9).item(), effective_n(0.8, v, 50).round(9).item()
    (49.0, 50.0)
    """
    if rule not in ("n", "r"):
        raise AnalysisError("rule", f"is {rule!r}", "choose 'n' or 'r'")
    if rule == "n" and n is None:
        raise AnalysisError("n", "is missing", "the rule 'n' needs the number of answers")
    p, v = np.broadcast_arrays(between(share, "share"), np.asarray(variance, dtype=np.float64))
    usable = (p > 0) & (p < 1) & (v > 0)
    found = np.where(usable, p * (1.0 - p) / np.where(usable, v, 1.0), np.nan)
    if rule == "r":
        return found
    size = np.asarray(n, dtype=np.float64)
    return np.asarray(np.where(size > 1, found * size / np.maximum(size - 1.0, 1.0), np.nan))


def korn_graubard(
    share: ArrayLike,
    variance: ArrayLike,
    n: ArrayLike,
    degrees_of_freedom: ArrayLike,
    *,
    capped: bool = True,
    confidence_level: float = 0.95,
) -> Interval[Any]:
    """Clopper and Pearson's interval on the effective n of Korn and Graubard (1998), Survey Methodology 24.

    n* = p(1-p)/v·(t(n-1)/t(df))², `capped` at n as the presentation standard of NCHS (2017) has it; n* = n
    where p is 0 or 1 or v is 0. Uncapped it equals R's `svyciprop` with `beta`.

    >>> [round(end, 4) for end in korn_graubard(0.9, 0.9 * 0.1 / 49, 50, 49)]
    [0.7803, 0.9672]
    """
    p, v, size, df = np.broadcast_arrays(
        between(share, "share"), np.asarray(variance, dtype=np.float64), counted(n), degrees_of_freedom
    )
    shrink = student_quantile(size - 1.0, confidence_level) / student_quantile(df, confidence_level)
    found = effective_n(p, v, rule="r") * shrink**2
    effective = np.where((p > 0) & (p < 1) & (v > 0), found, size)
    if capped:
        effective = np.minimum(effective, size)
    return clopper_pearson(np.minimum(p * effective, effective), effective, confidence_level=confidence_level)


def likelihood_interval(
    share: ArrayLike,
    effective_n: ArrayLike,
    *,
    quantile: ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Interval[Any]:
    """The shares whose likelihood ratio, scaled to the effective n, stays below t².

    2n*·(p̂·log(p̂/p) + (1-p̂)·log((1-p̂)/(1-p))) ≤ t². R's `svyciprop` with `likelihood` is this one with
    n* = p(1-p)/v·(n-1)/n, up to its interpolation of the profile.

    >>> [round(end, 4) for end in likelihood_interval(0.9, 50)]
    [0.7973, 0.9629]
    """
    p, size = np.broadcast_arrays(between(share, "share"), counted(effective_n))
    limit = np.broadcast_to(_quantile(quantile, confidence_level), p.shape) ** 2 / np.where(
        size > 0, 2 * size, np.nan
    )
    return interval_of(_likelihood_low(p, limit), 1.0 - _likelihood_low(1.0 - p, limit))


def _likelihood_low(p: FloatArray, limit: FloatArray) -> FloatArray:
    from scipy.special import rel_entr

    def near(trial: FloatArray) -> Any:
        return rel_entr(p, trial) + rel_entr(1.0 - p, 1.0 - trial) < limit

    found = np.where(p > 0, bisected(near, np.zeros(p.shape), p), 0.0)
    return np.where(np.isnan(limit), np.nan, found)


def _quantile(quantile: ArrayLike | None, confidence_level: float) -> FloatArray:
    return np.asarray(normal_quantile(confidence_level) if quantile is None else quantile, dtype=np.float64)
