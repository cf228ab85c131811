"""Indices of many items: pooled answers, mean of criteria, mean of respondents, with honest variances.

The three differ wherever answers are missing; a published index says which one it is. Each variance comes
from one influence value a response, so that the covariances between the items of a person are in it: leaving
them out made the standard errors of the reference index 1.6 times too small.
"""

from collections.abc import Hashable
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.bounded import bounded_estimates
from analysis.errors import CountError
from analysis.errors import ScaleError
from analysis.estimate import Estimates
from analysis.estimate import Target
from analysis.indexmethod import MEAN5
from analysis.indexmethod import IndexMethod
from analysis.linearization import ratio_moments
from analysis.linearization import row_codes
from analysis.linearization import row_frequency
from analysis.linearization import variance
from analysis.moments import Moments
from analysis.moments import rating_table


def pooled_index(
    moments: Moments,
    method: IndexMethod = MEAN5,
    *,
    population: ArrayLike | None = None,
    target: Target = "process",
    confidence_level: float = 0.95,
    pooled_design_effect: float | None = None,
) -> Estimates:
    """The index of all answers pooled, Σs/Σk, by domain.

    Variance n/(n-1)·Σ(s-Rk)²/(Σk)², exact from the six whole numbers; `n` is the number of responses with an
    answer. `pooled_design_effect`: the published factor, to recompute a single domain; left out, it is made
    from the domains given together, which should be exactly those of one publication.

    >>> from analysis import pooled_moments
    >>> office = pooled_index(pooled_moments([[5, 4], [4, 4], [5, 5], [2, 3]], [0] * 4, 1)).item()
    >>> office.value, round(office.standard_error, 4), office.n
    (80.0, 10.8012, 4)
    """
    if moments.item_scores != method.item_scores:
        raise ScaleError(
            "method",
            f"{method.code} scores {method.item_scores}, the moments {moments.item_scores}",
            "count the moments with this method",
        )
    ratio, spread = ratio_moments(
        moments.n, moments.sum_k, moments.sum_s, moments.sum_kk, moments.sum_ks, moments.sum_ss
    )
    return bounded_estimates(
        method.offset + method.factor * ratio,
        method.factor**2 * spread,
        moments.n,
        bounds=method.bounds,
        method=f"{method.code}/{method.version}:pooled:wilson",
        target=target,
        population=population,
        confidence_level=confidence_level,
        pooled_design_effect=pooled_design_effect,
    )


def equal_factor_weights(factors: Sequence[Hashable]) -> FloatArray:
    """Weights of items named by their factor: every factor counts the same, and so every item within it.

    >>> equal_factor_weights(["access", "access", "result"]).tolist()
    [0.25, 0.25, 0.5]
    """
    names = list(factors)
    return np.array([1.0 / (len(set(names)) * names.count(name)) for name in names])


def mean_of_criteria(
    ratings: ArrayLike,
    domain: ArrayLike,
    domains: int,
    *,
    weights: ArrayLike,
    method: IndexMethod = MEAN5,
    frequency: ArrayLike | None = None,
    population: ArrayLike | None = None,
    target: Target = "process",
    confidence_level: float = 0.95,
    pooled_design_effect: float | None = None,
) -> Estimates:
    """Weighted mean of the criteria, each on its own answers, by domain.

    `weights`: one an item, adding up to 1 (`equal_factor_weights`, or 1/items each). Influence of a response:
    Σ_j w_j·(t_j - m_j)/n_j over the items j it answered. A domain where a weighted criterion has no answer
    has no index: weights are never spread over what happened to be answered. Blank forms are no responses.

    >>> one = mean_of_criteria([[5, 4], [4, 0], [3, 2]], [0, 0, 0], 1, weights=[0.5, 0.5]).item()
    >>> one.value, round(one.standard_error, 4)
    (70.0, 14.4338)
    """
    table, codes, times = _responses(ratings, domain, domains, method, frequency)
    shares = _item_weights(weights, table.shape[1])
    n = np.bincount(codes, times, domains).astype(np.int64)
    score = np.zeros(domains)
    influence = np.zeros(len(codes))
    for item in np.flatnonzero(shares):
        column = table[:, item]
        answered = np.flatnonzero(column)
        where, often = codes[answered], times[answered]
        points = method.table[column[answered]]
        answers = np.bincount(where, often, domains)
        known = answers > 0
        criterion = np.where(known, np.bincount(where, often * points, domains), np.nan)
        criterion /= np.where(known, answers, 1)
        score += shares[item] * criterion
        influence[answered] += shares[item] * (points - criterion[where]) / answers[where]
    return bounded_estimates(
        method.offset + method.factor * score,
        method.factor**2 * variance(influence, codes, domains, frequency=times),
        n,
        bounds=method.bounds,
        method=f"{method.code}/{method.version}:mean_of_criteria:wilson",
        target=target,
        population=population,
        confidence_level=confidence_level,
        pooled_design_effect=pooled_design_effect,
    )


