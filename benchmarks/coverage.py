"""Do the intervals hold what they promise? Run by `make coverage`, which writes docs/coverage.md.

One share is enumerated exactly, everything else simulated from seeded made-up populations whose truth is
known. Every row is judged by the same bars, averaged over the truths of a band; nothing is rounded in its
favour.
"""

import sys
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.stats import binom
from scipy.stats import hypergeom

from analysis import FIVE_LEVEL
from analysis import POMP
from analysis import TOP2
from analysis import Estimates
from analysis import IndexMethod
from analysis import SurveyDesign
from analysis import Tally
from analysis import clustered_outcomes
from analysis import event_share
from analysis import ordinal_ratings
from analysis import polarized_ratings
from analysis import pooled_index
from analysis import pooled_moments
from analysis import publication_standard
from analysis import rank_sets
from analysis import recovered_variance
from analysis import repeated_people
from analysis import satisfied_share
from analysis import student_quantile
from analysis import wald
from analysis import wilson
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.simulate import THRESHOLDS
from benchmarks.judging import BANDS
from benchmarks.judging import Row
from benchmarks.judging import broken
from benchmarks.judging import document
from benchmarks.judging import exact_rows
from benchmarks.judging import rank_row
from benchmarks.judging import simulated_rows
from benchmarks.judging import table_row

SEED = 20261123
REPEATS = 2500
"""Publications a design: with eight offices in a band 20,000 intervals, 2 standard errors are 0.3 points."""

OFFICES = 8
ITEMS = 8
CHUNK = 200_000
"""Persons made up at a time."""

Truths = Sequence[tuple[float, float]]


def one_share(sizes: Iterable[int] = (10, 15, 20, 30, 50, 100, 200, 400)) -> Iterator[Row]:
    """Wilson, the exact interval and Wald's for x of n, all samples enumerated."""
    for n in sizes:
        x = np.arange(n + 1)
        tally = Tally(FIVE_LEVEL, _two_answers(x, n))
        plain = satisfied_share(tally)
        textbook = wald(plain.value, np.sqrt(plain.value * (1 - plain.value) / n))
        for band in BANDS:
            truth = band[0] + (band[1] - band[0]) * (np.arange(120) + 0.5) / 120
            chance = binom.pmf(x, n, truth[:, np.newaxis])
            yield exact_rows("one share, Wilson", "default", n, band, truth, chance, plain, _standard(plain))
            exact = satisfied_share(tally, method="clopper_pearson")
            yield exact_rows("one share, Clopper–Pearson", "request", n, band, truth, chance, exact)
            yield exact_rows("one share, Wald", "control", n, band, truth, chance, textbook)


def month_share(sizes: Iterable[tuple[int, int]] = ((150, 45), (150, 90), (600, 360))) -> Iterator[Row]:
    """The month as a finite population of N dossiers, all samples of n enumerated."""
    for population, n in sizes:
        x = np.arange(n + 1)
        found = satisfied_share(Tally(FIVE_LEVEL, _two_answers(x, n)), population=population, target="month")
        error = np.nan_to_num(found.standard_error)
        for band in BANDS:
            satisfied = np.arange(population + 1)
            truth = satisfied / population
            inside = (truth >= band[0]) & (truth < band[1])
            chance = hypergeom.pmf(x, population, satisfied[inside, np.newaxis], n)
            name = f"share of a month of {population}"
            yield exact_rows(
                f"{name}, Wilson", "default", n, band, truth[inside], chance, found, _standard(found)
            )
            textbook = wald(found.value, error)
            yield exact_rows(f"{name}, Wald", "control", n, band, truth[inside], chance, textbook)


def composites(
    sizes: Iterable[int] = (10, 20, 30, 50, 100, 200), repeats: int = REPEATS, seed: int = SEED
) -> Iterator[Row]:
    """Indices of eight items: publications of offices spread evenly over the three bands."""
    truth = _spread(BANDS)
    for place, (name, method) in enumerate((("mean score", POMP), ("satisfied answers", TOP2))):
        level = levels(truth, method)
        for n in sizes:
            random = np.random.default_rng([seed, 1, place, n])

            def ratings(count: int, n: int = n, level: FloatArray = level, random=random) -> IntArray:
                people = np.repeat(np.tile(level, count), n)
                return ordinal_ratings(random, len(people), ITEMS, level=people)

            published = list(_indices(ratings, method, n, len(truth), repeats))
            yield from _index_rows(f"index of {name}", method, n, truth, published)


