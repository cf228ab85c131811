"""Reads pages as a browser without script would, and checks on each what every page must keep."""

import re

from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

_UNLABELLED = ("hidden", "submit", "button")


class Page:
    """`get` and `post` return parsed HTML; `.response` is the last answer."""

    response: TestResponse

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, *, status: int = 200) -> BeautifulSoup:
        self.response = self.client.get(path)
        return self._checked(status)

    def post(self, path: str, data: dict[str, str], *, status: int = 200, **headers: str) -> BeautifulSoup:
        self.response = self.client.post(path, data=data, headers=headers)
        return self._checked(status)

    def text(self, path: str, *, status: int = 200) -> str:
        """The visible words of a page, in single spaces."""
        return words(self.get(path, status=status))

    def _checked(self, status: int) -> BeautifulSoup:
        response = self.response
        assert response.status_code == status, response.text[:2000]
        html = BeautifulSoup(response.text, "html.parser")
        check(html)
        assert "Set-Cookie" not in response.headers
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        return html


def words(html: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", html.get_text(" ")).strip()


def check(html: BeautifulSoup) -> None:
    """One h1 that the title begins with or names, language set, unique ids, labelled inputs, no inline script."""
    assert len(html.find_all("h1")) == 1
    assert html.title is not None
    assert html.title.text.strip()
    assert html.html is not None
    assert html.html["lang"] in ("vi", "en")
    ids = [tag["id"] for tag in html.find_all(id=True)]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for tag in html.find_all(["input", "select", "textarea"]):
        if tag.get("type") not in _UNLABELLED:
            labelled = tag.find_parent("label") or html.find("label", attrs={"for": tag.get("id")})
            assert labelled, f"{tag} has no label"
    for script in html.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json", "an inline script"
    for tag in html.find_all(True):
        assert not tag.has_attr("style"), f"{tag.name} has a style attribute, which the policy forbids"
        assert not [name for name in tag.attrs if name.startswith("on")], f"{tag.name} has an event attribute"
