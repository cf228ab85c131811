"""Every problem a page can end in: a stable code, a status, a title and a remedy, in both languages."""

from flask import Flask
from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from survey.web.locale import gettext


class Problem(Exception):
    """Raise it anywhere below a view; the page comes from its code."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


NOT_FOUND = Problem("not-found", 404)
NOT_PUBLISHED = Problem("not-published", 404)
FOREIGN_FORM = Problem("foreign-form", 403)
BAD_REQUEST = Problem("bad-request", 400)
NOT_ALLOWED = Problem("not-allowed", 405)
TOO_LARGE = Problem("too-large", 413)
BROKEN = Problem("broken", 500)
NOT_COUNTED = Problem("not-counted", 503)

_BY_STATUS = {each.status: each for each in (BAD_REQUEST, FOREIGN_FORM, NOT_FOUND, NOT_ALLOWED, TOO_LARGE)}


def wording(problem: Problem) -> tuple[str, str]:
    """Title and remedy of a problem in the page's language."""
    return {
        "not-found": (gettext("Page not found"), gettext("The address may be mistyped. Start again from the first page.")),
        "not-published": (
            gettext("No results published"),
            gettext("Nothing has been published under this address yet."),
        ),
        "foreign-form": (
            gettext("This form came from another site"),
            gettext("Please open the rating page of this site and send the form from there. Nothing was counted."),
        ),
        "bad-request": (
            gettext("The request could not be read"),
            gettext("Please go back one page and try again. Nothing was counted."),
        ),
        "not-allowed": (
            gettext("This page cannot be opened this way"),
            gettext("Please start again from the first page."),
        ),
        "too-large": (gettext("Too much was sent at once"), gettext("Please go back one page and try again. Nothing was counted.")),
        "broken": (
            gettext("Something went wrong on our side"),
            gettext("Please try again in a few minutes."),
        ),
        "not-counted": (
            gettext("Not counted yet"),
            gettext("Your rating could not be saved just now. Your code stays valid: please send it again in a few minutes."),
        ),
    }[problem.code]


def set_up_problems(app: Flask) -> None:
    @app.errorhandler(Problem)
    def _problem(problem: Problem) -> ResponseReturnValue:
        title, remedy = wording(problem)
        headers = {"Retry-After": "60"} if problem.status == 503 else {}
        return render_template("errors/problem.html", title=title, remedy=remedy), problem.status, headers

    @app.errorhandler(HTTPException)
    def _refused(error: HTTPException) -> ResponseReturnValue:
        if error.code is not None and 300 <= error.code < 400:
            return error
        return _problem(_BY_STATUS.get(error.code or 500, BROKEN))

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> ResponseReturnValue:
        app.logger.error("page failed", exc_info=error)
        return _problem(BROKEN)
