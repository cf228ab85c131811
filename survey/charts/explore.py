"""The same figures for plotly, to be explored in the browser."""

from survey.charts.figure import Figure


def plotly_json(figure: Figure, *, value_name: str) -> str:
    """The figure as plotly's JSON: a dot and an interval for each point, runs as traces of their own."""
    import plotly.graph_objects as go  # lazily: most pages draw nothing with it

    drawn = go.Figure()
    for run in sorted({point.run for point in figure.points}):
        points = [point for point in figure.points if point.run == run]
        drawn.add_trace(
            go.Scatter(
                x=[point.label for point in points],
                y=[point.value for point in points],
                customdata=[[point.low, point.high, point.n] for point in points],
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [_minus(point.high, point.value) for point in points],
                    "arrayminus": [_minus(point.value, point.low) for point in points],
                },
                mode="markers",
                name=value_name,
                hovertemplate="%{x}<br>%{y:.1%} (%{customdata[0]:.1%} – %{customdata[1]:.1%})<br>n = %{customdata[2]}"
                "<extra></extra>",
            )
        )
    drawn.update_layout(
        template="none",
        showlegend=False,
        margin={"l": 60, "r": 20, "t": 20, "b": 120},
        yaxis={"range": [0, 1.02], "tickformat": ".0%", "title": {"text": value_name}},
        xaxis={"type": "category"},
    )
    return str(drawn.to_json())


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
