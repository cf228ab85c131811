"""Opens and closes periods."""

from collections.abc import Iterator
from collections.abc import Sequence

from sqlalchemy.orm import Session

from survey.estimation.counting import recount
from survey.instrument.definition import Instrument
from survey.integrity.dayclose import close_day
from survey.store.agencies import Agency
from survey.store.agencies import find_agency
from survey.store.agencies import organisations
from survey.store.audit import record
from survey.store.base import Database
from survey.store.columns import PeriodState
from survey.store.instruments import store_instrument
from survey.store.periods import Period
from survey.store.periods import find_period
from survey.store.periods import month_bounds
from survey.store.tallies import replace_tally


class PeriodProblem(Exception):
    """An act that the period's state does not allow; the message says what to do."""


def the_organisation(session: Session, code: str | None) -> Agency:
    """The organisation of this code, or the only one there is."""
    roots = organisations(session)
    if code is None:
        if len(roots) == 1:
            return roots[0]
        known = ", ".join(root.code for root in roots) or "none yet; import agencies first"
        raise PeriodProblem(f"name the organisation with --organisation (known: {known})")
    agency = find_agency(session, code)
    if agency is None or agency.parent_id is not None:
        raise PeriodProblem(f"{code!r} is not an organisation (known: {', '.join(root.code for root in roots)})")
    return agency


def the_period(session: Session, organisation: Agency, label: str) -> Period:
    period = find_period(session, organisation.id, label)
    if period is None:
        raise PeriodProblem(f"{organisation.code} has no period {label}; `hailong period open {label}` makes it")
    return period


def open_period(
    session: Session, organisation: Agency, label: str, instrument: Instrument, *, by: str
) -> Period:
    """Open a month for responses to `instrument`; an open one is left as it is."""
    period = find_period(session, organisation.id, label)
    if period is not None:
        if period.state is PeriodState.closed:
            raise PeriodProblem(f"{organisation.code} {label} is closed and stays closed")
        return period
    starts, ends = month_bounds(label)
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
    record(session, staff=by, act="period.open", subject=f"{organisation.code} {label}", reason=instrument.identifier)
    return period


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
    for label in labels:
        with database.writing() as session:
            root = the_organisation(session, organisation)
            period = the_period(session, root, label)
            _require_open(period)
            period.state = PeriodState.closed
            replace_tally(session, period.id, recount(session, period.id))
            record(session, staff=by, act="period.close", subject=f"{root.code} {label}")
        yield label


def _require_open(period: Period) -> None:
    if period.state is PeriodState.closed:
        raise PeriodProblem(f"{period.label} is closed already")
