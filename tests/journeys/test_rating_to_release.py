"""One rating on its whole way: from a slip to the draft, the closed month and the published page."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from survey.demo import made_up
from survey.fieldwork.mapping import read_mapping
from survey.fieldwork.responses import import_responses
from survey.paths import DEMO_DATA
from survey.store.base import Database
from survey.store.periods import TIME_ZONE
from survey.store.periods import month_label
from tests.page import Page
from tests.page import words

Hailong = Callable[..., str]


@pytest.fixture
def month() -> str:
    return month_label(datetime.now(TIME_ZONE).date())


@pytest.fixture
def province(hailong: Hailong, database: Database, tmp_path: Path, month: str) -> None:
    """A made-up province in the middle of its month."""
    hailong("agencies", "import", DEMO_DATA / "made_up_agencies.csv")
    hailong("procedures", "import", DEMO_DATA / "made_up_procedures.csv")
    made_up.write_responses(tmp_path / "responses.csv", [month])
    with database.writing() as session:
        import_responses(
            session, tmp_path / "responses.csv", read_mapping(DEMO_DATA / "made_up.toml"), by="an"
        )


def draft(hailong: Hailong, month: str) -> dict[str, int]:
    hailong("release", "build", month, "--draft")
    document = json.loads(hailong("results", "show", month, "--draft", "--json"))
    assert "blocks" not in document
    for office in document["offices"]:
        assert set(office) == {"agency", "names", "population", "responses"}, (
            "no score while the month is open"
        )
    return {office["agency"]: office["responses"] for office in document["offices"]}


def rate(page: Page, code: str, **answers: str) -> str:
    page.get("/rate")
    page.post("/rate", {"code": code})
    return words(page.post("/rate/send", {"code": code, **answers}))


@pytest.mark.usefixtures("province")
def test_a_rating_is_in_the_next_draft_and_in_the_published_month(
    hailong: Hailong, page: Page, month: str, tmp_path: Path
) -> None:
    hailong("codes", "issue", "--booklet", "tm-quay-1", "--count", 12, "--out", tmp_path / "slips")
    slips = (tmp_path / "slips").read_text(encoding="utf-8").splitlines()
    before = draft(hailong, month)
    for slip in slips:
        rate(page, slip, OV="4", ACC="5", F2="o")
    after = draft(hailong, month)
    assert after["tm-trung-tam"] == before["tm-trung-tam"] + 12
    assert {office: n for office, n in after.items() if office != "tm-trung-tam"} == {
        office: n for office, n in before.items() if office != "tm-trung-tam"
    }
    hailong("release", "build", month, code=2)
    hailong("period", "close", month)
    hailong("release", "build", month, "--by", "an")
    hailong("release", "approve", month, "--by", "binh")
    hailong("release", "publish", month, "--by", "binh")
    document = json.loads(page.client.get(f"/results/tinh-mau/{month}/data.json").data)
    office = next(each for each in document["offices"] if each["agency"] == "tm-trung-tam")
    by_grade = {result["grade"]: result for result in office["results"]}
    assert office["headline"]["grade"] == "A"
    assert by_grade["C"]["n"] == 12, "slips that the office held are counted apart, never added to the others"
    assert by_grade["C"]["levels"]["OV"] == {"5": 0, "4": 12, "3": 0, "2": 0, "1": 0, ".": 0}
    assert by_grade["A"]["n"] == before["tm-trung-tam"]
    page.get(f"/results/tinh-mau/{month}/tm-trung-tam")


@pytest.mark.usefixtures("province")
def test_a_code_counts_once_also_after_its_day_and_its_month(
    hailong: Hailong, page: Page, month: str, tmp_path: Path
) -> None:
    hailong("codes", "issue", "--booklet", "tm-quay-1", "--count", 2, "--out", tmp_path / "slips")
    used, unused = (tmp_path / "slips").read_text(encoding="utf-8").splitlines()
    rate(page, used, OV="5")
    page.post("/rate/send", {"code": used, "OV": "5"})
    page.post("/rate/send", {"code": used, "OV": "1"}, status=409)
    hailong("day", "close")
    page.post("/rate/send", {"code": used, "OV": "5"}, status=409)
    hailong("period", "close", month)
    page.post("/rate/send", {"code": unused, "OV": "5"}, status=410)


@pytest.mark.usefixtures("province")
def test_a_draft_can_never_be_published(hailong: Hailong, page: Page, month: str) -> None:
    hailong("period", "close", month)
    hailong("release", "build", month, "--draft", "--by", "an")
    assert "draft" in hailong("release", "approve", month, "--by", "binh", code=2)
    assert "draft" in hailong("release", "publish", month, "--by", "binh", code=2)
    page.get(f"/results/tinh-mau/{month}", status=404)
    hailong("release", "build", month, "--by", "an")
    hailong("release", "publish", month, "--by", "binh", code=2)
    assert "another person" in hailong("release", "approve", month, "--by", "an", code=2)
    hailong("release", "approve", month, "--by", "binh")
    hailong("release", "publish", month, "--by", "binh")
    page.get(f"/results/tinh-mau/{month}")
    hailong("release", "build", month, code=2)
