import json

import pytest

from survey.charts.explore import plotly_json
from survey.charts.figure import Figure
from tests.survey.charts.test_svg import POINTS


@pytest.mark.parametrize("over_time", [True, False])
def test_plotly_shows_the_same_points_and_intervals(over_time: bool) -> None:
    figure = json.loads(plotly_json(Figure("t", "d", POINTS, over_time), value_name="Hài lòng"))
    label, value = ("x", "y") if over_time else ("y", "x")
    found = [
        (name, share, share - less, share + more, n)
        for trace in figure["data"]
        for name, share, less, more, (_, _, n) in zip(
            trace[label],
            trace[value],
            trace[f"error_{value}"]["arrayminus"],
            trace[f"error_{value}"]["array"],
            trace["customdata"],
            strict=True,
        )
    ]
    expected = [
        (each.label, each.value, each.low, each.high, each.n) for each in POINTS if each.value is not None
    ]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one[0] == other[0]
        assert one[1:] == pytest.approx(other[1:])


def test_runs_are_traces_of_their_own_and_nothing_is_joined() -> None:
    figure = json.loads(plotly_json(Figure("t", "d", POINTS, over_time=True), value_name="Hài lòng"))
    assert [trace["mode"] for trace in figure["data"]] == ["markers", "markers"]
    assert figure["layout"]["xaxis"]["categoryarray"] == [point.label for point in POINTS]
