"""A case of the reference: what was computed, on which data, and how near another program must come."""

import csv
import json
import math
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from typing import NamedTuple
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

EXACT = 1e-8
"""Relative tolerance of estimates and standard errors."""

ENDS = 1e-7
"""Absolute tolerance of the ends of intervals (of unbounded quantities: relative)."""

ITERATIVE = 1e-6
"""Relative tolerance where the other program stopped iterating."""


class Mismatch(NamedTuple):
    """One number that is not what the reference says."""

    place: str
    found: Any
    expected: Any

    def __str__(self) -> str:
        return f"{self.place}: found {self.found}, expected {self.expected}"


@dataclass(frozen=True, eq=False)
class Source:
    """A file of expected values: its folder, its name and everything in it."""

    folder: Path
    name: str
    content: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Case:
    """One case. `content` is all of it; `expected` is that key, or the case itself where it has none."""

    source: Source
    content: Mapping[str, Any]
    place: int

    @property
    def name(self) -> str:
        """File and id, for the report only."""
        return f"{self.source.name} {self.content.get('id', self.place)}"

    @property
    def design(self) -> Mapping[str, Any]:
        return self.content.get("design") or {}

    @property
    def estimate(self) -> Mapping[str, Any]:
        return self.content.get("estimate") or {}

    @property
    def statistic(self) -> str:
        return str(self.estimate.get("statistic", ""))

    @property
    def expected(self) -> Any:
        return self.content.get("expected", self.content)

    def table(self, name: str | None = None) -> dict[str, NDArray[np.str_]]:
        """Columns of a data file (the case's own, if not named) as text, a blank as ''."""
        file = name or str(self.content["data"])
        return columns(self.source.folder / "data" / file.removeprefix("data/"))

    def siblings(self) -> Iterator["Case"]:
        """All cases of the same file, in order."""
        for place, content in enumerate(self.source.content["cases"]):
            yield Case(self.source, content, place)


class Adapter(Protocol):
    """Knows one kind of case by its keys, and checks it."""

    def applies(self, case: Case) -> bool: ...

    def check(self, case: Case) -> list[Mismatch]: ...


@dataclass(frozen=True)
class Statistic:
    """The adapter for the cases whose `estimate.statistic` is one of `names`."""

    names: tuple[str, ...]
    verify: Callable[[Case], list[Mismatch]]

    def applies(self, case: Case) -> bool:
        return case.statistic in self.names

    def check(self, case: Case) -> list[Mismatch]:
        return self.verify(case)


@cache
def columns(path: Path) -> dict[str, NDArray[np.str_]]:
    """The columns of a CSV file by name, as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    return {name: np.array(column) for name, column in zip(header, zip(*rows, strict=True), strict=True)}


def numbers(column: NDArray[np.str_]) -> NDArray[np.float64]:
    """A column of text as numbers, NaN for a blank."""
    return np.where(column == "", "nan", column).astype(np.float64)


def cases(folder: Path) -> Iterator[Case]:
    """Every case of `folder/expected/*.json`."""
    for path in sorted((folder / "expected").glob("*.json")):
        source = Source(folder, path.name, json.loads(path.read_text(encoding="utf-8")))
        for place, content in enumerate(source.content["cases"]):
            yield Case(source, content, place)


def compare(
    place: str, found: Any, expected: Any, *, relative: float = EXACT, absolute: float = 1e-14
) -> list[Mismatch]:
    """What differs between two numbers, or between (nested) sequences or mappings of them.

    An expected null is a number that is not available: None or NaN. Of a mapping, the expected keys count.
    """
    if isinstance(expected, Mapping):
        found = found if isinstance(found, Mapping) else {}
        missing = [Mismatch(place, "nothing", key) for key in expected if key not in found]
        parts = [(f"{place}.{key}", found[key], expected[key]) for key in expected if key in found]
        return missing + _each(parts, relative, absolute)
    if isinstance(found, np.ndarray):
        found = found.tolist()
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        if not isinstance(found, Sequence) or len(found) != len(expected):
            return [Mismatch(place, found, expected)]
        triples = [
            (f"{place}[{i}]", one, other) for i, (one, other) in enumerate(zip(found, expected, strict=True))
        ]
        return _each(triples, relative, absolute)
    same = _equal(found, expected, relative, absolute)
    return [] if same else [Mismatch(place, found, expected)]


def _each(parts: list[tuple[str, Any, Any]], relative: float, absolute: float) -> list[Mismatch]:
    return [
        mismatch
        for place, found, expected in parts
        for mismatch in compare(place, found, expected, relative=relative, absolute=absolute)
    ]


def _equal(found: Any, expected: Any, relative: float, absolute: float) -> bool:
    if isinstance(expected, str) and expected in ("Inf", "-Inf"):
        expected = float(expected)
    if expected is None or isinstance(expected, bool | str):
        return bool(found == expected) or (expected is None and found != found)
    if found is None or isinstance(found, str | Sequence | Mapping):
        return False
    return math.isclose(float(found), float(expected), rel_tol=relative, abs_tol=absolute)
