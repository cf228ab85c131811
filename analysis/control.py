"""Which offices and which months stand out: funnels, control charts, cumulative sums.

References: Spiegelhalter (2005), Stat. Med. 24, 1185-1202 (funnels, overdispersion); Montgomery (2013),
Introduction to Statistical Quality Control; Laney (2002), Quality Engineering 14, 531-537; Page (1954),
Biometrika 41, 100-115; Roberts (1959), Technometrics 1, 239-250.
"""

from dataclasses import dataclass
from math import pi
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Interval
from analysis.interval import normal_quantile

LEAST_POINTS = 12
"""A chart of fewer months has no base to compare with: show the difference to last month instead."""

MEAN_RANGE = 2.0 / sqrt(pi)
"""Mean absolute difference of two standard normal values, 1.128."""


@dataclass(frozen=True, eq=False)
class Funnel:
    """Offices against one target, by size.

    `score` = (asin√p - asin√θ)·2√n is standard normal where only chance is at work; `dispersion` φ is the
    mean square of the winsorised scores, `between_variance` τ² what the offices differ by beyond chance
    (arcsine scale). `limits` hold in the middle of `confidence_level`: exact for θ alone; `wide_limits`
    allow for τ². `outside`: -1 below, 1 above, 0 within the wide limits. Arrays by office; a small office
    may have limits of 0 or 1.
    """

    target: float
    share: FloatArray
    score: FloatArray
    winsorized: FloatArray
    dispersion: float
    between_variance: float
    limits: Interval[FloatArray]
    wide_limits: Interval[FloatArray]
    confidence_level: float

    @property
    def outside(self) -> IntArray:
        """-1 below the wide limits, 1 above, 0 within."""
        low, high = self.wide_limits
        return (self.share > high).astype(np.int64) - (self.share < low)


def funnel(
    successes: ArrayLike,
    n: ArrayLike,
    *,
    target: float | None = None,
    confidence_level: float = 0.998,
    winsorized: float = 0.1,
) -> Funnel:
    """A funnel plot of shares: which offices differ from the `target` (Σx/Σn, if not given) by more than
    chance.

    For a weighted figure or a composite give effective numbers: n* and n*·m. Overdispersion: the scores
    are pulled in to their `winsorized` quantiles (0.1: the lowest and the highest tenth), φ is their mean
    square, and where Kφ > K-1 then τ² = (Kφ-(K-1))/(Σw - Σw²/Σw), w = 4n. Wide limits: sin²(asin√θ ±
    q·√(1/4n + τ²)). Draw the exact ones where φ ≤ 1, both elsewhere. At least two offices, each with an
    answer.

    >>> found = funnel([90, 45, 160], [100, 50, 200], confidence_level=0.95)
    >>> round(found.target, 4), [round(float(end[2]), 4) for end in found.limits]
    (0.8429, [0.7882, 0.8892])
    >>> found.outside.tolist()
    [0, 0, 0]
    """
    x, size = successes_of(successes, n)
    if x.ndim != 1 or len(x) < 2:
        raise CountError("n", f"has shape {x.shape}", "a funnel compares at least two offices, on one axis")
    if not 0.0 <= winsorized < 0.5:
        raise AnalysisError("winsorized", f"is {winsorized}", "give a share from 0 to below 0.5, as 0.1")
    centre = float(x.sum() / size.sum()) if target is None else float(target)
    if not 0.0 < centre < 1.0:
        raise AnalysisError("target", f"is {centre}", "a funnel needs a target between 0 and 1")
    p = x / size
    score = (np.arcsin(np.sqrt(p)) - np.arcsin(sqrt(centre))) * 2.0 * np.sqrt(size)
    calm = np.clip(score, *np.quantile(score, [winsorized, 1.0 - winsorized]))
    dispersion = float(np.mean(calm**2))
    between = between_variance(dispersion, 4.0 * size)
    return Funnel(
        centre,
        p,
        score,
        calm,
        dispersion,
        between,
        exact_limits(centre, size, confidence_level=confidence_level),
        arcsine_limits(centre, size, between, confidence_level=confidence_level),
        confidence_level,
    )


def between_variance(dispersion: float, weight: FloatArray) -> float:
    """τ² by the method of moments, from the mean square of K scores and the precision of each; 0 at least.

    >>> between_variance(0.4, np.array([100.0, 200.0])), between_variance(3.0, np.array([100.0, 200.0]))
    (0.0, 0.0375)
    """
    k = len(weight)
    room = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((k * dispersion - (k - 1)) / room)) if room > 0 else 0.0


