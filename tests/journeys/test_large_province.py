"""Many months in one command: memory follows the largest month, not the number of months."""

import tracemalloc
from pathlib import Path

import pytest

from benchmarks.province import fill
from survey.estimation.monthly import Rules
from survey.fieldwork.periods import close_periods
from survey.fieldwork.periods import the_organisation
from survey.fieldwork.periods import the_period
from survey.publish.releasing import build_release
from survey.store.base import Database
from survey.store.migration import upgrade
from survey.store.periods import month_labels


def peak_of_building(folder: Path, months: str, responses: int) -> int:
    """Bytes at the highest while the months are closed and built, each holding its share of the responses."""
    database = Database(f"sqlite:///{folder / f'{months}-{responses}.sqlite'}")
    upgrade(database.engine)
    fill(database, offices=3, months=months, responses=responses)
    tracemalloc.start()
    for label in close_periods(database, None, month_labels(months), by="an"):
        with database.writing() as session:
            root = the_organisation(session, None)
            build_release(session, root, the_period(session, root, label), Rules(), draft=False, by="an")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    database.dispose()
    return peak


@pytest.mark.slow
def test_memory_grows_with_the_largest_month_only(tmp_path: Path) -> None:
    peak_of_building(tmp_path, "2023-12", 100)  # what is imported late does not count
    few = peak_of_building(tmp_path, "2024-01..2024-02", 2_000)
    many = peak_of_building(tmp_path, "2024-01..2024-08", 8_000)
    large = peak_of_building(tmp_path, "2024-01..2024-02", 20_000)
    assert many < 1.3 * few
    assert large > 1.5 * few, "the measure sees a larger month"
