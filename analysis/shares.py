"""Shares of a survey design: of an event, or of every category."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.assembling import bounded_design_estimates
from analysis.design import every_row
from analysis.design import in_rows
from analysis.estimate import Estimates
from analysis.grouping import Codes
from analysis.grouping import domain_sums
from analysis.smooth import Design
from analysis.smooth import indicator_answers
from analysis.smooth import ratio_statistic
from analysis.statistic import stacked


def event_share(
    design: Design,
    event: ArrayLike,
    *,
    domain: Codes | None = None,
    confidence_level: float = 0.95,
    pooled_design_effect: float | None = None,
) -> Estimates:
    """Weighted share of the answers that are true, by domain.

    `event`: true or false (1 or 0) a row, NaN for a blank. Interval: Wilson's on the effective n, never a
    point unless everybody was counted; `share_interval` gives the others. Equals R's `svymean` of the
    indicator; its intervals are those of `svyciprop`.

    >>> from analysis import SurveyDesign
    >>> found = event_share(SurveyDesign(weights=[1] * 10), [1] * 9 + [0]).item()
    >>> found.value, round(found.standard_error, 4), round(found.low, 3), round(found.high, 3)
    (0.9, 0.1, 0.544, 0.986)
    """
    given = indicator_answers(design, event, domain)
    return bounded_design_estimates(
        ratio_statistic(design, given.value, given.answered, given.domain),
        given.n,
        design.degrees_of_freedom(given.domain),
        bounds=(0.0, 1.0),
        method="event_share",
        confidence_level=confidence_level,
        labels=given.domain.levels,
        pooled_design_effect=pooled_design_effect,
    )


def category_shares(
    design: Design, category: Codes, *, domain: Codes | None = None, confidence_level: float = 0.95
) -> Estimates:
    """Weighted share of every category, by domain: one cell for each domain and category.

    `category`: a code a row; leave rows that did not answer outside with `Grouping.where`. Cells run over the
    categories within each domain and are labelled (domain, category), or category alone. They add up to 1,
    and their covariances are known (`covariance`). Equals R's `svymean` of a factor.

    >>> from analysis import SurveyDesign
    >>> found = category_shares(SurveyDesign(weights=[1, 1, 2]), ["yes", "no", "yes"])
    >>> found.labels, found.value.tolist()
    (('no', 'yes'), [0.25, 0.75])
    """
    group = every_row(len(design)) if domain is None else in_rows(domain, len(design), "domain")
    kinds = in_rows(category, len(design), "category")
    single = group.levels == (None,)
    labels = tuple(kind if single else (level, kind) for level in group.levels for kind in kinds.levels)
    answered = (group.inside & kinds.inside).astype(np.float64)
    n = domain_sums(group.where(kinds.inside), (design.weights > 0).astype(np.float64)).astype(np.int64)
    parts = [
        ratio_statistic(design, answered * (kinds.codes == kind), answered, group)
        for kind in range(len(kinds))
    ]
    # One part a category; the cells run over the categories within each domain.
    order = np.arange(len(kinds) * len(group)).reshape(len(kinds), len(group)).T.ravel()
    return bounded_design_estimates(
        stacked(parts).picked(order),
        np.repeat(n, len(kinds)),
        np.repeat(design.degrees_of_freedom(group), len(kinds)),
        bounds=(0.0, 1.0),
        method="category_shares",
        confidence_level=confidence_level,
        labels=labels,
    )