def exact_limits(target: float, n: ArrayLike, *, confidence_level: float = 0.998) -> Interval[FloatArray]:
    """Limits between which the share of n answers falls in the middle `confidence_level` of cases, given
    `target`.

    Binomial quantiles, interpolated so that the limits move smoothly with n: r = F⁻¹(q), limit (r -
    (F(r)-q)/f(r))/n. A lower limit below 0 (n too small to be low) is 0. An n that is not whole is
    rounded.

    >>> [round(float(end), 4) for end in exact_limits(0.9, 100, confidence_level=0.95)]
    [0.8323, 0.9496]
    """
    from scipy.special import bdtr
    from scipy.special import bdtrik
    from scipy.special import gammaln

    size = np.rint(np.asarray(n, dtype=np.float64))
    if not np.all(size >= 1):
        raise CountError("n", "holds a number below 1 or not a number", "leave out offices without answers")

    whole = size.astype(np.int64)

    def limit(q: float) -> FloatArray:
        r = np.clip(np.ceil(bdtrik(q, size, target)), 0, size)
        # The inverse may stop one beside the smallest r with F(r) >= q.
        r = np.where((r > 0) & (bdtr(np.maximum(r - 1, 0), whole, target) >= q), r - 1, r)
        r = np.where(bdtr(r, whole, target) < q, r + 1, r)
        log_density = gammaln(size + 1) - gammaln(r + 1) - gammaln(size - r + 1)
        log_density += r * np.log(target) + (size - r) * np.log1p(-target)
        found = (r - (bdtr(r, whole, target) - q) / np.exp(log_density)) / size
        return np.asarray(np.clip(found, 0.0, 1.0))

    tail = 0.5 - confidence_level / 2
    return Interval(limit(tail), limit(1.0 - tail))


