"""The mean score of one criterion."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.bounded import bounded_estimates
from analysis.estimate import Estimates
from analysis.estimate import Target
from analysis.linearization import ratio_moments
from analysis.proportion import sampled_rows
from analysis.tally import Tally


def mean_score(
    tally: Tally,
    *,
    population: ArrayLike | None = None,
    target: Target = "process",
    confidence_level: float = 0.95,
    pooled_design_effect: float | None = None,
    responses: ArrayLike | None = None,
) -> Estimates:
    """Mean of the scores of the answers, cell by cell, on the scale's own scores.

    Standard error s/sqrt(n)·sqrt(1-n/N) with s² over n-1. Interval: the mean rescaled to 0..1 between the
    lowest and the highest score, Wilson on n/D (design factor rule of `design_effects`, over the cells given
    together), and back. `pooled_design_effect` and `responses` as in `pooled_index` and `share`.

    >>> from analysis import FIVE_LEVEL
    >>> july = mean_score(Tally(FIVE_LEVEL, [2, 1, 5, 30, 12])).item()
    >>> july.value, round(july.standard_error, 4), round(july.low, 2), round(july.high, 2)
    (3.98, 0.1261, 3.71, 4.21)
    """
    bounds = tally.scale.score_bounds
    scores = np.array(tally.scale.scores, dtype=object)
    counts = tally.counts.astype(object)
    n = tally.n
    rows = sampled_rows(n, responses)
    # One answer a form: k = 1 wherever s counts, so Σk = Σk² = n and Σks = Σs.
    total = np.asarray((counts * scores).sum(axis=-1), dtype=object)
    squares = np.asarray((counts * scores**2).sum(axis=-1), dtype=object)
    value, variance = ratio_moments(rows, n, total, n, total, squares)
    return bounded_estimates(
        value,
        variance,
        n,
        bounds=bounds,
        method="mean_score:wilson",
        target=target,
        population=population,
        confidence_level=confidence_level,
        pooled_design_effect=pooled_design_effect,
        responses=rows,
    )
