"""The first real month: the NHS responses in by the mapping, every service-month out as R computed it."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from survey import paths
from survey.estimation.monthly import Rules
from survey.estimation.monthly import estimate_period
from survey.store.agencies import find_agency
from survey.store.base import Database
from survey.store.periods import find_period
from survey.store.periods import month_labels
from survey.store.responses import response_count
from survey.store.tallies import read_tally
from tests.page import Page

GOLDEN = Path(__file__).parent / "data" / "nhs_fft_unit_month_golden.csv"
DATA = paths.DEMO_DATA
MONTHS = "2021-04..2022-09"
CODES = {
    ("NEAS", "111"): "neas-111",
    ("NEAS", "See and Convey"): "neas-see-and-convey",
    ("NEAS", "PTS - Patient Transport"): "neas-pts",
    ("NHFT", "Community health services"): "nhft-community",
    ("NHFT", "Local partnerships- MH"): "nhft-mental-health",
    ("NHFT", "Forensic"): "nhft-forensic",
    ("NHFT", "Specialist Services and CYP"): "nhft-specialist",
    ("NHFT", "Unknown"): "nhft-unknown",
}


@pytest.fixture
def golden() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def published(hailong: Callable[..., str], page: Page) -> Page:
    """The NHS months, published by two people."""
    hailong("agencies", "import", DATA / "nhs_agencies.csv")
    told = hailong("responses", "import", DATA / "nhs_fft_responses.csv", "--map", DATA / "nhs_fft.toml")
    assert "4466 rows, 4441 responses taken in, 18 months (2021-04 to 2022-09)" in told
    assert "25 rows skipped" in told
    hailong("period", "close", MONTHS)
    hailong("release", "build", MONTHS, "--by", "an")
    hailong("release", "approve", MONTHS, "--by", "binh")
    hailong("release", "publish", MONTHS, "--by", "binh")
    return page


def documents(page: Page) -> dict[str, dict[str, Any]]:
    """Every month's document, as the pages hand it out."""
    html = page.get("/results/nhs-fft/2022-09")
    labels = [link["href"].rsplit("/", 1)[1] for link in html.select("nav.periods a")] + ["2022-09"]
    return {
        label: json.loads(page.client.get(f"/results/nhs-fft/{label}/data.json").data) for label in labels
    }


def result(document: dict[str, Any], agency: str) -> dict[str, Any] | None:
    office = next(office for office in document["offices"] if office["agency"] == agency)
    return office["results"][0] if office["results"] else None


def test_every_service_month_equals_what_r_computed(published: Page, golden: list[dict[str, str]]) -> None:
    months = documents(published)
    assert len(months) == 18
    shown = 0
    for row in golden:
        found = result(months[row["month"]], CODES[row["agency"], row["service"]])
        n = int(row["n"])
        if n < 10:
            assert found is None if n == 0 else found is not None
            if found is not None:
                assert (found["status"], found["n"], found["levels"], found["figures"]) == (
                    "too_few",
                    None,
                    {},
                    [],
                )
            continue
        shown += 1
        assert found is not None
        figures = {(figure["name"], figure["subject"]): figure for figure in found["figures"]}
        satisfied = figures["satisfied_share", "OV"]
        assert found["n"] == satisfied["n"] == n
        assert found["levels"]["OV"]["5"] + found["levels"]["OV"]["4"] == int(row["positive"])
        for value, expected in (
            (satisfied["value"], float(row["pct_positive"]) / 100),
            (satisfied["low"], float(row["wilson_low"]) / 100),
            (satisfied["high"], float(row["wilson_high"]) / 100),
            (figures["mean", "OV"]["value"], float(row["mean_5best"])),
            (figures["index", None]["value"], float(row["index_0_100"])),
        ):
            assert value == pytest.approx(expected, rel=0, abs=1e-9)
    assert (shown, len(golden)) == (73, 100)


def test_the_estimates_of_all_hundred_equal_r_also_where_they_stay_hidden(
    published: Page, golden: list[dict[str, str]], database: Database
) -> None:
    inside = Rules(minimum_n=1, reason="the test compares what is never shown")
    with database.reading() as session:
        root = find_agency(session, "nhs-fft")
        assert root is not None
        for row in golden:
            agency = find_agency(session, CODES[row["agency"], row["service"]])
            period = find_period(session, root.id, row["month"])
            assert agency is not None
            assert period is not None
            [block] = estimate_period(session, period.id, [agency.id], {}, inside)
            [office] = block.offices
            assert office.n == int(row["n"])
            if not office.n:
                continue
            if office.status == "unanimous":
                assert (row["positive"], row["mean_5best"]) in (("0", "1"), ("0", "2"))
                continue
            figures = {(each.name, each.subject): each.estimate for each in office.figures}
            satisfied = figures["satisfied_share", "OV"]
            for value, expected in (
                (satisfied.value, float(row["pct_positive"]) / 100),
                (satisfied.low, float(row["wilson_low"]) / 100),
                (satisfied.high, float(row["wilson_high"]) / 100),
                (figures["mean", "OV"].value, float(row["mean_5best"])),
                (figures["index", None].value, float(row["index_0_100"])),
            ):
                assert value == pytest.approx(expected, rel=0, abs=1e-9)


def test_hidden_months_are_listed_and_there_is_no_total(
    published: Page, golden: list[dict[str, str]]
) -> None:
    for label, document in documents(published).items():
        assert [block["total"] for block in document["blocks"]] == [[]]
        text = published.text(f"/results/nhs-fft/{label}")
        table = list(
            csv.DictReader(io.StringIO(published.client.get(f"/results/nhs-fft/{label}/data.csv").text))
        )
        for row in (row for row in golden if row["month"] == label and int(row["n"]) < 10):
            agency = CODES[row["agency"], row["service"]]
            rows = [each for each in table if each["agency"] == agency]
            assert len(rows) == 1
            assert rows[0]["status"] in ("too_few", "no_responses")
            assert not any(rows[0][name] for name in ("figure", "n", "count", "value", "low", "high"))
            assert published.get(f"/results/nhs-fft/{label}/{agency}")
        assert {each["agency"] for each in table} == set(CODES.values())
        assert "nhs-fft-total" not in text


def test_the_tally_counts_respondents_and_not_comments(published: Page, database: Database) -> None:
    with database.reading() as session:
        assert response_count(session) == 4441
        root = find_agency(session, "nhs-fft")
        assert root is not None
        total = Counter[str]()
        for label in month_labels(MONTHS):
            period = find_period(session, root.id, label)
            assert period is not None
            for cell, number in read_tally(session, period.id).items():
                total[cell.option] += number
    assert total.total() == 4441
    assert total["."] + total["k"] == 4441 - 4204


def test_a_row_that_no_rule_covers_refuses_the_file(hailong: Callable[..., str], tmp_path: Path) -> None:
    hailong("agencies", "import", DATA / "nhs_agencies.csv")
    mapping = tmp_path / "without-skip.toml"
    text = (DATA / "nhs_fft.toml").read_text(encoding="utf-8")
    mapping.write_text(re.sub(r"\[\[skip\]\][^\[]*", "", text), encoding="utf-8")
    told = hailong("responses", "import", DATA / "nhs_fft_responses.csv", "--map", mapping, code=2)
    assert len(re.findall(r"row \d+, column", told)) == 25
    assert "nothing was taken in" in told
