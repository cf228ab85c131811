"""Opens and closes periods."""

from collections.abc import Iterator
from collections.abc import Sequence

from sqlalchemy.orm import Session

from survey.estimation.counting import recount
from survey.instrument.definition import Instrument
from survey.integrity.dayclose import close_day
from survey.integrity.dayclose import move_received
from survey.store.agencies import Agency
from survey.store.agencies import find_agency
from survey.store.agencies import lived
from survey.store.agencies import organisations
from survey.store.audit import record
from survey.store.base import Database
from survey.store.columns import PeriodState
from survey.store.instruments import store_instrument
from survey.store.periods import Period
from survey.store.periods import find_period
from survey.store.periods import hold_period
from survey.store.periods import month_bounds
from survey.store.tallies import replace_tally


class PeriodProblem(Exception):
    """An act that the period's state does not allow; the message says what to do."""


def the_organisation(session: Session, code: str | None) -> Agency:
    """The organisation of this code, or the only one there is."""
    roots = organisations(session)
    known = ", ".join(root.code for root in roots) or "none yet; import agencies first"
    if code is None:
        if len(roots) == 1:
            return roots[0]
        raise PeriodProblem(f"name the organisation with --organisation (known: {known})")
    agency = find_agency(session, code)
    if agency is None or agency.parent_id is not None:
        raise PeriodProblem(f"{code!r} is not an organisation (known: {known})")
    return agency


def the_period(session: Session, organisation: Agency, label: str) -> Period:
    """The period of this label; raises NotAMonth, PeriodProblem."""
    month_bounds(label)
    period = find_period(session, organisation.id, label)
    if period is None:
        raise PeriodProblem(f"{organisation.code} has no period {label}; run `hailong period open {label}`")
    return period


def open_period(
    session: Session, organisation: Agency, label: str, instrument: Instrument, *, by: str
) -> Period:
    """Open a month for responses to `instrument`; an open one is left as it is."""
    starts, ends = month_bounds(label)
    period = find_period(session, organisation.id, label)
    if period is not None:
        hold_period(session, period)
        if period.state is PeriodState.closed:
            raise PeriodProblem(f"{organisation.code} {label} is closed and stays closed")
        return period
    if not lived(organisation, starts, ends):
        raise PeriodProblem(f"{organisation.code} did not exist in {label}; see its valid_from and valid_to")
    period = Period(
        organisation_id=organisation.id,
        label=label,
        kind="month",
        starts=starts,
        ends=ends,
        instrument_id=store_instrument(session, instrument).id,
        state=PeriodState.open,
    )
    session.add(period)
    session.flush()
    subject = f"{organisation.code} {label}"
    record(session, staff=by, act="period.open", subject=subject, reason=instrument.identifier)
    return period


def close_open_day(database: Database, *, by: str) -> int:
    """Cut every response of the open day from its code; returns how many."""
    with database.writing() as session:
        moved = move_received(session)
        record(session, staff=by, act="day.close", subject="the open day")
    database.rewrite()
    return moved


def close_periods(
    database: Database, organisation: str | None, labels: Sequence[str], *, by: str
) -> Iterator[str]:
    """Close the open day, then each period: from there on no response enters it, and it is counted.

    Yields each label once its period is closed on disk.
    """
    with database.reading() as session:
        for label in labels:
            _require_open(the_period(session, the_organisation(session, organisation), label))
    close_day(database)
    late = 0
    for label in labels:
        with database.writing() as session:
            root = the_organisation(session, organisation)
            period = the_period(session, root, label)
            hold_period(session, period, to_close=True)
            _require_open(period)
            late += move_received(session)  # somebody may have answered since the day was closed
            period.state = PeriodState.closed
            session.flush()
            replace_tally(session, period.id, recount(session, period.id))
            record(session, staff=by, act="period.close", subject=f"{root.code} {label}")
        yield label
    if late:
        database.rewrite()


def _require_open(period: Period) -> None:
    if period.state is PeriodState.closed:
        raise PeriodProblem(f"{period.label} is closed already")
