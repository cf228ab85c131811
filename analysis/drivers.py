"""What goes with overall satisfaction: shares of the explained variance by item.

An association is not a cause, and a halo inflates all of them. References: Lindeman, Merenda and Gold
(1980); Grömping (2006), J. Stat. Softw. 17(1); Johnson (2000), Multivar. Behav. Res. 35, 1-19; Rao and Wu
(1988), J. Am. Stat. Assoc. 83, 231-241.
"""

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.linearization import row_codes

MOST_DRIVERS = 12
"""2¹² regressions; more items belong into factors first."""


@dataclass(frozen=True, eq=False)
class Drivers:
    """Shares of R² by item; `lmg` and `johnson` add up to `r_squared`.

    `lmg`: Shapley share, the mean gain over all orders of entry. `johnson`: relative weight, an
    approximation of it. `first`: R² of the item alone. `last`: what is lost without it. `lmg_error`:
    bootstrap standard error, if asked for.
    """

    r_squared: float
    lmg: FloatArray
    johnson: FloatArray
    first: FloatArray
    last: FloatArray
    n: int
    lmg_error: FloatArray | None = None


def driver_shares(
    overall: ArrayLike,
    items: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    replicates: int = 0,
    random: np.random.Generator | None = None,
) -> Drivers:
    """How the R² of the regression of `overall` on `items` (responses × up to 12) is shared out.

    Complete rows only: 0 and NaN are no answer. `weights`: one a row. With `replicates` a standard error
    of `lmg` from a Rao-Wu bootstrap: n-1 of the n `clusters` (codes; a row each, if not given) drawn with
    replacement from `random`.

    >>> found = driver_shares([5, 4, 2, 5, 1, 3, 4], [[5, 4], [4, 4], [2, 3], [5, 5], [1, 3], [4, 2], [4, 5]])
    >>> round(found.r_squared, 3), found.lmg.round(3).tolist(), found.first.round(3).tolist()
    (0.985, [0.731, 0.254], [0.938, 0.462])
    """
    y, x, w, groups = _complete(overall, items, weights, clusters)
    correlation = _correlation(np.column_stack([y, x]), w)
    explained = _subsets(correlation)
    error = None
    if replicates:
        if random is None or replicates < 2:
            raise AnalysisError(
                "random", "or replicates are missing", "give a generator and at least 2 replicates"
            )
        error = _bootstrap(np.column_stack([y, x]), w, groups, replicates, random)
    count = x.shape[1]
    full = 2**count - 1
    return Drivers(
        r_squared=float(explained[full]),
        lmg=_shapley(explained, count),
        johnson=_johnson(correlation),
        first=explained[[1 << item for item in range(count)]],
        last=explained[full] - explained[[full ^ (1 << item) for item in range(count)]],
        n=len(y),
        lmg_error=error,
    )


def _complete(
    overall: ArrayLike, items: ArrayLike, weights: ArrayLike | None, clusters: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    y, x = np.asarray(overall, dtype=np.float64), np.asarray(items, dtype=np.float64)
    if x.ndim != 2 or y.shape != x.shape[:1] or not 1 <= x.shape[1] <= MOST_DRIVERS:
        raise CountError(
            "items", f"have shape {x.shape} for {y.shape} overall answers", "give rows × 1 to 12 items"
        )
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != y.shape or not np.all((w >= 0) & np.isfinite(w)):
        raise CountError("weights", "are negative, blank or not one a row", "give one weight a row")
    groups = np.arange(len(y)) if clusters is None else row_codes(clusters, len(y), len(y), "clusters")
    answered = np.nan_to_num(np.column_stack([y, x])) != 0
    keep = np.all(answered, axis=1) & (w > 0)
    if keep.sum() <= x.shape[1] + 1:
        raise CountError(
            "items", f"leave {int(keep.sum())} complete rows", "more are needed than there are items"
        )
    return y[keep], x[keep], w[keep], groups[keep]


def _correlation(columns: FloatArray, weights: FloatArray) -> FloatArray:
    centred = columns - np.average(columns, axis=0, weights=weights)
    products = (centred * weights[:, np.newaxis]).T @ centred
    own = np.sqrt(np.diag(products))
    if not np.all(own > 1e-12 * np.abs(columns).max()):
        places = np.flatnonzero(own <= 1e-12 * np.abs(columns).max()).tolist()
        raise CountError("items", f"do not vary (column {places}, 0 is overall)", "leave those out")
    return np.asarray(products / np.outer(own, own))


def _subsets(correlation: FloatArray) -> FloatArray:
    """R² of every subset of the items; bit j of the place says that item j is in it."""
    within, toward = correlation[1:, 1:], correlation[1:, 0]
    count = len(toward)
    explained = np.zeros(2**count)
    for size in range(1, count + 1):
        chosen = np.array(list(combinations(range(count), size)))
        matrices = within[chosen[:, :, np.newaxis], chosen[:, np.newaxis, :]]
        sides = toward[chosen]
        try:
            slopes = np.linalg.solve(matrices, sides[:, :, np.newaxis])[:, :, 0]
        except np.linalg.LinAlgError:
            raise CountError(
                "items", "are linearly dependent", "leave out the item that repeats another"
            ) from None
        explained[(1 << chosen).sum(axis=1)] = (slopes * sides).sum(axis=1)
    return explained


def _shapley(explained: FloatArray, count: int) -> FloatArray:
    subsets = np.arange(2**count)
    sizes = np.array([int(subset).bit_count() for subset in subsets])
    chance = np.array(
        [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    )
    shares = []
    for item in range(count):
        without = subsets[(subsets >> item) & 1 == 0]
        gain = explained[without | (1 << item)] - explained[without]
        shares.append(float((chance[sizes[without]] * gain).sum()))
    return np.array(shares)


def _johnson(correlation: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(correlation[1:, 1:])
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    slopes = np.linalg.lstsq(root, correlation[1:, 0], rcond=None)[0]
    return np.asarray(root**2 @ slopes**2)


def _bootstrap(
    columns: FloatArray, weights: FloatArray, groups: IntArray, replicates: int, random: np.random.Generator
) -> FloatArray:
    code = np.unique(groups, return_inverse=True)[1]
    clusters = int(code.max()) + 1
    if clusters < 3:
        raise CountError("clusters", f"are {clusters}", "a bootstrap needs at least 3")
    draws = random.multinomial(clusters - 1, np.full(clusters, 1.0 / clusters), size=replicates)
    found = [
        _shapley(_subsets(_correlation(columns, weights * times[code])), columns.shape[1] - 1)
        for times in draws
    ]
    return np.asarray(np.std(found, axis=0))
