"""Whether a target is met: said only by the figure and the method the target was set for."""

from dataclasses import dataclass
from typing import Literal
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.estimate import Estimates
from analysis.nonresponse import tipping_point

Verdict: TypeAlias = Literal["met", "missed", "cannot tell", "not available"]
"""What can be said of a target."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A value that a figure should reach: `figure` (satisfied_share, say) by the `method` of its estimates.

    >>> Goal("satisfied_share", "share:wilson", 0.85).value
    0.85
    """

    figure: str
    method: str
    value: float

    def __post_init__(self) -> None:
        for name in ("figure", "method"):
            if not getattr(self, name):
                raise AnalysisError(name, "is empty", "say what the target was set for")
        if not np.isfinite(self.value):
            raise AnalysisError("value", f"is {self.value}", "give the number to be reached")


def verdicts(
    estimates: Estimates,
    goal: Goal,
    *,
    figure: str,
    response_rate: ArrayLike | None = None,
    gap: ArrayLike = 0.0,
) -> NDArray[np.str_]:
    """A `Verdict` for every cell: met where the whole interval reaches the goal, missed where none does.

    `figure` says what `estimates` are of. Another figure or method than the goal's is an error: 84 of an
    index is not 84 % satisfied, and two methods differ by more than most targets. With `response_rate` the
    goal is met only if it would be with those who did not answer less satisfied by `gap` (the difference
    measured between modes, say): the tipping point of the lower end must exceed it.

    >>> from analysis import FIVE_LEVEL, Tally, satisfied_share
    >>> offices = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 2, 18, 80], [0, 0, 2, 8, 10], [0, 0, 5, 3, 2]]))
    >>> goal = Goal("satisfied_share", "share:wilson", 0.85)
    >>> verdicts(offices, goal, figure="satisfied_share").tolist()
    ['met', 'cannot tell', 'missed']
    >>> verdicts(offices, goal, figure="satisfied_share", response_rate=0.3, gap=0.2).tolist()
    ['cannot tell', 'cannot tell', 'missed']
    """
    if figure != goal.figure:
        raise AnalysisError(
            "figure", f"is {figure!r}, the target {goal.figure!r}", "judge the target's figure"
        )
    if estimates.method != goal.method:
        raise AnalysisError(
            "estimates", f"are by {estimates.method!r}, the target {goal.method!r}", "estimate by its method"
        )
    low, high = estimates.interval
    met = low >= goal.value
    if response_rate is not None:
        met &= tipping_point(low, goal.value, response_rate) > np.asarray(gap, dtype=np.float64)
    said = np.where(met, "met", np.where(high < goal.value, "missed", "cannot tell"))
    return np.asarray(np.where(np.isnan(low), "not available", said))
