"""The rating scale: ordered options, which of them mean "satisfied", and the scores a mean may use."""

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.errors import ScaleError


@dataclass(frozen=True, slots=True)
class RatingScale:
    """Options from worst to best.

    `satisfied` and `very_satisfied` are upper ends of the scale, the second within the first. `scores` are
    whole numbers, one for each option, rising; without them the scale has shares but no mean.

    >>> FIVE_LEVEL.scores
    (1, 2, 3, 4, 5)
    >>> THREE_LEVEL.score_bounds
    Traceback (most recent call last):
    ...
    analysis.errors.ScaleError: scale: has no scores, so a mean on it has no meaning; use shares, or a scale \
with scores
    """

    options: tuple[str, ...]
    satisfied: frozenset[str]
    very_satisfied: frozenset[str]
    scores: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if len(self.options) < 2 or len(set(self.options)) < len(self.options):
            raise ScaleError(
                "options", f"are {self.options}", "give at least two, all different, worst first"
            )
        for name, chosen in (("satisfied", self.satisfied), ("very_satisfied", self.very_satisfied)):
            if not chosen or chosen != frozenset(self.options[-len(chosen) :]):
                raise ScaleError(name, f"is {sorted(chosen)}", "give the upper end of the options")
        if not self.very_satisfied <= self.satisfied:
            raise ScaleError("very_satisfied", "reaches below the satisfied options", "give a part of them")
        if self.scores is None:
            return
        rising = all(a < b for a, b in zip(self.scores, self.scores[1:], strict=False))
        if len(self.scores) != len(self.options) or not rising:
            raise ScaleError("scores", f"are {self.scores}", "give one whole number an option, rising")

    def positions(self, options: Iterable[str]) -> list[int]:
        """Places of `options` on the scale, in scale order; an option named twice counts once."""
        wanted = frozenset([options] if isinstance(options, str) else options)
        unknown = wanted - frozenset(self.options)
        if unknown:
            raise ScaleError(
                "options", f"{sorted(unknown)} are not on the scale", f"choose among {self.options}"
            )
        return [place for place, option in enumerate(self.options) if option in wanted]

    @property
    def score_bounds(self) -> tuple[int, int]:
        """Lowest and highest score; a scale without scores raises."""
        if self.scores is None:
            raise ScaleError(
                "scale", "has no scores, so a mean on it has no meaning", "use shares, or a scale with scores"
            )
        return self.scores[0], self.scores[-1]


FIVE_LEVEL = RatingScale(
    ("1", "2", "3", "4", "5"), frozenset(("4", "5")), frozenset(("5",)), scores=(1, 2, 3, 4, 5)
)
"""1 very dissatisfied, 2 dissatisfied, 3 neutral, 4 satisfied, 5 very satisfied."""

THREE_LEVEL = RatingScale(("1", "2", "3"), frozenset(("2", "3")), frozenset(("3",)))
"""1 not satisfied, 2 satisfied, 3 very satisfied: the monthly forms of old; shares only."""
