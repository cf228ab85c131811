"""The citizen's way: the code, the questionnaire, thanks. No cookie, no script needed, nothing in caches."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager

from flask import Blueprint
from flask import Response
from flask import render_template
from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from survey.integrity.onetime import code_hash
from survey.integrity.onetime import read_code
from survey.keys import read_key
from survey.respond.forms import CodeForm
from survey.respond.forms import questions
from survey.respond.forms import response_form
from survey.respond.intake import CountedBefore
from survey.respond.intake import Invitation
from survey.respond.intake import Reason
from survey.respond.intake import Refused
from survey.respond.intake import Unfit
from survey.respond.intake import invitation
from survey.respond.intake import take
from survey.web import transaction
from survey.web.headers import citizen_style
from survey.web.headers import require_own_origin
from survey.web.locale import gettext
from survey.web.locale import language
from survey.web.problems import NOT_COUNTED
from survey.web.problems import Problem

blueprint = Blueprint("respond", __name__, url_prefix="/rate")
blueprint.add_app_template_global(citizen_style)

_STATUS = {
    Reason.unknown: 422,
    Reason.void: 410,
    Reason.used: 409,
    Reason.closed: 410,
    Reason.not_open: 409,
}
_LONGEST_ECHO = 60


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@contextmanager
def _else_not_counted() -> Iterator[None]:
    """Whatever breaks below, the page says that nothing is counted yet."""
    try:
        yield
    except (HTTPException, Problem):
        raise
    except Exception as error:
        raise NOT_COUNTED from error


@blueprint.get("")
def code_box() -> ResponseReturnValue:
    return render_template("respond/code.html", typed="", error=None)


@blueprint.post("")
@_else_not_counted()
def questionnaire() -> ResponseReturnValue:
    """Show what the code opens. Reads only; also the way back here to change the language."""
    require_own_origin()
    return _form_page(_typed(), status=200)


@blueprint.post("/send")
@_else_not_counted()
def send() -> ResponseReturnValue:
    """Take the response. "Counted" is said only after the transaction has ended on disk."""
    require_own_origin()
    typed = _typed()
    with transaction.writing() as session:
        taken = take(session, _hash(typed), request.form, today=transaction.today())
    if isinstance(taken, Unfit):
        return _form_page(typed, status=422)
    if isinstance(taken, Refused):
        return _refusal(taken.reason, typed)
    return render_template(
        "respond/thanks.html", organisation=taken.organisation, before=isinstance(taken, CountedBefore)
    )


def _form_page(typed: str, *, status: int) -> ResponseReturnValue:
    """The questionnaire with what was answered so far; its mistakes where the answers did not fit."""
    with transaction.reading() as session:
        found = invitation(session, _hash(typed), transaction.today())
    if isinstance(found, Refused):
        return _refusal(found.reason, typed)
    asked = questions(found.instrument, language())
    names = ["field", *(question.code for question in asked)]
    mistakes = {} if status == 200 else _mistakes(found)
    page = render_template(
        "respond/form.html",
        found=found,
        needed=[question for question in asked if question.required],
        others=[question for question in asked if not question.required],
        code=typed,
        sent={name: request.form.get(name, "") for name in names},
        wrong=bool(mistakes),
        errors={name: mistakes.get(name, ("",))[0] for name in names},
    )
    return page, status


def _mistakes(found: Invitation) -> Mapping[str, Sequence[str]]:
    form = response_form(found.instrument)(request.form)
    form.choosable = {field.code for field in found.fields}
    form.validate()
    return form.errors


def _typed() -> str:
    # Of the form alone: left to itself, the library would also read JSON, where a code can be any thing.
    return CodeForm(request.form).code.data or ""


def _hash(typed: str) -> bytes:
    """The stored form of a typed code; of no code at all where it cannot be one."""
    return code_hash(read_key(transaction.settings().keys, "code"), read_code(typed) or "")


def _refusal(reason: Reason, typed: str) -> ResponseReturnValue:
    if reason is Reason.unknown:
        error = gettext("This code is not known. Please check the 15 digits on your slip.")
        page = render_template("respond/code.html", typed=typed[:_LONGEST_ECHO], error=error)
        return page, _STATUS[reason]
    return render_template("respond/refused.html", reason=reason.value), _STATUS[reason]
