from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import UndefinedError
from sqlalchemy import text

from survey.app import create_app
from survey.keys import KeysMissing
from survey.keys import make_keys
from survey.settings import Settings
from survey.store.base import Database
from survey.store.migration import downgrade
from tests.page import Page

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def health(app: Flask) -> tuple[int, str]:
    response = app.test_client().get("/health")
    assert response.is_json
    return response.status_code, response.json["status"]


def test_health_says_whether_responses_can_be_taken(app: Flask, database: Database) -> None:
    assert health(app) == (200, "ok")
    downgrade(database.engine, "0001")
    assert health(app) == (503, "out of date")
    with database.writing() as session:
        session.execute(text("DROP TABLE alembic_version"))
    assert health(app) == (503, "out of date")


def test_health_of_a_database_out_of_reach(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys")
    urls = (
        f"sqlite:///{tmp_path}/nowhere/hailong.sqlite",
        f"postgresql+psycopg://tests@/none?host={tmp_path}&connect_timeout=1",
    )
    for url in urls:
        app = create_app(Settings(home=tmp_path, database=url))
        assert health(app) == (503, "database out of reach")


def test_there_is_no_app_without_its_keys(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match=r"web\.key"):
        create_app(Settings(home=tmp_path))


@SQLITE
def test_only_trusted_names_are_answered(settings: Settings, database: Database) -> None:
    open_to_all = create_app(settings, database).test_client()
    named = create_app(replace(settings, trusted_hosts="rate.example .gov.example"), database).test_client()
    for host, trusted in (
        ("rate.example", True),
        ("rate.example:8000", True),
        ("so.gov.example", True),
        ("evil.example", False),
        ("rate.example.evil", False),
    ):
        for path in ("/rate", "/", "/static/code.js", "/nowhere"):
            page = named.get(path, base_url=f"http://{host}", buffered=True)
            other = open_to_all.get(path, base_url=f"http://{host}", buffered=True)
            assert other.status_code == (404 if path == "/nowhere" else 200)
            assert page.status_code == (other.status_code if trusted else 400)
            assert host not in page.text
            assert page.headers["X-Content-Type-Options"] == "nosniff"


@SQLITE
@pytest.mark.parametrize(("lang", "title"), [("vi", ""), ("en", "The request could not be read")])
def test_a_foreign_name_reads_words(settings: Settings, database: Database, lang: str, title: str) -> None:
    client = create_app(replace(settings, trusted_hosts="rate.example"), database).test_client()
    answer = client.get(f"/rate?lang={lang}", base_url="http://evil.example")
    assert answer.text.startswith(title)
    assert answer.content_type == "text/plain; charset=utf-8"


@SQLITE
def test_a_template_that_names_nothing_breaks(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError, match="nothing"):
        app.jinja_env.from_string("{{ nothing }}").render()


@SQLITE
def test_every_feature_has_its_pages(page: Page) -> None:
    for path in ("/", "/rate", "/trust"):
        page.get(path)
    rules = {rule.rule for rule in page.client.application.url_map.iter_rules()}
    assert {"/rate", "/rate/send", "/health", "/results/<root>/<period>"} <= rules
