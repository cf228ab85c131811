from typing import Any

import numpy as np
import pytest

from analysis import DesignError
from analysis import ReplicateDesign
from analysis import SurveyDesign
from analysis import brr
from analysis import canty_davison
from analysis import contrast
from analysis import covariance
from analysis import event_share
from analysis import jackknife
from analysis import mean
from analysis import nonlinear
from analysis import rake
from analysis import rao_wu
from analysis import total

STRATA = np.repeat(["a", "b", "c", "d"], 6)
UNITS = np.tile([1, 1, 1, 2, 2, 2], 4)
Y = np.random.default_rng(5).normal(20, 4, 24)
RARE = np.arange(24) % 5 == 0
PAIRED = SurveyDesign(weights=np.repeat([1.0, 2.0, 3.0, 4.0], 6), strata=STRATA, clusters=UNITS)


@pytest.mark.parametrize("population", [None, 5])
def test_the_jackknife_of_a_total_is_linearisation(population: Any) -> None:
    design = SurveyDesign(weights=PAIRED.weights, strata=STRATA, clusters=UNITS, population=population)
    expected = total(design, Y)
    found = total(jackknife(design), Y)
    assert found.value[0] == pytest.approx(expected.value[0], rel=1e-12)
    assert found.standard_error[0] == pytest.approx(expected.standard_error[0], rel=1e-10)


@pytest.mark.parametrize("fay", [0.0, 0.3])
def test_balanced_half_samples_of_a_total_are_linearisation(fay: float) -> None:
    found = total(brr(PAIRED, fay=fay), Y)
    assert found.standard_error[0] == pytest.approx(total(PAIRED, Y).standard_error[0], rel=1e-10)


def test_half_samples_that_are_not_balanced_would_not_do() -> None:
    """The control: with one unit always kept, the strata do not separate."""
    factors = brr(PAIRED).replicate_weights / PAIRED.weights[:, np.newaxis]
    spoilt = ReplicateDesign(PAIRED.weights, factors[:, :3], scale=1 / 3)
    assert total(spoilt, Y).standard_error[0] != pytest.approx(total(PAIRED, Y).standard_error[0], rel=0.01)


@pytest.mark.parametrize("method", [rao_wu, canty_davison])
def test_bootstraps_come_near_linearisation_and_repeat_themselves(method: Any) -> None:
    design = SurveyDesign(strata=np.repeat(["a", "b"], 30), population=np.repeat([40, 90], 30))
    y = np.random.default_rng(2).normal(size=60)
    one, same = (method(design, 2000, seed=7) for _ in range(2))
    assert np.array_equal(one.replicate_weights, same.replicate_weights)
    assert not np.array_equal(one.replicate_weights, method(design, 2000, seed=8).replicate_weights)
    known = design if method is canty_davison else design.with_replacement()
    assert total(one, y).standard_error[0] == pytest.approx(total(known, y).standard_error[0], rel=0.06)


def test_domains_contrasts_and_functions_work_replicate_by_replicate() -> None:
    design = jackknife(PAIRED)
    domain = np.tile(["x", "y"], 12)
    both = mean(design, Y, domain=domain)
    table = covariance(both)
    np.testing.assert_allclose(np.diag(table), both.standard_error**2, rtol=1e-12)
    difference = contrast(both, [[1, -1]])
    expected = table[0, 0] + table[1, 1] - 2 * table[0, 1]
    assert difference.standard_error[0] ** 2 == pytest.approx(expected, rel=1e-10)
    share = nonlinear(both, lambda m: m[0] / m[1]).item()
    linear = nonlinear(mean(PAIRED, Y, domain=domain), lambda m: m[0] / m[1]).item()
    assert share.value == pytest.approx(linear.value)
    assert share.standard_error == pytest.approx(linear.standard_error, rel=0.2)
    assert event_share(design, Y > 20).n.tolist() == [24]


def test_mse_centres_at_the_estimate() -> None:
    domain = np.where(RARE, "rare", "other")
    one, other = (mean(jackknife(PAIRED, mse=mse), Y, domain=domain) for mse in (False, True))
    assert other.standard_error[1] > one.standard_error[1]


def test_degrees_of_freedom_are_the_rank_less_one() -> None:
    design = jackknife(SurveyDesign(clusters=[1, 1, 2, 3, 4], weights=[1, 2, 3, 4, 5]))
    assert design.degrees_of_freedom().tolist() == [3.0]
    assert design.degrees_of_freedom(["x", "x", "x", "y", "y"]).tolist() == [1.0, 1.0]


def test_every_replicate_is_raked_anew() -> None:
    margins = [(RARE, {True: 20.0, False: 40.0})]
    raked = rake(jackknife(PAIRED), margins)
    np.testing.assert_allclose(raked.replicate_weights[RARE].sum(axis=0), 20.0, rtol=1e-9)
    np.testing.assert_allclose(raked.replicate_weights[~RARE].sum(axis=0), 40.0, rtol=1e-9)
    y = Y + 30 * RARE
    linear = mean(rake(PAIRED, margins), y).standard_error[0]
    assert mean(raked, y).standard_error[0] == pytest.approx(linear, rel=0.3)
    # The control: replicates that are not raked know nothing of the margin.
    assert mean(jackknife(PAIRED), y).standard_error[0] > 2 * linear


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ReplicateDesign([1, 1], [[1, 1]]), "factors: have shape"),
        (lambda: ReplicateDesign([1], [[float("nan")]]), "row 0 has a blank"),
        (lambda: ReplicateDesign([1], [[1, 1]], rscales=[1, 1, 1]), "rscales: have shape"),
        (lambda: ReplicateDesign([-1], [[1, 1]]), "weights: row 0"),
        (lambda: jackknife(SurveyDesign(strata=["a", "b", "b"])), "stratum 'a' has a single sampling unit"),
        (lambda: brr(SurveyDesign(strata=["a", "a", "a"])), "stratum 'a' has 3 sampling units"),
        (lambda: brr(PAIRED, fay=1.0), "fay: is 1.0"),
        (lambda: rao_wu(PAIRED, 1, seed=1), "replicates: is 1"),
    ],
)
def test_what_cannot_be_replicated_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        make()
