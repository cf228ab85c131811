"""Reads pages as a browser without script would, and checks on each what every page must keep."""

import re
from collections.abc import Mapping

from bs4 import BeautifulSoup
from bs4 import Tag
from flask import Flask
from werkzeug.test import TestResponse

_UNLABELLED = ("hidden", "submit", "button")


class Page:
    """`get`, `post` and `submit` return parsed HTML; `.response` is the last answer."""

    response: TestResponse

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, *, status: int = 200) -> BeautifulSoup:
        self.response = self.client.get(path)
        return self._checked(status)

    def post(self, path: str, data: Mapping[str, str], *, status: int = 200, **headers: str) -> BeautifulSoup:
        self.response = self.client.post(path, data=data, headers=headers)
        return self._checked(status)

    def submit(
        self, html: BeautifulSoup, answers: Mapping[str, str], *, press: str = ".send", status: int = 200
    ) -> BeautifulSoup:
        """Fill in the form that the button belongs to, and press it."""
        button = html.select_one(press)
        assert button is not None, f"there is no {press}"
        assert not button.has_attr("disabled")
        form = html.find(id=button["form"]) if button.has_attr("form") else button.find_parent("form")
        assert form is not None
        assert form["method"] == "post"
        offered = values(form)
        unknown = set(answers) - {tag["name"] for tag in form.find_all(attrs={"name": True})}
        assert not unknown, f"the form does not ask for {unknown}"
        action = str(button.get("formaction") or form["action"])
        return self.post(action, {**offered, **answers}, status=status)

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


def words(html: BeautifulSoup | Tag) -> str:
    return re.sub(r"\s+", " ", html.get_text(" ")).strip()


def values(form: Tag) -> dict[str, str]:
    """What a browser would send of a form as it stands."""
    sent = {}
    for tag in form.find_all("input", attrs={"name": True}):
        if tag.get("type") != "radio" or tag.has_attr("checked"):
            sent[tag["name"]] = str(tag.get("value", "on"))
    for select in form.find_all("select"):
        chosen = select.find("option", selected=True) or select.find("option")
        sent[select["name"]] = str(chosen["value"])
    return sent


def check(html: BeautifulSoup) -> None:
    """One h1, a title, the language; whole ids, labels and references; nothing that the policy would stop."""
    assert len(html.find_all("h1")) == 1
    assert html.title is not None
    assert html.title.text.strip()
    assert html.html is not None
    assert html.html["lang"] in ("vi", "en")
    ids = [tag["id"] for tag in html.find_all(id=True)]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for tag in html.find_all(True):
        for name in ("aria-describedby", "aria-labelledby", "for", "form"):
            lost = set(str(tag.get(name, "")).split()) - set(ids)
            assert not lost, f"{tag.name} refers to {lost} by {name}, which is not there"
        target = str(tag.get("href", ""))
        assert not target.startswith("#") or target[1:] in ids, f"{target} is not there"
    for tag in html.find_all(["input", "select", "textarea"]):
        if tag.get("type") not in _UNLABELLED:
            labelled = tag.find_parent("label") or html.find("label", attrs={"for": tag.get("id")})
            assert labelled, f"{tag} has no label"
    for script in html.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json", "an inline script"
    for tag in html.find_all(True):
        assert not tag.has_attr("style"), f"{tag.name} has a style attribute, which the policy forbids"
        assert not [name for name in tag.attrs if name.startswith("on")], f"{tag.name} has an event attribute"
