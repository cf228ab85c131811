"""Figures drawn on the server: small, deterministic SVG without style or script of its own."""

from itertools import pairwise
from xml.sax.saxutils import escape

from survey.charts.figure import Figure
from survey.charts.figure import Point

_WIDTH, _HEIGHT = 360, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 30
_MOST_LABELS = 5
_BAR = (
    '<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    '<rect class="track" x="0" y="5" width="100" height="2"/>'
)


def interval_bar(value: float, low: float, high: float) -> str:
    """An interval and its value on a line from 0 to 100 per cent, for a cell of a table."""
    return (
        f'{_BAR}<rect class="range" x="{_n(low * 100)}" y="3"'
        f' width="{_n(max(high - low, 0.004) * 100)}" height="6" rx="1"/>'
        f'<rect class="mark" x="{_n(min(value * 100, 99.0))}" y="1" width="1" height="10"/></svg>'
    )


def level_bar(value: float) -> str:
    """A share as a plain bar."""
    return f'{_BAR}<rect class="mark" x="0" y="2" width="{_n(value * 100)}" height="8"/></svg>'


def trend_svg(figure: Figure) -> str:
    """Shares over time with their intervals; a gap where nothing is shown, a break where the run changes."""
    floor = _floor(figure.points)
    parts = [
        f'<svg class="trend" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
        f"<title>{escape(figure.title)}</title><desc>{escape(figure.description)}</desc>"
    ]
    for share in _grid(floor):
        y = _n(_y(share, floor))
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(
            f'<text class="axis" x="{_LEFT - 5}" y="{y}" dy="4" text-anchor="end">'
            f"{round(share * 100)}\u00a0%</text>"
        )
    places = [(_x(index, len(figure.points)), point) for index, point in enumerate(figure.points)]
    for (x1, first), (x2, second) in pairwise(places):
        if first.value is not None and second.value is not None and first.run == second.run:
            y1, y2 = _y(first.value, floor), _y(second.value, floor)
            parts.append(f'<line class="line" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>')
        if first.run != second.run:
            x = _n((x1 + x2) / 2)
            parts.append(f'<line class="break" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>')
    parts += [_mark(x, point, floor) for x, point in places]
    parts += [_label(x, point) for x, point in _labelled(places)]
    return "".join(parts) + "</svg>"


def _mark(x: float, point: Point, floor: float) -> str:
    if point.value is None or point.low is None or point.high is None:
        return ""
    low, high = _n(_y(point.low, floor)), _n(_y(point.high, floor))
    return (
        f'<line class="whisker" x1="{_n(x)}" x2="{_n(x)}" y1="{low}" y2="{high}"/>'
        f'<circle class="dot" cx="{_n(x)}" cy="{_n(_y(point.value, floor))}" r="3.5"/>'
    )


def _label(x: float, point: Point) -> str:
    return (
        f'<text class="axis" x="{_n(x)}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(point.label)}</text>'
    )


def _labelled(places: list[tuple[float, Point]]) -> list[tuple[float, Point]]:
    """As many labels as fit, the newest among them."""
    step = -(-len(places) // _MOST_LABELS)
    return places[::-1][::step][::-1] if places else []


def _floor(points: tuple[Point, ...]) -> float:
    """Where the axis begins: at 0, or at a half where every interval lies above it. The axis says so."""
    lows = [point.low for point in points if point.low is not None]
    return 0.5 if lows and min(lows) > 0.5 else 0.0


def _grid(floor: float) -> list[float]:
    return [floor + step * (1 - floor) / 5 for step in range(6)]


def _x(index: int, number: int) -> float:
    span = _WIDTH - _LEFT - _RIGHT - 20
    return _LEFT + 10 + (span / 2 if number == 1 else span * index / (number - 1))


def _y(share: float, floor: float) -> float:
    span = _HEIGHT - _TOP - _BOTTOM
    return _TOP + span * (1 - (share - floor) / (1 - floor))


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
