"""Hòa Bình's published monthly note, in as counts, out with the intervals it never had."""

import json
from collections.abc import Callable

import pytest

from survey import paths
from tests.page import Page

DATA = paths.DEMO_DATA


@pytest.fixture
def published(hailong: Callable[..., str], page: Page) -> Page:
    hailong("agencies", "import", DATA / "hoa_binh_agencies.csv")
    hailong("period", "open", "2020-02", "--instrument", "legacy-3")
    hailong("frames", "import", DATA / "hoa_binh_frame.csv")
    hailong("counts", "import", DATA / "hoa_binh_counts.csv")
    hailong("period", "close", "2020-02")
    hailong("release", "build", "2020-02", "--by", "an")
    hailong("release", "approve", "2020-02", "--by", "binh")
    hailong("release", "publish", "2020-02", "--by", "binh")
    return page


def test_the_note_gets_its_intervals(published: Page) -> None:
    document = json.loads(published.client.get("/results/hoa-binh/2020-02/data.json").data)
    [office] = document["offices"]
    [result] = office["results"]
    assert (result["grade"], result["n"], office["population"]) == ("D", 209, 3741)
    assert result["coverage"] == pytest.approx(0.0559, abs=5e-5)
    figures = {(each["name"], each["subject"], each["target"]): each for each in result["figures"]}
    very = figures["very_satisfied_share", "OV", "process"]
    assert [round(100 * very[end], 2) for end in ("value", "low", "high")] == [96.17, 92.63, 98.05]
    everybody = figures["satisfied_share", "OV", "process"]
    assert [round(100 * everybody[end], 1) for end in ("value", "low", "high")] == [100, 98.2, 100]
    nobody = figures["level_share", "OV=1", "process"]
    assert (nobody["value"], round(100 * nobody["high"], 1)) == (0, 1.8)
    month = figures["very_satisfied_share", "OV", "month"]
    assert very["low"] < month["low"] < month["value"] < month["high"] < very["high"]
    assert "mean" not in {name for name, _, _ in figures}, "three levels have no mean"
    assert "index" not in {name for name, _, _ in figures}


def test_the_page_says_it_in_vietnamese_with_its_grade(published: Page) -> None:
    text = published.text("/results/hoa-binh/2020-02/hoa-binh-centre").replace("\xa0", " ")
    assert "96,2 % (92,6–98,0)" in text
    assert "209" in text
    assert "3.741" in text
    assert "Bản tin không ghi năm" in text
