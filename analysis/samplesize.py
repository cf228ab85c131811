"""How many people to ask, and how to share them out among strata.

Numbers are real, so that they can be checked; round up when you plan. References: Valliant, Dever and
Kreuter (2018), Practical Tools for Designing and Weighting Survey Samples, chapters 3 and 4; Cochran
(1977), chapter 5; Bankier (1988), J. Am. Stat. Assoc. 83, 174-177; Fleiss, Levin and Paik (2003).
"""

from math import isinf
from math import log
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import whole_numbers
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.errors import PopulationError
from analysis.interval import normal_quantile

MarginMethod = Literal["margin", "wilson", "log_odds"]


def sample_size(
    share: float,
    margin: float,
    *,
    population: float = np.inf,
    method: MarginMethod = "margin",
    confidence_level: float = 0.95,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
) -> float:
    """People to ask, so that the interval of a share of about `share` is no wider than ± `margin`.

    Answers needed from an endless population: `margin` z²pq/e² (the textbook), `wilson` (half the Wilson
    interval is e), `log_odds` (half the interval by log-odds is e). From N people: n·N/(N-1+n). Then
    times the design effect, over the response rate, and never more than N.

    >>> round(sample_size(0.9, 0.05), 1), round(sample_size(0.9, 0.05, population=1000), 1)
    (138.3, 121.6)
    >>> round(sample_size(0.9, 0.05, method="wilson", design_effect=1.5, response_rate=0.3))
    705
    """
    p = _fraction(share, "share")
    e = _fraction(margin, "margin")
    z = normal_quantile(confidence_level)
    if not design_effect > 0:
        raise AnalysisError(
            "design_effect", f"is {design_effect}", "give a number above 0, 1 for a simple sample"
        )
    if not 0 < response_rate <= 1:
        raise AnalysisError("response_rate", f"is {response_rate}", "give a share above 0 and up to 1")
    if method == "margin":
        n = z**2 * p * (1 - p) / e**2
    elif method == "wilson":
        n = _wilson_size(p, e, z)
    elif method == "log_odds":
        n = _log_odds_size(p, e, z)
    else:
        raise AnalysisError("method", f"is {method!r}", "choose 'margin', 'wilson' or 'log_odds'")
    return min(within_population(n, population) * design_effect / response_rate, population)


def within_population(n: float, population: float) -> float:
    """Answers needed from N people for what n would give from an endless population: n·N/(N-1+n).

    >>> within_population(100, float("inf")), round(within_population(384.16, 1000), 1)
    (100, 277.7)
    """
    if not population >= 1:
        raise PopulationError("population", f"is {population}", "give the number of people, or infinity")
    return n if isinf(population) else n * population / (population - 1 + n)


def yamane(population: float, margin: float = 0.05) -> float:
    """N/(1+N·e²), the ministry's guide: the textbook with p = ½, z = 2 and no design effect.

    >>> round(yamane(1000)), round(sample_size(0.9, 0.05, population=1000))
    (286, 122)
    """
    e = _fraction(margin, "margin")
    if not population >= 1:
        raise PopulationError("population", f"is {population}", "give the number of people")
    return 1 / e**2 if isinf(population) else population / (1 + population * e**2)


def _wilson_size(p: float, e: float, z: float) -> float:
    # With a = z²/n the squared half width (a·pq + a²/4)/(1+a)² is set to e².
    if e >= 0.5:
        raise AnalysisError("margin", f"is {e}", "the Wilson interval is never wider than ± 0.5")
    leading, middle = 0.25 - e**2, p * (1 - p) - 2 * e**2
    a = (sqrt(middle**2 + 4 * leading * e**2) - middle) / (2 * leading)
    return z**2 / a


def _log_odds_size(p: float, e: float, z: float) -> float:
    # The ends are 1/(1+k/y) and 1/(1+k·y), k = q/p, y the factor on the odds; their distance is set to 2e.
    if e >= 0.5:
        raise AnalysisError("margin", f"is {e}", "no interval of a share is wider than ± 0.5")
    k = (1 - p) / p
    middle = 2 * e * (1 + k**2)
    y = (middle + sqrt(middle**2 + 4 * k**2 * (1 - 4 * e**2))) / (2 * k * (1 - 2 * e))
    return z**2 / (p * (1 - p) * log(y) ** 2)


