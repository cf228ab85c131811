from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import AnalysisError
from analysis import SurveyDesign
from analysis import quantile


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5), st.integers(0, 2)), min_size=4, max_size=40),
    st.sampled_from([0.1, 0.25, 0.5, 0.8]),
)
def test_it_is_the_smallest_answer_that_reaches_the_share(rows: list[Any], p: float) -> None:
    y, w, domain = (np.array(column) for column in zip(*rows, strict=True))
    found = quantile(SurveyDesign(weights=w), y, p, domain=domain)
    for place, level in enumerate(found.labels or ()):
        inside = domain == level
        reached = [
            v for v in np.unique(y[inside]) if w[inside & (y <= v)].sum() >= p * w[inside].sum() - 1e-9
        ]
        assert found.value[place] == reached[0]
        low, high = found.low[place], found.high[place]
        assert np.isnan(low) or low <= found.value[place]
        assert np.isnan(high) or high >= found.value[place]


def test_weights_count_as_repetition() -> None:
    y, w = np.array([3.0, 1.0, 2.0, 7.0]), np.array([2, 1, 3, 4])
    found = quantile(SurveyDesign(weights=w), y, [0.3, 0.5, 0.7])
    assert (
        found.value.tolist() == np.quantile(np.repeat(y, w), [0.3, 0.5, 0.7], method="inverted_cdf").tolist()
    )


def test_a_share_that_is_reached_exactly_counts_as_reached() -> None:
    design = SurveyDesign(weights=np.full(10, 0.1))
    assert quantile(design, np.arange(10.0), 0.3).value.tolist() == [2.0]
    # The control: compared as they are, a tenth of the whole is not reached by a tenth of the rows.
    design = SurveyDesign(weights=np.full(200, 30.97))
    found = [quantile(design, np.arange(200.0), 0.1, tie=tie).value[0] for tie in (1e-12, 0.0)]
    assert found == [19.0, 20.0]


def test_blanks_and_empty_domains() -> None:
    y = np.array([1.0, 2.0, np.nan, np.nan])
    found = quantile(SurveyDesign(weights=[1, 1, 1, 1]), y, 0.5, domain=["a", "a", "a", "b"])
    assert found.n.tolist() == [2, 0]
    assert found[1].value is None  # type: ignore[union-attr]
    assert found.value[0] == 1.0


def test_woodruffs_ends_are_quantiles_too() -> None:
    y = np.random.default_rng(3).normal(size=400)
    found = quantile(SurveyDesign(weights=np.ones(400)), y, [0.5, 0.001]).as_dict()
    assert found["low"][0] < found["value"][0] < found["high"][0]
    assert found["low"][0] in y
    # Beyond the smallest answer nothing is known.
    assert found["low"][1] is None


@pytest.mark.parametrize("p", [0, 1, 50])
def test_a_percentage_is_refused(p: float) -> None:
    with pytest.raises(AnalysisError, match="p: is"):
        quantile(SurveyDesign(weights=[1]), [1.0], p)
