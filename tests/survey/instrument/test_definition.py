import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.instrument.definition import NOT_ASKED
from survey.instrument.definition import SKIPPED
from survey.instrument.definition import AnswerError
from survey.instrument.definition import Instrument
from survey.instrument.definition import Wording
from survey.instrument.load import catalogue
from survey.instrument.load import instrument
from survey.instrument.load import read_instrument
from survey.instrument.routing import asked


@pytest.fixture
def small(small_text: str) -> Instrument:
    return read_instrument(small_text, "small.toml")


@st.composite
def answered(draw: st.DrawFn) -> tuple[Instrument, dict[str, str]]:
    """A shipped instrument and any answers to it, with gaps and with answers nobody was to give."""
    one = draw(st.sampled_from(catalogue()))
    answers = {}
    for item in one.items:
        option = draw(st.sampled_from([None, *(option.code for option in item.scale.options)]))
        if option is not None:
            answers[item.code] = option
    return one, answers


@given(answered())
def test_answers_survive_the_round_trip(case: tuple[Instrument, dict[str, str]]) -> None:
    one, answers = case
    to_ask = {item.code for item in asked(one.items, answers)}
    characters = one.encode(answers)
    assert one.decode(characters) == {code: option for code, option in answers.items() if code in to_ask}
    assert one.encode(one.decode(characters)) == characters


@given(answered())
def test_each_item_has_its_character_at_its_position(case: tuple[Instrument, dict[str, str]]) -> None:
    one, answers = case
    to_ask = {item.code for item in asked(one.items, answers)}
    characters = one.encode(answers)
    assert len(characters) == len(one.items)
    for item in one.items:
        expected = answers.get(item.code, SKIPPED) if item.code in to_ask else NOT_ASKED
        assert characters[one.position(item.code)] == expected


def test_a_response_reads_in_any_client() -> None:
    post = instrument("ptx-1", 1)
    answers = {"OV": "4", "ACC": "5", "CIV": "x", "F1": "2", "F2": "l", "F3": "n", "F4": "r"}
    assert post.encode(answers) == "45.x..2lnr"
    assert post.encode(answers | {"F2": "o"}) == "45.x..2o-r"
    assert post.encode({}) == "........-."


def test_items_a_form_did_not_carry_were_not_asked(small: Instrument) -> None:
    assert small.encode({"OV": "5"}, left_out=["ST", "LATE"]) == "5----"
    assert small.encode({"OV": "5"}) == "5..--"
    with pytest.raises(AnswerError, match="small/2: item ST is left out, so drop its answer"):
        small.encode({"ST": "5"}, left_out=["ST"])
    with pytest.raises(AnswerError, match="small/2 has no item 'ZZ'; use one of OV, ST, LATE"):
        small.encode({}, left_out=["ZZ"])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"ZZ": "5"}, "small/2 has no item 'ZZ'; use one of OV, ST, LATE, SORRY, AGAIN"),
        ({"OV": "6"}, "small/2, item OV: scale levels has no option '6'; use one of 5, 4, 3, 2, 1, x"),
        ({"OV": ""}, "small/2, item OV: scale levels has no option ''"),
        ({"OV": "55"}, "small/2, item OV: scale levels has no option '55'"),
        ({"OV": "."}, r"small/2, item OV: scale levels has no option '\.'"),
        ({"OV": "-"}, "small/2, item OV: scale levels has no option '-'"),
    ],
)
def test_unknown_items_and_options_are_refused(
    small: Instrument, answers: dict[str, str], message: str
) -> None:
    with pytest.raises(AnswerError, match=message):
        small.encode(answers)
    with pytest.raises(AnswerError, match=message):
        small.check(answers)


@pytest.mark.parametrize(
    ("characters", "message"),
    [
        ("5..-", "'5..-' has 4 characters and small/2 5 items; name the version that was answered"),
        ("5..---", "has 6 characters and small/2 5 items"),
        ("7..--", "small/2, item OV: scale levels has no option '7'"),
        ("5y.--", "small/2, item ST: scale levels has no option 'y'"),
    ],
)
def test_characters_of_another_instrument_are_refused(
    small: Instrument, characters: str, message: str
) -> None:
    with pytest.raises(AnswerError, match=message):
        small.decode(characters)


def test_required_items_are_missed_only_where_they_are_asked(small: Instrument) -> None:
    assert small.missing({}) == ("OV",)
    assert small.missing({"OV": "5", "LATE": "n"}) == ()
    assert small.missing({"LATE": "y"}) == ("OV", "SORRY")
    small.check({"OV": "1"})
    with pytest.raises(AnswerError, match="small/2: no answer to OV, SORRY; it is required"):
        small.check({"LATE": "y"})


def test_an_exit_is_an_answer(small: Instrument) -> None:
    assert small.missing({"OV": "x"}) == ()


def test_ratings_leave_the_exits_out(small: Instrument) -> None:
    assert [option.score for option in small.item("OV").scale.rating_options] == [5, 4, 3, 2, 1]
    assert small.item("LATE").scale.rating_options == ()


def test_levels_without_scores_are_ratings_all_the_same() -> None:
    scale = instrument("legacy-3", 1).item("OV").scale
    assert [option.code for option in scale.rating_options] == ["3", "2", "1"]
    assert [option.score for option in scale.rating_options] == [None, None, None]


def test_an_item_stands_alone_as_a_sentence(small: Instrument) -> None:
    assert small.question("ST", "vi") == "Hài lòng về thái độ?"
    assert small.question("ST", "en") == "Satisfied with the manner?"
    assert small.question("OV", "en") == "Overall?"


def test_wording_falls_back_to_vietnamese() -> None:
    wording = Wording({"vi": "Chung", "en": "Overall"})
    assert [wording.in_language(language) for language in ("en", "vi", "mtq")] == [
        "Overall",
        "Chung",
        "Chung",
    ]


def test_factors_list_their_items(small: Instrument) -> None:
    assert [item.code for item in small.factor_items("STAFF")] == ["ST"]
    with pytest.raises(AnswerError, match="small/2 has no factor 'STAF'; its factors: STAFF"):
        small.factor_items("STAF")


def test_instruments_serve_as_keys(small: Instrument) -> None:
    assert {small: 1}[small] == 1
