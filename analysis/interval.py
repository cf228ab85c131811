"""Confidence intervals of a share or of any mean between 0 and 1, and the quantiles they use.

References: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Clopper and Pearson (1934), Biometrika 26,
404-413; Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133, who compare them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Interval

BISECTIONS = 80
"""Halvings of 0..1: more than a float can tell apart."""


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
    p, size = np.broadcast_arrays(between(share, "share"), counted(n))
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
    return interval_of(low, high)


def wilson_corrected(successes: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Interval[Any]:
    """Wilson's interval with Yates' correction for continuity: wider, for comparison. R's `prop.test`.

    The correction is 1/2n, but no more than the distance of x from n/2; n = 0 gives NaN.

    >>> [round(end, 4) for end in wilson_corrected(45, 50)]
    [0.7741, 0.9626]
    """
    x, size = _successes(successes, n)
    step = np.where(size > 0, np.minimum(0.5, np.abs(x - size / 2)), np.nan)
    t = normal_quantile(confidence_level)
    safe = np.where(size > 0, size, 1.0)
    ends: list[FloatArray] = []
    for p in ((x - step) / safe, (x + step) / safe):
        sign = -1.0 if not ends else 1.0
        root = t * np.sqrt(np.maximum(p * (1.0 - p) / safe + t**2 / (4 * safe**2), 0.0))
        ends.append((p + t**2 / (2 * safe) + sign * root) / (1.0 + t**2 / safe))
    return interval_of(
        np.where(x > 0, np.maximum(ends[0], 0.0), 0.0 * step),
        np.where(x < size, np.minimum(ends[1], 1.0), 1.0 + 0.0 * step),
    )


def clopper_pearson(successes: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Interval[Any]:
    """The exact interval of Clopper and Pearson, never below its level and therefore wide.

    `successes` and `n` may be fractions of an effective sample; infinite n cannot be told from its successes
    and is an error. n = 0 gives NaN.

    >>> [round(end, 4) for end in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """
    tail = 1.0 - _upper(confidence_level)
    x, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), counted(n))
    if np.any(np.isinf(size)):
        raise CountError("n", "is infinite", "a full count has no interval: use its value")
    if np.any((x < 0) | (x > size)):
        raise CountError("successes", "lie outside 0 to n", "give how many of the n succeeded")
    failures = size - x
    return interval_of(exact_low(x, failures, tail), 1.0 - exact_low(failures, x, tail))


def agresti_coull(share: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Interval[Any]:
    """The interval of Agresti and Coull (1998): t²/2 successes and failures added, then the textbook formula.

    Ends beyond 0 and 1 are cut off. `n` may be an effective, fractional n; n = 0 gives NaN.

    >>> [round(end, 4) for end in agresti_coull(0.9, 50)]
    [0.7821, 0.9609]
    """
    p, size = np.broadcast_arrays(between(share, "share"), counted(n))
    t = normal_quantile(confidence_level)
    more = size + t**2
    centre = np.where(size > 0, (size * p + t**2 / 2) / more, np.nan)
    half = t * np.sqrt(centre * (1.0 - centre) / more)
    return interval_of(np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0))


def jeffreys(successes: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Interval[Any]:
    """Equal tails of the posterior with Jeffreys' prior, Beta(x + ½, n - x + ½).

    At x = 0 and x = n the end beside the estimate is 0 or 1 (Brown, Cai and DasGupta 2001). n = 0 gives NaN.

    >>> [round(end, 4) for end in jeffreys(45, 50)]
    [0.7946, 0.9608]
    """
    from scipy.special import betaincinv

    x, size = _successes(successes, n)
    tail = 1.0 - _upper(confidence_level)
    low = np.where(x > 0, betaincinv(x + 0.5, size - x + 0.5, tail), 0.0)
    high = np.where(x < size, betaincinv(x + 0.5, size - x + 0.5, 1.0 - tail), 1.0)
    return interval_of(np.where(size > 0, low, np.nan), np.where(size > 0, high, np.nan))


def mid_p(successes: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Interval[Any]:
    """The exact interval with half the probability of what was observed (Lancaster 1961).

    Shorter than the exact one and near its level. The low end p solves P(X > x) + ½P(X = x) = α/2, the high
    one likewise; 0 and 1 where x is 0 or n.

    >>> [round(end, 4) for end in mid_p(45, 50)]
    [0.7922, 0.9624]
    """
    x, size = _successes(successes, n)
    tail = 1.0 - _upper(confidence_level)
    low = _mid_p_low(x, size, tail)
    high = 1.0 - _mid_p_low(size - x, size, tail)
    return interval_of(np.where(size > 0, low, np.nan), np.where(size > 0, high, np.nan))


def hypergeometric(
    successes: ArrayLike, n: ArrayLike, population: ArrayLike, *, confidence_level: float = 0.95
) -> Interval[Any]:
    """Exact interval of the share A/N in a finite population: all A that neither tail rejects at α/2.

    From the smallest A with P(X ≥ x | A) > α/2 to the largest with P(X ≤ x | A) > α/2, divided by N; never
    below its level.

    >>> hypergeometric(11, 12, 40)
    Interval(low=0.675, high=0.975)
    """
    x, size, whole = np.broadcast_arrays(*(np.asarray(a, dtype=np.int64) for a in (successes, n, population)))
    if np.any((x < 0) | (x > size) | (size > whole) | (size < 1)):
        raise CountError(
            "successes", "do not fit n and the population", "give 0 ≤ successes ≤ n ≤ population, n ≥ 1"
        )
    tail = 1.0 - _upper(confidence_level)
    low = _fewest(x, size, whole, tail)
    high = whole - _fewest(size - x, size, whole, tail)
    return interval_of(low / whole, high / whole)


def exact_low(successes: FloatArray, failures: FloatArray, tail: float) -> FloatArray:
    """The lower end; the upper one is that of the failures, turned round."""
    from scipy.special import betaincinv

    some = successes > 0
    low = betaincinv(np.where(some, successes, 1.0), failures + 1.0, tail)
    return np.where(some, low, np.where(successes + failures > 0, 0.0, np.nan))


def interval_of(low: FloatArray, high: FloatArray) -> Interval[Any]:
    """Numbers for numbers, arrays for arrays."""
    return Interval(low.item(), high.item()) if low.ndim == 0 else Interval(low, high)


def _upper(confidence_level: float) -> float:
    if not 0.0 < confidence_level < 1.0:
        raise AnalysisError(
            "confidence_level", f"{confidence_level} is not between 0 and 1", "give 0.95 for 95 %"
        )
    return 0.5 + confidence_level / 2


def between(share: ArrayLike, argument: str) -> FloatArray:
    """Shares, refused outside 0 to 1."""
    array = np.asarray(share, dtype=np.float64)
    if np.any((array < 0) | (array > 1)):
        raise AnalysisError(argument, "lies outside 0 to 1", "give a share, not a percentage")
    return array


def counted(n: ArrayLike) -> Any:
    """Sizes, refused below 0."""
    array = np.asarray(n, dtype=np.float64)
    if np.any(array < 0):
        raise CountError("n", "is negative", "give the number of answers")
    return array


def _successes(successes: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), counted(n))
    if np.any((x < 0) | (x > size) | np.isinf(size)):
        raise CountError("successes", "lie outside 0 to n", "give how many of the n succeeded")
    return x, size


def bisected(above: Callable[[FloatArray], Any], low: FloatArray, high: FloatArray) -> FloatArray:
    """Where `above` turns true, between `low` and `high`."""
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        turned = above(middle)
        low, high = np.where(turned, low, middle), np.where(turned, middle, high)
    return (low + high) / 2


def _mid_p_low(x: FloatArray, size: FloatArray, tail: float) -> FloatArray:
    from scipy.special import betainc

    some = x > 0
    k, rest = np.where(some, x, 1.0), np.where(some, size - x, 0.0)

    def above(p: FloatArray) -> Any:
        more = np.where(rest > 0, betainc(k + 1.0, np.maximum(rest, 1.0), p), 0.0)
        return (betainc(k, rest + 1.0, p) + more) / 2 > tail

    return np.where(some, bisected(above, np.zeros(x.shape), np.ones(x.shape)), 0.0)


def _fewest(x: Any, size: Any, whole: Any, tail: float) -> Any:
    """The smallest number A of successes in the population with P(X ≥ x | A) > tail, by bisection."""
    from scipy.stats import hypergeom

    low, high = x - 1, whole - (size - x)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        fits = (hypergeom.sf(x - 1, whole, middle, size) > tail) & (middle >= x)
        low, high = np.where(fits, low, middle), np.where(fits, middle, high)
    return np.where(x == 0, 0, high)
