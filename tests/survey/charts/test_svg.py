from xml.etree import ElementTree

import pytest

from survey.charts.figure import Figure
from survey.charts.figure import Point
from survey.charts.svg import interval_bar
from survey.charts.svg import level_bar
from survey.charts.svg import trend_svg

POINTS = (
    Point("06/2026", 0.8, 0.7, 0.87, 40, 0),
    Point("07/2026", None, None, None, None, 0),
    Point("08/2026", 0.9, 0.8, 0.95, 50, 0),
    Point("09/2026", 0.85, 0.8, 0.9, 90, 0),
    Point("10/2026", 0.95, 0.9, 0.97, 80, 1),
)


def drawn(*points: Point, title: str = "Hài lòng") -> ElementTree.Element:
    return ElementTree.fromstring(trend_svg(Figure(title, "theo tháng", points, over_time=True)))


def marks(svg: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in svg if each.get("class") == name]


def test_what_is_not_shown_leaves_a_gap_and_a_new_run_is_never_joined() -> None:
    svg = drawn(*POINTS)
    assert len(marks(svg, "dot")) == len(marks(svg, "whisker")) == 4
    assert len(marks(svg, "line")) == 1, "only August and September are neighbours of one run"
    assert len(marks(svg, "break")) == 1
    assert len(marks(drawn(*POINTS[2:4], Point("10/2026", 0.9, 0.8, 0.95, 9, 0)), "line")) == 2


def test_higher_shares_stand_higher_and_whiskers_hold_their_dot() -> None:
    svg = drawn(*POINTS)
    heights = [float(dot.get("cy", "")) for dot in marks(svg, "dot")]
    assert heights == sorted(heights, key=lambda y: -y) or heights[-1] == min(heights)
    for dot, whisker in zip(marks(svg, "dot"), marks(svg, "whisker"), strict=True):
        assert float(whisker.get("y2", "")) < float(dot.get("cy", "")) < float(whisker.get("y1", ""))


def test_the_axis_begins_at_a_half_only_where_every_interval_is_above_it() -> None:
    def lowest(svg: ElementTree.Element) -> str:
        return str(marks(svg, "axis")[0].text)

    assert lowest(drawn(*POINTS)) == "50\u00a0%"
    assert lowest(drawn(*POINTS, Point("11/2026", 0.6, 0.5, 0.7, 20, 1))) == "0\u00a0%"


@pytest.mark.parametrize("points", [(), POINTS[:1], POINTS[1:2]])
def test_few_points_and_none_are_drawn_too(points: tuple[Point, ...]) -> None:
    assert drawn(*points).find("title") is not None


def test_texts_are_escaped() -> None:
    assert drawn(*POINTS, title="<script>&").findtext("title") == "<script>&"


def test_the_same_figure_gives_the_same_bytes_without_style_or_script() -> None:
    figure = Figure("a", "b", POINTS, over_time=True)
    assert trend_svg(figure) == trend_svg(figure)
    for text in (trend_svg(figure), interval_bar(1.0, 0.7, 1.0), level_bar(0.0)):
        assert "style=" not in text
        assert "<script" not in text
        ElementTree.fromstring(text)


def test_the_mark_of_everybody_satisfied_stays_within_its_bar() -> None:
    svg = ElementTree.fromstring(interval_bar(1.0, 0.72, 1.0))
    for part in svg:
        assert float(part.get("x", "")) + float(part.get("width", "")) <= 100
