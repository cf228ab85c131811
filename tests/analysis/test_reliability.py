import numpy as np
import pytest

from analysis import AnalysisError
from analysis import CountError
from analysis import ordinal_ratings
from analysis import scale_reliability
from analysis import straight_lines


def one_factor(loadings: list[float], people: int = 40_000) -> np.ndarray:
    """Whole-number scores of one factor with these loadings and unit error, far from any ceiling."""
    rng = np.random.default_rng(8)
    scores = rng.standard_normal((people, 1)) * loadings + rng.standard_normal((people, len(loadings)))
    return np.rint(20 * scores + 500).astype(int)


def test_alpha_and_omega_agree_with_the_model_they_were_drawn_from() -> None:
    equal = scale_reliability(one_factor([1.0] * 4))
    assert equal.omega is not None
    # Four parallel items of reliability one half: 4·½/(1 + 3·½).
    assert equal.alpha == pytest.approx(0.8, abs=0.01)
    assert equal.omega == pytest.approx(0.8, abs=0.01)
    unequal = scale_reliability(one_factor([2.0, 1.0, 0.5, 0.2]))
    assert unequal.omega is not None
    assert unequal.omega == pytest.approx(3.7**2 / (3.7**2 + 4), abs=0.01)
    # Alpha is a lower bound where loadings differ.
    assert unequal.alpha < unequal.omega - 0.02


def test_alpha_by_hand() -> None:
    table = np.array([[1, 2], [2, 2], [3, 5], [4, 4]])
    items, total = table.var(axis=0, ddof=1).sum(), table.sum(axis=1).var(ddof=1)
    found = scale_reliability(table)
    assert found.alpha == pytest.approx(2 * (1 - items / total), rel=1e-14)
    r = np.corrcoef(table.T)[0, 1]
    assert found.standardized_alpha == pytest.approx(2 * r / (1 + r), rel=1e-14)
    assert found.item_rest.tolist() == pytest.approx([r, r])
    assert found.omega is None
    assert np.isnan(found.alpha_without).all()


def test_incomplete_responses_are_left_out() -> None:
    table = np.array([[1, 2, 3], [2, 2, 1], [3, 5, 4], [4, 4, 5]])
    gaps = np.vstack([table, [[5, 0, 5], [0, 0, 0]]])
    assert scale_reliability(gaps).alpha == scale_reliability(table).alpha
    assert scale_reliability(gaps).n == 4


def test_items_that_do_not_vary_are_named() -> None:
    with pytest.raises(CountError, match=r"ratings: do not vary in items \[1\]"):
        scale_reliability([[1, 5], [2, 5], [3, 5]])
    with pytest.raises(CountError, match="hold 1 complete responses"):
        scale_reliability([[1, 5], [0, 5]])
    with pytest.raises(CountError, match="at least two items"):
        scale_reliability([[1], [2]])


def test_straight_lines_count_only_enough_answers() -> None:
    table = [[5, 5, 5, 0], [5, 5, 0, 0], [1, 1, 1, 1], [4, 4, 4, 4], [4, 4, 4, 5], [0, 0, 0, 0]]
    found = straight_lines(table, seconds=[2.9, 9, 9, 3.9, 1, 0])
    assert found.alike.tolist() == [True, False, True, True, False, False]
    assert found.best.tolist() == [True, False, False, False, False, False]
    assert found.worst.tolist() == [False, False, True, False, False, False]
    assert found.fast.tolist() == [True, False, False, True, True, False]
    assert found.share == 3 / 4
    assert straight_lines([[0, 0, 0]]).share is None
    assert not straight_lines(table).fast.any()
    assert not straight_lines([[5, 5, 5]], seconds=[np.nan]).fast.any()


def test_at_the_ceiling_honest_people_give_straight_lines() -> None:
    rng = np.random.default_rng(1)
    table = ordinal_ratings(rng, 5000, 8, level=4.72)
    share = straight_lines(table).share
    assert share is not None
    assert share > 0.75


def test_wrong_ratings_and_times_are_named() -> None:
    with pytest.raises(CountError, match="ratings: holds 6"):
        straight_lines([[6, 1, 1]])
    with pytest.raises(AnalysisError, match="seconds: are negative or not one a response"):
        straight_lines([[5, 5, 5]], seconds=[-1])
    with pytest.raises(CountError, match="give responses × items"):
        straight_lines([5, 5])
