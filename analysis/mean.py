"""The mean score of one criterion: of counts, or of the rows of a survey design."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.assembling import bounded_design_estimates
from analysis.assembling import unbounded_estimates
from analysis.bounded import bounded_estimates
from analysis.estimate import Estimates
from analysis.estimate import Target
from analysis.grouping import Codes
from analysis.linearization import ratio_moments
from analysis.proportion import sampled_rows
from analysis.smooth import Design
from analysis.smooth import answers
from analysis.smooth import over_simple
from analysis.smooth import ratio_statistic
from analysis.smooth import refuse_beyond
from analysis.smooth import spread
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


def mean(
    design: Design,
    y: ArrayLike,
    *,
    domain: Codes | None = None,
    bounds: tuple[float, float] | None = None,
    confidence_level: float = 0.95,
    pooled_design_effect: float | None = None,
) -> Estimates:
    """Weighted mean of the answers, by domain: Σwy/Σw over the rows that answered.

    `y`: one number a row, NaN for a blank; `domain`: one code a row of any kind. Influence of a row:
    (y - m)/Σw; variance by linearisation or by replicates, units of y. With `bounds` (the ends of the scale)
    the interval is Wilson's on the effective n, else m ± t·SE. `design_effect` is the variance over s²/n of
    a simple random sample (with bounds: the design factor D). Equals `svymean` and `svyby` of R's survey.

    >>> from analysis import SurveyDesign
    >>> design = SurveyDesign(weights=[2, 2, 1, 1], strata=["a", "a", "b", "b"])
    >>> found = mean(design, [4, 5, 3, np.nan], domain=["north", "north", "south", "south"])
    >>> found.labels, found.value.tolist(), found.n.tolist()
    (('north', 'south'), [4.5, 3.0], [2, 1])
    """
    given = answers(design, y, domain)
    statistic = ratio_statistic(design, given.value, given.answered, given.domain)
    df = design.degrees_of_freedom(given.domain)
    labels = given.domain.levels
    if bounds is not None:
        refuse_beyond(given, bounds)
        return bounded_design_estimates(
            statistic,
            given.n,
            df,
            bounds=bounds,
            method="mean",
            confidence_level=confidence_level,
            labels=labels,
            pooled_design_effect=pooled_design_effect,
        )
    effect = over_simple(statistic, spread(design, given) / np.maximum(given.n, 1))
    return unbounded_estimates(
        statistic,
        given.n,
        df,
        method="mean",
        confidence_level=confidence_level,
        labels=labels,
        design_effect=effect,
    )
