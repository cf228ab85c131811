"""Every route is known here with who may use it; a new one fails until somebody has decided that."""

import re
from pathlib import Path

import pytest
from flask import Flask

from survey.app import create_app
from survey.keys import make_keys
from survey.settings import Settings

READ = "public read"  # anybody, GET alone: it changes nothing and sets no cookie
CITIZEN = "citizen"  # whoever holds a code: no account, no cookie; a POST comes from our own pages

ROUTES = {
    "/": READ,
    "/health": READ,
    "/rate": CITIZEN,
    "/rate/send": CITIZEN,
    "/results": READ,
    "/results/<root>": READ,
    "/results/<root>/<period>": READ,
    "/results/<root>/<period>/<agency>": READ,
    "/results/<root>/<period>/<agency>/chart": READ,
    "/results/<root>/<period>/chart": READ,
    "/results/<root>/<period>/data.csv": READ,
    "/results/<root>/<period>/data.json": READ,
    "/results/<root>/<period>/v<int:version>": READ,
    "/results/<root>/<period>/v<int:version>/<agency>": READ,
    "/results/<root>/<period>/v<int:version>/data.csv": READ,
    "/results/<root>/<period>/v<int:version>/data.json": READ,
    "/static/<path:filename>": READ,
    "/trust": READ,
}
_READING = {"GET", "HEAD", "OPTIONS"}
_PART = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(csv|json))?|v?<(int:|path:)?[a-z]+>")


@pytest.fixture
def routed(tmp_path: Path) -> Flask:
    """An app without a database: no test here may get so far."""
    make_keys(tmp_path / "keys")
    return create_app(Settings(home=tmp_path))


def undecided(app: Flask) -> set[str]:
    """Routes that the table does not know, or that it knows and nobody serves."""
    return {rule.rule for rule in app.url_map.iter_rules()} ^ set(ROUTES)


def faults(app: Flask) -> list[str]:
    """What is wrong with routes that the table knows."""
    found = []
    for rule in app.url_map.iter_rules():
        methods = set(rule.methods or ())
        if ROUTES.get(rule.rule) == READ and not methods <= _READING:
            found.append(f"{rule.rule} takes {methods - _READING}, but is for reading")
        if not all(_PART.fullmatch(part) for part in rule.rule.strip("/").split("/") if part):
            found.append(f"{rule.rule} is not written in kebab-case")
        if "POST" in methods and not refuses_foreign(app, rule.rule):
            found.append(f"{rule.rule} takes forms of other sites")
    return found


def refuses_foreign(app: Flask, path: str) -> bool:
    """Whether a form sent by another site is refused, whichever header a browser tells it by."""
    foreign = ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})
    client = app.test_client()
    return all(client.post(path, headers=headers).status_code == 403 for headers in foreign)


def test_every_route_is_decided_and_keeps_to_it(routed: Flask) -> None:
    assert undecided(routed) == set()
    assert faults(routed) == []


def test_a_route_that_nobody_decided_is_found(routed: Flask) -> None:
    routed.add_url_rule("/planted", view_func=lambda: "")
    assert undecided(routed) == {"/planted"}


def test_routes_that_break_a_rule_are_found(routed: Flask) -> None:
    routed.add_url_rule("/Planted_page", view_func=lambda: "", endpoint="one")
    routed.add_url_rule("/trust", view_func=lambda: "", methods=["DELETE"], endpoint="two")
    routed.add_url_rule("/planted", view_func=lambda: "", methods=["POST"], endpoint="three")
    assert set(faults(routed)) == {
        "/Planted_page is not written in kebab-case",
        "/trust takes {'DELETE'}, but is for reading",
        "/planted takes forms of other sites",
    }