def group_size(
    first: float,
    second: float,
    *,
    power: float = 0.8,
    confidence_level: float = 0.95,
    comparisons: int = 1,
) -> float:
    """Answers in each of two separate groups, so that shares of `first` and `second` are told apart with
    `power`.

    n = ((z_α·√(2p̄q̄) + z_β·√(p₁q₁+p₂q₂))/(p₁-p₂))², two-sided. `comparisons`: pairs judged together, all
    to be right at `confidence_level` (Bonferroni): K(K-1)/2 for disjoint rank sets in a table of K
    offices.

    >>> round(group_size(0.85, 0.90), 1), round(group_size(0.85, 0.90, comparisons=63 * 62 // 2))
    (685.6, 2230)
    """
    p1, p2 = _fraction(first, "first"), _fraction(second, "second")
    if comparisons < 1:
        raise CountError("comparisons", f"is {comparisons}", "give the number of pairs, 1 for one")
    middle = (p1 + p2) / 2
    alike, apart = sqrt(2 * middle * (1 - middle)), sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    quantile = normal_quantile(1 - (1 - confidence_level) / comparisons)
    needed = quantile * alike + _power_quantile(power) * apart
    return float((needed / _difference(p1, p2)) ** 2)


def overlapping_size(
    first: float,
    second: float,
    both: float,
    overlap: float,
    *,
    ratio: float = 1.0,
    power: float = 0.8,
    confidence_level: float = 0.95,
) -> float:
    """Answers in the first of two samples that share people, so that two shares are told apart with
    `power`.

    `both`: share satisfied both times among those asked twice; `overlap` γ: part of the first sample
    asked again; `ratio` r: first over second sample. n = (s₁² + r·s₂² - 2γr·s₁₂)·((z_α+z_β)/(p₁-p₂))²;
    the second sample is n/r.

    >>> round(overlapping_size(0.80, 0.85, 0.70, 0.5), 1)
    839.8
    """
    p1, p2 = _fraction(first, "first"), _fraction(second, "second")
    if not max(0.0, p1 + p2 - 1) <= both <= min(p1, p2):
        raise AnalysisError("both", f"is {both}", f"with {p1} and {p2} it lies between their overlap bounds")
    if not 0 <= overlap <= 1:
        raise AnalysisError("overlap", f"is {overlap}", "give a share from 0 to 1")
    if not ratio > 0:
        raise AnalysisError("ratio", f"is {ratio}", "give a number above 0")
    spread = p1 * (1 - p1) + ratio * p2 * (1 - p2) - 2 * overlap * ratio * (both - p1 * p2)
    quantiles = normal_quantile(confidence_level) + _power_quantile(power)
    return float(spread * (quantiles / _difference(p1, p2)) ** 2)


def proportional_allocation(n: float, population: ArrayLike) -> FloatArray:
    """n shared out by the people of each stratum, n_h = n·N_h/N.

    >>> proportional_allocation(100, [600, 300, 100]).tolist()
    [60.0, 30.0, 10.0]
    """
    return _shared(n, _people(population))


def neyman_allocation(n: float, population: ArrayLike, deviation: ArrayLike) -> FloatArray:
    """n shared out for the smallest variance of the total, n_h ∝ N_h·S_h.

    >>> neyman_allocation(100, [600, 300, 100], [0.2, 0.4, 0.4]).round(1).tolist()
    [42.9, 42.9, 14.3]
    """
    people = _people(population)
    return _shared(n, people * _positive(deviation, people.shape, "deviation"))


def power_allocation(
    n: float, population: ArrayLike, variation: ArrayLike, *, power: float = 0.5
) -> FloatArray:
    """n shared out so that small strata are readable, too: n_h ∝ N_h^a·CV_h; a = 0: equally precise, 1:
    Neyman's.

    `variation`: the coefficient of variation S_h/mean of each stratum.

    >>> power_allocation(100, [900, 100], [1.0, 1.0]).tolist()
    [75.0, 25.0]
    """
    if not 0 <= power <= 1:
        raise AnalysisError("power", f"is {power}", "give a number from 0 to 1, as 0.5")
    people = _people(population)
    return _shared(n, people**power * _positive(variation, people.shape, "variation"))


