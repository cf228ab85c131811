import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import CountError
from analysis import ratio_moments
from analysis import variance


def person_scores(table: np.ndarray) -> np.ndarray:
    """Mean of the factor means (items 1-2, 3-4, 5-6, 7, 8) where each has an answer, else NaN."""
    factors = []
    for columns in ((0, 1), (2, 3), (4, 5), (6,), (7,)):
        part = np.where(table[:, columns] > 0, table[:, columns].astype(float), np.nan)
        count = (~np.isnan(part)).sum(axis=1)
        factors.append(np.where(count > 0, np.nansum(part, axis=1) / np.maximum(count, 1), np.nan))
    return np.mean(factors, axis=0)


@pytest.mark.parametrize("target", ["process", "month"])
def test_a_month_over_agencies_agrees_with_r(ratings: Any, reference: dict[str, Any], target: str) -> None:
    score = person_scores(ratings.table)
    answered = ~np.isnan(score)
    rows = np.bincount(ratings.domain)
    weight = (ratings.population / rows)[ratings.domain]
    months = sorted({month for _, month in ratings.cells})
    month = np.array([months.index(m) for _, m in ratings.cells])[ratings.domain]
    total = np.bincount(month, weight * answered)
    value = np.bincount(month, weight * np.where(answered, score, 0)) / total
    influence = np.where(answered, weight * (score - value[month]) / total[month], 0)
    population = ratings.population if target == "month" else None
    se = np.sqrt(variance(influence, month, 3, strata=ratings.domain, population=population))
    expected = {
        row["month"]: (row["est"], row["se"])
        for row in reference["figures"]
        if row["agency"] == "ALL" and row["target"] == target
    }
    np.testing.assert_allclose(value, [expected[m][0] for m in months], rtol=1e-8)
    np.testing.assert_allclose(se, [expected[m][1] for m in months], rtol=1e-8)


def test_rows_outside_the_domain_stay_in_the_stratum() -> None:
    influence = np.array([0.4, 0.2, 0.3, 0.5])
    z = np.array([[0.4, 0.2, 0, 0], [0, 0, 0.3, 0.5]])
    expected = 4 / 3 * ((z - z.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    found = variance(influence, [0, 0, 1, 1], 2, strata=[0, 0, 0, 0])
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert not np.allclose(found, variance(influence, [0, 0, 1, 1], 2))


def test_a_lone_row_and_an_empty_domain_have_no_variance() -> None:
    found = variance(np.array([0.1, 0.2, -0.2]), [0, 2, 2], 4)
    assert np.isnan(found).tolist() == [True, True, False, True]
    assert variance(np.array([0.1]), [0], 1, population=[1]).tolist() == [0.0]


def test_codes_must_fit_the_rows() -> None:
    with pytest.raises(CountError, match="domain: holds 2"):
        variance(np.array([0.1, 0.2]), [0, 2], 2)
    with pytest.raises(CountError, match="one code a row"):
        variance(np.array([0.1, 0.2]), [0], 1)


@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(0, 2), st.integers(0, 1), st.integers(1, 3)),
        min_size=1,
        max_size=12,
    )
)
def test_frequency_is_repetition(rows: list[tuple[int, int, int, int]]) -> None:
    influence, domain, strata, times = (np.array(column) for column in zip(*rows, strict=True))
    counted = variance(influence / 100, domain, 3, strata=strata, frequency=times)
    repeated = variance(
        np.repeat(influence / 100, times), np.repeat(domain, times), 3, strata=np.repeat(strata, times)
    )
    np.testing.assert_allclose(counted, repeated, rtol=1e-10, atol=1e-14)


@given(
    st.lists(st.tuples(st.integers(1, 39), st.integers(0, 4)), min_size=2, max_size=20),
    st.integers(1, 10**9),
)
def test_ratio_moments_are_the_nearest_floats_to_the_exact_ones(
    pairs: list[tuple[int, int]], times: int
) -> None:
    pairs = [(k, k * level + level) for k, level in pairs]
    sums = [times * sum(part) for part in zip(*((k, s, k * k, k * s, s * s) for k, s in pairs), strict=True)]
    n = times * len(pairs)
    ratio = Fraction(sums[1], sums[0])
    exact = Fraction(n, n - 1) * times * sum((s - ratio * k) ** 2 for k, s in pairs) / sums[0] ** 2
    value, spread = ratio_moments(np.array([n]), *(np.array([total]) for total in sums))
    assert value.tolist() == [float(ratio)]
    assert spread.tolist() == [float(exact)]


def test_float_sums_would_not_do() -> None:
    """The control: scores nearly proportional to k lose every digit in float sums."""
    n = 10**14 + 3
    totals = (10 * n, 47 * n - 1, 100 * n, 470 * n - 10, 47**2 * n - 47**2 + 46**2)
    sums = [np.array([total]) for total in totals]
    _, spread = ratio_moments(np.array([n]), *sums)
    k, s, kk, ks, ss = (float(total[0]) for total in sums)
    naive = n / (n - 1) * (ss - 2 * s / k * ks + (s / k) ** 2 * kk) / k**2
    assert spread[0] == pytest.approx(1 / k**2, rel=1e-6)
    assert abs(naive / spread[0] - 1) > 0.1


@pytest.mark.parametrize("design", ["srs", "srs_nofpc", "strat", "strat_nofpc"])
def test_ratios_of_the_full_reference(full_reference: Path, design: str) -> None:
    source = json.loads((full_reference / "expected/survey_api.json").read_text(encoding="utf-8"))
    cases = {case["id"]: case for case in source["cases"]}
    whole = cases[f"{design}.ratio.api_stu_enroll"]
    with (full_reference / "data" / whole["data"]).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    y, x = (np.array([int(row[name] or 0) for row in rows]) for name in ("api.stu", "enroll"))
    kind = np.array(["EHM".index(row["stype"]) for row in rows])
    fpc = np.array([float(row["fpc"]) for row in rows]).astype(int)
    layers = kind if design.startswith("strat") else np.zeros_like(kind)
    sizes = np.array([fpc[layers == layer][0] for layer in range(layers.max() + 1)])
    weight = np.array([float(row["pw"]) for row in rows])
    population = None if "nofpc" in design else sizes
    for domain, expected in (
        (np.zeros_like(kind), whole["expected"]),
        (kind, cases[f"{design}.domain.ratio.by.stype"]["expected"]),
    ):
        domains = domain.max() + 1
        total = np.bincount(domain, weight * x)
        ratio = np.bincount(domain, weight * y) / total
        influence = weight * (y - ratio[domain] * x) / total[domain]
        se = np.sqrt(variance(influence, domain, domains, strata=layers, population=population))
        np.testing.assert_allclose(ratio, [row["est"] for row in expected], rtol=1e-8)
        np.testing.assert_allclose(se, [row["se"] for row in expected], rtol=1e-8)
        if design.startswith("srs"):
            sums = [np.bincount(domain, part).astype(int) for part in (x, y, x * x, x * y, y * y)]
            value, spread = ratio_moments(np.full(domains, len(rows)), *sums)
            left = 1.0 if population is None else 1 - len(rows) / sizes[0]
            np.testing.assert_allclose(value, ratio, rtol=1e-12)
            np.testing.assert_allclose(np.sqrt(spread * left), se, rtol=1e-10)
