import json

import pytest

from survey.publish.document import canonical_json
from survey.store.base import Database
from survey.store.releases import published_release
from survey.store.releases import release_file


def document(database: Database) -> dict[str, object]:
    with database.reading() as session:
        release = published_release(session, "tinh", "2026-10")
        assert release is not None
        content = release_file(session, release.id, "data.json")
    assert content is not None
    return json.loads(content)


def test_numbers_carry_twelve_significant_digits_and_one_line_ends_the_file() -> None:
    assert canonical_json({"a": 1 / 3, "b": [2 / 3e-9, None, 5], "c": {"ữ": "Hài lòng"}}) == (
        '{"a":0.333333333333,"b":[666666666.667,null,5],"c":{"ữ":"Hài lòng"}}\n'.encode()
    )


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": float("nan")})


@pytest.mark.usefixtures("province")
def test_a_hidden_office_leaves_no_number_behind(database: Database) -> None:
    offices = {office["agency"]: office for office in document(database)["offices"]}
    assert offices["xa-it"]["results"] == [
        {
            "instrument": "ptx-1/1",
            "grade": "A",
            "status": "too_few",
            "n": None,
            "coverage": None,
            "levels": {},
            "figures": [],
        }
    ]
    assert offices["xa-khong"]["results"] == []
    assert offices["xa-khong"]["headline"] is None


@pytest.mark.usefixtures("province")
def test_every_figure_has_its_n_interval_method_and_target(database: Database) -> None:
    figures = [
        figure
        for office in document(database)["offices"]
        for result in office["results"]
        for figure in result["figures"]
    ]
    assert figures
    for figure in figures:
        assert figure["n"] >= 10
        assert figure["low"] <= figure["value"] <= figure["high"]
        assert figure["low"] < figure["high"], "never a point"
        assert figure["method"]
        assert figure["target"] == "process"
        assert figure["confidence_level"] == 0.95


@pytest.mark.usefixtures("province")
def test_a_stranger_recomputes_the_pooled_index_from_its_integers(database: Database) -> None:
    office = next(each for each in document(database)["offices"] if each["agency"] == "so-mot")
    [result] = office["results"]
    index = next(each for each in result["figures"] if each["name"] == "index")
    n, k, s, kk, ks, ss = index["moments"].values()
    ratio = s / k
    assert index["value"] == pytest.approx(20 * ratio, rel=1e-11)
    variance = n / (n - 1) * (ss - 2 * ratio * ks + ratio**2 * kk) / k**2
    assert index["standard_error"] == pytest.approx(20 * variance**0.5, rel=1e-9)


@pytest.mark.usefixtures("province")
def test_the_document_explains_its_own_codes(database: Database) -> None:
    found = document(database)
    [instrument] = found["instruments"].values()
    assert instrument["items"]["OV"]["options"]["5"] == {"vi": "Rất hài lòng", "en": "Very satisfied"}
    assert instrument["index"]["method"] == "mean5"
    assert found["rules"] == {"minimum_n": 10, "confidence_level": 0.95}
