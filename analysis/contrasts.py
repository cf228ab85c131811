"""Differences, contrasts and smooth functions of estimates, with the covariances that belong to them."""

from collections.abc import Hashable
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.assembling import unbounded_estimates
from analysis.errors import AnalysisError
from analysis.estimate import Estimates
from analysis.statistic import Smooth
from analysis.statistic import Statistic
from analysis.statistic import coefficients_table
from analysis.statistic import stacked


def covariance(*estimates: Estimates) -> FloatArray:
    """The covariance matrix of all values of estimates that were made from one design, in their order.

    V = Σ_h (1-f_h)·n_h/(n_h-1)·Σ_i (z_hi - z̄_h)(z_hi - z̄_h)' (over the replicates for a replicate design).
    Units: products of those of the estimates. Equals R's `vcov`.

    >>> from analysis import SurveyDesign, mean
    >>> design = SurveyDesign(weights=[1, 1, 1])
    >>> one, other = mean(design, [1.0, 2.0, 3.0]), mean(design, [3.0, 2.0, 1.0])
    >>> covariance(one, other).round(4).tolist()
    [[0.3333, -0.3333], [-0.3333, 0.3333]]
    """
    return _stacked(estimates).covariance


def contrast(
    estimates: Estimates | Sequence[Estimates],
    coefficients: ArrayLike,
    *,
    labels: Sequence[Hashable] | None = None,
    degrees_of_freedom: float | None = None,
    confidence_level: float = 0.95,
) -> Estimates:
    """Linear combinations of estimates of one design, Σ_k c_k·θ_k, with c'Vc as variance.

    `coefficients`: one row a contrast, one number for each value in order. Degrees of freedom: the fewest of
    the values a contrast is made of, if not given. Interval ± t. Equals R's `svycontrast`.

    >>> from analysis import SurveyDesign, mean
    >>> months = mean(SurveyDesign(weights=[1] * 4), [3, 4, 5, 5], domain=[5, 5, 6, 6])
    >>> found = contrast(months, [[-1, 1]], labels=["June less May"]).item()
    >>> found.value, round(found.standard_error, 4)
    (1.5, 0.4082)
    """
    parts = [estimates] if isinstance(estimates, Estimates) else list(estimates)
    statistic = _stacked(parts)
    table = coefficients_table(coefficients, len(statistic.value))
    used = table != 0
    df = np.concatenate([np.ravel(part.degrees_of_freedom) for part in parts])
    n = np.concatenate([np.ravel(part.n) for part in parts])
    fewest = np.min(np.where(used, np.nan_to_num(df), np.inf), axis=1)
    return unbounded_estimates(
        statistic.combined(table),
        np.asarray(np.where(used, n, 0).sum(axis=1)),
        fewest if degrees_of_freedom is None else np.full(len(table), float(degrees_of_freedom)),
        method="contrast",
        confidence_level=confidence_level,
        labels=None if labels is None else tuple(labels),
        fewest=1,
    )


def differences(
    estimates: Estimates,
    pairs: Sequence[tuple[Hashable, Hashable]] | None = None,
    *,
    degrees_of_freedom: float | None = None,
    confidence_level: float = 0.95,
) -> Estimates:
    """Differences between domains: the first of each pair less the second; all pairs, if not named.

    The covariance of the two is in the variance: units that answered in both domains count as what they are.

    >>> from analysis import SurveyDesign, mean
    >>> design = SurveyDesign(clusters=["p", "q", "r", "p", "q", "r"])
    >>> months = mean(design, [3, 4, 5, 4, 5, 6.5], domain=[5, 5, 5, 6, 6, 6])
    >>> found = differences(months, [(6, 5)]).item()
    >>> round(found.value, 4), round(found.standard_error, 4)
    (1.1667, 0.1667)
    """
    levels = estimates.labels or ()
    place = {level: number for number, level in enumerate(levels)}
    if pairs is None:
        chosen = [(i, j) for i in range(len(levels)) for j in range(i + 1, len(levels))]
    else:
        unknown = [level for pair in pairs for level in pair if level not in place]
        if unknown:
            raise AnalysisError("pairs", f"name {unknown[0]!r}", f"choose among {levels}")
        chosen = [(place[one], place[other]) for one, other in pairs]
    table = np.zeros((len(chosen), len(levels)))
    table[np.arange(len(chosen)), [one for one, _ in chosen]] += 1.0
    table[np.arange(len(chosen)), [other for _, other in chosen]] -= 1.0
    return contrast(
        estimates,
        table,
        labels=[(levels[one], levels[other]) for one, other in chosen],
        degrees_of_freedom=degrees_of_freedom,
        confidence_level=confidence_level,
    )


def nonlinear(
    estimates: Estimates | Sequence[Estimates],
    function: Smooth,
    *,
    labels: Sequence[Hashable] | None = None,
    confidence_level: float = 0.95,
) -> Estimates:
    """A smooth function of estimates of one design, linearised (the delta method), or replicate by replicate.

    `function` takes the vector of all values and returns a number or several; it is derived exactly by a
    complex step, so it must be written with numpy's functions. Degrees of freedom: the fewest of all.
    Equals R's `svycontrast` of an expression.

    >>> from analysis import SurveyDesign, mean
    >>> design = SurveyDesign(weights=[1, 1, 1])
    >>> years = [mean(design, [2.0, 3.0, 4.0]), mean(design, [4.0, 6.0, 8.0])]
    >>> found = nonlinear(years, lambda m: m[1] / m[0]).item()
    >>> found.value, round(found.standard_error, 12)
    (2.0, 0.0)
    """
    parts = [estimates] if isinstance(estimates, Estimates) else list(estimates)
    statistic = _stacked(parts).transformed(function)
    shape = statistic.value.shape
    df = min(float(np.nan_to_num(part.degrees_of_freedom).min()) for part in parts)
    return unbounded_estimates(
        statistic,
        np.full(shape, sum(int(part.n.sum()) for part in parts)),
        np.full(shape, df),
        method="nonlinear",
        confidence_level=confidence_level,
        labels=None if labels is None else tuple(labels),
        fewest=1,
    )


def _stacked(estimates: Sequence[Estimates]) -> Statistic:
    found = [estimate.statistic for estimate in estimates]
    if not found or any(one is None for one in found):
        raise AnalysisError("estimates", "keep no influence values", "estimate them from a SurveyDesign")
    return stacked([one for one in found if one is not None])
