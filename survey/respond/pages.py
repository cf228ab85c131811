"""The citizen's way: the code, the questionnaire, thanks. No cookie, no script needed, nothing kept by caches."""

from flask import Blueprint
from flask import Response
from flask import g
from flask import make_response
from flask import render_template
from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from survey.integrity.onetime import code_hash
from survey.integrity.onetime import read_code
from survey.keys import read_key
from survey.respond.forms import CodeForm
from survey.respond.forms import ResponseForm
from survey.respond.forms import response_form
from survey.respond.intake import CountedBefore
from survey.respond.intake import Invitation
from survey.respond.intake import Reason
from survey.respond.intake import Refused
from survey.respond.intake import invitation
from survey.respond.intake import take
from survey.store.procedures import all_fields
from survey.web import transaction
from survey.web.headers import citizen_style
from survey.web.headers import require_own_origin
from survey.web.locale import LANGUAGES
from survey.web.locale import gettext
from survey.web.problems import NOT_COUNTED

blueprint = Blueprint("respond", __name__, url_prefix="/rate")
blueprint.add_app_template_global(citizen_style)

_STATUS = {Reason.unknown: 422, Reason.void: 410, Reason.used: 409, Reason.closed: 410}


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("")
def code_box() -> ResponseReturnValue:
    return render_template("respond/code.html", typed="", error=None)


@blueprint.post("")
def questionnaire() -> ResponseReturnValue:
    """Show what the code opens. Reads only; also the way back here to change the language."""
    require_own_origin()
    if (switched := request.form.get("switch")) in LANGUAGES:
        g.language = switched
    typed = CodeForm().code.data or ""
    found = _opened(typed)
    if isinstance(found, Refused):
        return _refusal(found.reason, typed)
    return _form_page(response_form(found.instrument)(), found)


@blueprint.post("/send")
def send() -> ResponseReturnValue:
    """Take the response. "Counted" is said only after the transaction has ended on disk."""
    require_own_origin()
    typed = CodeForm().code.data or ""
    try:
        found = _opened(typed)
        if isinstance(found, Refused) and found.reason is not Reason.used:
            return _refusal(found.reason, typed)
        if isinstance(found, Invitation):
            form = response_form(found.instrument)()
            if not form.validate():
                return make_response(_form_page(form, found), 422)
        with transaction.writing() as session:
            taken = take(session, _hash(typed), request.form, today=transaction.today())
    except DBAPIError as error:
        raise NOT_COUNTED from error
    if isinstance(taken, Refused):
        return _refusal(taken.reason, typed)
    return render_template(
        "respond/thanks.html",
        organisation=taken.organisation,
        before=isinstance(taken, CountedBefore),
    )


def _hash(typed: str) -> bytes:
    """The stored form of a typed code; of no code at all where it cannot be one."""
    return code_hash(read_key(transaction.settings().keys, "code"), read_code(typed) or "")


def _opened(typed: str) -> Invitation | Refused:
    with transaction.reading() as session:
        return invitation(session, _hash(typed), transaction.today())


def _form_page(form: ResponseForm, found: Invitation) -> str:
    with transaction.reading() as session:
        fields = [] if found.field else all_fields(session)
    return render_template("respond/form.html", form=form, found=found, fields=fields)


def _refusal(reason: Reason, typed: str) -> ResponseReturnValue:
    if reason is Reason.unknown:
        error = gettext("This code is not known. Please check the 15 digits on your slip.")
        return make_response(render_template("respond/code.html", typed=typed, error=error), 422)
    return make_response(render_template("respond/refused.html", reason=reason.value), _STATUS[reason])
