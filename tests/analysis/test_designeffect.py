import numpy as np
import pytest

from analysis import Moments
from analysis import design_effects
from analysis import pooled_design_effect
from analysis import pooled_index

MEAN = np.array([0.80, 0.85, 0.90, 0.75, 0.95, 0.88])
N = np.array([40, 60, 35, 200, 31, 80])


def spread(factor: float | np.ndarray) -> np.ndarray:
    """The variance that gives each cell this design factor."""
    return factor * MEAN * (1 - MEAN) / (N - 1)


def test_the_larger_of_own_and_shrunk_factor_holds() -> None:
    own = np.array([0.2, 0.3, 0.1, 0.25, 0.6, 0.2])
    found = design_effects(MEAN, spread(own), N, N)
    df, binary = N - 1, MEAN * (1 - MEAN)
    pooled = (df * own * binary).sum() / (df * binary).sum()
    assert found.pooled == pytest.approx(pooled, rel=1e-14)
    np.testing.assert_allclose(
        found.factor, np.maximum(own, (df * own + 30 * pooled) / (df + 30)), rtol=1e-14
    )
    assert found.factor[4] == 0.6
    assert found.factor[2] > 0.1
    assert found.degrees_of_freedom.tolist() == (df + 30).tolist()


def test_below_thirty_the_factor_is_one() -> None:
    n = np.where(N == 40, 29, np.where(N == 60, 30, N))
    found = design_effects(MEAN, spread(0.2), n, n)
    assert found.factor[0] == 1.0
    assert found.degrees_of_freedom[:2].tolist() == [28, 29 + 30]
    assert np.all(found.factor[1:] < 0.5)


def test_too_few_cells_keep_their_own_factor() -> None:
    four = slice(0, 4)
    found = design_effects(MEAN[four], spread(0.2)[four], N[four], N[four])
    assert found.pooled is None
    np.testing.assert_allclose(found.factor, 0.2)
    assert found.degrees_of_freedom.tolist() == (N[four] - 1).tolist()
    small = np.full(6, 5)
    assert pooled_design_effect(MEAN, spread(0.2), small, small) is None


def test_unanimous_cells_take_the_pooled_factor_or_one() -> None:
    mean = np.append(MEAN, [1.0, 0.0, 0.75])
    variance = np.append(spread(0.2), [0.0, 0.0, 0.0])
    n = np.append(N, [50, 50, 50])
    found = design_effects(mean, variance, n, n)
    assert found.factor[-3:].tolist() == [found.pooled] * 3
    alone = design_effects(mean[-3:], variance[-3:], n[-3:], n[-3:])
    assert alone.factor.tolist() == [1.0, 1.0, 1.0]
    # All agree everywhere: a pooled factor of 0 would promise certainty.
    everywhere = design_effects(MEAN, np.zeros(6), N, N)
    assert (everywhere.pooled, everywhere.factor.tolist()) == (None, [1.0] * 6)


def test_the_published_factor_recomputes_a_cell_alone() -> None:
    together = design_effects(MEAN, spread(0.2), N, N)
    alone = design_effects(MEAN[:1], spread(0.2)[:1], N[:1], N[:1], together.pooled)
    assert alone.factor[0] == together.factor[0]
    assert alone.degrees_of_freedom[0] == together.degrees_of_freedom[0]


def polarised_offices(n: int, angry: float, replicates: int) -> Moments:
    """Offices where a share of people gives five ones and everybody else five fives."""
    ones = np.random.default_rng(20261123).binomial(n, angry, replicates)
    fives = n - ones
    full = np.full(replicates, n)
    sums = (5 * full, 5 * ones + 25 * fives, 25 * full, 25 * ones + 125 * fives, 25 * ones + 625 * fives)
    return Moments((1, 2, 3, 4, 5), full, *sums)


@pytest.mark.parametrize("angry", [0.1, 0.2, 0.3])
@pytest.mark.parametrize("n", [12, 40, 100])
def test_a_polarised_office_is_covered(n: int, angry: float) -> None:
    found = pooled_index(polarised_offices(n, angry, 5000), pooled_design_effect=0.2)
    truth = 20 * (angry * 1 + (1 - angry) * 5)
    covered = np.mean((found.low <= truth) & (truth <= found.high))
    assert covered > 0.93
    # The control: the factor of ordinary offices, about 0.2, and shrinking toward it would be wrong here.
    mean = (found.value - 20) / 80
    own = np.where(found.standard_error > 0, 1.0, 0.0)
    shrunk = ((n - 1) * own + 30 * 0.2) / (n + 29)
    half = 1.96 * np.sqrt(mean * (1 - mean) * shrunk / n)
    narrow = np.mean(np.abs(mean - (1 - angry)) <= half)
    assert narrow < covered
    if n <= 40:
        assert narrow < 0.92
