"""What those who did not answer could do to a figure, and how like the others the respondents are.

References: Manski (2003), Partial Identification of Probability Distributions; Schouten, Cobben and Bethlehem
(2009), Survey Methodology 35, 101-113 (R-indicator); Schouten, Shlomo and Skinner (2011), J. Official Stat.
27, 231-253 (partial indicators); Meng (2018), Ann. Appl. Stat. 12, 685-726 (data defect).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import fitted
from analysis.arrays import whole_numbers
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Interval

SWEEPS = 60
"""Newton steps before the response model is said not to converge."""

CONVERGED = 1e-13
"""Relative change of the log-likelihood at which it has."""


def worst_case_bounds(
    value: ArrayLike, response_rate: ArrayLike, *, bounds: tuple[float, float] = (0.0, 1.0)
) -> Interval[FloatArray]:
    """The figure of everybody if all who did not answer were at one or the other end of `bounds`.

    [r·p + (1-r)·lowest, r·p + (1-r)·highest]; nothing is assumed, so no wider claim can be true. These bounds
    hold no sampling error: give the end of an interval for `value` to add it.

    >>> low, high = worst_case_bounds(0.88, 0.25)
    >>> round(float(low), 2), round(float(high), 2)
    (0.22, 0.97)
    """
    p, rate = np.asarray(value, dtype=np.float64), _rate(response_rate)
    if np.any((p < bounds[0]) | (p > bounds[1])):
        raise AnalysisError("value", f"lies outside {bounds}", "give the bounds of the figure")
    return Interval(rate * p + (1.0 - rate) * bounds[0], rate * p + (1.0 - rate) * bounds[1])


def tipping_point(value: ArrayLike, goal: ArrayLike, response_rate: ArrayLike) -> FloatArray:
    """How much less satisfied those who did not answer must be for "at least `goal`" to be false.

    δ* = (p - goal)/(1 - r), in the unit of the figure; negative where the claim fails already, infinite where
    everybody answered and it holds. For the cautious claim give the lower end of the interval as `value`.

    >>> round(float(tipping_point(0.88, 0.80, 0.25)), 3)
    0.107
    """
    rate = _rate(response_rate)
    margin = np.asarray(value, dtype=np.float64) - np.asarray(goal, dtype=np.float64)
    everybody = np.where(np.isnan(margin), np.nan, np.where(margin >= 0, np.inf, -np.inf))
    silent = np.where(rate < 1, 1.0 - rate, 1.0)
    return np.asarray(np.where(rate < 1, margin / silent, everybody))


def defect_effective_n(response_rate: ArrayLike, defect_correlation: float) -> FloatArray:
    """The simple random sample that is worth as much as voluntary answers, however many they are.

    r/(1-r)/ρ², ρ the correlation between answering and being satisfied: a warning, not a correction.

    >>> round(float(defect_effective_n(0.30, 0.05)))
    171
    """
    rate = _rate(response_rate)
    if not 0 < abs(defect_correlation) <= 1:
        raise AnalysisError(
            "defect_correlation", f"is {defect_correlation}", "give a correlation other than 0"
        )
    odds = rate / np.where(rate < 1, 1.0 - rate, 1.0)
    return np.asarray(np.where(rate < 1, odds / defect_correlation**2, np.inf))


@dataclass(frozen=True, eq=False)
class Representativeness:
    """How evenly a population answered: the R-indicator and what lies behind it.

    `r_indicator` 1 - 2S is 1 where everybody is equally likely to answer; `spread` is S, the standard
    deviation of the fitted chances `propensity` (by cell); `variation` S/response rate; `maximal_bias`
    S/(2·response rate), the most a share can be off by if the model holds. `partial[v]` is what variable v
    contributes by itself, `conditional[v]` what it adds within the cells of all others; `categories[v]` its
    categories, above 0 where over-represented. `coefficients` are log odds against the first category.
    """

    response_rate: float
    spread: float
    propensity: FloatArray
    partial: Mapping[str, float]
    conditional: Mapping[str, float]
    categories: Mapping[str, Mapping[str, float]]
    coefficients: Mapping[str, float]

    @property
    def r_indicator(self) -> float:
        """1 - 2S."""
        return 1.0 - 2.0 * self.spread

    @property
    def variation(self) -> float:
        """Coefficient of variation of the chances."""
        return self.spread / self.response_rate

    @property
    def maximal_bias(self) -> float:
        """The largest bias of a share that such chances allow."""
        return self.variation / 2.0


def representativeness(
    responses: ArrayLike, population: ArrayLike, variables: Mapping[str, ArrayLike]
) -> Representativeness:
    """The R-indicator of `responses` among `population`, by cell, with main effects of `variables`.

    One entry a cell: how many answered, how many there are, and the category of each variable. Chances to
    answer by logistic regression on the cells; S with N - 1. The whole population is known, so no bias is
    adjusted for.

    >>> found = representativeness([30, 20], [60, 100], {"channel": ["online", "counter"]})
    >>> round(found.response_rate, 4), round(found.r_indicator, 4), round(found.maximal_bias, 3)
    (0.3125, 0.7086, 0.233)
    """
    size = whole_numbers(population, "population")
    answered = fitted(responses, size.shape, "responses")
    if size.ndim != 1 or np.any(answered > size):
        raise CountError("responses", "exceed the population of a cell", "give one entry a cell, n at most N")
    if answered.sum() == 0 or size.sum() < 2:
        raise CountError("responses", "are none", "an indicator needs somebody who answered")
    columns = {name: _categories(name, values, size.shape) for name, values in variables.items()}
    design, names = _dummies(columns, len(size))
    beta = _logistic(design, answered, size)
    propensity = 1.0 / (1.0 + np.exp(-(design @ beta)))
    total = float(size.sum())
    mean = float(size @ propensity) / total
    partial, conditional, categories = {}, {}, {}
    for name, labels in columns.items():
        levels, code = np.unique(labels, return_inverse=True)
        share, gaps = _between(code, len(levels), size, propensity, mean)
        partial[name] = float(np.sqrt(np.sum(share * gaps**2)))
        signed = np.sqrt(share) * gaps
        categories[name] = {str(level): float(s) for level, s in zip(levels, signed, strict=True)}
        others = [np.unique(other, return_inverse=True)[1] for key, other in columns.items() if key != name]
        _, cell = np.unique(np.array([np.zeros_like(code), *others]), axis=1, return_inverse=True)
        inside = propensity - _means(cell.ravel(), size, propensity)[cell.ravel()]
        conditional[name] = float(np.sqrt(size @ inside**2 / total))
    return Representativeness(
        response_rate=mean,
        spread=float(np.sqrt(size @ (propensity - mean) ** 2 / (total - 1.0))),
        propensity=propensity,
        partial=MappingProxyType(partial),
        conditional=MappingProxyType(conditional),
        categories=MappingProxyType(categories),
        coefficients=MappingProxyType(dict(zip(names, beta.tolist(), strict=True))),
    )


def _categories(name: str, values: ArrayLike, shape: tuple[int, ...]) -> NDArray[Any]:
    labels = np.asarray(values).astype(str)
    if labels.shape != shape:
        raise CountError(
            f"variables[{name!r}]", f"has shape {labels.shape}", f"give one entry a cell: {shape}"
        )
    return labels


def _dummies(columns: Mapping[str, NDArray[Any]], cells: int) -> tuple[FloatArray, list[str]]:
    """A constant, and one column for each category but the first of each variable."""
    parts, names = [np.ones(cells)], ["constant"]
    for name, labels in columns.items():
        for level in np.unique(labels)[1:]:
            parts.append((labels == level).astype(np.float64))
            names.append(f"{name}={level}")
    return np.column_stack(parts), names


def _logistic(design: FloatArray, answered: IntArray, size: IntArray) -> FloatArray:
    """Coefficients of the logistic regression, by Newton's method on the cells."""
    from scipy.special import log_expit

    beta = np.zeros(design.shape[1])
    beta[0] = np.log((answered.sum() + 0.5) / ((size - answered).sum() + 0.5))
    before = -np.inf
    for _ in range(SWEEPS):
        line = design @ beta
        fit = float(answered @ log_expit(line) + (size - answered) @ log_expit(-line))
        if abs(fit - before) <= CONVERGED * (abs(fit) + 0.1):
            return beta
        before = fit
        chance = 1.0 / (1.0 + np.exp(-line))
        weight = size * chance * (1.0 - chance)
        step, *_ = np.linalg.lstsq(
            design.T @ (design * weight[:, np.newaxis]), design.T @ (answered - size * chance), rcond=None
        )
        beta = beta + step
    raise AnalysisError(
        "responses",
        "let the response model run away",
        "merge categories in which nobody or everybody answered",
    )


def _means(code: IntArray, size: IntArray, propensity: FloatArray) -> FloatArray:
    """Mean chance by code."""
    return np.asarray(np.bincount(code, size * propensity) / np.maximum(np.bincount(code, size), 1))


def _between(
    code: IntArray, levels: int, size: IntArray, propensity: FloatArray, mean: float
) -> tuple[FloatArray, FloatArray]:
    """Part of the population in each category, and how far its mean chance is from that of all."""
    share = np.bincount(code, size, levels) / size.sum()
    return share, _means(code, size, propensity) - mean


def _rate(response_rate: ArrayLike) -> FloatArray:
    rate = np.asarray(response_rate, dtype=np.float64)
    if np.any((rate < 0) | (rate > 1)):
        raise AnalysisError(
            "response_rate", "lies outside 0 to 1", "give responses by dossiers, not per cent"
        )
    return rate
