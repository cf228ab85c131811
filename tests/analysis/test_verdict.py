import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import FIVE_LEVEL
from analysis import AnalysisError
from analysis import Goal
from analysis import Tally
from analysis import mean_score
from analysis import satisfied_share
from analysis import tipping_point
from analysis import verdicts

SHARE = Goal("satisfied_share", "share:wilson", 0.85)
OFFICES = Tally(FIVE_LEVEL, [[0, 0, 2, 18, 80], [0, 0, 2, 8, 10], [0, 0, 50, 25, 25], [0, 0, 0, 0, 0]])


def test_four_things_can_be_said() -> None:
    said = verdicts(satisfied_share(OFFICES), SHARE, figure="satisfied_share")
    assert said.tolist() == ["met", "cannot tell", "missed", "not available"]


@given(st.lists(st.integers(0, 50), min_size=5, max_size=5).filter(any), st.floats(0.01, 0.99))
def test_the_interval_decides_not_the_value(counts: list[int], value: float) -> None:
    estimates = satisfied_share(Tally(FIVE_LEVEL, [counts]))
    [said] = verdicts(estimates, Goal("satisfied_share", "share:wilson", value), figure="satisfied_share")
    low, high = (float(end[0]) for end in estimates.interval)
    assert (said == "met") == (low >= value)
    assert (said == "missed") == (high < value)


def test_an_end_on_the_target_reaches_it() -> None:
    estimates = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 2, 8, 10]]))
    for end, expected in ((estimates.low, "met"), (estimates.high, "cannot tell")):
        goal = Goal("satisfied_share", "share:wilson", float(end[0]))
        assert verdicts(estimates, goal, figure="satisfied_share").tolist() == [expected]


def test_a_target_is_judged_by_its_own_figure_and_method_only() -> None:
    with pytest.raises(AnalysisError, match="very_satisfied_share"):
        verdicts(satisfied_share(OFFICES), SHARE, figure="very_satisfied_share")
    exact = satisfied_share(OFFICES, method="clopper_pearson")
    with pytest.raises(AnalysisError, match="clopper_pearson"):
        verdicts(exact, SHARE, figure="satisfied_share")
    with pytest.raises(AnalysisError, match="mean_score"):
        verdicts(mean_score(OFFICES), SHARE, figure="satisfied_share")


def test_met_only_if_those_who_were_silent_could_not_undo_it() -> None:
    estimates = satisfied_share(OFFICES)
    low = float(estimates.low[0])
    tip = float(tipping_point(low, 0.85, 0.3))
    for gap, expected in ((tip - 1e-9, "met"), (tip + 1e-9, "cannot tell")):
        said = verdicts(estimates, SHARE, figure="satisfied_share", response_rate=0.3, gap=gap)
        assert said.tolist() == [expected, "cannot tell", "missed", "not available"]
    everybody = verdicts(estimates, SHARE, figure="satisfied_share", response_rate=1.0, gap=0.5)
    assert everybody[0] == "met"


def test_a_target_says_what_it_is_for() -> None:
    with pytest.raises(AnalysisError, match="method"):
        Goal("index", "", 84)
    with pytest.raises(AnalysisError, match="figure"):
        Goal("", "mean5/1:pooled:wilson", 84)
    with pytest.raises(AnalysisError, match="value"):
        Goal("index", "mean5/1:pooled:wilson", np.nan)
