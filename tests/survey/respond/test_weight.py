"""What a citizen's page weighs: on the line to a slow phone, and on the server on a busy morning."""

import gzip
import subprocess
import sys
from cProfile import Profile
from pstats import Stats

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from survey.paths import STATIC
from survey.settings import Settings
from tests.page import Page
from tests.survey.respond.office import Office

HEAVY = ("numpy", "scipy", "pandas", "plotly", "analysis")
RATE = """
import sys
from pathlib import Path
from survey.app import create_app
from survey.settings import Settings
home, database, code = sys.argv[1:]
client = create_app(Settings(home=Path(home), database=database)).test_client()
asked = [client.get("/rate"), client.post("/rate", data={"code": code})]
asked += [client.post("/rate/send", data={"code": code, "OV": rating}) for rating in ("", "4", "4", "1")]
print(*(response.status_code for response in asked))
print(*(name for name in sys.modules if "." not in name))
"""


def kilobytes(page: Page) -> float:
    return len(gzip.compress(page.response.data)) / 1024


def test_a_page_is_light_and_needs_no_second_request(page: Page, office: Office, lang: str) -> None:
    box = page.get(f"/rate?lang={lang}")
    assert kilobytes(page) <= 5
    form = page.submit(box, {"code": office.issue()})
    assert kilobytes(page) <= 14
    failed = page.submit(form, {}, status=422)
    assert kilobytes(page) <= 14
    thanks = page.submit(form, {"OV": "4"})
    assert kilobytes(page) <= 5
    for html in (form, failed, thanks):
        assert not html.select("script, img, link[rel=stylesheet]")
        assert html.select_one("link[rel=icon]")["href"] == "data:,"
    assert [script["src"].partition("?")[0] for script in box.select("script")] == ["/static/code.js"]
    assert not box.select("link[rel=stylesheet]")


def test_the_style_in_the_page_is_small() -> None:
    assert len((STATIC / "citizen.css").read_bytes()) <= 4096


@pytest.mark.slow
def test_no_statistics_are_loaded_to_rate(office: Office, settings: Settings) -> None:
    command = [sys.executable, "-c", RATE, str(settings.home), settings.database, office.issue()]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    statuses, loaded = told.splitlines()
    assert statuses == "200 200 422 200 200 409"
    assert "flask" in loaded.split()
    assert not set(HEAVY) & set(loaded.split())


def calls(app: Flask, path: str, data: dict[str, str]) -> int:
    environ = EnvironBuilder(path, method="POST", data=data).get_environ()
    profile = Profile()
    profile.enable()
    body = b"".join(app(environ, lambda *_: None))
    profile.disable()
    assert body.startswith(b"<!doctype html>")
    return Stats(profile).total_calls


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_calls_of_python_are_few(app: Flask, office: Office) -> None:
    """Counted once everything is warm; a count has no noise, unlike a time."""
    for bar_of_form, bar_of_taking in ((10**9, 10**9), (9_000, 7_000)):
        code = office.issue()
        assert calls(app, "/rate", {"code": code}) <= bar_of_form
        assert calls(app, "/rate/send", {"code": code, "OV": "4", "ACC": "5"}) <= bar_of_taking
    assert office.count() == 2
