"""The arithmetic of calibration: weights that reproduce known totals, and what the totals explain of a
variable.

Reference: Deville and Särndal (1992), J. Am. Stat. Assoc. 87, 376-382.
"""

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal
from typing import TypeAlias

import numpy as np

from analysis.arrays import FloatArray
from analysis.errors import DesignError
from analysis.grouping import Codes
from analysis.grouping import Grouping
from analysis.grouping import domain_sums
from analysis.grouping import grouping
from analysis.taylor import weighted_sum

Distance: TypeAlias = Literal["linear", "raking", "logit"]
"""How far a calibrated weight may go: 1 + η, exp η, or within bounds."""

BLOCK = 4_000_000
"""Cells of a dense table of residuals that are worked out at once."""

NEWTON_STEPS = 100


@dataclass(frozen=True, eq=False)
class Margin:
    """Cells of the rows and how many there are in the population of each."""

    cells: Grouping
    totals: FloatArray
    name: str

    def factors(self, weights: FloatArray) -> FloatArray:
        """N/N̂ by cell (cells × sets of weights); 1 where a set has no weight in a cell."""
        sums = domain_sums(self.cells, weights)
        return np.where(sums > 0, self.totals[:, np.newaxis] / np.where(sums > 0, sums, 1.0), 1.0)


def margin(codes: Codes, totals: Mapping[Any, float], rows: int, name: str) -> Margin:
    """The cells of a margin, refused where a total is missing, wrong, or has no rows to stand for it."""
    cells = grouping(codes, argument=name)
    if len(cells.codes) != rows:
        raise DesignError(name, f"has {len(cells.codes)} codes for {rows} rows", "give one code a row")
    missing: list[Hashable] = [level for level in cells.levels if level not in totals]
    if missing:
        row = int(np.argmax(cells.codes == cells.levels.index(missing[0])))
        raise DesignError(
            name, f"row {row} is in cell {missing[0]!r}, which has no total", "give the total of every cell"
        )
    wrong = [level for level, total in totals.items() if not 0 <= total < np.inf]
    if wrong:
        raise DesignError(name, f"cell {wrong[0]!r} has the total {totals[wrong[0]]}", "give counts from 0")
    present = set(cells.levels)
    empty = [level for level, total in totals.items() if total > 0 and level not in present]
    if empty:
        problem = f"cell {empty[0]!r} has {totals[empty[0]]:g} in the population and no row in the sample"
        raise DesignError(name, problem, "collapse it with another (`collapse_cells`)")
    return Margin(cells, np.array([float(totals[level]) for level in cells.levels]), name)


def raked(
    margins: Sequence[Margin], weights: FloatArray, *, tolerance: float, sweeps: int
) -> tuple[FloatArray, int]:
    """Weights (rows × sets) scaled to one margin after the other until all hold; the sweeps it took."""
    sums = [one.totals.sum() for one in margins]
    for one, known in zip(margins, sums, strict=True):
        if abs(known - sums[0]) > 1e-6 * max(sums[0], 1.0):
            problem = f"{one.name} adds up to {known:g}, {margins[0].name} to {sums[0]:g}"
            raise DesignError("margins", problem, "give totals of one population")
    worst = np.inf
    for sweep in range(1, sweeps + 1):
        for one in margins:
            weights = weights * one.factors(weights)[one.cells.codes]
        worst, where = _worst(margins, weights)
        if worst < tolerance:
            return weights, sweep
    problem = f"still miss {where} by {100 * worst:.2g} % after {sweeps} sweeps"
    raise DesignError(
        "margins", problem, "collapse small cells, or check that the totals can all hold at once"
    )


def _worst(margins: Sequence[Margin], weights: FloatArray) -> tuple[float, str]:
    worst, where = -1.0, ""
    for one in margins:
        off = np.abs(1.0 / one.factors(weights) - 1.0).max(axis=1)
        place = int(np.argmax(off))
        if off[place] > worst:
            worst, where = float(off[place]), f"{one.name}, cell {one.cells.levels[place]!r},"
    return worst, where


