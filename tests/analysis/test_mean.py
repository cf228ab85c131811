from typing import Any

import numpy as np
import pytest

from analysis import FIVE_LEVEL
from analysis import THREE_LEVEL
from analysis import ScaleError
from analysis import Tally
from analysis import mean_score
from analysis import student_quantile
from analysis import wilson


def first_item(ratings: Any) -> tuple[Tally, np.ndarray]:
    counts = np.zeros((ratings.domains, 6), dtype=int)
    np.add.at(counts, (ratings.domain, ratings.table[:, 0].astype(int)), 1)
    return Tally(FIVE_LEVEL, counts[:, 1:]), counts.sum(axis=1)


@pytest.mark.parametrize("target", ["process", "month"])
def test_means_agree_with_r(ratings: Any, figures: Any, target: Any) -> None:
    tally, responses = first_item(ratings)
    est, se = figures(target, "q1.mean")
    found = mean_score(tally, population=ratings.population, target=target, responses=responses)
    np.testing.assert_allclose(found.value, est, rtol=1e-8)
    np.testing.assert_allclose(found.standard_error, se, rtol=1e-8)


def test_mean_and_standard_error_are_those_of_the_scores() -> None:
    counts = [2, 1, 5, 30, 12]
    scores = np.repeat([1, 2, 3, 4, 5], counts)
    mean = mean_score(Tally(FIVE_LEVEL, counts)).item()
    assert mean.value == scores.mean()
    assert mean.standard_error == pytest.approx(scores.std(ddof=1) / 50**0.5, rel=1e-14)
    rescaled = (scores - 1) / 4
    own = 49 * rescaled.var(ddof=1) / 50 / (rescaled.mean() * (1 - rescaled.mean()))
    low, high = wilson(rescaled.mean(), 50 / own, quantile=student_quantile(49))
    assert mean.design_effect == pytest.approx(own, rel=1e-12)
    assert (mean.low, mean.high) == (pytest.approx(1 + 4 * low), pytest.approx(1 + 4 * high))


def test_few_answers_or_unanimous_ones_never_give_a_point() -> None:
    few, alike, best, one, none = mean_score(
        Tally(FIVE_LEVEL, [[0, 0, 1, 5, 4], [0, 0, 0, 40, 0], [0, 0, 0, 0, 40], [0, 0, 0, 0, 1], [0] * 5])
    )
    assert few.design_effect == alike.design_effect == best.design_effect == 1.0
    assert few.degrees_of_freedom == 9
    assert (alike.value, alike.standard_error) == (4.0, 0.0)
    assert alike.low < 3.5 < 4.3 < alike.high
    assert (best.high, best.standard_error) == (5.0, 0.0)
    assert best.low < 4.7
    assert (one.value, one.standard_error, one.low) == (5.0, None, None)
    assert none.value is None


def test_a_full_count_is_its_value() -> None:
    full = mean_score(
        Tally(FIVE_LEVEL, [[0, 0, 1, 5, 4], [0, 0, 0, 0, 1]]), population=[10, 1], target="month"
    )
    assert full.low.tolist() == full.value.tolist() == full.high.tolist() == [4.3, 5.0]
    assert full.standard_error.tolist() == [0.0, 0.0]


def test_a_scale_without_scores_has_no_mean() -> None:
    with pytest.raises(ScaleError, match="has no scores"):
        mean_score(Tally(THREE_LEVEL, [1, 2, 3]))


def test_large_counts_lose_no_digit() -> None:
    big = 10**14
    mean = mean_score(Tally(FIVE_LEVEL, [0, 0, 0, 1, big])).item()
    # One 4 among big 5s: variance 1/n exactly to first order, which a difference of float sums would lose.
    assert mean.standard_error == pytest.approx(1 / (big + 1), rel=1e-12)