def cost_allocation(
    population: ArrayLike,
    deviation: ArrayLike,
    cost: ArrayLike,
    *,
    budget: float | None = None,
    variance: float | None = None,
) -> FloatArray:
    """n_h ∝ N_h·S_h/√c_h, as many as a `budget` buys, or as few as keep the variance of the mean at
    `variance`.

    Exactly one of the two. Budget C: scaled to Σ c_h·n_h = C. Variance V: n = Σ W·S·√c · Σ W·S/√c / (V +
    Σ W·S²/N).

    >>> cost_allocation([600, 400], [0.4, 0.3], [1, 4], budget=300).tolist()
    [150.0, 37.5]
    """
    people = _people(population)
    spread = _positive(deviation, people.shape, "deviation")
    price = _positive(cost, people.shape, "cost")
    weight = people * spread / np.sqrt(price)
    if (budget is None) == (variance is None):
        raise AnalysisError("budget", "and variance are both given, or neither", "give exactly one")
    if budget is not None:
        return np.asarray(budget * weight / (price * weight).sum())
    assert variance is not None
    if not variance > 0:
        raise AnalysisError("variance", f"is {variance}", "give the square of the wanted standard error")
    everybody = people.sum()
    share = people / everybody
    n = (share * spread * np.sqrt(price)).sum() * (share * spread / np.sqrt(price)).sum()
    return _shared(float(n / (variance + (share * spread**2).sum() / everybody)), weight)


def stratified_error(n: ArrayLike, population: ArrayLike, deviation: ArrayLike) -> float:
    """Standard error to expect of a stratified mean, √(Σ W_h²·S_h²·(1/n_h - 1/N_h)); take-all strata add
    nothing.

    >>> round(stratified_error([60, 40], [600, 400], [0.4, 0.3]), 4)
    0.0345
    """
    people = _people(population)
    spread = _positive(deviation, people.shape, "deviation")
    asked = np.minimum(_positive(n, people.shape, "n"), people)
    return float(np.sqrt(((people / people.sum() * spread) ** 2 * (1 / asked - 1 / people)).sum()))


def whole_allocation(share: ArrayLike, n: int, population: ArrayLike, *, floor: int = 30) -> IntArray:
    """An allocation in whole people: proportional to `share`, at least `floor`, never more than there are.

    A stratum of fewer than `floor` is taken whole. What a full stratum cannot take goes to the others, in
    proportion; remainders go to the largest, ties to the first. The sum is n, or everybody where n is more.

    >>> whole_allocation([352, 144, 66, 30, 7, 2], 600, [3200, 1500, 800, 260, 90, 12], floor=30).tolist()
    [331, 135, 62, 30, 30, 12]
    """
    people = whole_numbers(population, "population")
    weight = _positive(share, people.shape, "share")
    least = np.minimum(floor, people)
    if n < least.sum():
        raise CountError(
            "n", f"is {n}", f"the floors alone need {int(least.sum())}: raise n or lower the floor"
        )
    n = min(n, int(people.sum()))
    asked = _between_bounds(weight, float(n), least.astype(np.float64), people.astype(np.float64))
    whole = np.floor(asked + 1e-9).astype(np.int64)
    # Largest remainders first; a stable sort leaves ties in order.
    order = np.argsort(-(asked - whole), kind="stable")
    room = order[(whole < people)[order]]
    whole[room[: n - int(whole.sum())]] += 1
    return whole


def _between_bounds(weight: FloatArray, n: float, low: FloatArray, high: FloatArray) -> FloatArray:
    """c·weight cut to its bounds, with c such that the sum is n (bisection on a rising function)."""
    bottom, top = 0.0, float((high / weight).max()) + 1.0
    for _ in range(200):
        middle = (bottom + top) / 2
        if np.clip(middle * weight, low, high).sum() < n:
            bottom = middle
        else:
            top = middle
    return np.asarray(np.clip(top * weight, low, high))


def _shared(n: float, weight: FloatArray) -> FloatArray:
    if not (n > 0 and np.isfinite(n)):
        raise CountError("n", f"is {n}", "give the people to ask altogether")
    return np.asarray(n * weight / weight.sum())


def _people(population: ArrayLike) -> FloatArray:
    people = np.asarray(population, dtype=np.float64)
    if people.ndim != 1 or not np.all(people > 0):
        raise PopulationError("population", "is not above 0 in every stratum", "leave out empty strata")
    return people


def _positive(values: ArrayLike, shape: tuple[int, ...], argument: str) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape or not np.all((array > 0) & np.isfinite(array)):
        raise AnalysisError(argument, "is not a number above 0 for every stratum", "give one a stratum")
    return array


def _fraction(value: float, argument: str) -> float:
    if not 0 < value < 1:
        raise AnalysisError(argument, f"is {value}", "give a share between 0 and 1, 0.9 for 90 %")
    return value


def _difference(first: float, second: float) -> float:
    if first == second:
        raise AnalysisError("second", f"is {second}, as the first", "equal shares are never told apart")
    return first - second


def _power_quantile(power: float) -> float:
    # The two-sided quantile of 2·power-1 is the one-sided one of power.
    if not 0.5 < power < 1:
        raise AnalysisError("power", f"is {power}", "give a chance above 0.5 and below 1, as 0.8")
    return normal_quantile(2 * power - 1)
