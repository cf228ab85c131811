"""Variances of totals of influence values, and of a ratio of totals from exact integers.

Every estimate here is, to first order, a total of one number a response, its influence (linearised value):
the variance of the estimate is the variance of that total. Because each response brings one number for the
whole composite, the covariances between its criteria are included. References: Binder (1983), Int. Stat. Rev.
51, 279-292; Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, chapter 5.
"""

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.arrays import whole_numbers
from analysis.errors import CountError
from analysis.estimate import Target
from analysis.population import finite_population


def variance(
    influence: FloatArray,
    domain: ArrayLike,
    domains: int,
    *,
    strata: ArrayLike | None = None,
    population: ArrayLike | None = None,
    frequency: ArrayLike | None = None,
) -> FloatArray:
    """Variance of the total of `influence` (weights included) in every domain, for a stratified sample of
    rows.

    V = Σ_h (1-n_h/N_h)·n_h/(n_h-1)·Σ_i (z_i - z̄_h)² with z = 0 outside the domain and n_h all rows of the
    stratum. `strata`: a code a row, 0 and up; left out, every domain is its own stratum. `population`: N_h by
    stratum; left out, no finite population correction. `frequency`: how often a row occurs. A stratum of a
    single row or a domain without rows gives no variance: NaN.

    >>> variance(np.array([0.1, -0.1, 0.3, -0.3]), [0, 0, 1, 1], 2).round(2).tolist()
    [0.04, 0.36]
    """
    codes = row_codes(domain, domains, len(influence), "domain")
    times = row_frequency(frequency, len(codes))
    if strata is None:
        stratum, layers, pair = codes, domains, codes
        pair_domain = pair_stratum = np.arange(domains)
    else:
        stratum = whole_numbers(strata, "strata")
        layers = int(stratum.max(initial=-1)) + 1
        present, pair = np.unique(codes * layers + stratum, return_inverse=True)
        pair_domain, pair_stratum = present // max(layers, 1), present % max(layers, 1)
    rows = np.bincount(stratum, times, layers)
    members = np.bincount(pair, times, len(pair_domain))
    centre = np.bincount(pair, times * influence, len(pair_domain)) / np.maximum(rows[pair_stratum], 1)
    # Two passes: deviations first, squares after, so that nothing cancels; the rows outside count with z = 0.
    inside = np.bincount(pair, times * (influence - centre[pair]) ** 2, len(pair_domain))
    squares = inside + (rows[pair_stratum] - members) * centre**2
    target: Target = "process" if population is None else "month"
    finite = finite_population(rows.astype(np.int64), population, target)
    scale = np.where(rows > 1, rows / np.maximum(rows - 1, 1), np.nan)
    scale = np.where(finite.correction == 0, 0.0, scale * finite.correction)
    total = np.bincount(pair_domain, scale[pair_stratum] * squares, domains)
    return np.where(np.bincount(pair_domain, members, domains) > 0, total, np.nan)


def ratio_moments(
    responses: IntArray,
    sum_k: NDArray[np.generic],
    sum_s: NDArray[np.generic],
    sum_kk: NDArray[np.generic],
    sum_ks: NDArray[np.generic],
    sum_ss: NDArray[np.generic],
) -> tuple[FloatArray, FloatArray]:
    """The ratio R = Σs/Σk and its linearised variance n/(n-1)·Σ(s-Rk)²/(Σk)², from integers.

    Σ(s-Rk)² = ((Σk)²Σs² - 2·Σs·Σk·Σks + (Σs)²Σk²)/(Σk)² is worked out in whole numbers of any length and
    divided once, so both results are the nearest floats to the exact ones. NaN where Σk = 0 or responses < 2
    (variance).
    """
    shape = np.shape(sum_k)
    # One axis: a single object would turn into a bare number and back into int64.
    n, k, s, kk, ks, ss = (
        np.ravel(a).astype(object) for a in (responses, sum_k, sum_s, sum_kk, sum_ks, sum_ss)
    )
    answered = (k > 0).astype(np.bool_)
    several = answered & (n > 1).astype(np.bool_)
    squares = k * k * ss - 2 * s * k * ks + s * s * kk
    ratio = np.where(answered, s, 0) / np.where(answered, k, 1)
    spread = np.where(several, n * squares, 0) / np.where(several, (n - 1) * k * k * k * k, 1)
    value = np.where(answered, ratio.astype(np.float64), np.nan)
    return value.reshape(shape), np.where(several, spread.astype(np.float64), np.nan).reshape(shape)


def row_codes(codes: ArrayLike, below: int, rows: int, argument: str) -> IntArray:
    """One code below `below` for each of `rows` rows."""
    array = whole_numbers(codes, argument, below=below)
    if array.shape != (rows,):
        raise CountError(argument, f"has shape {array.shape} for {rows} rows", "give one code a row")
    return array


def row_frequency(frequency: ArrayLike | None, rows: int) -> IntArray:
    """How often each row occurs: once, or as given."""
    if frequency is None:
        return np.ones(rows, dtype=np.int64)
    return fitted(frequency, (rows,), "frequency")
