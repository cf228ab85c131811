"""Published numbers as pages want them: a release's document, read once, and what pages ask of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from survey.charts.figure import Figure
from survey.charts.figure import Point
from survey.store.releases import Release
from survey.store.releases import published_periods
from survey.store.releases import published_release
from survey.store.releases import release_file

Result = dict[str, Any]
Estimate = dict[str, Any]


@dataclass(frozen=True)
class Office:
    """One office of a published period, with its headline result where there is one."""

    code: str
    names: dict[str, str]
    population: int | None
    headline: Result | None
    others: tuple[Result, ...]

    @property
    def status(self) -> str:
        return self.headline["status"] if self.headline else "no_responses"

    @property
    def shown(self) -> bool:
        return self.status == "publish"


@dataclass(frozen=True)
class Published:
    """A published period."""

    release_version: int
    document: dict[str, Any]
    offices: tuple[Office, ...]

    @property
    def label(self) -> str:
        return self.document["period"]["label"]

    @property
    def organisation(self) -> dict[str, Any]:
        return self.document["organisation"]

    def instrument(self, result: Result) -> dict[str, Any]:
        return self.document["instruments"][result["instrument"]]

    def office(self, code: str) -> Office | None:
        return next((office for office in self.offices if office.code == code), None)

    def totals(self) -> list[tuple[str, Estimate, Estimate]]:
        """Grade, satisfied and very satisfied share of all offices together, where they may be shown."""
        found = []
        for block in self.document["blocks"]:
            shares = {figure["name"]: figure for figure in block["total"]}
            if len(shares) == 2:
                found.append((block["grade"], shares["satisfied_share"], shares["very_satisfied_share"]))
        return found


def figure(result: Result, name: str, subject: str | None = None, target: str = "process") -> Estimate | None:
    """One estimate of a result; None where it is not published."""
    for each in result["figures"]:
        if (each["name"], each["subject"], each["target"]) == (name, subject, target):
            return each
    return None


def published(
    session: Session, organisation: str, period: str, version: int | None = None
) -> Published | None:
    """A published period, in its newest version if none is named."""
    release = published_release(session, organisation, period, version)
    return None if release is None else _read(session, release)


def newest_period(session: Session, organisation: str) -> Published | None:
    labels = published_periods(session, organisation)
    return published(session, organisation, labels[-1]) if labels else None


def history(session: Session, organisation: str) -> Iterator[Published]:
    """Every published period of an organisation, oldest first."""
    for label in published_periods(session, organisation):
        found = published(session, organisation, label)
        if found is not None:
            yield found


def share_of_offices(period: Published, title: str, description: str, name_of: Any) -> Figure:
    """The satisfied share of every office that is shown, for a figure."""
    points = []
    for office in period.offices:
        if office.headline is not None and office.shown:
            points.append(_point(name_of(office.names), office.headline, period, 0))
    return Figure(title, description, tuple(points), over_time=False)


def share_over_time(
    periods: list[Published], code: str, title: str, description: str, name_of: Any
) -> Figure:
    """An office's satisfied share by period; a new instrument or grade starts a new run."""
    points: list[Point] = []
    run, before = 0, None
    for period in periods:
        office = period.office(code)
        label = name_of(period.label)
        if office is None or office.headline is None or not office.shown:
            points.append(Point(label, None, None, None, None, run))
            continue
        made_with = (office.headline["instrument"], office.headline["grade"])
        run += before is not None and before != made_with
        before = made_with
        points.append(_point(label, office.headline, period, run))
    return Figure(title, description, tuple(points), over_time=True)


def _point(label: str, result: Result, period: Published, run: int) -> Point:
    share = figure(result, "satisfied_share", period.instrument(result)["headline"])
    assert share is not None
    return Point(label, share["value"], share["low"], share["high"], share["n"], run)


def _read(session: Session, release: Release) -> Published:
    cached = _parsed.get(release.sha256)
    if cached is None:
        content = release_file(session, release.id, "data.json")
        assert content is not None
        cached = _parsed.put(release.sha256, content)
    return Published(release.version, cached, _offices(cached))


class _Parsed:
    """Documents by the hash of their release: they never change, so reading one once is enough."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, Any]] = {}

    def get(self, digest: str) -> dict[str, Any] | None:
        return self._held.get(digest)

    def put(self, digest: str, content: bytes) -> dict[str, Any]:
        if len(self._held) >= 100:
            self._held.pop(next(iter(self._held)))
        self._held[digest] = json.loads(content)
        return self._held[digest]


_parsed = _Parsed()


def _offices(document: dict[str, Any]) -> tuple[Office, ...]:
    found = []
    for office in document["offices"]:
        results = {(each["instrument"], each["grade"]): each for each in office["results"]}
        headline = office["headline"]
        key = (headline["instrument"], headline["grade"]) if headline else None
        found.append(
            Office(
                code=office["agency"],
                names=office["names"],
                population=office["population"],
                headline=results.get(key) if key else None,
                others=tuple(result for each, result in results.items() if each != key),
            )
        )
    return tuple(found)
