"""Every form of the product, sent empty or wrong by a Vietnamese citizen, answers in Vietnamese alone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired

from survey.instrument.load import catalogue
from survey.respond.forms import CodeForm
from survey.respond.forms import ResponseForm
from survey.respond.forms import response_form
from survey.web.locale import catalogue as texts
from survey.web.locale import set_up_languages

FORMS = {instrument.identifier: response_form(instrument) for instrument in catalogue()}
VIETNAMESE = {message.string for message in texts("vi") if message.id}


class Planted(FlaskForm):
    """Says what the form library says by itself."""

    class Meta:
        csrf = False

    name = StringField(validators=[DataRequired()])


def classes(kind: type[FlaskForm] = FlaskForm) -> Iterator[type[FlaskForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from classes(each)


def messages(form: type[FlaskForm], data: dict[str, str]) -> list[str]:
    """What a form says to what is sent to it."""
    app = Flask("forms")
    set_up_languages(app)
    with app.test_request_context("/", method="POST", data=data):
        app.preprocess_request()
        filled = form()
        filled.validate()
        return [str(message) for errors in filled.errors.values() for message in errors]


def test_every_form_class_is_tried_here() -> None:
    product = {form for form in classes() if form.__module__.startswith("survey.")}
    assert product - set(FORMS.values()) == {CodeForm, ResponseForm}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_it_speaks_vietnamese(form: type[ResponseForm]) -> None:
    wrong = dict.fromkeys((item.code for item in form.instrument.items), "?")
    said = messages(form, wrong)
    assert len(said) == len(form.instrument.items)
    assert {*said, *messages(form, {})} <= VIETNAMESE


def test_the_code_box_says_nothing_by_itself() -> None:
    assert messages(CodeForm, {}) == []


def test_an_english_message_would_be_found() -> None:
    said = messages(Planted, {})
    assert said
    assert not set(said) & VIETNAMESE
