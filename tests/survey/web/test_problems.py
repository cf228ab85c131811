import logging
import traceback

import pytest
from flask import Flask
from flask import g
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.exceptions import Unauthorized
from werkzeug.routing import RequestRedirect

from survey.web.locale import LANGUAGES
from survey.web.locale import catalogue
from survey.web.problems import NOT_COUNTED
from survey.web.problems import NOT_FOUND
from survey.web.problems import PROBLEMS
from survey.web.problems import Problem
from survey.web.problems import trace
from survey.web.problems import wording
from tests.page import Page
from tests.page import words

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
SECRET = "123456789012345"
RAISED = {
    "problem": NOT_FOUND,
    "not-counted": NOT_COUNTED,
    "unauthorized": Unauthorized,
    "down": ServiceUnavailable,
    "moved": lambda: RequestRedirect("/rate"),
    "broken": lambda: ZeroDivisionError(SECRET + "\nsecond line"),
}
PAGES = [
    ("GET", "/nowhere", 404, "Page not found"),
    ("GET", "/rate/send", 405, "This page cannot be opened this way"),
    ("PUT", "/rate", 405, "This page cannot be opened this way"),
    ("POST", "/rate", 413, "Too much was sent at once"),
    ("GET", "/raise/broken", 500, "Something went wrong on our side"),
    ("GET", "/raise/problem", 404, "Page not found"),
    ("GET", "/raise/not-counted", 503, "Not counted yet"),
    ("GET", "/raise/unauthorized", 401, "The request could not be read"),
    ("GET", "/raise/down", 503, "Something went wrong on our side"),
]


@pytest.fixture
def page(app: Flask) -> Page:
    @app.get("/raise/<name>")
    def break_off(name: str) -> str:
        raise RAISED[name]()

    return Page(app)


def in_language(text: str, lang: str) -> str:
    return text if lang == "en" else str(catalogue(lang)[text].string)


@pytest.mark.usefixtures("settings")
def test_each_has_both_texts() -> None:
    said = {}
    with Flask("words").test_request_context():
        for g.language in LANGUAGES:
            said[g.language] = [wording(problem.code) for problem in PROBLEMS]
    assert all(text for texts in said["vi"] + said["en"] for text in texts)
    for vietnamese, english in zip(said["vi"], said["en"], strict=True):
        assert not set(vietnamese) & set(english)
    assert len({problem.code for problem in PROBLEMS}) == len(PROBLEMS)
    titles = [title for title, _ in said["en"]]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("method", "path", "status", "title"), PAGES)
def test_a_page_says_it(page: Page, lang: str, method: str, path: str, status: int, title: str) -> None:
    data = b"x" * 100_000 if status == 413 else b""
    kind = "application/x-www-form-urlencoded"
    page.response = page.client.open(f"{path}?lang={lang}", method=method, data=data, content_type=kind)
    html = page._checked(status)
    assert html.html["lang"] == lang
    assert words(html.h1) == in_language(title, lang)
    assert page.response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert SECRET not in page.response.text
    assert "Traceback" not in page.response.text


def test_what_the_status_asks_for_is_kept(page: Page) -> None:
    assert set(page.client.get("/rate/send").headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    beyond = page.client.get("/static/citizen.css", headers={"Range": "bytes=9999999-"})
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"].startswith("bytes */")
    assert int(page.client.get("/raise/not-counted").headers["Retry-After"]) > 0
    moved = page.client.get("/raise/moved")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/rate")


def test_a_break_is_logged_and_not_shown(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert SECRET not in page.client.get("/raise/broken").text
    assert "ZeroDivisionError" in caplog.text
    assert "break_off" in caplog.text, "and where it happened"
    caplog.clear()
    page.client.get("/nowhere")
    page.client.get("/raise/not-counted")
    assert not caplog.records, "an ordinary refusal is no trouble of ours"


@pytest.mark.usefixtures("settings")
def test_the_log_says_nothing_of_what_was_sent() -> None:
    detail = OSError(f"duplicate key\nDETAIL: Key (code)=({SECRET}) already exists.")
    statement = "INSERT INTO received VALUES (:answers)"
    try:
        raise IntegrityError(statement, {"answers": SECRET}, detail) from detail
    except IntegrityError as error:
        told, ordinary = trace(error), "".join(traceback.format_exception(error))
    assert told.endswith("IntegrityError: duplicate key")
    assert "test_problems.py" in told
    assert SECRET not in told
    assert ordinary.count(SECRET) >= 2, "what Python would write by itself"


@pytest.mark.usefixtures("settings")
def test_a_problem_remembers_no_earlier_raising() -> None:
    def depth(problem: type[Problem] | Problem) -> int:
        try:
            raise problem
        except Problem as error:
            return len(list(traceback.walk_tb(error.__traceback__)))

    assert [depth(NOT_FOUND) for _ in range(3)] == [1, 1, 1]
    one = NOT_FOUND()
    assert [depth(one) for _ in range(3)] != [1, 1, 1], "one instance raised again would gather them"
