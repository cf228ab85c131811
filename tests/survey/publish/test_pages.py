import csv
import io
import json

import pytest
from flask import Flask

from survey.store.base import Database
from tests.factories import agency
from tests.factories import responses
from tests.page import Page
from tests.page import words
from tests.survey.publish.conftest import publish


def test_an_empty_instance_says_that_nothing_is_published(page: Page) -> None:
    assert "Nothing has been published yet." in page.text("/?lang=en")
    page.get("/results/nowhere/2026-11", status=404)
    page.get("/results/nowhere", status=404)
    page.get("/")


@pytest.mark.usefixtures("province")
def test_the_month_shows_every_office_with_figures_only_where_they_may_be(page: Page) -> None:
    html = page.get("/results/tinh/2026-10")
    rows = {
        row.th.text.strip(): words(row).replace("\xa0", " ") for row in html.select("table.offices tbody tr")
    }
    assert set(rows) == {"Sở Một", "Sở Hai & Ba", "Xã Ít Phiếu", "Xã Không"}
    assert "95,0 % (83,5–98,6)" in rows["Sở Một"]
    assert "100,0 % (79,6–100,0)" in rows["Sở Hai & Ba"]
    assert "%" not in rows["Xã Ít Phiếu"] + rows["Xã Không"]
    assert "9" not in rows["Xã Ít Phiếu"].replace("10", "")


@pytest.mark.usefixtures("province")
def test_there_is_no_total_from_which_the_hidden_office_could_be_had(page: Page) -> None:
    html = page.get("/results/tinh/2026-10?lang=en")
    assert "2 of 4 offices have enough forms" in words(html)


@pytest.mark.usefixtures("province")
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "path",
    ["/", "/?q=so", "/results/tinh/2026-10", "/results/tinh/2026-10/so-mot", "/results/tinh/2026-10/xa-it",
     "/results/tinh/2026-10/xa-khong", "/results/tinh/2026-10/chart", "/results/tinh/2026-10/so-mot/chart",
     "/results/tinh/2026-10/v1", "/results/tinh/2026-10/v1/so-mot", "/trust"],
)  # fmt: skip
def test_every_page_keeps_the_rules_in_both_languages(page: Page, path: str, lang: str) -> None:
    html = page.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
    assert html.html is not None
    assert html.html["lang"] == lang
    for link in html.select("main a[href^='/']"):
        assert ("lang=en" in link["href"]) == (lang == "en"), "the language is carried on"


@pytest.mark.usefixtures("province")
def test_an_office_is_found_without_tone_marks(page: Page) -> None:
    assert "Xã Ít Phiếu" in page.text("/?q=xa it")
    assert "Xã Ít Phiếu" not in page.text("/?q=xa nhieu")


@pytest.mark.usefixtures("province")
def test_names_are_text_and_never_markup(page: Page) -> None:
    html = page.get("/results/tinh/2026-10")
    assert html.find("thử") is None
    assert "Tỉnh <Thử>" in words(html)


@pytest.mark.usefixtures("province")
def test_the_files_are_the_frozen_bytes_and_say_the_same_as_the_page(page: Page) -> None:
    response = page.client.get("/results/tinh/2026-10/data.json")
    document = json.loads(response.data)
    table = list(csv.DictReader(io.StringIO(page.client.get("/results/tinh/2026-10/v1/data.csv").text)))
    again = page.client.get(
        "/results/tinh/2026-10/data.json", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
    figures = {
        (office["agency"], figure["name"], figure["subject"] or "", figure["target"]): (
            figure["n"],
            figure["value"],
        )
        for office in document["offices"]
        for result in office["results"]
        for figure in result["figures"]
    }
    rows = {
        (row["agency"], row["figure"], row["subject"], row["target"]): (int(row["n"]), float(row["value"]))
        for row in table
        if row["figure"] and row["figure"] != "level"
    }
    assert figures == rows
    assert len(figures) > 20
    assert page.client.get("/results/tinh/2026-10/v2/data.csv").status_code == 404


@pytest.mark.usefixtures("province")
def test_one_organisation_needs_no_name_and_of_several_the_first_page_lists_all(
    page: Page, app: Flask, database: Database
) -> None:
    assert app.test_client().get("/results").headers["Location"] == "/results/tinh/2026-10"
    with database.writing() as session:
        root = agency(session, "khac")
        responses(session, agency(session, "khac-mot", parent=root), {"5": 12}, label="2026-10")
        publish(session, root)
    assert app.test_client().get("/results").headers["Location"] == "/"
    assert len(page.get("/").select("article")) == 2


@pytest.mark.usefixtures("province")
def test_the_trend_stops_at_the_month_of_its_page(page: Page, database: Database) -> None:
    from survey.store.agencies import find_agency

    with database.writing() as session:
        root, office = find_agency(session, "tinh"), find_agency(session, "so-mot")
        assert root is not None
        assert office is not None
        responses(session, office, {"5": 12}, label="2026-11")
        publish(session, root, "2026-11")
    assert "11/2026" not in page.text("/results/tinh/2026-10/so-mot")
    assert "11/2026" in page.text("/results/tinh/2026-11/so-mot")
