"""Totals over offices, weighted to the frame."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.errors import CountError
from analysis.estimate import Estimates
from analysis.estimate import Target
from analysis.interval import student_quantile
from analysis.interval import wilson
from analysis.population import finite_population
from analysis.tally import Tally


def stratified_share(
    tally: Tally,
    population: ArrayLike,
    options: Iterable[str] | None = None,
    *,
    target: Target = "process",
    confidence_level: float = 0.95,
) -> Estimates:
    """Share of `options` (the satisfied ones, if not named) over all offices, each weighted by its dossiers.

    The last axis of the cells are the offices, `population` the dossiers N_h of each. P = Σ W_h·p_h with W_h
    = N_h/N; V = Σ W_h²·(1-n_h/N_h)·p_h(1-p_h)/(n_h-1), the correction for the target `month` only. An office
    with one response has no spread of its own: W_h²·(p_h-P)² stands in, and the flag
    `single_response_offices`. Interval: Wilson on n/D, D the larger of n·V/(P(1-P)) and Kish's n·Σ W_h²/n_h,
    t with Σ(n_h-1) degrees of freedom. An office with dossiers but without a response leaves the total not
    available.

    >>> from analysis import FIVE_LEVEL
    >>> offices = Tally(FIVE_LEVEL, [[0, 0, 10, 20, 20], [0, 0, 2, 18, 80]])
    >>> province = stratified_share(offices, [900, 100]).item()
    >>> round(province.value, 3), round(province.standard_error, 4), round(province.design_effect, 2)
    (0.818, 0.0514, 2.67)
    """
    if not tally.shape:
        raise CountError("tally", "has no axis of offices", "give one cell for each office")
    n = tally.n
    finite = finite_population(n, population, target)
    size = fitted(population, n.shape, "population")
    everybody = size.sum(axis=-1)
    weight = size / np.maximum(everybody, 1)[..., np.newaxis]
    p = tally.count(tally.scale.satisfied if options is None else options) / np.maximum(n, 1)
    available = (everybody > 0) & ~np.any((size > 0) & (n == 0), axis=-1)
    # Whole numbers first, so that a unanimous province has exactly 1.
    value = np.where(available, (size * p).sum(axis=-1) / np.maximum(everybody, 1), np.nan)
    single = (n == 1) & (size > 0)
    spread = np.where(single, (p - value[..., np.newaxis]) ** 2, p * (1.0 - p) / np.maximum(n - 1, 1))
    kish = weight**2 / np.maximum(n, 1)
    variance = (weight**2 * spread).sum(axis=-1)
    corrected = (weight**2 * spread * finite.correction).sum(axis=-1)
    total = n.sum(axis=-1)
    factor = _design_effect(value, variance, total, kish.sum(axis=-1))
    gain = _gain(variance, corrected, kish.sum(axis=-1), (kish * finite.correction).sum(axis=-1))
    df = np.where(size > 0, n - 1.0, 0.0).sum(axis=-1)
    effective = np.where(available, total, np.nan) / factor * gain
    low, high = wilson(value, effective, quantile=student_quantile(df, confidence_level))
    return Estimates(
        value=value,
        standard_error=np.sqrt(corrected),
        low=np.asarray(low),
        high=np.asarray(high),
        n=np.asarray(total),
        effective_n=effective,
        design_effect=factor,
        degrees_of_freedom=df,
        confidence_level=confidence_level,
        method="stratified_share:wilson",
        target=target,
        population=np.asarray(everybody),
        flags={
            "full_count": available & np.isinf(gain),
            "population_inconsistent": np.asarray(finite.inconsistent.any(axis=-1)),
            "single_response_offices": np.asarray(single.any(axis=-1)),
        },
    )


def _design_effect(value: FloatArray, variance: FloatArray, n: IntArray, kish: FloatArray) -> FloatArray:
    spread = value * (1.0 - value)
    own = np.where(spread > 0, n * variance / np.where(spread > 0, spread, 1.0), 0.0)
    return np.maximum(np.maximum(own, n * kish), 1.0)


def _gain(variance: FloatArray, corrected: FloatArray, kish: FloatArray, kish_left: FloatArray) -> FloatArray:
    """What the finite population adds to the effective n; infinite where every office was counted in full.

    Where every office is unanimous the variances say nothing and Kish's sums take their place.
    """
    left = np.where(corrected > 0, corrected, kish_left)
    whole = np.where(corrected > 0, variance, kish)
    return np.where(left > 0, whole / np.where(left > 0, left, 1.0), np.inf)
