import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from survey.instrument.definition import Instrument
from survey.instrument.load import catalogue
from survey.instrument.load import instrument
from survey.respond.forms import CodeForm
from survey.respond.forms import questions
from survey.respond.forms import response_form
from survey.web.filters import sentence

FORMS = pytest.mark.parametrize("form", catalogue(), ids=lambda form: form.identifier)


@FORMS
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_questions_are_those_of_the_instrument(form: Instrument, language: str) -> None:
    found = questions(form, language)
    assert [question.code for question in found] == [item.code for item in form.items]
    for question, item in zip(found, form.items, strict=True):
        whole = question.before + question.text + question.after
        assert whole == sentence(form.question(item.code, language))
        assert question.text
        assert question.required is item.required
        assert question.rating is (item.kind == "rating")
        assert [(choice.value, choice.label) for choice in question.choices] == [
            (option.code, option.label.in_language(language)) for option in item.scale.options
        ]


def test_only_an_exit_leaves_the_scale() -> None:
    leaving = {
        form.code: {
            choice.value for each in questions(form, "vi") for choice in each.choices if choice.leaves
        }
        for form in catalogue()
    }
    assert leaving["ptx-1"] == {"x", "r"}
    assert leaving["fft-1"] == {"k"}
    assert leaving["legacy-3"] == set(), "three levels without scores are levels all the same"


def test_being_late_opens_the_question_about_an_apology() -> None:
    found = {question.code: question for question in questions(instrument("ptx-1"), "vi")}
    opening = {(code, choice.value) for code in found for choice in found[code].choices if choice.opens}
    assert opening == {("F2", "l")}
    assert [code for code in found if found[code].conditional] == ["F3"]


@FORMS
def test_the_form_asks_each_item_and_the_field(form: Instrument) -> None:
    with Flask("forms").test_request_context():
        made = response_form(form)()
    assert {field.name for field in made} == {item.code for item in form.items} | {"code", "field"}
    assert response_form(form) is response_form(form)


def test_no_field_can_be_chosen_where_none_is_offered() -> None:
    with Flask("forms").test_request_context():
        made = response_form(instrument("ptx-1"))(MultiDict({"OV": "4", "field": "dat-dai"}))
        assert not made.validate()
        assert set(made.errors) == {"field"}
        made.choosable = {"dat-dai"}
        assert made.validate()


def test_the_code_is_read_from_a_form_alone() -> None:
    with Flask("forms").test_request_context(method="POST", json={"code": 5}):
        assert CodeForm(MultiDict()).code.data is None
        assert CodeForm().code.data == 5, "what the library does by itself"
