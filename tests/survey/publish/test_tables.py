import csv
import io

from survey.publish.tables import COLUMNS
from survey.publish.tables import csv_table

FIGURE = {
    "name": "satisfied_share",
    "subject": "OV",
    "value": 0.84,
    "standard_error": None,
    "low": 0.7148,
    "high": 0.9166,
    "n": 50,
    "effective_n": 50.0,
    "design_effect": 1.0,
    "degrees_of_freedom": None,
    "confidence_level": 0.95,
    "method": "share:wilson",
    "target": "process",
    "population": None,
    "flags": ["full_count"],
}


def document(name: str = "Sở Một") -> dict[str, object]:
    result = {
        "instrument": "ptx-1/1",
        "grade": "A",
        "status": "publish",
        "n": 50,
        "levels": {"OV": {"5": 42, ".": 0}},
        "figures": [FIGURE],
    }
    hidden = {**result, "grade": "D", "status": "too_few", "n": None, "levels": {}, "figures": []}
    return {
        "organisation": {"code": "tinh", "names": {"vi": "Tỉnh"}},
        "period": {"label": "2026-10"},
        "version": 1,
        "blocks": [{"instrument": "ptx-1/1", "grade": "A", "total": [{**FIGURE, "population": 400}]}],
        "offices": [
            {
                "agency": "so",
                "names": {"vi": name},
                "population": 400,
                "headline": {"instrument": "ptx-1/1", "grade": "A"},
                "results": [result, hidden],
            },
            {"agency": "xa", "names": {"vi": "Xã"}, "population": None, "headline": None, "results": []},
        ],
    }


def rows(document: dict[str, object]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_table(document).decode())))


def test_every_figure_level_and_hidden_office_has_its_row() -> None:
    found = rows(document())
    assert [
        (row["agency"], row["grade"], row["headline"], row["status"], row["figure"]) for row in found
    ] == [
        ("tinh", "A", "", "publish", "satisfied_share"),
        ("so", "A", "yes", "publish", "satisfied_share"),
        ("so", "A", "yes", "publish", "level"),
        ("so", "A", "yes", "publish", "level"),
        ("so", "D", "no", "too_few", ""),
        ("xa", "", "", "no_responses", ""),
    ]
    assert (found[1]["value"], found[1]["standard_error"], found[1]["flags"]) == ("0.84", "", "full_count")
    assert (found[2]["option"], found[2]["count"]) == ("5", "42")
    assert found[0]["population"] == "400"


def test_columns_and_line_ends_are_fixed() -> None:
    content = csv_table(document())
    assert content.split(b"\n")[0].decode() == ",".join(COLUMNS)
    assert b"\r" not in content
    assert content.endswith(b"\n")


def test_a_name_is_never_run_as_a_formula() -> None:
    for start in "=+-@":
        assert rows(document(f"{start}SUM(A1)"))[1]["agency_name_vi"] == f"'{start}SUM(A1)"
    assert rows(document("Sở = Một"))[1]["agency_name_vi"] == "Sở = Một"
