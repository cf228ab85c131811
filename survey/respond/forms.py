"""Forms of citizens: the box for the code, and the questionnaire as its instrument describes it.

They carry no CSRF token, because a citizen carries no cookie: the one-time code is what cannot be forged, and
the pages check the origin. The rating grid is drawn by a template from the instrument, not by widgets.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms import StringField
from wtforms import ValidationError

from survey.instrument.definition import EXITS
from survey.instrument.definition import GAP
from survey.instrument.definition import Instrument
from survey.instrument.definition import Item
from survey.web.filters import sentence
from survey.web.locale import gettext


class CodeForm(FlaskForm):
    """The box for the code."""

    class Meta:
        csrf = False

    code = StringField()


class ResponseForm(FlaskForm):
    """What every questionnaire posts beside its answers."""

    class Meta:
        csrf = False

    code = StringField()
    field = StringField()
    instrument: Instrument
    choosable: Collection[str] = ()

    def validate_field(self, field: Field) -> None:
        if field.data and field.data not in self.choosable:
            raise ValidationError(gettext("Please choose one of the answers shown."))


@lru_cache
def response_form(instrument: Instrument) -> type[ResponseForm]:
    """The form class of one instrument version: a field for each item, named by its code."""
    fields = {item.code: StringField(validators=[_Answer(item)]) for item in instrument.items}
    return type("InstrumentForm", (ResponseForm,), {**fields, "instrument": instrument})


class Choice(NamedTuple):
    """An option as it stands on the page; `leaves` the scale, or `opens` a further question."""

    value: str
    label: str
    leaves: bool
    opens: bool


class Question(NamedTuple):
    """An item as it stands on the page; of its text the middle part matters most."""

    code: str
    before: str
    text: str
    after: str
    required: bool
    rating: bool
    conditional: bool
    choices: tuple[Choice, ...]


@lru_cache
def questions(instrument: Instrument, language: str) -> tuple[Question, ...]:
    """The questionnaire in one language, made ready once: pages of citizens are many."""
    opening = {
        (item.asked_if.item, option)
        for item in instrument.items
        if item.asked_if is not None
        for option in item.asked_if.options
    }
    return tuple(
        Question(
            item.code,
            *_parts(instrument, item, language),
            item.required,
            item.kind == "rating",
            item.asked_if is not None,
            tuple(
                Choice(
                    option.code,
                    option.label.in_language(language),
                    option.role in EXITS,
                    (item.code, option.code) in opening,
                )
                for option in item.scale.options
            ),
        )
        for item in instrument.items
    )


def _parts(instrument: Instrument, item: Item, language: str) -> tuple[str, str, str]:
    text = item.text.in_language(language)
    if instrument.stem is None or item.factor is None:
        return "", sentence(text), ""
    before, _, after = instrument.stem.in_language(language).partition(GAP)
    return before, text, after


class _Answer:
    """An answer is one of the item's options; only a required item may not be skipped."""

    # A browser must not be asked to refuse the page: the server explains in the citizen's language.
    field_flags: dict[str, bool] = {}  # noqa: RUF012

    def __init__(self, item: Item) -> None:
        self.required = item.required
        self.options = frozenset(option.code for option in item.scale.options)

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if not field.data:
            if self.required:
                raise ValidationError(gettext("Please choose one answer here. Nothing was counted yet."))
        elif field.data not in self.options:
            raise ValidationError(gettext("Please choose one of the answers shown."))
