"""Small offices: months put together until they may be shown, and shares that borrow strength from the
others.

A shrunken figure is for dashboards, rank chances and targeting; the official figure of an office stays
its own. References: Fay and Herriot (1979), J. Am. Stat. Assoc. 74, 269-277; Prasad and Rao (1990), J.
Am. Stat. Assoc. 85, 163-171; Datta, Rao and Smith (2005), Biometrika 92, 183-196; Gelman et al. (2013),
Bayesian Data Analysis, chapter 5.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.arrays import whole_numbers
from analysis.disclosure import MINIMUM_RESPONSES
from analysis.disclosure import publication_status
from analysis.errors import CountError
from analysis.estimate import Interval

RUNGS = (("month", 1), ("quarter", 3), ("half_year", 6), ("year", 12))
"""The ladder: name of each rung and its months."""

GRID = 24
"""Points of each hyper-parameter, half a standard error apart: 40 would change no end by 10⁻⁶."""


@dataclass(frozen=True, eq=False)
class PoolingLadder:
    """Which months are shown together: arrays office × month.

    `rung`: `month`, `quarter`, `half_year`, `year`, or `none` where even the year is too small.
    `shown_at`: the month (from 0) at whose end it is shown, -1 for never. Months of an office with the
    same rung and `shown_at` are one block.
    """

    rung: NDArray[np.str_]
    shown_at: IntArray

    def pooled(self, counts: ArrayLike) -> IntArray:
        """`counts` by office × month, replaced by the sum over the block of each month; 0 where not shown."""
        numbers = fitted(counts, self.rung.shape, "counts")
        block = self.shown_at * len(RUNGS) + np.select(
            [self.rung == name for name, _ in RUNGS], list(range(len(RUNGS))), 0
        )
        same = (block[:, :, np.newaxis] == block[:, np.newaxis, :]) & (self.shown_at >= 0)[:, :, np.newaxis]
        return np.asarray((same * numbers[:, np.newaxis, :]).sum(axis=2))


def pooling_ladder(
    n: ArrayLike,
    *,
    negative: ArrayLike | None = None,
    minimum: int = MINIMUM_RESPONSES,
    reason: str | None = None,
) -> PoolingLadder:
    """Disjoint blocks of months, month → quarter → half-year → year, each with enough responses to be
    shown.

    `n`: responses by office × month, the first month a January (or the first of the period year). A month
    that may be shown (`publication_status`, with its `negative` answers) is shown at once; at the end of
    a quarter its months not yet shown are taken together, then those of the half-year, then of the year.
    No month is in two blocks, so nothing can be had by subtraction, and what was shown never changes.

    >>> ladder = pooling_ladder([[12, 4, 7, 3, 2, 15]])
    >>> ladder.rung.tolist(), ladder.pooled([[12, 4, 7, 3, 2, 15]]).tolist()
    ([['month', 'quarter', 'quarter', 'none', 'none', 'month']], [[12, 11, 11, 0, 0, 15]])
    """
    responses = whole_numbers(n, "n")
    if responses.ndim != 2:
        raise CountError("n", f"has shape {responses.shape}", "give office × month")
    against = None if negative is None else fitted(negative, responses.shape, "negative")
    months = responses.shape[1]
    rung = np.full(responses.shape, "none", dtype="<U9")
    shown_at = np.full(responses.shape, -1, dtype=np.int64)
    for end in range(1, months + 1):
        for name, length in RUNGS:
            if end % length:
                continue
            span = slice(end - length, end)
            left = shown_at[:, span] < 0
            together = (responses[:, span] * left).sum(axis=1)
            bad = None if against is None else (against[:, span] * left).sum(axis=1)
            status = publication_status(together, negative=bad, minimum=minimum, reason=reason)
            now = left & (status == "publish")[:, np.newaxis]
            rung[:, span][now], shown_at[:, span][now] = name, end - 1
    return PoolingLadder(rung, shown_at)


@dataclass(frozen=True)
class BetaBinomial:
    """Shares of offices as draws from Beta(μM, (1-μ)M): `mean` μ, `concentration` M, `log_likelihood` at
    the fit.

    The correlation between two answers of one office is 1/(1+M).
    """

    mean: float
    concentration: float
    log_likelihood: float = float("nan")

    @property
    def correlation(self) -> float:
        """Between answers of one office, 1/(1+M)."""
        return 1.0 / (1.0 + self.concentration)


def fit_beta_binomial(successes: ArrayLike, n: ArrayLike) -> BetaBinomial:
    """μ and M of largest likelihood Σ ln[C(n,x)·B(x+μM, n-x+(1-μ)M)/B(μM, (1-μ)M)].

    For a composite give n* and n*·m. Where the offices differ by no more than chance, M is very large
    (9·10⁶).

    >>> found = fit_beta_binomial([8, 3, 53, 14, 30, 9], [8, 3, 70, 15, 33, 12])
    >>> round(found.mean, 3), round(found.concentration, 1)
    (0.854, 33.9)
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln

    x, size = _cells(successes, n)
    start = np.log((x.sum() + 0.5) / (size.sum() - x.sum() + 0.5)), np.log(20.0)
    found = minimize(
        lambda place: tuple(-part for part in _log_likelihood(place, x, size)),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=((-20.0, 20.0), (-5.0, 16.0)),
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )
    constant = (gammaln(size + 1) - gammaln(x + 1) - gammaln(size - x + 1)).sum()
    mean, concentration = float(_logistic(found.x[0])), float(np.exp(found.x[1]))
    return BetaBinomial(mean, concentration, float(constant - found.fun))


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Shrunken figures of offices, by office.

    `value` between the office's own and the common one; `own_weight` γ is how much of it is the office's own
    (averaged over the hyper-parameters). `standard_error` is the posterior deviation, or √MSE.
    """

    value: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    own_weight: FloatArray
    confidence_level: float
    method: str

    @property
    def interval(self) -> Interval[FloatArray]:
        """Both ends."""
        return Interval(self.low, self.high)


def shrunken_share(
    successes: ArrayLike, n: ArrayLike, *, model: BetaBinomial | None = None, confidence_level: float = 0.95
) -> Shrunken:
    """Share of each office, pulled toward the common one the more the fewer answers it has.

    Given μ and M the posterior is Beta(μM+x, (1-μ)M+n-x). Without `model` both are integrated over a grid
    of 24 × 24 (flat in μ, density 1/(1+M)² in M), so that the interval knows that they are estimates;
    with `model` they are taken as given, which is too narrow where there are few offices. Deterministic.
    An office without answers gets the common distribution.

    >>> found = shrunken_share([3, 270], [3, 300], model=BetaBinomial(0.88, 20))
    >>> found.value.round(3).tolist(), found.own_weight.round(2).tolist()
    ([0.896, 0.899], [0.13, 0.94])
    """
    x, size = _cells(successes, n)
    if model is None:
        mean, concentration, weight = _grid(x, size)
    else:
        mean, concentration, weight = (np.array([v]) for v in (model.mean, model.concentration, 1.0))
    a = x[:, np.newaxis] + mean * concentration
    b = (size - x)[:, np.newaxis] + (1.0 - mean) * concentration
    centre = a / (a + b)
    value = centre @ weight
    variance = (centre * b / (a + b) / (a + b + 1.0) + (centre - value[:, np.newaxis]) ** 2) @ weight
    tail = 0.5 - confidence_level / 2
    return Shrunken(
        value,
        np.sqrt(variance),
        _mixture_quantile(tail, a, b, weight, value, variance),
        _mixture_quantile(1.0 - tail, a, b, weight, value, variance),
        (size[:, np.newaxis] / (size[:, np.newaxis] + concentration)) @ weight,
        confidence_level,
        "beta_binomial:integrated" if model is None else "beta_binomial:plug_in",
    )


def _cells(successes: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, size = np.broadcast_arrays(np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64))
    wrong = ~((size >= 0) & np.isfinite(size) & (x >= 0) & (x <= size))
    if x.ndim != 1 or wrong.any():
        place = np.flatnonzero(wrong.ravel())[:1].tolist()
        raise CountError("successes", f"and n do not fit in place {place}", "give x of n answers by office")
    if np.count_nonzero(size) < 2:
        raise CountError("n", "is above 0 in fewer than two offices", "there is nothing to borrow from")
    return x, size


def _log_likelihood(place: FloatArray, x: FloatArray, size: FloatArray) -> tuple[float, FloatArray]:
    """Without the constant, and its slope, at (logit μ, ln M)."""
    from scipy.special import betaln
    from scipy.special import digamma

    mean, concentration = _logistic(place[0]), np.exp(place[1])
    a, b = mean * concentration, (1.0 - mean) * concentration
    value = float((betaln(x + a, size - x + b) - betaln(a, b)).sum())
    both = digamma(concentration) - digamma(size + concentration)
    by_a = float((digamma(x + a) - digamma(a) + both).sum())
    by_b = float((digamma(size - x + b) - digamma(b) + both).sum())
    return value, np.array([a * (1.0 - mean) * (by_a - by_b), a * by_a + b * by_b])


def _logistic(value: FloatArray | float) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(value, dtype=np.float64))))


def _conditional(
    x: FloatArray, size: FloatArray, concentration: FloatArray, steps: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """logit μ at `steps` standard errors around its centre for each M, and the log posterior density
    there.
    """
    from scipy.special import betaln

    m = concentration[:, np.newaxis]
    weight = np.where(size > 0, size / (1.0 + np.maximum(size - 1.0, 0.0) / (m + 1.0)), 0.0)
    total = weight.sum(axis=1)
    centre = (weight @ (x / np.maximum(size, 1e-300)) + 0.5) / (total + 1.0)
    logit = np.log(centre / (1.0 - centre))
    error = 1.0 / np.sqrt(total * centre * (1.0 - centre))
    place = logit[:, np.newaxis] + error[:, np.newaxis] * steps
    mean = _logistic(place)
    a, b = mean * m, (1.0 - mean) * m
    density = np.zeros(place.shape)
    for one, of in zip(x, size, strict=True):
        density += betaln(one + a, of - one + b) - betaln(a, b)
    # Flat in μ: dμ = μ(1-μ)·d(logit); spacing in logit is `error`; 1/(1+M)² in M: dM = M·d(ln M).
    density += np.log(mean * (1.0 - mean)) + np.log(error)[:, np.newaxis] + np.log(m / (1.0 + m) ** 2)
    return mean, density


def _grid(x: FloatArray, size: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points of (μ, M) and their posterior weights; those of negligible weight left out."""
    coarse = np.linspace(np.log(0.05), np.log(1e6), 2 * GRID)
    profile = _conditional(x, size, np.exp(coarse), np.zeros(1))[1][:, 0]
    inside = np.flatnonzero(profile > profile.max() - 16.0)
    first, last = max(inside[0] - 1, 0), min(inside[-1] + 1, len(coarse) - 1)
    concentration = np.exp(np.linspace(coarse[first], coarse[last], GRID))
    mean, density = _conditional(x, size, concentration, np.linspace(-5.0, 5.0, GRID))
    weight = np.exp(density - density.max()).ravel()
    keep = weight > 1e-5 * weight.max()
    points = np.repeat(concentration, GRID)[keep]
    return mean.ravel()[keep], points, weight[keep] / weight[keep].sum()


