"""Weights that make a sample speak for its frame: post-strata, raking, calibration, trimming; totals over
offices.

Every function takes a design and returns a new one. What the known totals explain no longer counts as
variance: influence values are replaced by their residuals, from a fit with the weights before the
calibration. Replicate designs are calibrated replicate by replicate.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import Literal
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.calibration import Distance
from analysis.calibration import cell_projection
from analysis.calibration import distance
from analysis.calibration import dummies
from analysis.calibration import margin
from analysis.calibration import raked
from analysis.calibration import regression_projection
from analysis.calibration import solved
from analysis.design import Projection
from analysis.design import SurveyDesign
from analysis.errors import CountError
from analysis.errors import DesignError
from analysis.estimate import Estimates
from analysis.estimate import Target
from analysis.grouping import Codes
from analysis.interval import student_quantile
from analysis.interval import wilson
from analysis.population import finite_population
from analysis.replication import ReplicateDesign
from analysis.tally import Tally

AnyDesign = TypeVar("AnyDesign", SurveyDesign, ReplicateDesign)


def post_stratify(design: AnyDesign, cells: Codes, totals: Mapping[Any, float]) -> AnyDesign:
    """Scale the weights to the known size of every cell: w·N_c/N̂_c.

    `cells`: one code a row; `totals`: how many there are in each cell. A cell with a population and no row is
    an error (`collapse_cells`). Variance: u less its weighted cell mean. Equals R's `postStratify`.

    >>> sample = SurveyDesign(weights=[1, 1, 1])
    >>> design = post_stratify(sample, ["late", "yes", "yes"], {"late": 4, "yes": 10})
    >>> design.weights.tolist()
    [4.0, 5.0, 5.0]
    """
    known = margin(cells, totals, len(design), "cells")
    base = design.weights
    return _calibrated(
        design,
        lambda weights: weights * known.factors(weights)[known.cells.codes],
        lambda: cell_projection(known.cells, base),
    )


def rake(
    design: AnyDesign,
    margins: Sequence[tuple[Codes, Mapping[Any, float]]],
    *,
    tolerance: float = 1e-10,
    sweeps: int = 1000,
    residual_weights: Literal["base", "equal"] = "base",
) -> AnyDesign:
    """Scale the weights to several margins in turn until max |N̂/N - 1| is below `tolerance`.

    `margins`: pairs of one code a row and the totals by code. Not converging is an error that names the worst
    margin and cell. Variance: residuals from the least squares fit on all margins with the weights before
    raking; `residual_weights="equal"` reproduces R's `rake`, the default R's `calibrate`. Deming and Stephan
    (1940), Annals of Mathematical Statistics 11, 427-444.

    >>> design = SurveyDesign(weights=[1, 1, 1, 1])
    >>> raked = rake(design, [(["a", "a", "b", "b"], {"a": 6, "b": 4}), ([0, 1, 0, 1], {0: 5, 1: 5})])
    >>> raked.weights.round(9).tolist()
    [3.0, 3.0, 2.0, 2.0]
    """
    if residual_weights not in ("base", "equal"):
        raise DesignError("residual_weights", f"is {residual_weights!r}", "choose 'base' or 'equal'")
    known = [
        margin(codes, totals, len(design), f"margins[{place}]")
        for place, (codes, totals) in enumerate(margins)
    ]
    fit = design.weights if residual_weights == "base" else np.ones(len(design))
    return _calibrated(
        design,
        lambda weights: raked(known, weights, tolerance=tolerance, sweeps=sweeps)[0],
        lambda: regression_projection(dummies(known), fit),
    )


def calibrate(
    design: AnyDesign,
    variables: Mapping[str, ArrayLike],
    totals: Mapping[str, float],
    *,
    method: Distance = "linear",
    bounds: tuple[float, float] | None = None,
    tolerance: float = 1e-11,
) -> AnyDesign:
    """Weights w·g(x'λ) that reproduce the totals of `variables` (for an intercept: a column of ones).

    `method`: `linear` (GREG, g = 1 + η), `raking` (exp η), or `logit` with g within `bounds`. Totals that
    cannot be reached are an error that names the worst. Variance: residuals from the least squares fit on the
    variables with the weights before. Deville and Särndal (1992). Equals R's `calibrate`.

    >>> design = calibrate(SurveyDesign(weights=[1, 1]), {"1": [1, 1], "x": [0, 1]}, {"1": 3, "x": 2})
    >>> design.weights.round(9).tolist()
    [1.0, 2.0]
    """
    names = list(variables)
    if set(names) != set(totals) or not names:
        raise DesignError("totals", f"name {sorted(totals)}", f"give one for each of {sorted(names)}")
    x = np.stack([np.asarray(variables[name], dtype=np.float64) for name in names], axis=-1)
    if x.shape != (len(design), len(names)) or not np.isfinite(x).all():
        raise DesignError("variables", "have blanks or another length", f"give {len(design)} numbers each")
    target = np.array([float(totals[name]) for name in names])
    factor = distance(method, bounds)

    def weigh(weights: FloatArray) -> FloatArray:
        sets = [solved(x, target, column, factor, names, tolerance) for column in weights.T]
        return weights * np.stack(sets, axis=-1)

    base = design.weights
    return _calibrated(design, weigh, lambda: regression_projection(x, base))


def trim(
    design: AnyDesign, *, lower: float | None = None, upper: float | None = None, strict: bool = True
) -> AnyDesign:
    """Pull weights into `lower` to `upper` and spread what that takes evenly over the others.

    Left out, the bounds are a fifth of the median weight and five times it. `strict`: repeat until none is
    outside; an error where that cannot be. Margins hold no longer: rake again. Equals R's `trimWeights`.

    >>> trim(SurveyDesign(weights=[1, 1, 1, 13]), upper=10).weights.tolist()
    [2.0, 2.0, 2.0, 10.0]
    """
    middle = float(np.median(design.weights[design.weights > 0]))
    low = middle / 5 if lower is None else lower
    high = middle * 5 if upper is None else upper
    return _calibrated(
        design, lambda weights: np.stack([_trimmed(w, low, high, strict) for w in weights.T], axis=-1), None
    )


def _trimmed(weights: FloatArray, low: float, high: float, strict: bool) -> FloatArray:
    for _ in range(len(weights) + 1):
        used = weights > 0
        outside = used & ((weights < low) | (weights > high))
        if not outside.any():
            return weights
        if outside.sum() == used.sum():
            break
        cut = np.where(used, np.clip(weights, low, high), 0.0)
        excess = weights.sum() - cut.sum()
        weights = np.where(used & ~outside, cut + excess / (used & ~outside).sum(), cut)
        if not strict:
            return weights
    raise DesignError("lower and upper", f"{low:g} to {high:g} leave no weight to change", "widen the bounds")


def kish_design_effect(weights: ArrayLike) -> float:
    """What unequal weights cost: n·Σw²/(Σw)², 1 where all are equal. Kish (1965), Survey Sampling.

    >>> kish_design_effect([1, 1, 2])
    1.125
    """
    w = np.asarray(weights, dtype=np.float64)
    if not (w >= 0).all() or not w.any():
        raise DesignError(
            "weights", "are negative, blank or all 0", "give the weights of the rows that count"
        )
    return float(np.count_nonzero(w) * (w**2).sum() / w.sum() ** 2)


def _calibrated(
    design: AnyDesign,
    weigh: Callable[[FloatArray], FloatArray],
    projection: Callable[[], Projection] | None,
) -> AnyDesign:
    """The design with its weights, or every set of its replicate weights, passed through `weigh`."""
    if isinstance(design, ReplicateDesign):
        every = weigh(np.column_stack([design.weights, design.replicate_weights]))
        return design.reweighted(every[:, 0], every[:, 1:])
    weights = np.ascontiguousarray(weigh(design.weights[:, np.newaxis])[:, 0])
    if projection is None:
        return design.with_weights(weights)
    return design.calibrated(weights, projection())


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
