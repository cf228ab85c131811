"""Every problem a page can end in: a stable code, a status, a title and a remedy, in both languages."""

import traceback

from flask import Flask
from flask import Response
from flask import render_template
from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import SecurityError

from survey.web.locale import gettext


class Problem(Exception):
    """Raise one of the classes below anywhere under a view; the page comes from its code."""

    code: str
    status: int


def _problem(code: str, status: int) -> type[Problem]:
    # Classes, not instances: an exception raised again and again would gather the traces of all its raisings.
    return type(code, (Problem,), {"code": code, "status": status})


NOT_FOUND = _problem("not-found", 404)
NOT_PUBLISHED = _problem("not-published", 404)
FOREIGN_FORM = _problem("foreign-form", 403)
BAD_REQUEST = _problem("bad-request", 400)
NOT_ALLOWED = _problem("not-allowed", 405)
TOO_LARGE = _problem("too-large", 413)
BROKEN = _problem("broken", 500)
NOT_COUNTED = _problem("not-counted", 503)

PROBLEMS = (
    NOT_FOUND,
    NOT_PUBLISHED,
    FOREIGN_FORM,
    BAD_REQUEST,
    NOT_ALLOWED,
    TOO_LARGE,
    BROKEN,
    NOT_COUNTED,
)
_BY_STATUS = {each.status: each for each in (FOREIGN_FORM, NOT_FOUND, NOT_ALLOWED, TOO_LARGE)}


def wording(code: str) -> tuple[str, str]:
    """Title and remedy of a problem in the page's language."""
    return {
        "not-found": (
            gettext("Page not found"),
            gettext("The address may be mistyped. Start again from the first page."),
        ),
        "not-published": (
            gettext("No results published"),
            gettext("Nothing has been published under this address yet."),
        ),
        "foreign-form": (
            gettext("This form came from another site"),
            gettext(
                "Please open the rating page of this site and send the form from there. Nothing was counted."
            ),
        ),
        "bad-request": (
            gettext("The request could not be read"),
            gettext("Please go back one page and try again. Nothing was counted."),
        ),
        "not-allowed": (
            gettext("This page cannot be opened this way"),
            gettext("Please start again from the first page."),
        ),
        "too-large": (
            gettext("Too much was sent at once"),
            gettext("Please go back one page and try again. Nothing was counted."),
        ),
        "broken": (
            gettext("Something went wrong on our side"),
            gettext("Please try again in a few minutes."),
        ),
        "not-counted": (
            gettext("Not counted yet"),
            gettext(
                "Your rating could not be saved just now. Your code stays valid: "
                "please send it again in a few minutes."
            ),
        ),
    }[code]


def set_up_problems(app: Flask) -> None:
    @app.errorhandler(Problem)
    def _told(problem: Problem) -> ResponseReturnValue:
        if problem.__cause__ is not None:
            app.logger.error("%s: %s", problem.code, trace(problem.__cause__))
        return _page(problem.code, problem.status, {"Retry-After": "60"} if problem.status == 503 else {})

    @app.errorhandler(HTTPException)
    def _refused(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error
        if isinstance(error, SecurityError):  # asked under a foreign name: no address can be made for a page
            text = ": ".join(wording(BAD_REQUEST.code))
            return Response(text, status, content_type="text/plain; charset=utf-8")
        problem = _BY_STATUS.get(status, BAD_REQUEST if status < 500 else BROKEN)
        own = {name: value for name, value in error.get_headers(request.environ) if name != "Content-Type"}
        return _page(problem.code, status, own)

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> ResponseReturnValue:
        app.logger.error("%s: %s", BROKEN.code, trace(error))
        return _page(BROKEN.code, BROKEN.status, {})


def trace(error: BaseException) -> str:
    """Where an error happened and what it was, for the log: never what somebody sent.

    A database's error says in its further lines which values it was given, and a log outlives the day.
    """
    said = str(getattr(error, "orig", None) or error).partition("\n")[0]
    return "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}: {said}"


def _page(code: str, status: int, headers: dict[str, str]) -> ResponseReturnValue:
    title, remedy = wording(code)
    return render_template("errors/problem.html", title=title, remedy=remedy), status, headers
