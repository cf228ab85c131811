from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from analysis import AnalysisError
from analysis import CountError
from analysis import driver_shares


def made_up(seed: int, rows: int = 60, items: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((rows, 1))
    x = 10 + common + rng.standard_normal((rows, items))
    return 10 + x @ np.linspace(1, 0, items) + rng.standard_normal(rows), x


def r_squared(y: np.ndarray, x: np.ndarray, weights: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(y)), x]) * np.sqrt(weights)[:, None]
    left = y * np.sqrt(weights)
    residual = left - design @ np.linalg.lstsq(design, left, rcond=None)[0]
    centred = y - np.average(y, weights=weights)
    return float(1 - residual @ residual / (weights @ centred**2))


@pytest.mark.parametrize("weighted", [False, True])
def test_lmg_is_the_mean_gain_over_all_orders(weighted: bool) -> None:
    y, x = made_up(1)
    weights = np.random.default_rng(2).uniform(0.5, 3, 60) if weighted else np.ones(60)
    gains = np.zeros(4)
    for order in permutations(range(4)):
        before = 0.0
        for place, item in enumerate(order):
            after = r_squared(y, x[:, order[: place + 1]], weights)
            gains[item] += (after - before) / 24
            before = after
    found = driver_shares(y, x, weights=weights if weighted else None)
    np.testing.assert_allclose(found.lmg, gains, atol=1e-12)
    assert found.r_squared == pytest.approx(r_squared(y, x, weights), rel=1e-12)
    assert found.last[3] == pytest.approx(found.r_squared - r_squared(y, x[:, :3], weights), abs=1e-12)


@given(st.integers(0, 1000), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_shares_add_up_and_follow_their_items(seed: int, items: int) -> None:
    y, x = made_up(seed, items=items)
    found = driver_shares(y, x)
    assert found.lmg.sum() == pytest.approx(found.r_squared, rel=1e-10)
    assert found.johnson.sum() == pytest.approx(found.r_squared, rel=1e-10)
    assert np.all(found.lmg >= -1e-12)
    assert np.all(found.last <= found.first + found.r_squared)
    order = np.random.default_rng(seed).permutation(items)
    again = driver_shares(y * 3 - 1, x[:, order])
    np.testing.assert_allclose(again.lmg, found.lmg[order], atol=1e-10)


def test_rows_with_gaps_and_weight_nought_are_left_out() -> None:
    y, x = made_up(3)
    whole = driver_shares(y, x)
    more_y = np.concatenate([y, [0, np.nan, 5]])
    more_x = np.vstack([x, np.ones((3, 4))])
    weights = np.concatenate([np.ones(62), [0]])
    found = driver_shares(more_y, more_x, weights=weights)
    assert found.n == 60
    np.testing.assert_array_equal(found.lmg, whole.lmg)


def test_twelve_items_are_exact_and_thirteen_too_many() -> None:
    y, x = made_up(4, rows=200, items=12)
    found = driver_shares(y, x)
    assert found.lmg.sum() == pytest.approx(found.r_squared, rel=1e-9)
    with pytest.raises(CountError, match="give rows × 1 to 12 items"):
        driver_shares(y, np.hstack([x, x[:, :1]]))


def test_the_bootstrap_knows_about_clusters() -> None:
    y, x = made_up(5, rows=80)
    alone = driver_shares(y, x, replicates=200, random=np.random.default_rng(1))
    assert alone.lmg_error is not None
    assert np.all(alone.lmg_error > 0)
    # Everybody copied four times: as one's own person it looks twice as precise as it is.
    copies, people = np.tile(x, (4, 1)), np.tile(np.arange(80), 4)
    naive = driver_shares(np.tile(y, 4), copies, replicates=200, random=np.random.default_rng(1))
    honest = driver_shares(
        np.tile(y, 4), copies, clusters=people, replicates=200, random=np.random.default_rng(1)
    )
    assert naive.lmg_error is not None
    assert honest.lmg_error is not None
    np.testing.assert_allclose(honest.lmg_error, alone.lmg_error, rtol=1e-6)
    assert np.all(naive.lmg_error < 0.7 * honest.lmg_error)


def test_what_has_no_shares_is_named() -> None:
    y, x = made_up(6)
    with pytest.raises(CountError, match=r"items: do not vary \(column \[2\]"):
        driver_shares(y, np.column_stack([x[:, 0], np.ones(60)]))
    with pytest.raises(CountError, match="items: leave 3 complete rows"):
        driver_shares(y[:3], x[:3])
    with pytest.raises(CountError, match="items: have shape"):
        driver_shares(y[:5], x)
    with pytest.raises(CountError, match="weights: are negative"):
        driver_shares(y, x, weights=-np.ones(60))
    with pytest.raises(AnalysisError, match="random: or replicates are missing"):
        driver_shares(y, x, replicates=10)
    with pytest.raises(CountError, match="items: are linearly dependent"):
        driver_shares(y, np.column_stack([x[:, 0], x[:, 0]]))
