import pytest

from survey.instrument.comparability import Comparability
from survey.instrument.comparability import comparability
from survey.instrument.definition import Instrument
from survey.instrument.load import catalogue
from survey.instrument.load import read_instrument

DECLARATION = 'comparable_with = { "small/1" = "same" }'


def version(text: str, number: int, declares: str = "{}") -> Instrument:
    changed = text.replace("version = 2", f"version = {number}")
    return read_instrument(changed.replace(DECLARATION, f"comparable_with = {declares}"), "small.toml")


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ("{}", "{}", Comparability.BROKEN),
        ("{}", '{ "small/1" = "same" }', Comparability.SAME),
        ('{ "small/2" = "same" }', "{}", Comparability.SAME),
        ("{}", '{ "small/1" = "bridged" }', Comparability.BRIDGED),
        ('{ "small/2" = "same" }', '{ "small/1" = "bridged" }', Comparability.BRIDGED),
        ('{ "other/2" = "same" }', '{ "other/1" = "same" }', Comparability.BROKEN),
    ],
)
def test_what_is_declared_holds_and_silence_breaks(
    small_text: str, first: str, second: str, holds: Comparability
) -> None:
    one, two = version(small_text, 1, first), version(small_text, 2, second)
    assert comparability(one, two) is holds
    assert comparability(two, one) is holds


def test_an_instrument_is_the_same_as_itself(small_text: str) -> None:
    assert comparability(version(small_text, 1), version(small_text, 1)) is Comparability.SAME


def test_no_declaration_makes_two_scales_the_same(small_text: str) -> None:
    four = small_text.replace('very_satisfied = ["5"]', 'very_satisfied = ["5", "4"]')
    one, two = version(four, 1), version(small_text, 2, '{ "small/1" = "same" }')
    assert comparability(one, two) is Comparability.BROKEN
    bridge = version(small_text, 2, '{ "small/1" = "bridged" }')
    assert comparability(one, bridge) is Comparability.BRIDGED


def test_new_labels_move_no_series(small_text: str) -> None:
    relabelled = small_text.replace("Năm", "Rất hài lòng").replace("scales.levels", "scales.grades")
    one = version(relabelled.replace('scale = "levels"', 'scale = "grades"'), 1)
    assert comparability(one, version(small_text, 2, '{ "small/1" = "same" }')) is Comparability.SAME


def test_the_shipped_instruments_do_not_mix() -> None:
    shipped = catalogue()
    assert len(shipped) >= 3
    assert all(
        comparability(a, b) is Comparability.BROKEN for a in shipped for b in shipped if a.code != b.code
    )
