"""The design factor of means and composites: how many yes/no answers one response is worth.

D = (n-1)·v/(m(1-m)) compares the variance v of a mean m, rescaled to 0..1, with that of a yes/no answer of
the same mean: 1 for a share, about 0.2 for the mean score of eight items. A cell's own D is too uncertain
when the cell is small and zero when all agree, so it is shrunk toward the D of all cells published together;
in a polarised office (some all ones, the rest all fives) the pooled D is far too small, so the larger of both
holds. The idea of modelling the effective sample size: Franco, Little, Louis and Slud (2019), J. Surv. Stat.
Methodol. 7, 334-364.
"""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import FloatArray
from analysis.arrays import IntArray

MODEL_FROM = 30
"""Below this n the design factor is 1: a smaller one cannot be supported by so few responses."""

PRIOR_WEIGHT = 30
"""Degrees of freedom that the pooled factor counts for beside a cell's own."""

FEWEST_CELLS = 5
FEWEST_DEGREES = 30
"""A pooled factor needs so many usable cells, and so many degrees of freedom in them together."""


NEGLIGIBLE = 1e-12
"""A design factor below this is rounding, not variation."""


@dataclass(frozen=True)
class DesignEffects:
    """Design factor and degrees of freedom of the quantile, by cell; the pooled factor, or None."""

    factor: FloatArray
    degrees_of_freedom: FloatArray
    pooled: float | None


def design_effects(
    mean: FloatArray, variance: FloatArray, n: IntArray, responses: IntArray, pooled: float | None = None
) -> DesignEffects:
    """The design factor rule, for the cells of one publication.

    `mean` lies in 0..1, `variance` is that of the mean without finite population correction, `responses` the
    rows of the sample (degrees of freedom = responses - 1). `pooled`: the factor as published, instead of
    pooling here.

    Below n = 30: D = 1 and t with n - 1 degrees of freedom. From there the larger of the cell's own D and
    (df·D + 30·pooled)/(df + 30), and t with df + 30. Without a pooled factor: own D, t with df. All answers
    alike (no own D): the pooled factor, or 1.
    """
    df = responses - 1.0
    spread = mean * (1.0 - mean)
    scaled = (n - 1.0) * variance
    # A spread of rounding errors is none.
    varied = (spread > 0) & (scaled > NEGLIGIBLE * spread)
    own = np.where(varied, scaled / np.where(varied, spread, 1.0), 0.0)
    if pooled is None:
        pooled = pooled_design_effect(mean, variance, n, responses)
    if pooled is None:
        modelled = np.where(varied, own, 1.0)
        modelled_df = df
    else:
        shrunk = (df * own + PRIOR_WEIGHT * pooled) / (df + PRIOR_WEIGHT)
        modelled = np.where(varied, np.maximum(own, shrunk), pooled)
        modelled_df = df + PRIOR_WEIGHT
    large = n >= MODEL_FROM
    return DesignEffects(np.where(large, modelled, 1.0), np.where(large, modelled_df, df), pooled)


def pooled_design_effect(
    mean: FloatArray, variance: FloatArray, n: IntArray, responses: IntArray
) -> float | None:
    """The design factor of all cells together, Σ df·(n-1)·v / Σ df·m(1-m); None where they are too few.

    Usable are cells with at least two responses and a mean inside its bounds. Give only cells that are
    published: a hidden one could be worked out from the factor.
    """
    df = responses - 1.0
    spread = mean * (1.0 - mean)
    usable = (n > 1) & (df >= 1) & (spread > 0) & np.isfinite(variance)
    if np.count_nonzero(usable) < FEWEST_CELLS or df[usable].sum() < FEWEST_DEGREES:
        return None
    weight = df[usable]
    factor = float(np.sum(weight * (n[usable] - 1.0) * variance[usable]) / np.sum(weight * spread[usable]))
    # Where every cell is unanimous the factor is 0, which would promise certainty.
    return factor if factor > 0 else None