def respondent_mean(
    ratings: ArrayLike,
    domain: ArrayLike,
    domains: int,
    *,
    factors: Sequence[Hashable],
    method: IndexMethod = MEAN5,
    frequency: ArrayLike | None = None,
    population: ArrayLike | None = None,
    target: Target = "process",
    confidence_level: float = 0.95,
    pooled_design_effect: float | None = None,
) -> Estimates:
    """Mean over persons of their own score, by domain.

    A person's factor is the mean of the answered items and needs half of them; the person's score is the mean
    of the factors and needs every one. `factors` names the factor of each item. `n` counts the persons with a
    score; the others stay in the sample, as in R. This one loses answers; it is here to be compared with.

    >>> one = respondent_mean([[5, 4], [4, 0], [3, 2]], [0, 0, 0], 1, factors=["a", "a"]).item()
    >>> round(one.value, 2), one.n
    (73.33, 3)
    """
    table, codes, times = _responses(ratings, domain, domains, method, frequency)
    names = list(factors)
    if len(names) != table.shape[1]:
        raise CountError(
            "factors", f"name {len(names)} of {table.shape[1]} items", "name the factor of each item"
        )
    score = np.zeros(len(codes))
    for name in dict.fromkeys(names):
        columns = table[:, [place for place, other in enumerate(names) if other == name]]
        answered = np.count_nonzero(columns, axis=1)
        enough = 2 * answered >= columns.shape[1]
        points = method.table[columns].sum(axis=1)
        score += np.where(enough, points / np.maximum(answered, 1), np.nan)
    score /= len(set(names))
    scored = np.flatnonzero(~np.isnan(score))
    where, often = codes[scored], times[scored]
    n = np.bincount(where, often, domains).astype(np.int64)
    mean = np.where(n > 0, np.bincount(where, often * score[scored], domains), np.nan) / np.maximum(n, 1)
    influence = np.zeros(len(codes))
    influence[scored] = (score[scored] - mean[where]) / n[where]
    return bounded_estimates(
        method.offset + method.factor * mean,
        method.factor**2 * variance(influence, codes, domains, frequency=times),
        n,
        bounds=method.bounds,
        method=f"{method.code}/{method.version}:respondent_mean:wilson",
        target=target,
        population=population,
        confidence_level=confidence_level,
        pooled_design_effect=pooled_design_effect,
        responses=np.bincount(codes, times, domains).astype(np.int64),
    )


def _responses(
    ratings: ArrayLike, domain: ArrayLike, domains: int, method: IndexMethod, frequency: ArrayLike | None
) -> tuple[NDArray[np.integer[Any]], IntArray, IntArray]:
    """The rows with at least one answer, their domains and how often they occur."""
    table = rating_table(ratings, method)
    codes = row_codes(domain, domains, len(table), "domain")
    times = row_frequency(frequency, len(table))
    answered = table.any(axis=1)
    return (table, codes, times) if answered.all() else (table[answered], codes[answered], times[answered])


def _item_weights(weights: ArrayLike, items: int) -> FloatArray:
    shares = np.asarray(weights, dtype=np.float64)
    if (
        shares.shape != (items,)
        or not np.all(shares >= 0)
        or not np.isclose(shares.sum(), 1.0, rtol=0, atol=1e-9)
    ):
        raise CountError("weights", f"are {shares.tolist()}", f"give {items} weights from 0 that add up to 1")
    return shares
