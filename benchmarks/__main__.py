"""Measures of time and memory, run by `make bench`; never part of the tests."""

import argparse

from benchmarks import releases
from benchmarks import statistics

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=("releases", "statistics"), help="left out: both")
    part = parser.parse_args().part
    if part != "releases":
        statistics.measure()
    if part != "statistics":
        releases.measure(offices=300, months="2023-01..2024-12", responses=200_000)
        releases.measure(offices=300, months="2024-01..2024-12", responses=100_000)
        releases.measure(offices=300, months="2024-12..2024-12", responses=200_000)
