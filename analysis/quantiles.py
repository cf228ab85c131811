"""Quantiles of a survey design, with Woodruff's interval."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.errors import AnalysisError
from analysis.estimate import Estimates
from analysis.grouping import Codes
from analysis.grouping import Grouping
from analysis.interval import student_quantile
from analysis.smooth import Design
from analysis.smooth import answers
from analysis.smooth import ratio_statistic

TIE = 1e-12
"""A share of the distribution this near to p is p."""


def quantile(
    design: Design,
    y: ArrayLike,
    p: ArrayLike,
    *,
    domain: Codes | None = None,
    confidence_level: float = 0.95,
    tie: float = TIE,
) -> Estimates:
    """The smallest answer that a share of at least p does not exceed, by domain.

    The left-continuous inverse of the weighted distribution function. Interval of Woodruff (1952), J. Am.
    Stat. Assoc. 47, 635-646: the quantiles at F ± t·SE(F), F being the share of answers up to the estimate;
    an end whose share lies beyond 0 or 1 is not available. `standard_error`: width/(2t). Several p: cells
    run over p within each domain. Equals R's `svyquantile` (`qrule="math"`, `interval.type="mean"`)
    but for a p that the distribution reaches exactly: there R compares rounded numbers, as `tie=0` does.

    >>> from analysis import SurveyDesign
    >>> days = quantile(SurveyDesign(weights=[1] * 100), np.arange(1.0, 101.0), [0.5, 0.9])
    >>> days.value.tolist(), days.low.tolist(), days.high.tolist()
    ([50.0, 90.0], [41.0, 85.0], [60.0, 96.0])
    """
    shares = np.atleast_1d(np.asarray(p, dtype=np.float64))
    if not np.all((shares > 0) & (shares < 1)):
        raise AnalysisError("p", f"is {shares.tolist()}", "give shares between 0 and 1")
    given = answers(design, y, domain)
    groups = given.domain
    curve = _Distribution.of(given.value, design.weights * given.answered, groups)
    value = np.stack([curve.inverse(np.full(len(groups), share), tie) for share in shares], axis=1)
    df = design.degrees_of_freedom(groups)
    t = student_quantile(df, confidence_level)
    low, high = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    for place in range(len(shares)):
        below = given.answered * (given.value <= np.nan_to_num(value[:, place])[groups.codes])
        reached = ratio_statistic(design, below, given.answered, groups)
        half = t * np.sqrt(np.maximum(reached.variance, 0.0))
        low[:, place] = curve.inverse(reached.value - half, tie)
        high[:, place] = curve.inverse(reached.value + half, tie)
    cells = tuple(_label(level, share, len(shares)) for level in groups.levels for share in shares.tolist())
    n, repeated = np.repeat(given.n, len(shares)), np.repeat(df, len(shares))
    return Estimates(
        value=value.ravel(),
        standard_error=((high - low) / (2 * t[:, np.newaxis])).ravel(),
        low=low.ravel(),
        high=high.ravel(),
        n=n,
        effective_n=np.full(n.shape, np.nan),
        design_effect=np.full(n.shape, np.nan),
        degrees_of_freedom=repeated,
        confidence_level=confidence_level,
        method="quantile:woodruff",
        target="month" if design.finite else "process",
        labels=cells,
    )


def _label(level: Hashable, share: float, several: int) -> Hashable:
    if level is None:
        return share
    return (level, share) if several > 1 else level


@dataclass(frozen=True, eq=False)
class _Distribution:
    """Distribution functions of all domains: answers in order within each, and their cumulated shares."""

    value: FloatArray
    reached: FloatArray
    starts: IntArray

    @classmethod
    def of(cls, value: FloatArray, weight: FloatArray, domain: Grouping) -> "_Distribution":
        rows = np.flatnonzero(weight > 0)
        codes = domain.codes[rows]
        order = np.lexsort((value[rows], codes))
        rows, codes = rows[order], codes[order]
        cumulated = np.concatenate([[0.0], np.cumsum(weight[rows], dtype=np.longdouble)])
        starts = np.searchsorted(codes, np.arange(len(domain) + 1))
        whole = (cumulated[starts[1:]] - cumulated[starts[:-1]]).astype(np.float64)
        share = (cumulated[1:] - cumulated[starts[codes]]).astype(np.float64) / whole[codes]
        # The number of the domain as whole part: one rising sequence for all of them.
        reached = codes + share
        return cls(value[rows], reached, starts)

    def inverse(self, share: FloatArray, tie: float) -> FloatArray:
        """The quantile of every domain at its own share; none beyond 0 to 1 and in an empty domain."""
        domains = np.arange(len(share))
        inside = (share >= 0) & (share <= 1) & (self.starts[1:] > self.starts[:-1])
        wanted = domains + np.where(inside, share, 0.5) - tie
        place = np.searchsorted(self.reached, wanted)
        place = np.clip(place, self.starts[:-1], np.maximum(self.starts[1:] - 1, 0))
        found = self.value[np.minimum(place, max(len(self.value) - 1, 0))] if len(self.value) else np.nan
        return np.where(inside, found, np.nan)
