"""From an instrument's words to the statistics': scales, index methods, the negative side."""

import analysis
from survey.instrument.definition import Scale

INDEX_METHODS = {
    method.code: method for method in (analysis.MEAN5, analysis.POMP, analysis.TOP2, analysis.TOP1)
}

_NEUTRAL_SCORE = 3


def rating_scale(scale: Scale) -> analysis.RatingScale:
    """The rating options of an instrument's scale, worst first, as the statistics want them."""
    options = tuple(reversed(scale.rating_options))  # an instrument shows the best first
    scores = tuple(option.score for option in options if option.score is not None)
    return analysis.RatingScale(
        options=tuple(option.code for option in options),
        satisfied=frozenset(scale.satisfied),
        very_satisfied=frozenset(scale.very_satisfied),
        scores=scores if len(scores) == len(options) else None,
    )


def negative_options(scale: Scale) -> tuple[str, ...]:
    """The options on the dissatisfied side: below neutral, or not satisfied where there are no scores."""
    return tuple(
        option.code
        for option in scale.rating_options
        if option.code not in scale.satisfied and (option.score is None or option.score < _NEUTRAL_SCORE)
    )
