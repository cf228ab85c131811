"""The difference between two independent shares, from their counts.

References: Newcombe (1998), Statistics in Medicine 17, 873-890; Agresti and Caffo (2000), American
Statistician 54, 280-288; Miettinen and Nurminen (1985), Statistics in Medicine 4, 213-226.
"""

from typing import Any
from typing import Literal
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import whole_numbers
from analysis.comparison import Comparison
from analysis.comparison import inverted_p_value
from analysis.comparison import mover
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Interval
from analysis.interval import normal_quantile
from analysis.interval import wilson

DifferenceMethod: TypeAlias = Literal["newcombe", "agresti_caffo", "score", "wald"]
"""How the interval of a difference of shares is made."""

HALVINGS = 60


def share_difference(
    successes: ArrayLike,
    n: ArrayLike,
    other_successes: ArrayLike,
    other_n: ArrayLike,
    *,
    method: DifferenceMethod = "newcombe",
    confidence_level: float = 0.95,
) -> Comparison:
    """`successes`/`n` - `other_successes`/`other_n` of independent samples, for any shape of counts.

    `newcombe` joins the two Wilson intervals (MOVER); `score` inverts Miettinen and Nurminen's score test
    with its factor N/(N-1), by halving, so that it never fails at 0 and 1; `agresti_caffo` adds a success and
    a failure to each side; `wald` is the textbook one, for reference only: it promises certainty where both
    are unanimous. The p-value belongs to the interval. The standard error is √(pq/(n-1) + ...), none for a
    single answer. n = 0 gives NaN.

    >>> found = share_difference(45, 50, 40, 50)
    >>> round(float(found.value), 2), round(float(found.low), 4), round(float(found.high), 4)
    (0.1, -0.0434, 0.2421)
    >>> low, high = share_difference(20, 20, 25, 25, method="score").interval
    >>> round(float(low), 3), round(float(high), 3)
    (-0.164, 0.136)
    """
    if method not in _METHODS:
        raise AnalysisError("method", f"is {method!r}", f"choose among {', '.join(_METHODS)}")
    x, size = _counts(successes, n, "successes", "n")
    other_x, other_size = _counts(other_successes, other_n, "other_successes", "other_n")
    x, size, other_x, other_size = np.broadcast_arrays(x, size, other_x, other_size)
    z = normal_quantile(confidence_level)
    p, other = _share(x, size), _share(other_x, other_size)
    low, high, p_value = _METHODS[method](x, size, other_x, other_size, z)
    return Comparison(
        value=p - other,
        standard_error=np.sqrt(_spread(p, size) + _spread(other, other_size)),
        low=low,
        high=high,
        p_value=p_value,
        degrees_of_freedom=np.full(p.shape, np.inf),
        confidence_level=confidence_level,
        method=f"share:difference:{method}",
        n=size,
        other_n=other_size,
    )


def _newcombe(x: IntArray, n: IntArray, other_x: IntArray, other_n: IntArray, z: float) -> Any:
    p, other = _share(x, n), _share(other_x, other_n)

    def interval(quantile: FloatArray | float) -> Interval[FloatArray]:
        one = wilson(p, n, quantile=quantile)
        return mover(p, one, other, wilson(other, other_n, quantile=quantile))

    return (*interval(z), inverted_p_value(p - other, interval))


def _agresti_caffo(x: IntArray, n: IntArray, other_x: IntArray, other_n: IntArray, z: float) -> Any:
    known = np.where((n > 0) & (other_n > 0), 0.0, np.nan)
    p, other = (x + 1) / (n + 2) + known, (other_x + 1) / (other_n + 2)
    error = np.sqrt(p * (1 - p) / (n + 2) + other * (1 - other) / (other_n + 2))
    value = p - other
    ends = np.clip([value - z * error, value + z * error], -1.0, 1.0)
    return (*ends, _two_sided(value / error))


def _wald(x: IntArray, n: IntArray, other_x: IntArray, other_n: IntArray, z: float) -> Any:
    p, other = _share(x, n), _share(other_x, other_n)
    value = p - other
    error = np.sqrt(p * (1 - p) / np.maximum(n, 1) + other * (1 - other) / np.maximum(other_n, 1))
    # Without any variance: equal shares are not told apart, unequal ones "surely" are.
    sure = np.where(value == 0, 0.0, np.inf) + 0.0 * value
    ratio = np.where(error == 0, sure, np.abs(value) / np.where(error == 0, 1.0, error))
    return value - z * error, value + z * error, _two_sided(ratio)


