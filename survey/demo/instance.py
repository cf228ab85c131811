"""Makes the demo instance: real data labelled as what it is, and a made-up province to try the form with."""

import shutil
from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from survey import paths
from survey.demo import made_up
from survey.estimation.monthly import Rules
from survey.fieldwork.agencies import import_agencies
from survey.fieldwork.booklets import issue_booklet
from survey.fieldwork.counts import import_counts
from survey.fieldwork.frames import import_frames
from survey.fieldwork.mapping import read_mapping
from survey.fieldwork.periods import close_periods
from survey.fieldwork.periods import open_period
from survey.fieldwork.periods import the_organisation
from survey.fieldwork.periods import the_period
from survey.fieldwork.procedures import import_procedures
from survey.fieldwork.responses import import_responses
from survey.instrument.load import instrument
from survey.keys import make_keys
from survey.keys import read_key
from survey.publish.releasing import approve_release
from survey.publish.releasing import build_release
from survey.publish.releasing import publish_release
from survey.settings import Settings
from survey.store.base import Database
from survey.store.migration import upgrade
from survey.store.periods import month_bounds
from survey.store.periods import month_label
from survey.store.periods import month_labels

MADE_UP = "tinh-mau"
SERVICE_POINT = "tm-quay-1"
_MONTHS_BEFORE = 6
_BUILDER, _APPROVER = "demo-builder", "demo-approver"
_DONE = "demo-is-complete"

Progress = Callable[[str], None]


def make_demo(settings: Settings, today: date, progress: Progress) -> Database:
    """The demo's database; made anew unless an earlier run completed it."""
    done = settings.home / _DONE
    if not done.is_file():
        _clear(settings.home)
        make_keys(settings.keys)
    database = Database(settings.database_url)
    upgrade(database.engine)
    if not done.is_file():
        progress("NHS Friends and Family Test: 4,466 respondents")
        _nhs(database)
        progress("Hòa Bình: a published monthly note")
        _hoa_binh(database)
        progress("a made-up province, to try the form")
        _made_up(database, settings.home, today)
        done.touch()
    return database


def working_code(settings: Settings, database: Database, today: date) -> tuple[str, str]:
    """A fresh code of the made-up province, and the month it counts in."""
    month = month_label(today)
    with database.writing() as session:
        open_period(session, the_organisation(session, MADE_UP), month, instrument("ptx-1"), by=_BUILDER)
        key = read_key(settings.keys, "code")
        code = issue_booklet(session, SERVICE_POINT, 1, key=key, today=today, by=_BUILDER)[0]
    return code, month


def _clear(home: Path) -> None:
    """Remove what an interrupted run left; only ever in a folder that the demo made."""
    home.mkdir(parents=True, exist_ok=True)
    for leftover in (*home.glob("hailong.sqlite*"), *home.glob("keys")):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)


def _nhs(database: Database) -> None:
    data = paths.DEMO_DATA
    with database.writing() as session:
        import_agencies(session, data / "nhs_agencies.csv", by=_BUILDER)
        import_responses(
            session, data / "nhs_fft_responses.csv", read_mapping(data / "nhs_fft.toml"), by=_BUILDER
        )
    _publish(database, "nhs-fft", month_labels("2021-04..2022-09"))


def _hoa_binh(database: Database) -> None:
    data = paths.DEMO_DATA
    with database.writing() as session:
        import_agencies(session, data / "hoa_binh_agencies.csv", by=_BUILDER)
        root = the_organisation(session, "hoa-binh")
        open_period(session, root, "2020-02", instrument("legacy-3"), by=_BUILDER)
        import_frames(session, data / "hoa_binh_frame.csv", by=_BUILDER)
        import_counts(session, data / "hoa_binh_counts.csv", by=_BUILDER)
    _publish(database, "hoa-binh", ["2020-02"])


def _made_up(database: Database, home: Path, today: date) -> None:
    data = paths.DEMO_DATA
    months = _months_before(today)
    made_up.write_responses(home / "made-up-responses.csv", months)
    made_up.write_frame(home / "made-up-frame.csv", months)
    with database.writing() as session:
        import_agencies(session, data / "made_up_agencies.csv", by=_BUILDER)
        import_procedures(session, data / "made_up_procedures.csv", by=_BUILDER)
        mapping = read_mapping(data / "made_up.toml")
        import_responses(session, home / "made-up-responses.csv", mapping, by=_BUILDER)
        import_frames(session, home / "made-up-frame.csv", by=_BUILDER)
    _publish(database, MADE_UP, months)


def _publish(database: Database, organisation: str, months: Sequence[str]) -> None:
    for _ in close_periods(database, organisation, months, by=_BUILDER):
        pass
    with database.writing() as session:
        root = the_organisation(session, organisation)
        for month in months:
            period = the_period(session, root, month)
            build_release(session, root, period, Rules(), draft=False, by=_BUILDER)
            approve_release(session, organisation, month, by=_APPROVER)
            publish_release(session, organisation, month, by=_APPROVER)


def _months_before(today: date) -> list[str]:
    """The six months before this one, oldest first."""
    months: list[str] = []
    first = today.replace(day=1)
    while len(months) < _MONTHS_BEFORE:
        first = month_bounds(month_label(date.fromordinal(first.toordinal() - 1)))[0]
        months.insert(0, month_label(first))
    return months
