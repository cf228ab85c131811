from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import MEAN5
from analysis import POMP
from analysis import TOP2
from analysis import AnalysisError
from analysis import Estimates
from analysis import equal_factor_weights
from analysis import mean_of_criteria
from analysis import pooled_index
from analysis import pooled_moments
from analysis import respondent_mean
from analysis import variance

FACTORS = ("access", "access", "procedure", "procedure", "staff", "staff", "result", "feedback")
EQUAL = equal_factor_weights(FACTORS)

ROWS = st.lists(
    st.tuples(st.lists(st.integers(0, 5), min_size=3, max_size=3), st.integers(0, 1), st.integers(0, 3)),
    min_size=1,
    max_size=12,
)

ESTIMATORS: dict[str, Callable[..., Estimates]] = {
    "pooled": lambda table, domain, domains, frequency=None: pooled_index(
        pooled_moments(table, domain, domains, frequency=frequency)
    ),
    "criteria": lambda table, domain, domains, frequency=None: mean_of_criteria(
        table, domain, domains, weights=[0.25, 0.25, 0.5], frequency=frequency
    ),
    "respondents": lambda table, domain, domains, frequency=None: respondent_mean(
        table, domain, domains, factors="aab", frequency=frequency
    ),
}


def agree(
    found: Estimates, expected: tuple[np.ndarray, np.ndarray], *, factor: float, offset: float = 0
) -> None:
    est, se = expected
    np.testing.assert_allclose(found.value, offset + factor * est, rtol=1e-8)
    np.testing.assert_allclose(found.standard_error, factor * se, rtol=1e-8)


@pytest.mark.parametrize("target", ["process", "month"])
@pytest.mark.parametrize(
    ("statistic", "method", "factor", "offset"),
    [("y", MEAN5, 20, 0), ("y", POMP, 25, -25), ("t", TOP2, 100, 0)],
)
def test_mean_of_criteria_agrees_with_r(
    ratings: Any, figures: Any, target: Any, statistic: str, method: Any, factor: float, offset: float
) -> None:
    found = mean_of_criteria(
        ratings.table,
        ratings.domain,
        ratings.domains,
        weights=EQUAL,
        method=method,
        population=ratings.population,
        target=target,
    )
    agree(found, figures(target, f"index.of_means.{statistic}"), factor=factor, offset=offset)


@pytest.mark.parametrize("target", ["process", "month"])
def test_mean_of_respondents_agrees_with_r(ratings: Any, figures: Any, reference: Any, target: Any) -> None:
    found = respondent_mean(
        ratings.table,
        ratings.domain,
        ratings.domains,
        factors=FACTORS,
        population=ratings.population,
        target=target,
    )
    agree(found, figures(target, "index.respondent"), factor=20)
    used = {(row["agency"], row["month"]): row["n_used"] for row in reference["figures"] if row.get("n_used")}
    assert found.n.tolist() == [used[cell] for cell in ratings.cells]


def influence_of(table: np.ndarray, item: int) -> np.ndarray:
    column = table[:, item].astype(float)
    answered = column > 0
    return np.where(answered, (column - column[answered].mean()) / answered.sum(), 0.0)


def test_leaving_out_the_covariances_makes_the_error_far_too_small(ratings: Any, figures: Any) -> None:
    _, se = figures("process", "index.of_means.y")
    dropped = np.empty(ratings.domains)
    for domain in range(ratings.domains):
        table = ratings.table[ratings.domain == domain]
        alone = np.zeros(len(table), dtype=int)
        parts = [EQUAL[item] * influence_of(table, item) for item in range(8)]
        together = variance(np.sum(parts, axis=0), alone, 1)
        assert np.sqrt(together[0]) == pytest.approx(se[domain], rel=1e-8)
        dropped[domain] = np.sqrt(sum(variance(part, alone, 1)[0] for part in parts))
    assert 1.5 < np.median(se / dropped) < 1.9
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(dropped, se, rtol=0.1)


def test_pooled_index_agrees_with_the_delta_method_row_by_row(ratings: Any) -> None:
    found = pooled_index(pooled_moments(ratings.table, ratings.domain, ratings.domains))
    assert (ratings.table == 0).any()
    for domain, estimate in enumerate(found):
        table = ratings.table[ratings.domain == domain].astype(float)
        k, s = (table > 0).sum(axis=1), table.sum(axis=1)
        # Gradient of mean(s)/mean(k) and the covariance matrix of the two means.
        gradient = np.array([1 / k.mean(), -s.mean() / k.mean() ** 2])
        spread = gradient @ np.cov(s, k) @ gradient / len(k)
        assert estimate.value == pytest.approx(20 * s.sum() / k.sum(), rel=1e-12)
        assert estimate.standard_error == pytest.approx(20 * np.sqrt(spread), rel=1e-10)


def test_pooled_index_agrees_with_the_jackknife_in_the_large(ratings: Any) -> None:
    domain = np.zeros(len(ratings.table), dtype=int)
    found = pooled_index(pooled_moments(ratings.table, domain, 1)).item()
    k, s = (ratings.table > 0).sum(axis=1), ratings.table.sum(axis=1, dtype=int)
    left_out = 20 * (s.sum() - s) / (k.sum() - k)
    jackknife = np.sqrt((len(k) - 1) * left_out.var())
    assert found.standard_error == pytest.approx(jackknife, rel=1e-3)


