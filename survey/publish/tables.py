"""The figures of a release as rows: the CSV file, made from the document, so that both say the same."""

import csv
import io
from collections.abc import Iterator
from typing import Any

COLUMNS = (
    "organisation",
    "period",
    "version",
    "agency",
    "agency_name_vi",
    "agency_name_en",
    "instrument",
    "grade",
    "headline",
    "status",
    "figure",
    "subject",
    "option",
    "target",
    "n",
    "count",
    "value",
    "standard_error",
    "low",
    "high",
    "effective_n",
    "design_effect",
    "degrees_of_freedom",
    "confidence_level",
    "method",
    "population",
    "flags",
)
_ESTIMATE = COLUMNS[COLUMNS.index("value") : COLUMNS.index("population") + 1]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_table(document: dict[str, Any]) -> bytes:
    """One row a figure or level; an office without figures has one row with its status. UTF-8, line feeds.

    `document` is one read back from its JSON, so that every number is the rounded one.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(document):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue().encode()


def _rows(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    common = {
        "organisation": document["organisation"]["code"],
        "period": document["period"]["label"],
        "version": document["version"],
    }
    for block in document.get("blocks", ()):
        for figure in block["total"]:
            yield common | {
                "agency": document["organisation"]["code"],
                "agency_name_vi": document["organisation"]["names"].get("vi"),
                "agency_name_en": document["organisation"]["names"].get("en"),
                "instrument": block["instrument"],
                "grade": block["grade"],
                "status": "publish",
                **_figure_cells(figure),
            }
    for office in document["offices"]:
        yield from _office_rows(office, common)


def _office_rows(office: dict[str, Any], common: dict[str, Any]) -> Iterator[dict[str, Any]]:
    about = common | {
        "agency": office["agency"],
        "agency_name_vi": office["names"].get("vi"),
        "agency_name_en": office["names"].get("en"),
        "population": office["population"],
    }
    if "responses" in office:
        yield about | {"status": "open", "n": office["responses"]}
        return
    if not office["results"]:
        yield about | {"status": "no_responses"}
    for result in office["results"]:
        headline = office["headline"] == {"instrument": result["instrument"], "grade": result["grade"]}
        here = about | {
            "instrument": result["instrument"],
            "grade": result["grade"],
            "headline": "yes" if headline else "no",
            "status": result["status"],
        }
        if result["status"] != "publish":
            yield here
            continue
        for figure in result["figures"]:
            yield here | _figure_cells(figure)
        for item, levels in result["levels"].items():
            for option, count in levels.items():
                yield here | {"figure": "level", "subject": item, "option": option, "count": count}


def _figure_cells(figure: dict[str, Any]) -> dict[str, Any]:
    return {
        "figure": figure["name"],
        "subject": figure["subject"],
        "target": figure["target"],
        "n": figure["n"],
        "flags": " ".join(figure["flags"]),
        **{name: figure[name] for name in _ESTIMATE if name != "population" or figure[name] is not None},
    }


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value  # a spreadsheet must never run a name as a formula
    return value
