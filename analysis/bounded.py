"""From a bounded mean and its variance to the published estimate: one interval for everything bounded."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.designeffect import design_effects
from analysis.estimate import Estimates
from analysis.estimate import Target
from analysis.interval import student_quantile
from analysis.interval import wilson
from analysis.population import finite_population


def bounded_estimates(
    value: FloatArray,
    variance: FloatArray,
    n: IntArray,
    *,
    bounds: tuple[float, float],
    method: str,
    target: Target,
    population: ArrayLike | None,
    confidence_level: float,
    pooled_design_effect: float | None,
    responses: IntArray | None = None,
) -> Estimates:
    """Estimates of means that lie within `bounds`.

    `variance` is without finite population correction. The value is rescaled to 0..1, given Wilson's interval
    on the effective n = n/D·(N-1)/(N-n) with the design factor rule of `designeffect` and Student's t, and
    scaled back. `responses` are the rows of the sample where they are more than the n that answered.
    """
    rows = n if responses is None else responses
    lowest, width = bounds[0], bounds[1] - bounds[0]
    finite = finite_population(rows, population, target)
    value = np.clip(value, *bounds)
    mean = np.clip((value - lowest) / width, 0.0, 1.0)
    effects = design_effects(mean, variance / width**2, n, rows, pooled_design_effect)
    effective = np.where(n > 0, n, np.nan) / effects.factor * finite.gain
    quantile = student_quantile(effects.degrees_of_freedom, confidence_level)
    low, high = wilson(mean, effective, quantile=quantile)
    return Estimates(
        value=value,
        standard_error=standard_error(variance, rows, finite.correction),
        low=np.minimum(lowest + width * low, value),
        high=np.maximum(lowest + width * high, value),
        n=n,
        effective_n=effective,
        design_effect=effects.factor,
        degrees_of_freedom=effects.degrees_of_freedom,
        confidence_level=confidence_level,
        method=method,
        target=target,
        population=finite.size,
        flags=finite.flags,
        pooled_design_effect=effects.pooled,
    )


def standard_error(variance: FloatArray, responses: IntArray, correction: FloatArray) -> FloatArray:
    """Root of the corrected variance; none for a single response, 0 for a full count."""
    known = np.where(responses > 1, np.maximum(variance, 0.0), np.nan)
    return np.asarray(np.where(correction == 0, 0.0, np.sqrt(known * correction)))
