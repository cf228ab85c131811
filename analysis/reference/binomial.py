"""Adapters for intervals of a share from its counts, or from its variance."""

from typing import Any

import numpy as np

import analysis
from analysis.reference.case import ENDS
from analysis.reference.case import Case
from analysis.reference.case import Mismatch
from analysis.reference.case import Statistic
from analysis.reference.case import compare


def _columns(rows: list[dict[str, Any]], *names: str) -> list[Any]:
    return [np.array([row[name] for row in rows], dtype=np.float64) for name in names]


def _by_level(rows: list[dict[str, Any]]) -> dict[float, list[dict[str, Any]]]:
    """The rows of every confidence level."""
    return {level: [row for row in rows if row["level"] == level] for level in {row["level"] for row in rows}}


def _check_ends(rows: list[dict[str, Any]], found: dict[str, Any], level: float) -> list[Mismatch]:
    """Ends against ends; null in the reference is an interval it does not give."""
    mismatches = []
    for name, (low, high) in found.items():
        for place, row in enumerate(rows):
            if row.get(name) is not None:
                # Printed unclipped; nothing below 0 or above 1 is a share.
                wanted = [min(max(end, 0.0), 1.0) for end in row[name]]
                ends = [low[place], high[place]]
                mismatches += compare(f"{name}.{level}[{place}]", ends, wanted, relative=0, absolute=ENDS)
    return mismatches


def check_binomial(case: Case) -> list[Mismatch]:
    """x successes in n: every interval, at several levels."""
    mismatches = []
    for level, rows in _by_level(case.expected).items():
        x, n = _columns(rows, "x", "n")
        p = x / n
        error = np.sqrt(p * (1 - p) / n)
        wilson = analysis.wilson(p, n, confidence_level=level)
        exact = analysis.clopper_pearson(x, n, confidence_level=level)
        wald = analysis.wald(p, error, confidence_level=level)
        found = {
            "wilson": wilson,
            "proptest": wilson,
            "proptest_cc": analysis.wilson_corrected(x, n, confidence_level=level),
            "exact": exact,
            "binomtest": exact,
            "agresti-coull": analysis.agresti_coull(p, n, confidence_level=level),
            "asymptotic": (np.clip(wald.low, 0, 1), np.clip(wald.high, 0, 1)),
            "jeffreys": analysis.jeffreys(x, n, confidence_level=level),
            "logit": analysis.logit_interval(p, error, confidence_level=level),
        }
        mismatches += _check_ends(rows, found, level)
    return mismatches


def check_hypergeometric(case: Case) -> list[Mismatch]:
    """The exact interval of A/N."""
    mismatches = []
    for level, rows in _by_level(case.expected).items():
        x, n, population = (column.astype(np.int64) for column in _columns(rows, "x", "n", "N"))
        found = analysis.hypergeometric(x, n, population, confidence_level=level)
        for name, ends in (("lower", found.low), ("upper", found.high)):
            wanted = [row[name] for row in rows]
            mismatches += compare(f"{name}.{level}", ends, wanted, relative=0, absolute=ENDS)
    return mismatches


def check_korn_graubard(case: Case) -> list[Mismatch]:
    """Korn and Graubard's interval, capped at n and not."""
    mismatches = []
    for level, rows in _by_level(case.expected).items():
        p, v, n, df = _columns(rows, "p", "var", "n", "df")
        found = {
            name: analysis.korn_graubard(p, v, n, df, capped=capped, confidence_level=level)
            for name, capped in (("kg", False), ("kg_capped", True))
        }
        mismatches += _check_ends(rows, found, level)
    return mismatches


ADAPTERS = (
    Statistic(("binomial interval",), check_binomial),
    Statistic(("exact interval for A/N",), check_hypergeometric),
    Statistic(("Korn-Graubard",), check_korn_graubard),
)
