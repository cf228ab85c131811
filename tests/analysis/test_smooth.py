import numpy as np
import pytest

from analysis import CountError
from analysis import SurveyDesign
from analysis import grouping
from analysis.smooth import answers
from analysis.smooth import indicator_answers
from analysis.smooth import spread

DESIGN = SurveyDesign(weights=[1.0, 2.0, 0.0, 4.0])


def test_blank_outside_and_weightless_are_three_things() -> None:
    domain = grouping(["a", "a", "a", "b"]).where([True, True, True, False])
    given = answers(DESIGN, [1.0, np.nan, 3.0, 4.0], domain)
    assert given.value.tolist() == [1.0, 0.0, 3.0, 0.0]
    assert given.answered.tolist() == [1.0, 0.0, 1.0, 0.0]
    # The weightless row answered, but counts for nothing.
    assert given.n.tolist() == [1, 0]


def test_the_spread_is_the_weighted_variance() -> None:
    given = answers(SurveyDesign(weights=[1, 2, 3]), [1.0, 2.0, 4.0], None)
    centre = (1 + 4 + 12) / 6
    expected = ((1 - centre) ** 2 + 2 * (2 - centre) ** 2 + 3 * (4 - centre) ** 2) / 6 * 3 / 2
    assert spread(SurveyDesign(weights=[1, 2, 3]), given)[0] == pytest.approx(expected)


def test_events_are_0_and_1() -> None:
    assert indicator_answers(DESIGN, [True, False, np.nan, 1], None).value.tolist() == [1, 0, 0, 1]
    with pytest.raises(CountError, match=r"row 3 is 0\.5"):
        indicator_answers(DESIGN, [1, 0, 0, 0.5], None)
