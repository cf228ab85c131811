"""Forms of citizens: the box for the code, and the questionnaire as its instrument describes it.

They carry no CSRF token, because a citizen carries no cookie: the one-time code is what cannot be forged, and
the pages check the origin. The rating grid is drawn by a template from the instrument, not by widgets.
"""

from functools import lru_cache

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms import StringField
from wtforms import ValidationError
from wtforms.validators import StopValidation

from survey.instrument.definition import Instrument
from survey.instrument.definition import Item
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


@lru_cache
def response_form(instrument: Instrument) -> type[ResponseForm]:
    """The form class of one instrument version: a field for each item, named by its code."""
    fields: dict[str, object] = {item.code: StringField(validators=[_Answer(item)]) for item in instrument.items}
    return type("InstrumentForm", (ResponseForm,), {**fields, "instrument": instrument})


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
                raise StopValidation(gettext("Please choose one answer here. Nothing was counted yet."))
        elif field.data not in self.options:
            raise ValidationError(gettext("Please choose one of the answers shown."))
