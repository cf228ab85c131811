from typing import Any

import pytest

from analysis import FIVE_LEVEL
from analysis import THREE_LEVEL
from analysis import RatingScale
from analysis import ScaleError


def test_shipped_scales() -> None:
    assert FIVE_LEVEL.positions(FIVE_LEVEL.satisfied) == [3, 4]
    assert FIVE_LEVEL.positions(FIVE_LEVEL.very_satisfied) == [4]
    assert FIVE_LEVEL.score_bounds == (1, 5)
    assert THREE_LEVEL.positions(THREE_LEVEL.satisfied) == [1, 2]
    assert THREE_LEVEL.scores is None


def test_a_scale_without_scores_has_no_mean() -> None:
    with pytest.raises(ScaleError, match="has no scores"):
        _ = THREE_LEVEL.score_bounds


def test_an_option_named_twice_counts_once_and_a_word_is_one_option() -> None:
    assert FIVE_LEVEL.positions(["5", "5", "4"]) == [3, 4]
    letters = RatingScale(("low", "high"), frozenset(("high",)), frozenset(("high",)))
    assert letters.positions("high") == [1]


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(ScaleError, match=r"\['6'\] are not on the scale"):
        FIVE_LEVEL.positions(["5", "6"])


GOOD: dict[str, Any] = {
    "options": ("a", "b", "c"),
    "satisfied": frozenset("bc"),
    "very_satisfied": frozenset("c"),
    "scores": (0, 1, 2),
}


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        ({"options": ("c",)}, "options"),
        ({"options": ("a", "c", "c")}, "options"),
        ({"satisfied": frozenset()}, "satisfied"),
        ({"satisfied": frozenset("ab")}, "satisfied"),
        ({"satisfied": frozenset("cd")}, "satisfied"),
        ({"very_satisfied": frozenset("b")}, "very_satisfied"),
        ({"very_satisfied": frozenset("bc"), "satisfied": frozenset("c")}, "very_satisfied"),
        ({"scores": (0, 1)}, "scores"),
        ({"scores": (0, 0, 1)}, "scores"),
    ],
)
def test_a_scale_that_contradicts_itself_is_refused(wrong: dict[str, Any], argument: str) -> None:
    assert RatingScale(**GOOD).scores == (0, 1, 2)
    with pytest.raises(ScaleError) as raised:
        RatingScale(**(GOOD | wrong))
    assert raised.value.argument == argument