def distance(
    method: Distance, bounds: tuple[float, float] | None
) -> Callable[[FloatArray], tuple[FloatArray, FloatArray]]:
    """The factor g and its slope as functions of η = x'λ."""
    if method == "linear":
        return lambda eta: (1.0 + eta, np.ones_like(eta))
    if method == "raking":
        return lambda eta: (np.exp(np.minimum(eta, 300.0)),) * 2
    if method != "logit":
        raise DesignError("method", f"is {method!r}", "choose 'linear', 'raking' or 'logit'")
    if bounds is None or not 0 <= bounds[0] < 1 < bounds[1] < np.inf:
        raise DesignError("bounds", f"are {bounds}", "give the least and the largest factor, around 1")
    low, high = bounds
    steep = (high - low) / ((1.0 - low) * (high - 1.0))

    def logit(eta: FloatArray) -> tuple[FloatArray, FloatArray]:
        e = np.exp(np.clip(steep * eta, -300.0, 300.0))
        below = (high - 1.0) + (1.0 - low) * e
        g = (low * (high - 1.0) + high * (1.0 - low) * e) / below
        return g, steep * e * (1.0 - low) * (high - 1.0) * (high - low) / below**2

    return logit


def solved(
    x: FloatArray,
    totals: FloatArray,
    weights: FloatArray,
    factor: Callable[[FloatArray], tuple[FloatArray, FloatArray]],
    names: Sequence[str],
    tolerance: float,
) -> FloatArray:
    """The factors g(x'λ) with which Σ w g x equals the totals, by Newton's method with halved steps."""
    size = np.maximum(np.abs(totals), 1e-12 * np.abs(totals).max(initial=1.0))
    scale = np.where(size > 0, size, 1.0)

    def miss(trial: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        g, slope = factor(x @ trial)
        return g, slope, (totals - x.T @ (weights * g)) / scale

    multiplier = np.zeros(x.shape[1])
    g, slope, off = miss(multiplier)
    for _ in range(NEWTON_STEPS):
        if np.abs(off).max(initial=0.0) < tolerance:
            return g
        hessian = (x / scale).T @ (x * (weights * slope)[:, np.newaxis])
        step = np.linalg.lstsq(hessian, off, rcond=None)[0]
        before = np.abs(off).max()
        for _ in range(30):
            g, slope, off = miss(multiplier + step)
            if np.abs(off).max() < before or not step.any():
                break
            step = step / 2
        multiplier = multiplier + step
    place = int(np.argmax(np.abs(off)))
    problem = f"cannot reach the total of {names[place]}: {100 * abs(off[place]):.2g} % are missing"
    raise DesignError("totals", problem, "widen the bounds, collapse cells, or check the totals")


def cell_projection(cells: Grouping, weights: FloatArray) -> Callable[[Any], Any]:
    """Residuals from the weighted cell means; sparse in, sparse out."""
    sums = domain_sums(cells, weights)
    share = weights / np.where(sums > 0, sums, np.inf)[cells.codes]

    def residual(influence: Any) -> Any:
        from scipy.sparse import coo_array

        entries = np.diff(influence.indptr)
        places = (np.repeat(cells.codes, entries), influence.indices)
        means = coo_array(
            (influence.data * np.repeat(share, entries), places), shape=(len(cells), influence.shape[1])
        )
        return weighted_sum([influence, means.tocsr()[cells.codes]], [1.0, -1.0])

    return residual


def regression_projection(x: FloatArray, weights: FloatArray) -> Callable[[Any], Any]:
    """Residuals from the weighted least squares fit on all columns of x (which may depend on each other)."""
    weighted = x * weights[:, np.newaxis]
    inverse = np.linalg.pinv(x.T @ weighted, rcond=1e-12, hermitian=True)

    def residual(influence: Any) -> Any:
        from scipy.sparse import csr_array
        from scipy.sparse import hstack

        width = max(1, BLOCK // max(len(x), 1))
        blocks = []
        for start in range(0, influence.shape[1], width):
            part = influence[:, start : start + width]
            blocks.append(csr_array(part.toarray() - x @ (inverse @ (weighted.T @ part))))
        return hstack(blocks, format="csr")

    return residual


def dummies(margins: Sequence[Margin]) -> FloatArray:
    """One column for every cell of every margin."""
    return (
        np.concatenate(
            [one.cells.codes[:, np.newaxis] == np.arange(len(one.cells)) for one in margins], axis=1
        )
        * 1.0
    )
