"""Means, totals, ratios and shares of a design: smooth functions of weighted totals, for all domains at once.

A blank (NaN) answer leaves its row outside the domain of that one estimate, but inside the design: it still
counts as a unit that was drawn. "Not applicable" is not a blank; give such rows no domain (`Grouping.where`).
Reference: Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, chapter 5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.design import SurveyDesign
from analysis.design import every_row
from analysis.design import in_rows
from analysis.errors import CountError
from analysis.grouping import Codes
from analysis.grouping import Grouping
from analysis.grouping import domain_sums
from analysis.replication import ReplicateDesign
from analysis.statistic import Linearized
from analysis.statistic import Statistic
from analysis.taylor import influence_table

Design: TypeAlias = SurveyDesign | ReplicateDesign
"""A sampling design, with strata and units or with replicate weights."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What the rows of a domain say: value and whether they say anything, 0 where they do not."""

    value: FloatArray
    answered: FloatArray
    domain: Grouping
    n: IntArray


def answers(design: Design, y: ArrayLike, domain: Codes | None, argument: str = "y") -> Answers:
    """The answers of every domain; rows that are blank or outside count as nothing."""
    group = every_row(len(design)) if domain is None else in_rows(domain, len(design), "domain")
    value = column(design, y, argument)
    answered = ~np.isnan(value) & group.inside
    counted = answered & (design.weights > 0)
    n = domain_sums(group, counted.astype(np.float64)).astype(np.int64)
    return Answers(np.where(answered, value, 0.0), answered.astype(np.float64), group, n)


def column(design: Design, y: ArrayLike, argument: str) -> FloatArray:
    """Numbers, one a row, NaN for a blank."""
    value = np.asarray(y, dtype=np.float64)
    if value.shape != (len(design),):
        raise CountError(argument, f"has shape {value.shape} for {len(design)} rows", "give one number a row")
    if np.isinf(value).any():
        raise CountError(
            argument, f"row {int(np.argmax(np.isinf(value)))} is infinite", "give numbers, NaN for blanks"
        )
    return value


def statistic(
    design: Design,
    value: FloatArray,
    influence: Callable[[], tuple[FloatArray, IntArray]],
    at: Callable[[FloatArray], FloatArray],
) -> Statistic:
    """A statistic of the design: linearised, or worked out `at` every replicate's weights."""
    if isinstance(design, ReplicateDesign):
        return design.replicated(value, at(design.replicate_weights))
    return Linearized(design, value, influence_table(*influence(), len(value)))


def ratio_statistic(design: Design, top: FloatArray, bottom: FloatArray, domain: Grouping) -> Statistic:
    """Σwy/Σwx by domain, `top` and `bottom` 0 where a row does not count."""

    def at(weights: FloatArray) -> FloatArray:
        spread = (slice(None), np.newaxis) if weights.ndim == 2 else slice(None)
        below = domain_sums(domain, weights * bottom[spread])
        with np.errstate(invalid="ignore", divide="ignore"):
            found = domain_sums(domain, weights * top[spread]) / below
        return np.where(below != 0, found, np.nan)

    value = at(design.weights)

    def influence() -> tuple[FloatArray, IntArray]:
        below = domain_sums(domain, design.weights * bottom)
        known = np.where(below != 0, below, np.inf)
        centre = np.where(below != 0, value, 0.0)
        # Rows outside look up the last domain; their code drops them.
        return (top - centre[domain.codes] * bottom) / known[domain.codes], domain.codes

    return statistic(design, value, influence, at)


def total_statistic(design: Design, top: FloatArray, domain: Grouping, n: IntArray) -> Statistic:
    """Σwy by domain; none where nobody answered."""

    def at(weights: FloatArray) -> FloatArray:
        found = domain_sums(domain, weights * (top[:, np.newaxis] if weights.ndim == 2 else top))
        found[n == 0] = np.nan
        return found

    return statistic(design, at(design.weights), lambda: (top, domain.codes), at)


def spread(design: Design, given: Answers) -> FloatArray:
    """The weighted variance of the answers themselves, with n/(n-1), by domain: s²."""
    weights = design.weights * given.answered
    total = domain_sums(given.domain, weights)
    safe = np.where(total > 0, total, np.nan)
    centre = domain_sums(given.domain, weights * given.value) / safe
    squares = domain_sums(given.domain, weights * (given.value - centre[given.domain.codes]) ** 2) / safe
    return np.where(given.n > 1, squares * given.n / np.maximum(given.n - 1, 1), np.nan)


def indicator_answers(design: Design, event: ArrayLike, domain: Codes | None) -> Answers:
    """Answers to a yes/no question: True, False, or NaN for a blank."""
    given = answers(design, event, domain, "event")
    other = (given.value != 0) & (given.value != 1)
    if other.any():
        row = int(np.argmax(other))
        raise CountError("event", f"row {row} is {given.value[row]:g}", "give true or false, NaN for a blank")
    return given


def over_simple(statistic: Statistic, simple: FloatArray) -> FloatArray:
    """Variance of the statistic over that of a simple random sample."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(simple > 0, statistic.variance / simple, np.nan)


def refuse_beyond(given: Answers, bounds: tuple[float, float]) -> None:
    """Scores beyond the ends of their scale are an error."""
    beyond = (given.answered > 0) & ((given.value < bounds[0]) | (given.value > bounds[1]))
    if beyond.any():
        row = int(np.argmax(beyond))
        problem = f"row {row} is {given.value[row]:g}, outside {bounds[0]:g} to {bounds[1]:g}"
        raise CountError("y", problem, "correct it, or give the bounds of the scale")
