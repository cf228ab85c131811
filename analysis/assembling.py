"""From a statistic of a design to the published estimate: one interval for what is bounded, t for others."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.designeffect import MODEL_FROM
from analysis.designeffect import NEGLIGIBLE
from analysis.designeffect import design_effects
from analysis.estimate import Estimates
from analysis.interval import student_quantile
from analysis.interval import wilson
from analysis.statistic import Linearized
from analysis.statistic import Statistic
from analysis.taylor import rests_on_single_units


def unbounded_estimates(
    statistic: Statistic,
    n: IntArray,
    degrees_of_freedom: FloatArray,
    *,
    method: str,
    confidence_level: float,
    labels: tuple[Hashable, ...] | None,
    design_effect: FloatArray | None = None,
    fewest: int = 2,
) -> Estimates:
    """Value ± t·standard error; no standard error for fewer than `fewest` answers."""
    known = (n >= fewest) & ~np.isnan(statistic.value)
    error = np.sqrt(np.where(known, np.maximum(statistic.variance, 0.0), np.nan))
    half = student_quantile(degrees_of_freedom, confidence_level) * error
    effect = np.full(n.shape, np.nan) if design_effect is None else design_effect
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where(effect > 0, n / effect, np.nan)
    return Estimates(
        value=statistic.value,
        standard_error=error,
        low=statistic.value - half,
        high=statistic.value + half,
        n=n,
        effective_n=effective,
        design_effect=effect,
        degrees_of_freedom=degrees_of_freedom,
        confidence_level=confidence_level,
        method=f"{method}:t",
        target="month" if statistic.design.finite else "process",
        flags=_flags(statistic),
        labels=labels,
        statistic=statistic,
    )


def bounded_design_estimates(
    statistic: Statistic,
    n: IntArray,
    degrees_of_freedom: FloatArray,
    *,
    bounds: tuple[float, float],
    method: str,
    confidence_level: float,
    labels: tuple[Hashable, ...] | None,
    pooled_design_effect: float | None = None,
) -> Estimates:
    """Wilson's interval on n/D with t, D by the rule of `design_effects`.

    Below 30 answers D is never under the cell's own. With a finite population the effective n grows by
    V/V_fpc; a full count is a point, unanimity never is.
    """
    lowest, width = bounds[0], bounds[1] - bounds[0]
    value = np.clip(statistic.value, *bounds)
    mean = (value - lowest) / width
    variance = np.maximum(statistic.variance, 0.0)
    process = _process_variance(statistic, variance)
    spread = mean * (1.0 - mean)
    responses: Any = degrees_of_freedom + 1.0
    effects = design_effects(mean, process / width**2, n, responses, pooled_design_effect)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(spread > NEGLIGIBLE, (n - 1.0) * process / width**2 / spread, 0.0)
    factor = np.where(n < MODEL_FROM, np.maximum(effects.factor, own), effects.factor)
    gain, full = _gain(statistic, variance, process)
    effective = np.where(n > 0, n, np.nan) / factor * gain
    low, high = wilson(
        mean, effective, quantile=student_quantile(effects.degrees_of_freedom, confidence_level)
    )
    return Estimates(
        value=value,
        standard_error=np.where(n > 1, np.sqrt(variance), np.nan),
        low=np.minimum(lowest + width * low, value),
        high=np.maximum(lowest + width * high, value),
        n=n,
        effective_n=effective,
        design_effect=factor,
        degrees_of_freedom=effects.degrees_of_freedom,
        confidence_level=confidence_level,
        method=f"{method}:wilson",
        target="month" if statistic.design.finite else "process",
        flags={"full_count": full} | _flags(statistic),
        pooled_design_effect=effects.pooled,
        labels=labels,
        statistic=statistic,
    )


def _flags(statistic: Statistic) -> dict[str, BoolArray]:
    """The rule for strata of a single unit stands behind a figure: whoever reads it must know."""
    if not isinstance(statistic, Linearized):
        return {}
    return {"single_unit_strata": rests_on_single_units(statistic.design, statistic.influence)}


def _process_variance(statistic: Statistic, variance: FloatArray) -> FloatArray:
    if not statistic.design.finite or not isinstance(statistic, Linearized):
        return variance
    endless = Linearized(statistic.design.with_replacement(), statistic.value, statistic.influence)
    return np.maximum(endless.variance, 0.0)


def _gain(statistic: Statistic, variance: FloatArray, process: FloatArray) -> tuple[FloatArray, BoolArray]:
    """What the finite population adds to the effective n: infinite where everybody was counted."""
    if not statistic.design.finite:
        return np.ones(variance.shape), np.zeros(variance.shape, dtype=np.bool_)
    everybody = bool(np.all(statistic.design.stages[0].fraction == 1.0))
    counted = (process > 0) & (variance <= NEGLIGIBLE**2 * process) | everybody
    ratio = np.where(variance > 0, process / np.where(variance > 0, variance, 1.0), 1.0)
    return np.where(counted, np.inf, ratio), counted & ~np.isnan(statistic.value)
