"""Total, ratio, index, variance and design effects of a survey design, all domains at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.assembling import bounded_design_estimates
from analysis.assembling import unbounded_estimates
from analysis.design import every_row
from analysis.design import in_rows
from analysis.errors import CountError
from analysis.estimate import Estimates
from analysis.grouping import Codes
from analysis.grouping import domain_sums
from analysis.mean import mean
from analysis.smooth import Design
from analysis.smooth import answers
from analysis.smooth import over_simple
from analysis.smooth import ratio_statistic
from analysis.smooth import refuse_beyond
from analysis.smooth import spread
from analysis.smooth import total_statistic
from analysis.statistic import Statistic
from analysis.statistic import blended


def total(
    design: Design, y: ArrayLike, *, domain: Codes | None = None, confidence_level: float = 0.95
) -> Estimates:
    """Weighted total of the answers, by domain: Σwy, blanks adding nothing.

    Influence of a row: y. A domain without rows has no total (not 0). Interval: value ± t·SE; `design_effect`
    over the total of a simple random sample with replacement. Equals R's `svytotal` with `na.rm=TRUE`.

    >>> from analysis import SurveyDesign
    >>> found = total(SurveyDesign(weights=[10, 10, 10]), [1.0, 2.0, 3.0]).item()
    >>> found.value, round(found.standard_error, 4)
    (60.0, 17.3205)
    """
    given = answers(design, y, domain)
    statistic = total_statistic(design, given.value, given.domain, given.n)
    size = domain_sums(given.domain, design.weights * given.answered)
    effect = over_simple(statistic, size**2 * spread(design, given) / np.maximum(given.n, 1))
    return unbounded_estimates(
        statistic,
        given.n,
        design.degrees_of_freedom(given.domain),
        method="total",
        confidence_level=confidence_level,
        labels=given.domain.levels,
        design_effect=effect,
        fewest=1,
    )


def ratio(
    design: Design,
    y: ArrayLike,
    x: ArrayLike,
    *,
    domain: Codes | None = None,
    confidence_level: float = 0.95,
) -> Estimates:
    """Ratio of two weighted totals, by domain: Σwy/Σwx over the rows that answered both.

    Influence of a row: (y - Rx)/Σwx. Interval: R ± t·SE. No value where Σwx = 0. Equals R's `svyratio`.

    >>> from analysis import SurveyDesign
    >>> round(ratio(SurveyDesign(weights=[1, 1, 2]), [1.0, 2.0, 3.0], [2.0, 2.0, 4.0]).item().value, 4)
    0.75
    """
    above, below = answers(design, y, domain), answers(design, x, domain, "x")
    both = above.answered * below.answered
    statistic = ratio_statistic(design, above.value * both, below.value * both, above.domain)
    n = domain_sums(above.domain, both * (design.weights > 0)).astype(np.int64)
    return unbounded_estimates(
        statistic,
        n,
        design.degrees_of_freedom(above.domain),
        method="ratio",
        confidence_level=confidence_level,
        labels=above.domain.levels,
    )


def index(
    design: Design,
    criteria: Sequence[ArrayLike],
    *,
    weights: ArrayLike,
    bounds: tuple[float, float],
    domain: Codes | None = None,
    confidence_level: float = 0.95,
    pooled_design_effect: float | None = None,
) -> Estimates:
    """Weighted mean of criterion means, each on its own answers, by domain: Σ_j ω_j·m_j.

    `criteria`: one column a criterion (scores, or 0 and 1 for shares; NaN for a blank), `weights` one ω_j
    each, adding up to 1 (`equal_factor_weights`). Influence Σ_j ω_j·u_j: the covariances between a person's
    answers are in it. `n`: rows with an answer to any criterion. A criterion without answers leaves the index
    not available. Equals `svycontrast` of the totals in R's survey.

    >>> from analysis import SurveyDesign
    >>> design = SurveyDesign(weights=[1, 1, 1])
    >>> found = index(design, [[5, 4, 3], [4, np.nan, 2]], weights=[0.5, 0.5], bounds=(1, 5)).item()
    >>> found.value, round(found.standard_error, 4)
    (3.5, 0.7217)
    """
    shares = np.asarray(weights, dtype=np.float64)
    if shares.shape != (len(criteria),) or not (shares >= 0).all() or abs(shares.sum() - 1.0) > 1e-9:
        raise CountError("weights", f"are {shares.tolist()}", f"give {len(criteria)} from 0 that add up to 1")
    group = every_row(len(design)) if domain is None else in_rows(domain, len(design), "domain")
    any_answer = np.zeros(len(design))
    found: list[Statistic] = []
    for place, column in enumerate(criteria):
        given = answers(design, column, group, f"criteria[{place}]")
        refuse_beyond(given, bounds)
        np.maximum(any_answer, given.answered, out=any_answer)
        if shares[place]:
            # Added one by one: 22 criteria need no more memory than two.
            part = ratio_statistic(design, given.value, given.answered, group)
            found = [blended([*found, part], np.array([*(1.0 for _ in found), shares[place]]))]
    n = domain_sums(group, any_answer * (design.weights > 0)).astype(np.int64)
    return bounded_design_estimates(
        found[0],
        n,
        design.degrees_of_freedom(group),
        bounds=bounds,
        method="index",
        confidence_level=confidence_level,
        labels=group.levels,
        pooled_design_effect=pooled_design_effect,
    )


def population_variance(
    design: Design, y: ArrayLike, *, domain: Codes | None = None, confidence_level: float = 0.95
) -> Estimates:
    """The variance of y in the population, by domain: n/(n-1)·Σw(y-m)²/Σw.

    Influence: that of the mean of n/(n-1)·(y-m)², m held fixed. Units of y². Equals R's `svyvar`.

    >>> from analysis import SurveyDesign
    >>> population_variance(SurveyDesign(weights=[1, 1, 1]), [1.0, 2.0, 3.0]).item().value
    1.0
    """
    given = answers(design, y, domain)
    centre = mean(design, y, domain=given.domain).value
    factor = given.n / np.maximum(given.n - 1, 1)
    squares = factor[given.domain.codes] * (given.value - np.nan_to_num(centre)[given.domain.codes]) ** 2
    statistic = ratio_statistic(design, squares * given.answered, given.answered, given.domain)
    return unbounded_estimates(
        statistic,
        given.n,
        design.degrees_of_freedom(given.domain),
        method="population_variance",
        confidence_level=confidence_level,
        labels=given.domain.levels,
    )


def deff(
    design: Design,
    y: ArrayLike,
    *,
    domain: Codes | None = None,
    statistic: str = "mean",
    replacement: bool = False,
) -> FloatArray:
    """Design effect of a `mean` or `total`: its variance over that of a simple random sample of the same n.

    The simple sample is drawn without replacement, (1 - n/N̂)·s²/n with N̂ = Σw and s² the weighted variance;
    with `replacement` (`deff_wr`) s²/n. R's `deff` and `deff="replace"`.

    >>> from analysis import SurveyDesign
    >>> deff(SurveyDesign(weights=[1, 3, 1, 3]), [1.0, 2.0, 3.0, 4.0], replacement=True).round(4).tolist()
    [1.1711]
    """
    estimator = {"mean": mean, "total": total}.get(statistic)
    if estimator is None:
        raise CountError("statistic", f"is {statistic!r}", "choose 'mean' or 'total'")
    given = answers(design, y, domain)
    size = domain_sums(given.domain, design.weights * given.answered)
    simple = spread(design, given) / np.maximum(given.n, 1)
    if not replacement:
        simple = simple * (1.0 - given.n / np.where(size > 0, size, np.nan))
    found = estimator(design, y, domain=given.domain).statistic
    assert found is not None
    return over_simple(found, simple * size**2 if statistic == "total" else simple)
