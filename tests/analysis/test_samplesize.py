import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from analysis import AnalysisError
from analysis import CountError
from analysis import PopulationError
from analysis import cost_allocation
from analysis import group_size
from analysis import neyman_allocation
from analysis import overlapping_size
from analysis import power_allocation
from analysis import proportional_allocation
from analysis import sample_size
from analysis import stratified_error
from analysis import whole_allocation
from analysis import wilson
from analysis import within_population
from analysis import yamane


@given(st.floats(0.05, 0.97), st.floats(0.01, 0.2), st.sampled_from([0.9, 0.95, 0.99]))
@settings(max_examples=80, deadline=None)
def test_the_interval_has_the_promised_width(p: float, margin: float, level: float) -> None:
    n = sample_size(p, margin, method="wilson", confidence_level=level)
    low, high = wilson(p, n, confidence_level=level)
    assert (high - low) / 2 == pytest.approx(margin, rel=1e-9)
    logit = sample_size(p, margin, method="log_odds", confidence_level=level)
    from scipy.special import expit
    from scipy.special import ndtri

    half = ndtri(0.5 + level / 2) / np.sqrt(logit * p * (1 - p))
    centre = np.log(p / (1 - p))
    assert (expit(centre + half) - expit(centre - half)) / 2 == pytest.approx(margin, rel=1e-9)


def test_a_finite_population_needs_fewer() -> None:
    p, e, z = 0.8, 0.05, 1.959963984540054
    for people in (10, 200, 1000, 10**9):
        n = sample_size(p, e, population=people)
        assert n <= people
        # The variance of a simple random sample of n from N, for the textbook margin.
        assert z * np.sqrt(p * (1 - p) / n * (people - n) / (people - 1)) == pytest.approx(e, rel=1e-9)
    assert sample_size(p, e, population=200, design_effect=3, response_rate=0.2) == 200
    assert within_population(50, 1) == pytest.approx(1.0)


def test_design_and_response_raise_the_number() -> None:
    plain = sample_size(0.9, 0.03)
    assert sample_size(0.9, 0.03, design_effect=1.5, response_rate=0.3) == pytest.approx(5 * plain)


def test_the_guide_of_the_ministry_is_the_textbook_at_one_half() -> None:
    assert yamane(10**12) == pytest.approx(400)
    assert yamane(np.inf) == pytest.approx(400)
    assert (round(yamane(200)), round(sample_size(0.9, 0.05, population=200))) == (133, 82)


def test_the_power_is_had() -> None:
    from scipy.special import ndtr

    n = group_size(0.85, 0.90, power=0.8)
    spread = np.sqrt((0.85 * 0.15 + 0.9 * 0.1) / n)
    alike = np.sqrt(2 * 0.875 * 0.125 / n)
    assert ndtr((0.05 - 1.959963984540054 * alike) / spread) == pytest.approx(0.8, rel=1e-9)
    assert group_size(0.85, 0.90, power=0.9) > n
    assert group_size(0.85, 0.90, comparisons=5) == group_size(0.85, 0.90, confidence_level=0.99)
    assert group_size(0.9, 0.85) == group_size(0.85, 0.9)
    # People asked twice and alike in both: fewer are needed; without overlap, about as many as above.
    apart = overlapping_size(0.85, 0.90, 0.80, 0.0)
    assert apart == pytest.approx(n, rel=0.01)
    assert overlapping_size(0.85, 0.90, 0.80, 1.0) < 0.75 * apart
    assert overlapping_size(0.85, 0.90, 0.765, 1.0) == pytest.approx(apart)


PEOPLE = [3200, 1500, 800, 260, 90, 12]
SPREAD = [0.4, 0.35, 0.3, 0.42, 0.28, 0.2]


def test_neyman_is_the_best_of_its_size() -> None:
    best = neyman_allocation(600, PEOPLE, SPREAD)
    assert best.sum() == pytest.approx(600)
    error = stratified_error(best, PEOPLE, SPREAD)
    rng = np.random.default_rng(1)
    for _ in range(50):
        other = best * rng.uniform(0.7, 1.3, 6)
        other *= 600 / other.sum()
        assert stratified_error(other, PEOPLE, SPREAD) >= error - 1e-12
    assert stratified_error(proportional_allocation(600, PEOPLE), PEOPLE, SPREAD) > error


