"""The same figures for plotly, to be explored in the browser."""

from typing import Any

from survey.charts.figure import Figure
from survey.charts.figure import Point

_INK, _MARK = "#1d2528", "#0a5a52"
_ROW = 46


def plotly_json(figure: Figure, *, value_name: str, separators: str = ".,") -> str:
    """The figure as plotly's JSON: a dot and an interval for each point, runs as traces of their own.

    `separators` are the decimal mark and the one between thousands. What is compared stands one below the
    other, so that long names can be read; time runs to the right.
    """
    import plotly.graph_objects as go  # lazily: most pages draw nothing with it

    drawn = go.Figure()
    for run in sorted({point.run for point in figure.points}):
        points = [point for point in figure.points if point.run == run and point.value is not None]
        drawn.add_trace(go.Scatter(mode="markers", name=value_name, **_trace(points, figure.over_time)))
    shares = {"range": [-0.02, 1.02], "tickformat": ".0%", "title": {"text": value_name}, "zeroline": False}
    names = {
        "type": "category",
        "automargin": True,
        "categoryarray": [point.label for point in figure.points],
    }
    drawn.update_layout(
        template="none",
        separators=separators,
        showlegend=False,
        font={"color": _INK, "size": 14},
        margin={"l": 60, "r": 30, "t": 20, "b": 60},
        height=420 if figure.over_time else 120 + _ROW * len(figure.points),
        xaxis=names if figure.over_time else shares,
        yaxis=shares if figure.over_time else {**names, "autorange": "reversed"},
    )
    return str(drawn.to_json())


def _trace(points: list[Point], over_time: bool) -> dict[str, Any]:
    labels, values = [point.label for point in points], [point.value for point in points]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [_minus(point.high, point.value) for point in points],
        "arrayminus": [_minus(point.value, point.low) for point in points],
        "color": _MARK,
        "thickness": 2,
    }
    label, value = ("x", "y") if over_time else ("y", "x")
    return {
        label: labels,
        value: values,
        f"error_{value}": error,
        "customdata": [[point.low, point.high, point.n] for point in points],
        "hovertemplate": (
            f"%{{{label}}}<br>%{{{value}:.1%}} (%{{customdata[0]:.1%}}–%{{customdata[1]:.1%}})"
            "<br>n = %{customdata[2]}<extra></extra>"
        ),
        "marker": {"color": _MARK, "size": 9},
    }


def _minus(one: float | None, other: float | None) -> float:
    return (one or 0.0) - (other or 0.0)
