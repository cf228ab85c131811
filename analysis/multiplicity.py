"""Many tests at once: p-values adjusted so that chance findings stay as rare as promised.

A published table that says "changed" or "differs" uses Holm (the chance of any false statement in the table);
an internal list of what to look at may use Benjamini and Hochberg (the expected part of false entries).
References: Holm (1979), Scand. J. Stat. 6, 65-70; Hochberg (1988), Biometrika 75, 800-802; Hommel (1988),
Biometrika 75, 383-386; Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; Benjamini and Yekutieli
(2001), Ann. Stat. 29, 1165-1188.
"""

from typing import Literal
from typing import TypeAlias
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError

Adjustment: TypeAlias = Literal[
    "holm", "hochberg", "hommel", "bonferroni", "benjamini_hochberg", "benjamini_yekutieli"
]
"""How p-values are adjusted for their number."""


def adjusted_p_values(p_values: ArrayLike, method: Adjustment = "holm") -> FloatArray:
    """p-values adjusted for their number, in the shape given.

    A statement of the family holds where its adjusted p-value is at most the level.

    NaN is a test that was not made: it stays NaN and does not count. `holm`, `hochberg`, `hommel` and
    `bonferroni` hold the chance of any false finding (Holm under every dependence, and never worse than
    Bonferroni); `benjamini_hochberg` and `benjamini_yekutieli` the expected share of false findings among the
    findings (the latter under every dependence). As R's `p.adjust`.

    >>> adjusted_p_values([0.01, np.nan, 0.04, 0.03]).round(3).tolist()
    [0.03, nan, 0.06, 0.06]
    >>> adjusted_p_values([0.01, np.nan, 0.04, 0.03], "benjamini_hochberg").round(3).tolist()
    [0.03, nan, 0.04, 0.04]
    """
    if method not in get_args(Adjustment):
        raise AnalysisError("method", f"is {method!r}", f"choose among {', '.join(get_args(Adjustment))}")
    p = np.asarray(p_values, dtype=np.float64)
    outside = np.flatnonzero((p < 0) | (p > 1))
    if outside.size:
        raise AnalysisError(
            "p_values", f"place {outside[0]} is {p.flat[outside[0]]}", "give probabilities, NaN for no test"
        )
    made = ~np.isnan(p)
    adjusted = np.full(p.shape, np.nan)
    order = np.argsort(p[made], kind="stable")
    found = np.empty(len(order))
    found[order] = _adjust(p[made][order], method)
    adjusted[made] = found
    return adjusted


def _adjust(p: FloatArray, method: Adjustment) -> FloatArray:
    """Adjusted values of rising `p`."""
    tests = len(p)
    place = np.arange(1, tests + 1)
    if method == "bonferroni":
        raised = tests * p
    elif method == "holm":
        raised = np.maximum.accumulate((tests - place + 1) * p)
    elif method == "hommel":
        raised = _hommel(p)
    else:
        factor = tests / place if method.startswith("benjamini") else tests - place + 1.0
        if method == "benjamini_yekutieli":
            factor = factor * (1.0 / place).sum()
        raised = np.minimum.accumulate((factor * p)[::-1])[::-1]
    return np.minimum(raised, 1.0)


def _hommel(p: FloatArray) -> FloatArray:
    """By its definition as a closed test: the largest Simes p-value among the sets that hold the hypothesis.

    Of the sets of one size the worst is the hypothesis with the largest of the others, so one set a size is
    enough.
    """
    tests = len(p)
    worst = np.array(p, copy=True)
    for size in range(2, tests + 1):
        largest = float(np.min(size * p[tests - size :] / np.arange(1, size + 1)))
        worst = np.maximum(worst, np.minimum(size * p, largest))
    return worst
