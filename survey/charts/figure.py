"""What a figure shows, before anybody draws it: points with intervals. Shares run from 0 to 1."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One row or month; `value` None: nothing may be shown. Points of different `run` are never joined."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    run: int


@dataclass(frozen=True)
class Figure:
    """Points over time, or one below the other where they are compared."""

    title: str
    description: str
    points: tuple[Point, ...]
    over_time: bool
