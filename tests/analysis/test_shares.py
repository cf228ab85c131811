import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import CountError
from analysis import SurveyDesign
from analysis import category_shares
from analysis import covariance
from analysis import event_share
from analysis import grouping
from analysis import wilson

RANDOM = np.random.default_rng(6)
KIND = RANDOM.choice(["good", "fair", "poor"], 120, p=[0.7, 0.2, 0.1])
OFFICE = np.repeat(["north", "south"], 60)
DESIGN = SurveyDesign(weights=RANDOM.uniform(1, 3, 120), clusters=np.arange(120) // 3)


def test_categories_are_events_and_add_up() -> None:
    found = category_shares(DESIGN, KIND, domain=OFFICE)
    assert found.labels[:3] == (("north", "fair"), ("north", "good"), ("north", "poor"))  # type: ignore[index]
    np.testing.assert_allclose(found.value.reshape(2, 3).sum(axis=1), 1, rtol=1e-12)
    for place, (office, kind) in enumerate(found.labels or ()):  # type: ignore[misc]
        one = event_share(DESIGN, kind == KIND, domain=grouping(OFFICE).where(office == OFFICE))
        level = one.labels.index(office)  # type: ignore[union-attr]
        assert one.value[level] == pytest.approx(found.value[place], rel=1e-12)
        assert one.standard_error[level] == pytest.approx(found.standard_error[place], rel=1e-9)
    table = covariance(found)
    np.testing.assert_allclose(table.reshape(6, 2, 3).sum(axis=2), 0, atol=1e-15)


def test_rows_outside_a_category_did_not_answer() -> None:
    answered = grouping(KIND).where(KIND != "poor")
    found = category_shares(DESIGN, answered)
    assert found.n.tolist() == [np.count_nonzero(KIND != "poor")] * 3
    assert found.value[2] == 0.0
    assert found.value.sum() == pytest.approx(1)


@given(st.integers(2, 200), st.data())
def test_equal_weights_give_plain_wilson_with_t(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    found = event_share(SurveyDesign(weights=np.ones(n)), np.arange(n) < x).item()
    assert found.value == x / n
    assert found.low is not None
    assert found.high is not None
    assert found.low <= x / n <= found.high
    assert found.high - found.low > 0
    low, high = wilson(x / n, n)
    # Student's quantile in place of the normal one: a little wider, never narrower.
    assert found.low <= low + 1e-12
    assert found.high >= high - 1e-12


def test_unanimity_is_never_a_point_but_a_full_count_is() -> None:
    sample = event_share(
        SurveyDesign(weights=np.ones(40), strata=["a"] * 40, population=90), np.ones(40)
    ).item()
    assert (sample.value, sample.standard_error, sample.high) == (1.0, 0.0, 1.0)
    assert sample.low is not None
    assert sample.low < 0.95
    assert sample.target == "month"
    counted = event_share(SurveyDesign(strata=["a"] * 40, population=40), np.arange(40) < 30).item()
    assert (counted.low, counted.high, counted.flags) == (0.75, 0.75, ("full_count",))


def test_a_known_population_narrows_the_interval() -> None:
    event = np.arange(60) < 50
    endless = event_share(SurveyDesign(weights=np.ones(60)), event).item()
    month = event_share(SurveyDesign(strata=["a"] * 60, population=80), event).item()
    assert month.effective_n == pytest.approx(endless.effective_n * 4, rel=1e-9)  # type: ignore[operator]
    assert month.low > endless.low  # type: ignore[operator]


def test_people_who_answer_many_times_count_once_also_in_small_cells() -> None:
    event = np.repeat(np.arange(5) < 4, 5)
    once = event_share(SurveyDesign(weights=np.ones(25)), event).item()
    people = event_share(SurveyDesign(weights=np.ones(25), clusters=np.arange(25) // 5), event).item()
    assert people.design_effect > 4 * once.design_effect  # type: ignore[operator]
    assert people.low < once.low  # type: ignore[operator]


def test_an_event_is_true_or_false() -> None:
    with pytest.raises(CountError, match="event: row 1 is 5; give true or false"):
        event_share(SurveyDesign(weights=[1, 1]), [1, 5])
    assert event_share(SurveyDesign(weights=[1, 1, 1]), [1, 0, np.nan]).n.tolist() == [2]