def _mixture_quantile(
    q: float, a: FloatArray, b: FloatArray, weight: FloatArray, mean: FloatArray, variance: FloatArray
) -> FloatArray:
    """Quantile of a mixture of betas by row, from that of one beta with the same mean and variance.

    Secants, with the bracket halved where they leave it.
    """
    from scipy.special import betainc
    from scipy.special import betaincinv
    from scipy.special import betaln

    if len(weight) == 1:
        return np.asarray(betaincinv(a[:, 0], b[:, 0], q))
    size = mean * (1.0 - mean) / variance - 1.0
    one, other = mean * size, (1.0 - mean) * size
    place = np.clip(betaincinv(one, other, q), 1e-12, 1.0 - 1e-12)
    slope = np.exp((one - 1.0) * np.log(place) + (other - 1.0) * np.log1p(-place) - betaln(one, other))
    low, high = np.zeros(len(a)), np.ones(len(a))
    excess = betainc(a, b, place[:, np.newaxis]) @ weight - q
    for _ in range(100):
        low, high = np.where(excess < 0, place, low), np.where(excess < 0, high, place)
        step = place - excess / slope
        step = np.where((step > low) & (step < high), step, (low + high) / 2)
        moved, before, place = step - place, excess, step
        if np.all(np.abs(moved) < 1e-9):
            break
        excess = betainc(a, b, place[:, np.newaxis]) @ weight - q
        rise = (excess - before) / np.where(moved == 0, 1.0, moved)
        slope = np.where(rise > 0, rise, slope)
    return np.asarray(place)
