import pytest

from survey.instrument.load import read_instrument
from survey.instrument.routing import asked


@pytest.mark.parametrize(
    ("answers", "follow_ups"),
    [
        ({}, []),
        ({"LATE": "n"}, []),
        ({"LATE": "r"}, []),
        ({"LATE": "y"}, ["SORRY"]),
        ({"LATE": "y", "SORRY": "y"}, ["SORRY"]),
        ({"LATE": "y", "SORRY": "n"}, ["SORRY", "AGAIN"]),
        ({"LATE": "y", "SORRY": "r"}, ["SORRY", "AGAIN"]),
        # SORRY was answered but not to be asked: its answer opens nothing.
        ({"LATE": "n", "SORRY": "n"}, []),
    ],
)
def test_items_are_asked_as_their_conditions_say(
    small_text: str, answers: dict[str, str], follow_ups: list[str]
) -> None:
    items = read_instrument(small_text, "small.toml").items
    assert [item.code for item in asked(items, answers)] == ["OV", "ST", "LATE", *follow_ups]
