import csv
from typing import Any

import numpy as np
import pytest

from analysis import FIVE_LEVEL
from analysis import AnalysisError
from analysis import CountError
from analysis import PeriodMeans
from analysis import Tally
from analysis import changes
from analysis import directions
from analysis import period_means
from analysis import satisfied_share
from tests.analysis.vendored import FOLDER
from tests.analysis.vendored import vendored


@pytest.fixture(scope="module")
def months() -> tuple[PeriodMeans, list[str], list[str]]:
    """Satisfied with q1 by agency and month, citizens told apart."""
    with (FOLDER / "data" / "ratings.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    agencies, domain = np.unique([row["agency"] for row in rows], return_inverse=True)
    names, period = np.unique([row["month"] for row in rows], return_inverse=True)
    _, person = np.unique([row["citizen"] for row in rows], return_inverse=True)
    score = [float(int(row["q1"]) >= 4) if row["q1"] else np.nan for row in rows]
    means = period_means(score, domain, len(agencies), period, len(names), person)
    return means, agencies.tolist(), names.tolist()


def cases() -> list[dict[str, Any]]:
    found = vendored("ratings")
    return [case for case in found if case["estimate"]["statistic"] == "domain_difference"]


def test_months_with_their_covariance_agree_with_r(months: tuple[PeriodMeans, list[str], list[str]]) -> None:
    means, agencies, names = months
    assert len(cases()) == 10
    for case in cases():
        place = agencies.index(case["estimate"]["domain"]["agency"])
        expected = case["expected"]
        np.testing.assert_allclose(means.value[place], [row["est"] for row in expected["means"]], rtol=1e-8)
        np.testing.assert_allclose(means.covariance[place], expected["vcov"], rtol=1e-8, atol=1e-17)
        for row in expected["rows"]:
            later, earlier = (names.index(month) for month in row["label"].split(" - "))
            found = means.change(later, earlier)
            assert found.value[place] == pytest.approx(row["est"], rel=1e-8)
            assert found.standard_error[place] == pytest.approx(row["se"], rel=1e-8)
            assert found.degrees_of_freedom[place] == row["df"]
            ends = [found.low[place], found.high[place]]
            np.testing.assert_allclose(ends, row["ci_t95"], rtol=0, atol=1e-7)


def sample(random: np.random.Generator, swing: float) -> tuple[np.ndarray, np.ndarray]:
    """120 persons twice; in the second period `swing` of them say the opposite of the first."""
    first = random.random(120) < 0.5
    opposite = random.random(120) < swing
    return first, np.where(opposite, ~first, random.random(120) < 0.5)


def rejections(swing: float, *, ignore: bool) -> float:
    """How often a change is found although there is none, with or without the covariance."""
    random = np.random.default_rng(20261123)
    agencies = 1500
    samples = [np.concatenate(sample(random, swing)) for _ in range(agencies)]
    score = np.concatenate(samples).astype(float)
    domain = np.repeat(np.arange(agencies), 240)
    period = np.tile(np.repeat([0, 1], 120), agencies)
    person = np.tile(np.arange(120), 2 * agencies)
    if ignore:
        # The control: everybody is taken for a new person.
        person = np.arange(len(score))
    found = period_means(score, domain, agencies, period, 2, person).change(1, 0)
    return float(np.mean(found.p_value <= 0.05))


def test_ignoring_the_covariance_finds_changes_that_are_none() -> None:
    assert 0.035 < rejections(0.8, ignore=False) < 0.07
    assert rejections(0.8, ignore=True) > 0.12


def test_steady_persons_make_a_small_change_visible() -> None:
    random = np.random.default_rng(1)
    first = random.random(200) < 0.7
    second = first | (random.random(200) < 0.15)
    score = np.concatenate([first, second]).astype(float)
    period, person = np.repeat([0, 1], 200), np.tile(np.arange(200), 2)
    tied = period_means(score, np.zeros(400, dtype=int), 1, period, 2, person)
    alone = period_means(score, np.zeros(400, dtype=int), 1, period, 2, np.arange(400))
    assert tied.correlation(1, 0)[0] > 0.7
    assert alone.correlation(1, 0)[0] == pytest.approx(0, abs=1e-12)
    assert tied.change(1, 0).standard_error[0] < 0.6 * alone.change(1, 0).standard_error[0]


def test_order_and_names_of_persons_do_not_matter() -> None:
    random = np.random.default_rng(2)
    score, domain = random.random(300), random.integers(0, 4, 300)
    period, person = random.integers(0, 3, 300), random.integers(0, 60, 300)
    one = period_means(score, domain, 4, period, 3, person)
    order = random.permutation(300)
    other = period_means(score[order], domain[order], 4, period[order], 3, 1000 - person[order])
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-10)
    np.testing.assert_allclose(one.value, other.value, rtol=1e-12)
    np.testing.assert_array_equal(one.persons, other.persons)
    # The same number in two agencies is two persons.
    assert one.persons.sum() > len(np.unique(person))


def test_blanks_stay_in_the_design_and_empty_months_have_no_figure() -> None:
    means = period_means([1, np.nan, 0, np.nan], [0] * 4, 2, [0, 0, 0, 1], 2, [1, 2, 3, 4])
    assert means.value[0, 0] == 0.5
    assert means.persons.tolist() == [4, 0]
    assert means.covariance[0, 0, 0] == pytest.approx(4 / 3 * 2 * 0.25**2)
    assert np.isnan([means.value[0, 1], means.covariance[0, 0, 1], means.change(1, 0).p_value[0]]).all()
    assert np.isnan(means.correlation(1, 0)).all()
    assert np.isnan(means.value[1]).all()


def test_figures_that_do_not_vary_have_no_correlation() -> None:
    means = period_means([1, 1, 1, 0], [0] * 4, 1, [0, 0, 1, 1], 2, [1, 2, 1, 2])
    assert means.correlation(1, 0).tolist() == [0.0]


def test_published_changes_use_the_correlation_and_holm() -> None:
    may = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 20, 40, 40]] * 4))
    june = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 10, 40, 50]] * 4))
    alone, tied = changes(june, may), changes(june, may, correlation=0.6)
    assert directions(alone).tolist() == ["cannot tell"] * 4
    assert directions(tied).tolist() == ["rose"] * 4
    assert directions(changes(may, june, correlation=0.6)).tolist() == ["fell"] * 4
    assert tied.adjusted_p_value is not None
    np.testing.assert_allclose(tied.adjusted_p_value, np.minimum(4 * tied.p_value, 1))
    assert changes(june, may, adjustment="benjamini_hochberg").adjustment == "benjamini_hochberg"


def test_bad_rows_are_named() -> None:
    with pytest.raises(AnalysisError, match="score"):
        period_means([[1.0]], [0], 1, [0], 1, [0])
    with pytest.raises(CountError, match="period"):
        period_means([1.0, 0.0], [0, 0], 1, [0, 2], 2, [0, 1])
    with pytest.raises(CountError, match="person"):
        period_means([1.0, 0.0], [0, 0], 1, [0, 1], 2, [0])
    with pytest.raises(CountError, match="person"):
        period_means([1.0, 0.0], [0, 0], 1, [0, 1], 2, [0.5, 1.0])
