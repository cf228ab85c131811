"""Calibrated weights and their variances; the functions of `weighting` drive them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import strategies as st

from analysis import DesignError
from analysis import SurveyDesign
from analysis import calibrate
from analysis import kish_design_effect
from analysis import mean
from analysis import post_stratify
from analysis import rake
from analysis import total
from analysis import trim

ROWS = 40
RANDOM = np.random.default_rng(11)
FIELD, CHANNEL = RANDOM.choice(["land", "civil"], ROWS), RANDOM.choice(["online", "counter"], ROWS)
Y = RANDOM.normal(3, 1, ROWS) + (FIELD == "land")
BASE = SurveyDesign(weights=RANDOM.uniform(1, 4, ROWS))
MARGINS: list[Any] = [(FIELD, {"land": 70, "civil": 50}), (CHANNEL, {"online": 40, "counter": 80})]


@given(st.integers(0, 10**6), st.lists(st.floats(1, 1000), min_size=3, max_size=3))
def test_raking_reproduces_the_margins(seed: int, sizes: list[float]) -> None:
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 2, 30), random.integers(0, 3, 30)
    assume(len(set(zip(first.tolist(), second.tolist(), strict=True))) == 6)
    known = dict(enumerate(sizes))
    whole = sum(sizes)
    margins = [(first, {0: whole / 3, 1: 2 * whole / 3}), (second, known)]
    design = rake(SurveyDesign(weights=random.uniform(0.5, 5, 30)), margins)
    for codes, totals in margins:
        found = [design.weights[codes == level].sum() for level in totals]
        np.testing.assert_allclose(found, list(totals.values()), rtol=1e-9)


def test_totals_of_what_is_known_have_no_variance() -> None:
    for design in (
        rake(BASE, MARGINS),
        post_stratify(BASE, FIELD, MARGINS[0][1]),
        calibrate(BASE, {"1": np.ones(ROWS), "land": FIELD == "land"}, {"1": 120, "land": 70}),
        calibrate(
            BASE,
            {"land": FIELD == "land", "civil": FIELD == "civil"},
            {"land": 70, "civil": 50},
            method="logit",
            bounds=(0.1, 10),
        ),
    ):
        land = total(design, FIELD == "land")
        assert land.value[0] == pytest.approx(70, rel=1e-9)
        assert land.standard_error[0] == pytest.approx(0, abs=1e-6)
        # What goes with the known variable is better known than before.
        assert mean(design, Y).standard_error[0] < mean(BASE, Y).standard_error[0]


def test_the_residuals_count_not_the_answers() -> None:
    """The control: calibrated weights with the variance of the uncalibrated design would say more or less."""
    raked = rake(BASE, MARGINS)
    naive = BASE.with_weights(raked.weights)
    assert mean(naive, Y).value[0] == mean(raked, Y).value[0]
    assert mean(naive, Y).standard_error[0] > 1.02 * mean(raked, Y).standard_error[0]
    equal = rake(BASE, MARGINS, residual_weights="equal")
    assert mean(equal, Y).standard_error[0] != pytest.approx(mean(raked, Y).standard_error[0], rel=1e-6)


def test_four_ways_to_one_margin_agree() -> None:
    dummies = {"land": FIELD == "land", "civil": FIELD == "civil"}
    ways = [
        post_stratify(BASE, FIELD, MARGINS[0][1]),
        rake(BASE, MARGINS[:1]),
        calibrate(BASE, dummies, MARGINS[0][1]),
        calibrate(BASE, dummies, MARGINS[0][1], method="raking"),
    ]
    domain = CHANNEL
    for other in ways[1:]:
        np.testing.assert_allclose(other.weights, ways[0].weights, rtol=1e-9)
        one, two = (mean(design, Y, domain=domain) for design in (ways[0], other))
        np.testing.assert_allclose(two.value, one.value, rtol=1e-9)
        np.testing.assert_allclose(two.standard_error, one.standard_error, rtol=1e-9)


def test_bounds_are_kept() -> None:
    totals = {"land": 75.0, "civil": 45.0}
    dummies = {"land": FIELD == "land", "civil": FIELD == "civil"}
    free = calibrate(BASE, dummies, totals, method="raking")
    factor = free.weights / BASE.weights
    bounds = (float(factor.min()) * 0.97, float(factor.max()) * 1.03)
    bounded = calibrate(BASE, dummies, totals, method="logit", bounds=bounds)
    assert (bounded.weights / BASE.weights >= bounds[0]).all()
    assert (bounded.weights / BASE.weights <= bounds[1]).all()
    assert total(bounded, FIELD == "land").value[0] == pytest.approx(75)


def test_trimmed_weights_keep_their_sum() -> None:
    design = trim(BASE, upper=3.0, lower=1.5)
    assert design.weights.sum() == pytest.approx(BASE.weights.sum())
    assert design.weights.max() <= 3.0 + 1e-12
    assert design.weights.min() >= 1.5 - 1e-12
    assert kish_design_effect(design.weights) < kish_design_effect(BASE.weights)
    assert trim(BASE) is not BASE
    assert np.array_equal(trim(BASE).weights, BASE.weights)


BAD: list[tuple[Any, str]] = [
    (
        lambda: post_stratify(BASE, FIELD, {"land": 70}),
        r"cells: row \d+ is in cell 'civil', which has no total",
    ),
    (
        lambda: post_stratify(BASE, FIELD, {"land": 70, "civil": 5, "tax": 4}),
        "'tax' has 4 in the population and no row",
    ),
    (lambda: post_stratify(BASE, FIELD, {"land": -1, "civil": 5}), "cell 'land' has the total -1"),
    (lambda: post_stratify(BASE, FIELD[:3], {"land": 1, "civil": 5}), "cells: has 3 codes for 40 rows"),
    (lambda: rake(BASE, [MARGINS[0], (CHANNEL, {"online": 1, "counter": 2})]), "adds up to 3, margins"),
    (lambda: rake(BASE, MARGINS, residual_weights="none"), "residual_weights: is 'none'"),
    (lambda: rake(BASE, MARGINS, sweeps=1, tolerance=1e-15), r"still miss margins\[\d\], cell '\w+', by"),
    (lambda: calibrate(BASE, {"1": np.ones(ROWS)}, {"2": 1}), "totals: name"),
    (lambda: calibrate(BASE, {"1": [1, 2]}, {"1": 1}), "variables: have"),
    (lambda: calibrate(BASE, {"1": np.ones(ROWS)}, {"1": 1}, method="logit"), "bounds: are None"),
    (lambda: calibrate(BASE, {"1": np.ones(ROWS)}, {"1": 1}, method="square"), "method: is 'square'"),
    (
        lambda: calibrate(BASE, {"one": np.ones(ROWS)}, {"one": 1e4}, method="logit", bounds=(0.5, 2)),
        "cannot reach the total of one",
    ),
    (lambda: trim(BASE, upper=0.1, lower=0.05), "leave no weight to change"),
    (lambda: kish_design_effect([0, 0]), "weights: are negative, blank or all 0"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message[:40] for _, message in BAD])
def test_what_cannot_be_reached_is_said(make: Any, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        make()


def test_margins_that_contradict_each_other_do_not_pass_in_silence() -> None:
    """Cells so empty that both margins cannot hold: an error with the worst cell, never weights."""
    first, second = ["a", "a", "b"], ["x", "x", "y"]
    margins: list[Any] = [(first, {"a": 6, "b": 4}), (second, {"x": 5, "y": 5})]
    with pytest.raises(DesignError, match="after 1000 sweeps"):
        rake(SurveyDesign(weights=[1, 1, 1]), margins)
