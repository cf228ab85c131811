"""Confidence intervals of a share or of any mean between 0 and 1, and the quantiles they use.

References: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Clopper and Pearson (1934), Biometrika 26,
404-413; Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133, who compare them.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Interval


def normal_quantile(confidence_level: float = 0.95) -> float:
    """Two-sided normal quantile.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    from scipy.special import ndtri

    return float(ndtri(_upper(confidence_level)))


def student_quantile(degrees_of_freedom: ArrayLike, confidence_level: float = 0.95) -> FloatArray:
    """Two-sided quantile of Student's t; infinite degrees of freedom give the normal one, none give NaN.

    >>> student_quantile([9, np.inf]).round(4).tolist()
    [2.2622, 1.96]
    """
    from scipy.special import stdtrit

    df = np.asarray(degrees_of_freedom, dtype=np.float64)
    usable = (df > 0) & np.isfinite(df)
    student = stdtrit(np.where(usable, df, 1.0), _upper(confidence_level))
    normal = np.where(np.isposinf(df), normal_quantile(confidence_level), np.nan)
    return np.asarray(np.where(usable, student, normal))


def wilson(
    share: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95, quantile: ArrayLike | None = None
) -> Interval[Any]:
    """Wilson's interval: the shares that a score test at this level would not reject.

    `n` may be an effective, fractional n; infinite n is a full count and gives the point. `quantile` (of
    Student's t, say) takes the place of the normal one. With t the quantile, centre (p + t²/2n)/(1 + t²/n),
    half width t·sqrt(p(1-p)/n + t²/4n²)/(1 + t²/n); the ends are computed as the product of roots, so that
    they are exact at 0 and 1 and keep their digits near them. n = 0 gives NaN.

    >>> [round(end, 4) for end in wilson(201 / 209, 209)]
    [0.9263, 0.9805]
    """
    p, size = np.broadcast_arrays(_between(share, "share"), _size(n))
    t = np.asarray(normal_quantile(confidence_level) if quantile is None else quantile, dtype=np.float64)
    finite = np.isfinite(size)
    # Where n is infinite nothing is uncertain; a zero keeps even an undefined quantile out of the point.
    a = np.where(finite, t**2 / np.where(finite & (size > 0), size, 1.0), 0.0)
    a = np.where(size > 0, a, np.nan)
    q = 1.0 - p
    spread = a / 2 + np.sqrt(a * p * q + a**2 / 4)
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(p > 0, p * p / (p + spread), 0.0 * a)
        high = np.where(q > 0, 1.0 - q * q / (q + spread), 1.0 + 0.0 * a)
    low, high = np.where(finite, np.minimum(low, p), p), np.where(finite, np.maximum(high, p), p)
    return _interval(low, high)


def clopper_pearson(successes: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Interval[Any]:
    """The exact interval of Clopper and Pearson, never below its level and therefore wide.

    `successes` and `n` may be fractions of an effective sample; infinite n cannot be told from its successes
    and is an error. n = 0 gives NaN.

    >>> [round(end, 4) for end in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """
    tail = 1.0 - _upper(confidence_level)
    x, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), _size(n))
    if np.any(np.isinf(size)):
        raise CountError("n", "is infinite", "a full count has no interval: use its value")
    if np.any((x < 0) | (x > size)):
        raise CountError("successes", "lie outside 0 to n", "give how many of the n succeeded")
    failures = size - x
    return _interval(_exact_low(x, failures, tail), 1.0 - _exact_low(failures, x, tail))


def _exact_low(successes: FloatArray, failures: FloatArray, tail: float) -> FloatArray:
    """The lower end; the upper one is that of the failures, turned round."""
    from scipy.special import betaincinv

    some = successes > 0
    low = betaincinv(np.where(some, successes, 1.0), failures + 1.0, tail)
    return np.where(some, low, np.where(successes + failures > 0, 0.0, np.nan))


def _interval(low: FloatArray, high: FloatArray) -> Interval[Any]:
    """Numbers for numbers, arrays for arrays."""
    return Interval(low.item(), high.item()) if low.ndim == 0 else Interval(low, high)


def _upper(confidence_level: float) -> float:
    if not 0.0 < confidence_level < 1.0:
        raise AnalysisError(
            "confidence_level", f"{confidence_level} is not between 0 and 1", "give 0.95 for 95 %"
        )
    return 0.5 + confidence_level / 2


def _between(share: ArrayLike, argument: str) -> FloatArray:
    array = np.asarray(share, dtype=np.float64)
    if np.any((array < 0) | (array > 1)):
        raise AnalysisError(argument, "lies outside 0 to 1", "give a share, not a percentage")
    return array


def _size(n: ArrayLike) -> Any:
    array = np.asarray(n, dtype=np.float64)
    if np.any(array < 0):
        raise CountError("n", "is negative", "give the number of answers")
    return array
