"""Whether the items of an index hang together, and who answered without looking.

References: Cronbach (1951), Psychometrika 16, 297-334; McDonald (1999), Test Theory; Meade and Craig
(2012), Psychol. Methods 17, 437-455 (careless answers); Wood, Harms, Lowman and DeSimone (2017), Soc.
Psychol. Personal. Sci. 8, 454-464 (a second an item).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import whole_numbers
from analysis.errors import AnalysisError
from analysis.errors import CountError

SECONDS_AN_ITEM = 1.0
"""Nobody reads and answers an item faster."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """How far the items of one scale measure one thing.

    `alpha` Cronbach's, `standardized_alpha` the same from correlations, `omega` McDonald's total (None
    with fewer than three items, or where one factor does not fit). By item: `alpha_without` it, and
    `item_rest`, its correlation with the sum of the others. `n`: complete responses used.
    """

    alpha: float
    standardized_alpha: float
    omega: float | None
    alpha_without: FloatArray
    item_rest: FloatArray
    n: int


def scale_reliability(ratings: ArrayLike) -> Reliability:
    """Reliability of a scale from ratings (responses × items, whole numbers, 0 for no answer).

    Complete responses only. α = k/(k-1)·(1 - Σ s_j²/s²) with k items, s_j² their variances, s² that of
    their sum; ω = (Σ λ_j)²/((Σ λ_j)² + Σ θ_j) of a one-factor model fitted by principal axes to the
    covariances. A high α says that items agree, which a halo does, too.

    >>> table = [[5, 5, 4], [4, 4, 4], [2, 3, 2], [5, 4, 5], [1, 2, 2], [3, 0, 3]]
    >>> found = scale_reliability(table)
    >>> round(found.alpha, 3), found.n, found.item_rest.round(2).tolist()
    (0.945, 5, [1.0, 0.89, 0.89])
    """
    table = whole_numbers(ratings, "ratings")
    if table.ndim != 2 or table.shape[1] < 2:
        raise CountError("ratings", f"have shape {table.shape}", "give responses × at least two items")
    complete = table[np.all(table > 0, axis=1)]
    if len(complete) < 2:
        raise CountError("ratings", f"hold {len(complete)} complete responses", "at least two are needed")
    covariance = np.cov(complete, rowvar=False)
    own = np.diag(covariance)
    if not np.all(own > 0):
        same = np.flatnonzero(~(own > 0)).tolist()
        raise CountError("ratings", f"do not vary in items {same}", "leave those items out")
    items = len(own)
    correlation = covariance / np.sqrt(np.outer(own, own))
    kept = [np.delete(np.arange(items), item) for item in range(items)]
    rest = [covariance[np.ix_(others, others)] for others in kept]
    together = [covariance[item, others].sum() for item, others in enumerate(kept)]
    scale = np.sqrt(own * np.array([matrix.sum() for matrix in rest]))
    return Reliability(
        alpha=_alpha(covariance),
        standardized_alpha=_alpha(correlation),
        omega=_omega(covariance),
        alpha_without=np.array([_alpha(matrix) if items > 2 else np.nan for matrix in rest]),
        item_rest=np.divide(together, scale, out=np.full(items, np.nan), where=scale > 0),
        n=len(complete),
    )


def _alpha(covariance: FloatArray) -> float:
    items, total = len(covariance), float(covariance.sum())
    return items / (items - 1) * (1.0 - float(np.trace(covariance)) / total) if total > 0 else float("nan")


def _omega(covariance: FloatArray) -> float | None:
    """Total omega of one factor by iterated principal axes; None where it cannot be had."""
    if len(covariance) < 3:
        return None
    own = np.diag(covariance)
    shared = own - 1.0 / np.diag(np.linalg.pinv(covariance))
    for _ in range(2000):
        reduced = covariance - np.diag(own - shared)
        values, vectors = np.linalg.eigh(reduced)
        loading = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
        if np.max(np.abs(loading**2 - shared)) < 1e-10 * own.max():
            break
        shared = loading**2
    # A communality above the variance (Heywood) means that one factor does not fit.
    if np.any(loading**2 > own):
        return None
    common = float(loading.sum()) ** 2
    return common / (common + float((own - loading**2).sum()))


@dataclass(frozen=True, eq=False)
class StraightLines:
    """Responses whose ratings are all alike, by row: `alike`; on the `worst` or the `best` rating; `fast`
    as well.

    `share`: the part of the responses with enough answers that are alike. None of these is evidence by
    itself: at 95 % satisfied most honest people give only fives. Compare offices (`funnel`) on the part
    alike *and* fast.
    """

    counted: BoolArray
    alike: BoolArray
    worst: BoolArray
    best: BoolArray
    fast: BoolArray

    @property
    def share(self) -> float | None:
        """Alike among those counted; None where nobody is."""
        counted = int(self.counted.sum())
        return int(self.alike.sum()) / counted if counted else None


def straight_lines(
    ratings: ArrayLike,
    *,
    options: int = 5,
    least: int = 3,
    seconds: ArrayLike | None = None,
    seconds_an_item: float = SECONDS_AN_ITEM,
) -> StraightLines:
    """Which responses (rows of `ratings`, 0 for no answer) give every item the same rating.

    Only responses with at least `least` answers count. `seconds`: how long each took; `fast` is less than
    `seconds_an_item` for each answer (all False without it; a blank time is not fast).

    >>> found = straight_lines([[5, 5, 5], [5, 4, 5], [1, 1, 1], [5, 5, 0]], seconds=[2, 30, 40, 1])
    >>> found.alike.tolist(), found.fast.tolist(), round(found.share, 3)
    ([True, False, True, False], [True, False, False, True], 0.667)
    """
    table = whole_numbers(ratings, "ratings", below=options + 1)
    if table.ndim != 2:
        raise CountError("ratings", f"have shape {table.shape}", "give responses × items")
    answered = np.count_nonzero(table, axis=1)
    counted = answered >= least
    highest = table.max(axis=1, initial=0)
    alike = counted & np.all((table == 0) | (table == highest[:, np.newaxis]), axis=1)
    fast = np.zeros(len(table), dtype=np.bool_)
    if seconds is not None:
        taken = np.asarray(seconds, dtype=np.float64)
        if taken.shape != (len(table),) or np.any(taken < 0):
            raise AnalysisError("seconds", "are negative or not one a response", "give a duration a row")
        fast = (answered > 0) & (taken < seconds_an_item * answered)
    return StraightLines(counted, alike, alike & (highest == 1), alike & (highest == options), fast)