def polarized(
    sizes: Iterable[int] = (10, 20, 30, 50, 100, 200), repeats: int = REPEATS, seed: int = SEED
) -> Iterator[Row]:
    """Offices where 10 to 30 % give all ones and the rest all fives, one in four among normal peers."""
    angry = 0.10 + 0.20 * (np.arange(OFFICES) + 0.5) / OFFICES
    level = levels(_spread([(0.5, 0.995)] * 3), POMP)
    for n in sizes:
        random = np.random.default_rng([seed, 2, n])

        def ratings(count: int, n: int = n, random: np.random.Generator = random) -> IntArray:
            people = np.repeat(np.tile(level, count), n)
            peers = ordinal_ratings(random, len(people), ITEMS, level=people)
            war = [polarized_ratings(random, n, ITEMS, angry=a) for _ in range(count) for a in angry]
            shape = (count, -1, ITEMS)
            mixed = np.concatenate([np.concatenate(war).reshape(shape), peers.reshape(shape)], axis=1)
            return mixed.reshape(-1, ITEMS)

        published = list(_indices(ratings, POMP, n, OFFICES + len(level), repeats))
        yield from _index_rows("polarised office, mean score", POMP, n, 1.0 - angry, published)
        if n >= 30:
            alone = [_pooled_alone(found, n) for found in published]
            name = "polarised office, pooled D alone"
            yield from simulated_rows(name, "control", n, 1.0 - angry, alone, ceiling=False)


def agents(
    sizes: Iterable[int] = (50, 100, 200, 400), repeats: int = REPEATS, seed: int = SEED
) -> Iterator[Row]:
    """Three in ten responses come from agents who answer 15 times, alike to the degree of 0.4."""
    truth = _spread(BANDS)
    for n in sizes:
        random = np.random.default_rng([seed, 3, n])
        office = np.repeat(np.arange(len(truth)), n)
        published, naive, standard = [], [], []
        for _ in range(repeats):
            people = [repeated_people(random, n, agents=0.3) for _ in truth]
            event = [
                clustered_outcomes(random, who, p, correlation=0.4)
                for who, p in zip(people, truth, strict=True)
            ]
            person = np.concatenate([who + place * n for place, who in enumerate(people)])
            design = SurveyDesign(weights=np.ones(len(office)), clusters=person)
            found = event_share(design, np.concatenate(event), domain=office)
            published.append((found.low, found.high))
            naive.append(wilson(found.value, n))
            standard.append(_standard(found))
        name = "agents who answer 15 times"
        yield from simulated_rows(f"{name}, persons told apart", "default", n, truth, published, standard)
        yield from simulated_rows(f"{name}, taken as independent", "control", n, truth, naive)


def ranks(
    sizes: Iterable[tuple[int, int]] = ((10, 10), (20, 20), (30, 30), (50, 50), (10, 50), (30, 200)),
    repeats: int = 1000,
    seed: int = SEED,
) -> Iterator[Row]:
    """Simultaneous rank sets of 20 offices, 95 % satisfied: all alike, or spread from 91 to 99 %."""
    for place, truth in enumerate((np.full(20, 0.95), np.linspace(0.91, 0.99, 20))):
        # Offices that are truly equal share their ranks: a set must leave each of them open.
        best = 1 + np.sum(truth > truth[:, np.newaxis], axis=1)
        worst = np.sum(truth >= truth[:, np.newaxis], axis=1)
        name = "ranks of 20 offices, " + ("all 95 %" if place == 0 else "91 to 99 %")
        for least, most in sizes:
            random = np.random.default_rng([seed, 4, place, least, most])
            # Up to 50 answers nothing is told apart, whichever variance: there the plain one is no control.
            control = place == 0 and most > 50
            held, wrong = [], []
            for _ in range(repeats):
                n = random.integers(least, most + 1, len(truth))
                found = satisfied_share(Tally(FIVE_LEVEL, _two_answers(random.binomial(n, truth), n)))
                sets = rank_sets(found.value, recovered_variance(found), random, draws=1000)
                held.append((sets.low <= best, sets.high >= worst, sets.high - sets.low))
                if control:
                    plain = np.maximum(found.value * (1 - found.value) / (n - 1), 1e-12)
                    sets = rank_sets(found.value, plain, random, draws=1000)
                    wrong.append((sets.low <= best, sets.high >= worst, sets.high - sets.low))
            yield rank_row(f"{name}, recovered variance", "default", least, most, truth, held)
            if control:
                yield rank_row(f"{name}, plain variance", "control", least, most, truth, wrong)