def arcsine_limits(
    target: float, n: ArrayLike, between: float = 0.0, *, confidence_level: float = 0.998
) -> Interval[FloatArray]:
    """Limits sin²(asin√θ ± q·√(1/4n + τ²)) of a share of n answers; `between` is τ², 0 for chance alone.

    >>> [round(float(end), 4) for end in arcsine_limits(0.9, 100, 0.001, confidence_level=0.95)]
    [0.8203, 0.9582]
    """
    quantile = normal_quantile(confidence_level)
    half = quantile * np.sqrt(0.25 / np.asarray(n, dtype=np.float64) + between)
    angle = np.arcsin(sqrt(target))
    low, high = (np.sin(np.clip(angle + side * half, 0.0, pi / 2)) ** 2 for side in (-1, 1))
    return Interval(np.asarray(low), np.asarray(high))


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A series of months against its own base.

    `value` is what is drawn, between `lower` and `upper` around `centre`; `signal`: outside them.
    `dispersion` is Laney's σ_z for his chart, 1 elsewhere. Read-only arrays, one number a month.
    """

    value: FloatArray
    centre: float
    lower: FloatArray
    upper: FloatArray
    dispersion: float = 1.0

    def __post_init__(self) -> None:
        for array in (self.value, self.lower, self.upper):
            read_only(array)

    @property
    def signal(self) -> BoolArray:
        """Which months lie outside the limits."""
        return (self.value < self.lower) | (self.value > self.upper)


def p_chart(
    successes: ArrayLike, n: ArrayLike, *, baseline: int = LEAST_POINTS, sigmas: float = 3.0
) -> ControlChart:
    """Monthly shares with limits p̄ ± 3·√(p̄(1-p̄)/n_t), cut at 0 and 1; p̄ from the first `baseline`
    months together.

    At least 12 months; every month needs an answer. Where months differ by more than chance among
    themselves, the limits are too narrow: see `laney_chart`.

    >>> chart = p_chart([90] * 11 + [70, 91], [100] * 13)
    >>> round(chart.centre, 4), round(float(chart.lower[0]), 4), np.flatnonzero(chart.signal).tolist()
    (0.8833, 0.787, [11])
    """
    p, centre, error = _shares(successes, n, baseline)
    return _within(p, centre, sigmas * error)


def laney_chart(
    successes: ArrayLike, n: ArrayLike, *, baseline: int = LEAST_POINTS, sigmas: float = 3.0
) -> ControlChart:
    """The p-chart with its limits widened (or narrowed) by σ_z, the mean moving range of the scores over
    1.128.

    z_t = (p_t - p̄)/√(p̄(1-p̄)/n_t); σ_z = mean |z_t - z_(t-1)| / 1.128 over the first `baseline` months.

    >>> chart = laney_chart([900, 800] * 6, [1000] * 12)
    >>> round(chart.dispersion, 2), bool(chart.signal.any())
    (7.85, False)
    """
    p, centre, error = _shares(successes, n, baseline)
    score = np.where(error > 0, (p - centre) / np.where(error > 0, error, 1.0), 0.0)
    dispersion = float(np.mean(np.abs(np.diff(score[:baseline]))) / MEAN_RANGE)
    return _within(p, centre, sigmas * error * dispersion, dispersion)


def ewma(
    values: ArrayLike, centre: float, standard_error: ArrayLike, *, weight: float = 0.2, sigmas: float = 2.7
) -> ControlChart:
    """The exponentially weighted moving average of a series, which finds small lasting shifts.

    e_t = λ·x_t + (1-λ)·e_(t-1) from e_0 = `centre`; limits centre ± 2.7·√v_t with v_t = λ²·s_t² +
    (1-λ)²·v_(t-1). Give the process standard error of every month, or one for all.

    >>> chart = ewma([87.0, 88.0, 85.0], 86.0, 1.5)
    >>> chart.value.round(3).tolist(), chart.upper.round(3).tolist()
    ([86.2, 86.56, 86.248], [86.81, 87.037, 87.16])
    """
    if not 0.0 < weight <= 1.0:
        raise AnalysisError("weight", f"is {weight}", "give a number above 0 and up to 1, as 0.2")
    series, spread = _series(values, standard_error)
    value, variance = np.empty(len(series)), np.empty(len(series))
    last, last_variance = float(centre), 0.0
    for month, (x, s) in enumerate(zip(series, spread, strict=True)):
        value[month] = last = weight * x + (1.0 - weight) * last
        variance[month] = last_variance = weight**2 * s**2 + (1.0 - weight) ** 2 * last_variance
    half = sigmas * np.sqrt(variance)
    return ControlChart(value, float(centre), centre - half, centre + half)


@dataclass(frozen=True, eq=False)
class Cusum:
    """Cumulative sums of scores above (`rising` ≥ 0) and below (`falling` ≤ 0) the centre; `signal`: the
    alarm.
    """

    rising: FloatArray
    falling: FloatArray
    decision: float

    @property
    def signal(self) -> BoolArray:
        """Months in which either sum has reached the decision limit."""
        return (self.rising >= self.decision) | (self.falling <= -self.decision)


def cusum(
    values: ArrayLike,
    centre: float,
    standard_error: ArrayLike,
    *,
    slack: float = 0.5,
    decision: float = 5.0,
) -> Cusum:
    """Sums of how far a series has drifted: z_t = (x_t - centre)/s_t, alarm at ±`decision`.

    C⁺ = max(0, C⁺ + z - k), C⁻ = min(0, C⁻ + z + k), k = `slack` (half the shift to be found, in standard
    errors).

    >>> sums = cusum([86.0, 84.0, 83.0, 82.0], 86.0, 1.0)
    >>> sums.falling.tolist(), sums.signal.tolist()
    ([0.0, -1.5, -4.0, -7.5], [False, False, False, True])
    """
    series, spread = _series(values, standard_error)
    if not np.all(spread > 0):
        raise AnalysisError("standard_error", "holds 0", "a month without spread has no score; leave it out")
    up, down = np.empty(len(series)), np.empty(len(series))
    high = low = 0.0
    for month, z in enumerate((series - centre) / spread):
        up[month] = high = max(0.0, high + z - slack)
        down[month] = low = min(0.0, low + z + slack)
    return Cusum(up, down, decision)


def successes_of(successes: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Successes and answers as floats of one shape (effective numbers may be fractions), refused where
    wrong.
    """
    x, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64))
    if not np.all(size > 0):
        place = int(np.flatnonzero(~(size.ravel() > 0))[0])
        raise CountError("n", f"is {size.ravel()[place]} in place {place}", "leave out cells without answers")
    if not np.all((x >= 0) & (x <= size)):
        place = int(np.flatnonzero(~((x >= 0) & (x <= size)).ravel())[0])
        raise CountError("successes", f"lie outside 0 to n in place {place}", "give how many of the n")
    return x, size


def _shares(successes: ArrayLike, n: ArrayLike, baseline: int) -> tuple[FloatArray, float, FloatArray]:
    x, size = successes_of(successes, n)
    if x.ndim != 1 or not LEAST_POINTS <= baseline <= len(x):
        raise CountError(
            "baseline",
            f"is {baseline} of {x.size} months",
            f"a chart needs a base of {LEAST_POINTS} months; before that show the difference to last month",
        )
    centre = float(x[:baseline].sum() / size[:baseline].sum())
    return x / size, centre, np.sqrt(centre * (1.0 - centre) / size)


def _within(p: FloatArray, centre: float, half: FloatArray, dispersion: float = 1.0) -> ControlChart:
    lower, upper = np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
    return ControlChart(p, centre, lower, upper, dispersion)


def _series(values: ArrayLike, standard_error: ArrayLike) -> tuple[FloatArray, FloatArray]:
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1 or not np.all(np.isfinite(series)):
        raise AnalysisError("values", "are not one series of numbers", "leave out months without a figure")
    spread = np.asarray(standard_error, dtype=np.float64)
    if not np.all(np.isfinite(spread) & (spread >= 0)) or spread.shape not in ((), series.shape):
        raise AnalysisError(
            "standard_error", "is negative, blank or of another shape", "give one number, or one a month"
        )
    return series, np.broadcast_to(spread, series.shape)