def test_cost_and_variance_are_met() -> None:
    cost = np.array([1, 1, 2, 2, 3, 3])
    bought = cost_allocation(PEOPLE, SPREAD, cost, budget=900)
    assert (cost * bought).sum() == pytest.approx(900)
    assert stratified_error(
        cost_allocation(PEOPLE[:4], SPREAD[:4], cost[:4], variance=1e-4), PEOPLE[:4], SPREAD[:4]
    ) == pytest.approx(0.01, rel=1e-9)


def test_power_allocation_favours_the_small() -> None:
    flat, half, whole = (power_allocation(100, [900, 100], [1, 1], power=a) for a in (0, 0.5, 1))
    assert (flat[1], half[1], whole[1]) == pytest.approx((50, 25, 10))


@given(
    st.lists(st.tuples(st.floats(0.1, 100), st.integers(1, 500)), min_size=1, max_size=12),
    st.integers(0, 40),
    st.integers(0, 3000),
)
@settings(max_examples=150, deadline=None)
def test_whole_allocations_keep_every_bound(strata: list[tuple[float, int]], floor: int, more: int) -> None:
    share = [weight for weight, _ in strata]
    people = np.array([size for _, size in strata])
    least = np.minimum(floor, people)
    n = int(least.sum()) + more
    asked = whole_allocation(share, n, people, floor=floor)
    assert asked.sum() == min(n, people.sum())
    assert np.all((least <= asked) & (asked <= people))
    assert np.array_equal(asked, whole_allocation(share, n, people, floor=floor))


def test_a_full_stratum_gives_the_rest_away() -> None:
    assert whole_allocation([9, 1, 1], 100, [20, 500, 500], floor=0).tolist() == [20, 40, 40]
    assert whole_allocation([1, 1, 1], 10, [50, 50, 50], floor=0).tolist() == [4, 3, 3]


def test_arguments_at_fault_are_named() -> None:
    with pytest.raises(AnalysisError, match="share: is 90"):
        sample_size(90, 0.05)
    with pytest.raises(AnalysisError, match="margin: is 0"):
        sample_size(0.9, 0)
    with pytest.raises(AnalysisError, match="method: is 'exact'"):
        sample_size(0.9, 0.05, method="exact")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match=r"margin: is 0\.6"):
        sample_size(0.9, 0.6, method="wilson")
    with pytest.raises(AnalysisError, match=r"margin: is 0\.6"):
        sample_size(0.9, 0.6, method="log_odds")
    with pytest.raises(AnalysisError, match="response_rate: is 0"):
        sample_size(0.9, 0.05, response_rate=0)
    with pytest.raises(AnalysisError, match="design_effect: is 0"):
        sample_size(0.9, 0.05, design_effect=0)
    with pytest.raises(PopulationError, match="population: is 0"):
        sample_size(0.9, 0.05, population=0)
    with pytest.raises(PopulationError, match="population: is 0"):
        yamane(0)
    with pytest.raises(AnalysisError, match=r"second: is 0\.9, as the first"):
        group_size(0.9, 0.9)
    with pytest.raises(AnalysisError, match=r"power: is 0\.5"):
        group_size(0.9, 0.8, power=0.5)
    with pytest.raises(CountError, match="comparisons: is 0"):
        group_size(0.9, 0.8, comparisons=0)
    with pytest.raises(AnalysisError, match=r"both: is 0\.95"):
        overlapping_size(0.9, 0.8, 0.95, 0.5)
    with pytest.raises(AnalysisError, match="overlap: is 2"):
        overlapping_size(0.9, 0.8, 0.75, 2)
    with pytest.raises(AnalysisError, match="ratio: is 0"):
        overlapping_size(0.9, 0.8, 0.75, 0.5, ratio=0)
    with pytest.raises(CountError, match="n: is 5; the floors alone need 60"):
        whole_allocation([1, 1], 5, [100, 100])
    with pytest.raises(CountError, match="n: is 0"):
        proportional_allocation(0, [1, 2])
    with pytest.raises(PopulationError, match="population: is not above 0"):
        proportional_allocation(5, [1, 0])
    with pytest.raises(AnalysisError, match="deviation: is not a number above 0"):
        neyman_allocation(5, [1, 2], [0.1])
    with pytest.raises(AnalysisError, match="budget: and variance are both given, or neither"):
        cost_allocation([1, 2], [0.1, 0.2], [1, 1])
    with pytest.raises(AnalysisError, match="variance: is 0"):
        cost_allocation([1, 2], [0.1, 0.2], [1, 1], variance=0)
    with pytest.raises(AnalysisError, match="power: is 2"):
        power_allocation(5, [1, 2], [0.1, 0.2], power=2)
