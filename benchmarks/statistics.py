"""How long, and with how much memory, `analysis` estimates: each figure beside its bar.

CPU seconds of the whole process, the median of alternated rounds. Every work is also measured against itself
(A/A): where those two medians differ by more than a tenth the machine was too busy, and nothing is judged.
"""

import importlib.util
import multiprocessing
import time
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import Estimates
from analysis import PublicationStandard
from analysis import SurveyDesign
from analysis import equal_factor_weights
from analysis import event_share
from analysis import grouping
from analysis import index
from analysis import mean
from analysis import post_stratify
from analysis import publication_standard
from analysis import rank_sets

ROUNDS = 9
NOISE = (0.9, 1.1)
SCALE = (1.0, 5.0)
FACTORS = (5, 5, 4, 4, 4)
"""How many of the 22 criteria each factor has."""

Work = Callable[[], object]


@dataclass(frozen=True)
class Visits:
    """Made-up rows: office, month, citizen, and whether the citizen was satisfied."""

    office: NDArray[np.int64]
    month: NDArray[np.int64]
    citizen: NDArray[np.int64]
    satisfied: NDArray[np.float64]

    def estimate(self) -> Estimates:
        """The share by office and month, citizens as clusters, from the columns on."""
        design = SurveyDesign(weights=np.ones(len(self.office)), clusters=self.citizen)
        return event_share(design, self.satisfied, domain=grouping(self.office, self.month))


@dataclass(frozen=True)
class Responses:
    """Made-up responses of one month: office, on time or late, 22 ratings with blanks, and the frame."""

    office: NDArray[np.int64]
    late: NDArray[np.int64]
    ratings: NDArray[np.float64]
    dossiers: Mapping[Any, float]

    def publish(self) -> list[PublicationStandard]:
        """Post-stratify, estimate criteria, factors and index of all offices, and decide on each figure."""
        office = grouping(self.office)
        cells = grouping(self.office, self.late)
        design = SurveyDesign(strata=office, population=5 * np.bincount(office.codes)[office.codes])
        design = post_stratify(design, cells, self.dossiers)
        # Slices, so that the ratings are not copied.
        ends = zip(FACTORS, np.cumsum(FACTORS), strict=True)
        indices = [(slice(end - items, end), np.full(items, 1 / items)) for items, end in ends]
        indices.append((slice(None), equal_factor_weights(np.repeat(range(5), FACTORS).tolist())))
        figures = chain(
            (mean(design, column, domain=office, bounds=SCALE) for column in self.ratings),
            (
                index(design, list(self.ratings[items]), weights=shares, bounds=SCALE, domain=office)
                for items, shares in indices
            ),
        )
        return [publication_standard(found, bounds=SCALE) for found in figures]