def levels(truth: FloatArray, method: IndexMethod) -> FloatArray:
    """The levels of `ordinal_ratings` whose index is `truth` (0 to 1), by integration over persons."""
    node, weight = np.polynomial.hermite_e.hermegauss(120)
    grid = np.linspace(-12.0, 20.0, 3201)
    latent = grid[:, np.newaxis] + 2.0 * node
    above = [(weight / weight.sum() / (1.0 + np.exp(step - latent))).sum(axis=1) for step in THRESHOLDS]
    index = above[2] if method is TOP2 else np.mean(above, axis=0)
    return np.interp(truth, index, grid)


def _indices(
    ratings: Callable[[int], IntArray], method: IndexMethod, n: int, offices: int, repeats: int
) -> Iterator[Estimates]:
    """The index of every publication; `ratings` makes up so many publications, office by office."""
    step = max(1, CHUNK // (n * offices))
    for start in range(0, repeats, step):
        count = min(step, repeats - start)
        domain = np.repeat(np.arange(count * offices), n)
        moments = pooled_moments(ratings(count), domain, count * offices, method=method)
        for first in range(0, count * offices, offices):
            yield pooled_index(moments[first : first + offices], method)


def _index_rows(
    name: str, method: IndexMethod, n: int, truth: FloatArray, published: list[Estimates]
) -> Iterator[Row]:
    """Of the first offices of every publication: the published interval and the textbook one."""
    ours = slice(len(truth))
    ends = [(found.low[ours] / 100, found.high[ours] / 100) for found in published]
    standard = [_standard(found, method.bounds)[ours] for found in published]
    yield from simulated_rows(f"{name}, Wilson on n/D", "default", n, truth, ends, standard, ceiling=False)
    t = student_quantile(n - 1)
    plain = [wald(found.value[ours], found.standard_error[ours], quantile=t) for found in published]
    ends = [(low / 100, high / 100) for low, high in plain]
    yield from simulated_rows(f"{name}, Wald", "control", n, truth, ends, ceiling=False)


def _pooled_alone(found: Estimates, n: int) -> tuple[FloatArray, FloatArray]:
    """Wilson's interval where the pooled D is believed whatever the office itself shows."""
    factor = found.pooled_design_effect
    assert factor is not None
    share = np.clip(found.value[:OFFICES] / 100, 0.0, 1.0)
    return wilson(share, n / factor, quantile=student_quantile(n - 1 + 30))


def _spread(bands: Truths) -> FloatArray:
    """The same number of offices in every band, evenly."""
    middles = (np.arange(OFFICES) + 0.5) / OFFICES
    return np.concatenate([low + (high - low) * middles for low, high in bands])


def _standard(found: Estimates, bounds: tuple[float, float] | None = None) -> np.ndarray:
    return publication_standard(found, bounds=bounds).decision


def _two_answers(satisfied: IntArray, n: IntArray | int) -> IntArray:
    """Tallies of fives and ones."""
    counts = np.zeros((len(satisfied), 5), dtype=np.int64)
    counts[:, 0], counts[:, 4] = n - satisfied, satisfied
    return counts


def main() -> int:
    """Every design, printed as it comes; then the page."""
    rows: list[Row] = []
    for design in (one_share, month_share, composites, polarized, agents, ranks):
        for row in design():
            print(table_row(row), flush=True)
            rows.append(row)
    page = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
    page.write_text(document(rows, SEED), encoding="utf-8")
    problems = broken(rows)
    print(f"\n{len(rows)} rows, {len(problems)} against what they should show")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