def _score(x: IntArray, n: IntArray, other_x: IntArray, other_n: IntArray, z: float) -> Any:
    low = _score_low(x, n, other_x, other_n, z)
    high = -_score_low(other_x, other_n, x, n, z)
    none = np.zeros(np.shape(x))
    return low, high, _two_sided(_score_ratio(none, x, n, other_x, other_n))


_METHODS = {"newcombe": _newcombe, "agresti_caffo": _agresti_caffo, "score": _score, "wald": _wald}


def _score_low(x: IntArray, n: IntArray, other_x: IntArray, other_n: IntArray, z: float) -> FloatArray:
    """The lower end: the score falls as the supposed difference rises from -1 to the observed one."""
    value = _share(x, n) - _share(other_x, other_n)
    low, high = np.full(value.shape, -1.0) + 0.0 * value, np.array(value)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rejected = _score_ratio(middle, x, n, other_x, other_n) > z
        low, high = np.where(rejected, middle, low), np.where(rejected, high, middle)
    # The observed difference itself is never rejected; -1 is, unless it is the observed one.
    return high


def _score_ratio(
    supposed: FloatArray, x: IntArray, n: IntArray, other_x: IntArray, other_n: IntArray
) -> FloatArray:
    """(observed - supposed difference)/√variance, the variance at the likeliest shares so far apart."""
    value = _share(x, n) - _share(other_x, other_n)
    other = _restricted(supposed, x, n, other_x, other_n)
    p = np.clip(other + supposed, 0.0, 1.0)
    both = n + other_n
    variance = p * (1 - p) / np.maximum(n, 1) + other * (1 - other) / np.maximum(other_n, 1)
    variance = variance * both / np.maximum(both - 1, 1)
    gap = value - supposed
    certain = np.where(gap == 0, 0.0, np.copysign(np.inf, gap)) + 0.0 * value
    return np.where(variance > 0, gap / np.sqrt(np.where(variance > 0, variance, 1.0)), certain)


def _restricted(
    supposed: FloatArray, x: IntArray, n: IntArray, other_x: IntArray, other_n: IntArray
) -> FloatArray:
    """The likeliest second share where the first is `supposed` higher: a root of a cubic.

    Its coefficients are Miettinen and Nurminen's, its middle root by the cosine.
    """
    both, successes = n + other_n, x + other_x
    cube = np.maximum(both, 1).astype(np.float64)
    square = (n + 2 * other_n) * supposed - both - successes
    linear = (other_n * supposed - both - 2 * other_x) * supposed + successes
    rest = other_x * supposed * (1.0 - supposed)
    centre = square / (3.0 * cube)
    v = centre**3 - square * linear / (6.0 * cube**2) + rest / (2.0 * cube)
    u = np.copysign(np.sqrt(np.maximum(centre**2 - linear / (3.0 * cube), 0.0)), v)
    cosine = np.clip(v / np.where(u == 0, 1.0, u**3), -1.0, 1.0)
    root = 2.0 * u * np.cos((np.pi + np.arccos(cosine)) / 3.0) - centre
    return np.asarray(np.clip(root, np.maximum(0.0, -supposed), np.minimum(1.0, 1.0 - supposed)))


def _two_sided(ratio: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    return np.asarray(2.0 * ndtr(-np.abs(ratio)))


def _share(x: IntArray, n: IntArray) -> FloatArray:
    return np.where(n > 0, x / np.maximum(n, 1), np.nan)


def _spread(p: FloatArray, n: IntArray) -> FloatArray:
    return np.where(n > 1, p * (1.0 - p) / np.maximum(n - 1, 1), np.nan)


def _counts(successes: ArrayLike, n: ArrayLike, name: str, size_name: str) -> tuple[IntArray, IntArray]:
    x, size = np.broadcast_arrays(whole_numbers(successes, name), whole_numbers(n, size_name))
    beyond = np.flatnonzero(x > size)
    if beyond.size:
        place = beyond[0]
        raise CountError(
            name, f"place {place} holds {x.flat[place]} of {size.flat[place]}", "give how many of n succeeded"
        )
    return x, size