def test_three_aggregations_agree_when_nothing_is_missing_and_items_weigh_alike() -> None:
    table = np.random.default_rng(7).integers(1, 6, (60, 4))
    domain = np.arange(60) % 3
    pooled = pooled_index(pooled_moments(table, domain, 3))
    for other in (
        mean_of_criteria(table, domain, 3, weights=[0.25] * 4),
        respondent_mean(table, domain, 3, factors="abcd"),
    ):
        np.testing.assert_allclose(other.value, pooled.value, rtol=1e-12)
        np.testing.assert_allclose(other.standard_error, pooled.standard_error, rtol=1e-10)


def test_a_criterion_nobody_answered_leaves_no_index() -> None:
    table = [[5, 0], [4, 0], [5, 3], [4, 2]]
    both = mean_of_criteria(table, [0, 0, 1, 1], 2, weights=[0.5, 0.5])
    assert (both[0].value, both[0].low, both[0].standard_error, both[0].n) == (None, None, None, 2)
    assert both[1].value == 70.0
    # Without weight the criterion is not missed.
    assert mean_of_criteria(table, [0, 0, 1, 1], 2, weights=[1.0, 0.0])[0].value == 90.0


def test_a_person_needs_half_of_every_factor() -> None:
    table = [[5, 0, 0, 5], [5, 5, 0, 4], [4, 4, 4, 0], [0, 0, 0, 0]]
    found = respondent_mean(table, [0] * 4, 1, factors="aaab").item()
    # The first answered one of three, the third nothing of factor b, the last nothing at all.
    assert (found.value, found.n) == (90.0, 1)
    assert respondent_mean([[5, 0]], [0], 1, factors="ab").item().value is None


def test_people_who_agree_to_the_last_digit_give_no_point() -> None:
    """Thirds do not add up in floats: a spread of 1e-32 must not pass for one."""
    found = respondent_mean([[5, 4, 4]] * 31, [0] * 31, 1, factors="aaa").item()
    assert found.design_effect == 1.0
    assert found.high - found.low > 15


def test_the_best_answers_stay_within_the_bounds() -> None:
    for items in range(1, 12):
        weights = [1 / items] * items
        found = mean_of_criteria([[5] * items] * 40, [0] * 40, 1, weights=weights).item()
        assert found.value == pytest.approx(100)
        assert found.low < found.value <= found.high <= 100


def test_blank_forms_change_nothing(ratings: Any) -> None:
    blank = np.zeros((50, 8), dtype=np.int8)
    table = np.concatenate([ratings.table, blank])
    domain = np.concatenate([ratings.domain, np.arange(50) % ratings.domains])
    for estimate in (
        lambda *rows: pooled_index(pooled_moments(*rows, ratings.domains)),
        lambda *rows: mean_of_criteria(*rows, ratings.domains, weights=EQUAL),
        lambda *rows: respondent_mean(*rows, ratings.domains, factors=FACTORS),
    ):
        with_blanks, without = estimate(table, domain), estimate(ratings.table, ratings.domain)
        assert with_blanks.as_dict() == without.as_dict()


def test_an_index_says_how_it_was_made() -> None:
    moments = pooled_moments([[5, 4], [3, 0]], [0, 0], 1)
    assert pooled_index(moments, POMP).method == "pomp/1:pooled:wilson"
    assert mean_of_criteria([[5]], [0], 1, weights=[1]).method == "mean5/1:mean_of_criteria:wilson"
    assert respondent_mean([[5]], [0], 1, factors="a", method=TOP2).method == "top2/1:respondent_mean:wilson"


def test_the_published_factor_recomputes_one_office(ratings: Any) -> None:
    moments = pooled_moments(ratings.table, ratings.domain, ratings.domains)
    together = pooled_index(moments)
    assert together.pooled_design_effect is not None
    assert 0.1 < together.pooled_design_effect < 0.5
    alone = pooled_index(moments[3:4], pooled_design_effect=together.pooled_design_effect)
    assert alone.item() == together[3]


@pytest.mark.parametrize("kind", ESTIMATORS)
@given(rows=ROWS)
def test_properties_of_every_index(kind: str, rows: Any) -> None:
    table, domain, times = (np.array(column) for column in zip(*rows, strict=True))
    found = ESTIMATORS[kind](table, domain, 2, times)
    known = ~np.isnan(found.low)
    inside = (found.low[known] <= found.value[known]) & (found.value[known] <= found.high[known])
    assert inside.all()
    assert np.all(
        (found.low[known] >= 20) & (found.high[known] <= 100) & (found.low[known] < found.high[known])
    )
    assert not np.any(known & (found.n == 0))
    repeated = ESTIMATORS[kind](np.repeat(table, times, axis=0), np.repeat(domain, times), 2)
    for name in ("value", "standard_error", "low", "high", "n"):
        np.testing.assert_allclose(
            getattr(repeated, name), getattr(found, name), rtol=1e-9, atol=1e-9, equal_nan=True
        )


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: mean_of_criteria([[5, 4]], [0], 1, weights=[0.5]), "weights"),
        (lambda: mean_of_criteria([[5, 4]], [0], 1, weights=[0.5, 0.4]), "weights"),
        (lambda: mean_of_criteria([[5, 4]], [0], 1, weights=[1.5, -0.5]), "weights"),
        (lambda: respondent_mean([[5, 4]], [0], 1, factors="a"), "factors"),
        (lambda: mean_of_criteria([[9, 4]], [0], 1, weights=[0.5, 0.5]), "ratings"),
        (lambda: respondent_mean([[5, 4]], [2], 1, factors="ab"), "domain"),
        (lambda: pooled_index(pooled_moments([[5]], [0], 1), target="month"), "population"),
    ],
)
def test_arguments_at_fault_are_named(call: Any, argument: str) -> None:
    with pytest.raises(AnalysisError) as raised:
        call()
    assert raised.value.argument == argument
