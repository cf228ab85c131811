"""A release as a table for the terminal."""

from typing import Any

from survey.publish.reading import figure

_STATUS = {
    "too_few": "not enough forms to be shown",
    "no_responses": "no forms",
}


def results_table(document: dict[str, Any]) -> str:
    """The offices of a period with n, grade and shares with intervals; of an open one the numbers only."""
    period, organisation = document["period"]["label"], document["organisation"]["code"]
    state = "draft" if document["draft"] else f"version {document['version']}"
    if document.get("open"):
        rows: list[tuple[str, ...]] = [("agency", "responses")]
        rows += [(office["agency"], str(office["responses"])) for office in document["offices"]]
        title = f"{organisation} {period} ({state}): open, so numbers of responses and no scores"
    else:
        rows = [("agency", "instrument", "grade", "n", "satisfied %", "very satisfied %", "index")]
        rows += [row for office in document["offices"] for row in _rows(document, office)]
        title = f"{organisation} {period} ({state}), intervals at {document['rules']['confidence_level']:.0%}"
    widths = [max(len(row[place]) for row in rows if place < len(row)) for place in range(len(rows[0]))]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=False)] for row in rows]
    return "\n".join([title, *("  ".join(row).rstrip() for row in padded)])


def _rows(document: dict[str, Any], office: dict[str, Any]) -> list[tuple[str, ...]]:
    if not office["results"]:
        return [(office["agency"], _STATUS["no_responses"])]
    rows: list[tuple[str, ...]] = []
    for result in office["results"]:
        about = (office["agency"], result["instrument"], result["grade"])
        if result["status"] != "publish":
            rows.append((*about, "", _STATUS[result["status"]]))
            continue
        item = document["instruments"][result["instrument"]]["headline"]
        rows.append(
            (
                *about,
                str(result["n"]),
                _estimate(figure(result, "satisfied_share", item), 100),
                _estimate(figure(result, "very_satisfied_share", item), 100),
                _estimate(figure(result, "index"), 1),
            )
        )
    return rows


def _estimate(estimate: dict[str, Any] | None, scale: float) -> str:
    if estimate is None:
        return "-"
    return f"{estimate['value'] * scale:.1f} ({estimate['low'] * scale:.1f}–{estimate['high'] * scale:.1f})"
