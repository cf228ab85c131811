"""Made-up populations of ratings and ways of answering, to try methods on where the truth is known.

Every function draws from the generator that it is given, so that a seed repeats a run. Ratings are 1..5,
rows are persons (or dossiers), columns items; the truth of a figure is the figure of the whole population.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import whole_numbers
from analysis.errors import AnalysisError
from analysis.errors import CountError

CEILINGS = {0.62: 0.81, 0.84: 2.63, 0.96: 4.72}
"""Share of fives that an honest population of `ordinal_ratings` comes to, and the `level` that gives it."""

THRESHOLDS = (-5.2, -4.0, -2.4, 0.0)
"""Where the logistic scale is cut into 1..5, from the step between 1 and 2 up; the last is that of a five."""


def ordinal_ratings(
    random: np.random.Generator,
    people: int,
    items: int,
    *,
    level: ArrayLike = 0.81,
    person_deviation: float = 2.0,
    item_shift: Sequence[float] | None = None,
    thresholds: Sequence[float] = THRESHOLDS,
) -> IntArray:
    """Ratings of persons who differ in how content they are: a logistic model with one factor, people ×
    items.

    A latent value level + person + item shift + logistic noise is cut at the `thresholds`. `level`: one
    number, or one a person (an office's effect). Higher is more content; `CEILINGS` says which levels give
    62, 84 or 96 % fives.

    >>> table = ordinal_ratings(np.random.default_rng(1), 1000, 8, level=CEILINGS[0.84])
    >>> table.shape, round(float((table == 5).mean()), 2)
    ((1000, 8), 0.83)
    """
    _size(people, "people")
    _size(items, "items")
    shift = np.zeros(items) if item_shift is None else np.asarray(item_shift, dtype=np.float64)
    if shift.shape != (items,):
        raise CountError("item_shift", f"has shape {shift.shape} for {items} items", "give one an item")
    if list(thresholds) != sorted(thresholds):
        raise AnalysisError("thresholds", "do not rise", "give the steps between the ratings in order")
    person = np.broadcast_to(np.asarray(level, dtype=np.float64), (people,))
    person = person + person_deviation * random.standard_normal(people)
    latent = person[:, np.newaxis] + shift + random.logistic(size=(people, items))
    return np.asarray(1 + np.searchsorted(np.asarray(thresholds), latent), dtype=np.int64)


def polarized_ratings(random: np.random.Generator, people: int, items: int, *, angry: float) -> IntArray:
    """An office at war: a share `angry` of persons gives all ones, everybody else all fives.

    >>> polarized_ratings(np.random.default_rng(3), 4, 2, angry=0.3).tolist()
    [[1, 1], [1, 1], [5, 5], [5, 5]]
    """
    _size(people, "people")
    _size(items, "items")
    ones = random.random(people) < _share(angry, "angry")
    ones.sort()
    return np.repeat(np.where(ones[::-1], 1, 5)[:, np.newaxis], items, axis=1).astype(np.int64)


def repeated_people(
    random: np.random.Generator, responses: int, *, agents: float, times: int = 15
) -> IntArray:
    """Who gave each response, as a code: about a share `agents` of responses is from agents who answer
    `times` times.

    Everybody else answers once. Codes run from 0 without a gap; the order of the responses is shuffled.

    >>> people = repeated_people(np.random.default_rng(1), 100, agents=0.3)
    >>> len(people), int(np.bincount(people).max()), int(people.max()) + 1
    (100, 15, 72)
    """
    _size(responses, "responses")
    _size(times, "times")
    number = int(_share(agents, "agents") * responses / times)
    codes = np.concatenate(
        [np.repeat(np.arange(number), times), np.arange(number, number + responses - number * times)]
    )
    random.shuffle(codes)
    return codes.astype(np.int64)


def clustered_outcomes(
    random: np.random.Generator, people: ArrayLike, share: float, *, correlation: float
) -> BoolArray:
    """Satisfied or not, by response, where responses of one person (codes) go together.

    Each person has a chance from a beta distribution with mean `share`; the correlation between two
    responses of a person is `correlation`, 0 for independent ones.

    >>> people = np.repeat(np.arange(2000), 2)
    >>> pair = clustered_outcomes(np.random.default_rng(5), people, 0.9, correlation=0.4).reshape(-1, 2)
    >>> round(float(pair.mean()), 2), round(float(np.corrcoef(pair.T)[0, 1]), 1)
    (0.91, 0.4)
    """
    codes = whole_numbers(people, "people")
    p, rho = _share(share, "share"), _share(correlation, "correlation")
    count = int(codes.max(initial=-1)) + 1
    if rho == 0.0 or p in (0.0, 1.0):
        chance = np.full(count, p)
    elif rho == 1.0:
        chance = (random.random(count) < p).astype(np.float64)
    else:
        size = 1.0 / rho - 1.0
        chance = random.beta(p * size, (1.0 - p) * size, count)
    return np.asarray(random.random(len(codes)) < chance[codes])


def response_chance(rate: float, factors: ArrayLike) -> FloatArray:
    """Chance of each person to answer, proportional to `factors` and `rate` on average, never above 1.

    Late dossiers that answer twice as often: `np.where(late, 2, 1)`.

    >>> response_chance(0.3, [1, 1, 1, 2]).round(2).tolist()
    [0.24, 0.24, 0.24, 0.48]
    """
    weight = np.asarray(factors, dtype=np.float64)
    if weight.ndim != 1 or not len(weight) or not np.all((weight >= 0) & np.isfinite(weight)):
        raise AnalysisError("factors", "are negative or blank", "give one number from 0 for each person")
    wanted = _share(rate, "rate") * len(weight)
    if wanted > np.count_nonzero(weight):
        raise AnalysisError("rate", f"of {rate} is more than may answer", "lower it, or allow more to answer")
    chance = np.zeros(len(weight))
    full = np.zeros(len(weight), dtype=np.bool_)
    # Whoever is certain to answer stays at 1; the others make up the rest.
    while wanted > 0:
        chance = np.where(full, 1.0, weight * (wanted - full.sum()) / max(weight[~full].sum(), 1e-300))
        above = (chance > 1.0) & ~full
        if not above.any():
            break
        full |= above
    return chance


def respond(random: np.random.Generator, chance: ArrayLike) -> BoolArray:
    """Who answers, each by the own `chance`, independently.

    >>> respond(np.random.default_rng(2), [0.0, 1.0, 0.5]).tolist()
    [False, True, False]
    """
    p = np.asarray(chance, dtype=np.float64)
    if not np.all((p >= 0) & (p <= 1)):
        raise AnalysisError("chance", "lies outside 0 to 1", "give chances, as response_chance does")
    return np.asarray(random.random(p.shape) < p)


def leave_blank(random: np.random.Generator, ratings: ArrayLike, chance: ArrayLike) -> IntArray:
    """`ratings` with some left blank (0) by chance: one number, or one an item.

    >>> leave_blank(np.random.default_rng(4), [[5, 4], [3, 2]], [0.0, 1.0]).tolist()
    [[5, 0], [3, 0]]
    """
    table = whole_numbers(ratings, "ratings")
    blank = respond(random, np.broadcast_to(np.asarray(chance, dtype=np.float64), table.shape))
    return np.where(blank, 0, table)


def _size(number: int, argument: str) -> None:
    if number < 1:
        raise CountError(argument, f"is {number}", "give at least 1")


def _share(value: float, argument: str) -> float:
    if not 0.0 <= value <= 1.0:
        raise AnalysisError(argument, f"is {value}", "give a share from 0 to 1")
    return value
