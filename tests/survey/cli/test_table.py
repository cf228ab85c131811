"""A release as a table for the terminal."""

from typing import Any

from survey.cli.table import results_table


def figure(name: str, subject: str | None, value: float) -> dict[str, Any]:
    return {
        "name": name,
        "subject": subject,
        "target": "process",
        "value": value,
        "low": value / 2,
        "high": 1.0,
    }


def result(status: str, n: int | None, *figures: dict[str, Any]) -> dict[str, Any]:
    return {"instrument": "ptx-1/1", "grade": "A", "status": status, "n": n, "figures": list(figures)}


def document(*offices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "period": {"label": "2026-11"},
        "organisation": {"code": "tinh"},
        "draft": False,
        "version": 2,
        "rules": {"confidence_level": 0.95},
        "instruments": {"ptx-1/1": {"headline": "OV"}},
        "offices": list(offices),
        **more,
    }


def test_figures_stand_with_n_and_interval_and_hidden_ones_with_their_reason() -> None:
    shown = result("publish", 20, figure("satisfied_share", "OV", 0.6), figure("index", None, 84.2))
    lines = results_table(
        document(
            {"agency": "so-xay-dung", "results": [shown, result("too_few", None)]},
            {"agency": "xa", "results": [result("too_few", None)]},
            {"agency": "phuong", "results": []},
        )
    ).splitlines()
    assert [line.split("  ")[0] for line in lines[2:]] == ["so-xay-dung", "so-xay-dung", "xa", "phuong"]
    assert lines[0] == "tinh 2026-11 (version 2), intervals at 95%"
    assert " ".join(lines[1].split()) == "agency instrument grade n satisfied % very satisfied % index"
    assert " ".join(lines[2].split()) == "so-xay-dung ptx-1/1 A 20 60.0 (30.0–100.0) - 84.2 (42.1–1.0)"
    assert lines[3].endswith("not enough forms to be shown")
    assert lines[4].endswith("not enough forms to be shown")
    assert lines[5].endswith("no forms")
    assert all(line == line.rstrip() for line in lines)
    assert len({line.index("ptx-1/1") for line in lines[2:5]}) == 1, "columns stand below each other"


def test_an_open_month_shows_numbers_only() -> None:
    table = results_table(document({"agency": "so", "responses": 16}, draft=True, open=True))
    assert table.splitlines() == [
        "tinh 2026-11 (draft): open, so numbers of responses and no scores",
        "agency  responses",
        "so      16",
    ]


def test_no_office_is_no_error() -> None:
    assert len(results_table(document()).splitlines()) == 2
