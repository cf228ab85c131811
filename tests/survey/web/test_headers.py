import base64
import hashlib
import re

import pytest
from flask import Flask
from flask import g
from flask import request

from survey.paths import STATIC
from survey.web.headers import citizen_style
from survey.web.headers import content_policy
from survey.web.headers import require_own_origin
from survey.web.problems import FOREIGN_FORM
from tests.page import Page

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@SQLITE
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/rate", 200),
        ("POST", "/rate", 422),
        ("POST", "/rate/send", 422),
        ("GET", "/rate/send", 405),
        ("GET", "/nowhere", 404),
        ("GET", "/raise", 500),
        ("GET", "/health", 200),
        ("GET", "/static/citizen.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/results", 302),
        ("HEAD", "/rate", 200),
        ("OPTIONS", "/rate", 200),
    ],
)
def test_every_answer_bears_them(app: Flask, method: str, path: str, status: int) -> None:
    @app.get("/raise")
    def break_off() -> str:
        raise ZeroDivisionError

    response = app.test_client().open(path, method=method, buffered=True)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert response.headers["Content-Security-Policy"] == content_policy()
    assert "Set-Cookie" not in response.headers
    assert "Server" not in response.headers


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    rules = dict(rule.split(" ", 1) for rule in content_policy().split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["form-action"] == rules["script-src"] == "'self'"
    for name, sources in rules.items():
        for source in sources.split():
            words = ("'none'", "'self'", "data:", "'script'")
            assert source in words or re.fullmatch("'sha256-.{44}'", source)
            assert source != "data:" or name == "img-src"


@SQLITE
def test_the_style_in_the_page_is_the_one_that_the_policy_allows(page: Page) -> None:
    style = page.get("/rate").style
    digest = base64.b64encode(hashlib.sha256(style.string.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.response.headers["Content-Security-Policy"]
    assert citizen_style() == (STATIC / "citizen.css").read_text(encoding="utf-8")
    assert "</" not in citizen_style()


def accepted(headers: dict[str, str], base_url: str) -> bool:
    with Flask("origin").test_request_context("/rate", method="POST", headers=headers, base_url=base_url):
        try:
            require_own_origin()
        except FOREIGN_FORM:
            return False
        return True


@pytest.mark.parametrize(
    ("headers", "base_url", "own"),
    [
        ({}, "http://rate.example", True),
        ({"Origin": "http://rate.example"}, "http://rate.example", True),
        ({"Origin": "https://rate.example"}, "http://rate.example", True),
        ({"Origin": "http://rate.example:8000"}, "http://rate.example:8000", True),
        ({"Origin": "http://rate.example:8000"}, "http://rate.example", False),
        ({"Origin": "http://rate.example.evil"}, "http://rate.example", False),
        ({"Origin": "http://evil-rate.example"}, "http://rate.example", False),
        ({"Origin": "null"}, "http://rate.example", False),
        ({"Origin": ""}, "http://rate.example", False),
        ({"Origin": "rate.example"}, "http://rate.example", False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, "https://rate.example", True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://rate.example"}, "https://rate.example", False),
        ({"Sec-Fetch-Site": "", "Origin": "https://rate.example"}, "https://rate.example", False),
    ],
)
def test_where_a_form_may_come_from(headers: dict[str, str], base_url: str, own: bool) -> None:
    assert accepted(headers, base_url) is own


def test_nothing_else_is_asked_of_a_form() -> None:
    with Flask("origin").test_request_context("/rate", method="POST"):
        require_own_origin()
        assert not request.form
        assert "language" not in g