def visits(rows: int, offices: int, seed: int = 1) -> Visits:
    """Rows spread unevenly over the offices; a citizen comes about three times."""
    random = np.random.default_rng(seed)
    return Visits(
        _offices(random, rows, offices),
        random.integers(0, 12, rows),
        random.integers(0, rows // 3, rows),
        (random.random(rows) < 0.9).astype(np.float64),
    )


def responses(rows: int, offices: int, seed: int = 1) -> Responses:
    """Responses spread unevenly over the offices, one answer in twelve blank."""
    random = np.random.default_rng(seed)
    office, late = _offices(random, rows, offices), random.integers(0, 2, rows)
    ratings = random.choice([1.0, 2, 3, 4, 5, np.nan], (22, rows), p=[0.01, 0.02, 0.06, 0.28, 0.55, 0.08])
    cells = grouping(office, late)
    dossiers = 5.0 * np.bincount(cells.codes) + 1
    return Responses(office, late, ratings, dict(zip(cells.levels, dossiers.tolist(), strict=True)))


def _offices(random: np.random.Generator, rows: int, offices: int) -> NDArray[np.int64]:
    weights = 1 / (1 + np.arange(offices) % 30)
    return random.choice(offices, rows, p=weights / weights.sum())


def measure() -> None:
    """Print one line a measure: the figure, its bar, the A/A ratio, the verdict."""
    year = visits(1_000_000, 500)
    _beside_duckdb(year)
    month = responses(100_000, 500)
    _timed("22 criteria, 5 factors, index, flags of 500 offices, 100,000 rows", month.publish, 2.0)
    for units, bar in ((63, 0.2), (500, 10.0)):
        _timed(f"rank sets of {units} units", _ranking(units), bar)
    for name, build, rows in (("share", visits, 1_000_000), ("publication", responses, 100_000)):
        figure = _bytes_a_row(build, rows)
        _print(f"memory, {name}, {rows:,} rows", f"{figure:.0f} bytes a row", figure, 400.0, None)
    for name, build, rows in (("share", visits, 1_000_000), ("publication", responses, 100_000)):
        many, few = (_work(build(rows, offices)) for offices in (4500, 100))
        _compared(f"{name}, {rows:,} rows, 4,500 offices against 100", many, few, 1.5)


def _work(data: Visits | Responses) -> Work:
    return data.estimate if isinstance(data, Visits) else data.publish


def _ranking(units: int) -> Work:
    random = np.random.default_rng(1)
    value, variance = random.normal(90, 3, units), random.uniform(0.5, 4, units)
    return lambda: rank_sets(value, variance, np.random.default_rng(1))


def _beside_duckdb(rows: Visits) -> None:
    name = f"share by office and month with clusters, {len(rows.office):,} rows, against a DuckDB group-by"
    if importlib.util.find_spec("duckdb") is None:
        print(f"{name}: not measured, DuckDB is not installed (pip install duckdb)", flush=True)
        return
    import duckdb

    columns = {"office": rows.office, "month": rows.month, "y": rows.satisfied}  # noqa: F841 (named in SQL)
    with duckdb.connect() as connection:
        connection.execute("create table visits as select * from columns")
        query = "select office, month, count(*), avg(y), stddev_samp(y) from visits group by office, month"
        _compared(name, rows.estimate, lambda: connection.execute(query).fetchnumpy(), 15.0)


def _compared(name: str, work: Work, other: Work, bar: float) -> None:
    once, again, reference = _medians(work, work, other)
    _print(
        name,
        f"{once / reference:.2f} x ({once:.3f} s against {reference:.3f} s CPU)",
        once / reference,
        bar,
        again / once,
    )


def _timed(name: str, work: Work, bar: float) -> None:
    once, again = _medians(work, work)
    _print(name, f"{once:.3f} s CPU", once, bar, again / once)


def _medians(*works: Work) -> list[float]:
    """The median CPU seconds of each work, in alternated rounds after one that does not count."""
    for work in works:
        work()
    rounds = [[_cpu(work) for work in works] for _ in range(ROUNDS)]
    return [median(column) for column in zip(*rounds, strict=True)]


def _cpu(work: Work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _print(name: str, figure: str, value: float, bar: float, noise: float | None) -> None:
    verdict = "met" if value <= bar else "MISSED"
    measured = ""
    if noise is not None:
        measured = f", A/A {noise:.2f}"
        if not NOISE[0] <= noise <= NOISE[1]:
            verdict = "no verdict, the machine is too busy"
    print(f"{name}: {figure}, bar {bar:g}{measured}: {verdict}", flush=True)


def _bytes_a_row(build: Callable[[int, int], Visits | Responses], rows: int) -> float:
    """Growth of the peak memory while estimating, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_growth, (build, rows)) / rows


def _growth(build: Callable[[int, int], Visits | Responses], rows: int) -> int:
    _work(build(2_000, 10))()  # what is imported on first use is no row's
    work = _work(build(rows, 500))
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before = _memory("VmRSS")
    work()
    return _memory("VmHWM") - before


def _memory(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) * 1024
