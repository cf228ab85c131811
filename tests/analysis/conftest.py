"""The reference ratings and the figures other programs computed from them."""

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

REFERENCE = Path(__file__).parent / "reference"


@dataclass(frozen=True)
class Ratings:
    """Ratings by row; every agency-month is a domain, its place in `cells` is its code."""

    table: np.ndarray
    domain: np.ndarray
    cells: list[tuple[str, str]]
    population: np.ndarray

    @property
    def domains(self) -> int:
        return len(self.cells)


@pytest.fixture(scope="session")
def ratings() -> Ratings:
    with (REFERENCE / "data/ratings.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    with (REFERENCE / "data/ratings_dossiers.csv").open(encoding="utf-8") as lines:
        dossiers = list(csv.DictReader(lines))
    cells = sorted({(row["agency"], row["month"]) for row in rows})
    place = {cell: code for code, cell in enumerate(cells)}
    table = np.array([[int(row[f"q{j}"] or 0) for j in range(1, 9)] for row in rows], dtype=np.int8)
    domain = np.array([place[row["agency"], row["month"]] for row in rows])
    population = np.zeros(len(cells), dtype=np.int64)
    for row in dossiers:
        population[place[row["agency"], row["month"]]] += int(row["N"])
    return Ratings(table, domain, cells, population)


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file of expected values."""
    return json.loads((REFERENCE / "expected" / name).read_text(encoding="utf-8"))["cases"]


def statistic(case: dict[str, Any]) -> str | None:
    """What a case on the ratings of agencies and months estimates; None: something else."""
    estimate = case["estimate"]
    if not case["design"].get("target"):
        return None
    if estimate["statistic"] == "index_of_criterion_means":
        return "index.of_means.t" if "share" in estimate["kind"] else "index.of_means.y"
    known = {"1[q1>=4]": "q1.top2", "q1": "q1.mean"}
    return known.get(estimate["y"], "index.respondent")


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    """Figures of every agency and month, and of every month over all agencies, one flat row each."""
    figures, intervals = [], []
    for case in cases("ratings.json"):
        expected, domain = case["expected"], case["estimate"].get("domain")
        name = statistic(case)
        if name and ("agency" in domain or name == "index.respondent"):
            row = {"target": case["design"]["target"], "agency": "ALL", "statistic": name} | domain
            row |= {key: expected[key] for key in ("n", "N", "n_answered", "n_used") if key in expected}
            figures.append(row | {key: expected["rows"][0][key] for key in ("est", "se", "df")})
        elif case["estimate"]["statistic"] == "ciprop":
            wilson = next(i for i in expected["intervals"] if i["method"] == "wilson")
            row = {key: expected[key] for key in ("est", "neff", "df")}
            intervals.append(row | {key: wilson[key] for key in ("lower", "upper")})
    return {"figures": figures, "svyciprop_wilson": intervals}


@pytest.fixture(scope="session")
def binomial() -> np.ndarray:
    """Wilson's and the exact interval: x, n, level and the four ends."""
    grid = next(c for c in cases("other.json") if c["estimate"]["statistic"] == "binomial interval")[
        "expected"
    ]
    return np.array([[r["x"], r["n"], r["level"], *r["wilson"], *r["exact"]] for r in grid])


@pytest.fixture
def figures(reference: dict[str, Any], ratings: Ratings) -> Any:
    """Function: figures(target, statistic) -> (est, se) of all cells in the order of the domains."""

    def pick(target: str, statistic: str) -> tuple[np.ndarray, np.ndarray]:
        found = {
            (row["agency"], row["month"]): (row["est"], row["se"])
            for row in reference["figures"]
            if row["target"] == target and row["statistic"] == statistic
        }
        pairs = [found[cell] for cell in ratings.cells]
        return np.array([est for est, _ in pairs]), np.array([se for _, se in pairs])

    return pick


@pytest.fixture
def full_reference() -> Path:
    """The full reference folder, where somebody has it."""
    folder = os.environ.get("HAILONG_REFERENCE", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("absent by choice: the full reference folder is not part of the project")
    return Path(folder)
