"""Take the cases the tests use out of the full reference folder: `python make_cases.py FOLDER`.

FOLDER holds `data/` and `expected/` as they were computed with R. Only made-up data is taken.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
STATISTICS = ("q1.top2", "q1.mean", "index.respondent", "index.of_means.y", "index.of_means.t")


def ratings_cases(folder: Path) -> dict[str, Any]:
    """Cases on ratings.csv: one flat row for every figure, and Wilson's interval as `svyciprop` gives it."""
    source = json.loads((folder / "expected/ratings.json").read_text(encoding="utf-8"))
    figures, intervals = [], []
    for case in source["cases"]:
        kind, *rest = case["id"].split(".")
        expected = case["expected"]
        if kind in ("month", "process"):
            agency, month, statistic = rest[0], rest[1], ".".join(rest[2:])
            if statistic not in STATISTICS or (agency == "ALL" and statistic != "index.respondent"):
                continue
            row = {"target": kind, "agency": agency, "month": month, "statistic": statistic}
            row |= {key: expected[key] for key in ("n", "N", "n_answered", "n_used") if key in expected}
            figures.append(row | {key: expected["rows"][0][key] for key in ("est", "se", "df")})
        elif kind == "ciprop":
            wilson = next(i for i in expected["intervals"] if i["method"] == "wilson" and i["level"] == 0.95)
            row = {key: expected[key] for key in ("est", "neff", "df")}
            intervals.append(row | {key: wilson[key] for key in ("lower", "upper")})
    return {"computed_by": source["computed_by"], "figures": figures, "svyciprop_wilson": intervals}


def binomial_cases(folder: Path) -> dict[str, Any]:
    """Wilson's and the exact interval over a grid of successes, sizes and levels."""
    source = json.loads((folder / "expected/other.json").read_text(encoding="utf-8"))
    grid = next(case for case in source["cases"] if case["id"] == "binomial.grid")["expected"]
    computed_by = {key: source["computed_by"][key] for key in ("R", "binom")}
    rows = [[row[key] for key in ("x", "n", "level")] + row["wilson"] + row["exact"] for row in grid]
    columns = ["x", "n", "level", "wilson_low", "wilson_high", "exact_low", "exact_high"]
    return {"computed_by": computed_by, "columns": columns, "rows": rows}


def write(name: str, cases: dict[str, Any]) -> None:
    """One case a line, so that a change can be read."""
    text = json.dumps(cases)
    for opening in ("{", "["):
        text = text.replace(f", {opening}", f",\n{opening}")
    (HERE / name).write_text(text + "\n", encoding="utf-8")


def main(folder: Path) -> None:
    write("ratings.json", ratings_cases(folder))
    write("binomial.json", binomial_cases(folder))
    for name in ("ratings.csv", "ratings_dossiers.csv"):
        shutil.copyfile(folder / "data" / name, HERE / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
