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
    with (REFERENCE / "ratings.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    with (REFERENCE / "ratings_dossiers.csv").open(encoding="utf-8") as lines:
        dossiers = list(csv.DictReader(lines))
    cells = sorted({(row["agency"], row["month"]) for row in rows})
    place = {cell: code for code, cell in enumerate(cells)}
    table = np.array([[int(row[f"q{j}"] or 0) for j in range(1, 9)] for row in rows], dtype=np.int8)
    domain = np.array([place[row["agency"], row["month"]] for row in rows])
    population = np.zeros(len(cells), dtype=np.int64)
    for row in dossiers:
        population[place[row["agency"], row["month"]]] += int(row["N"])
    return Ratings(table, domain, cells, population)


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    return json.loads((REFERENCE / "ratings.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def binomial() -> np.ndarray:
    return np.array(json.loads((REFERENCE / "binomial.json").read_text(encoding="utf-8"))["rows"])


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
