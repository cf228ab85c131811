"""Takes in frames: how many dossiers ended, by agency and month."""

from pathlib import Path

from sqlalchemy.orm import Session

from survey.fieldwork.periods import PeriodProblem
from survey.fieldwork.periods import the_period
from survey.fieldwork.tables import Checker
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import read_table
from survey.fieldwork.tables import require_columns
from survey.store.agencies import Agency
from survey.store.agencies import find_agency
from survey.store.agencies import lived
from survey.store.agencies import organisation_of
from survey.store.audit import record
from survey.store.columns import Channel
from survey.store.columns import Outcome
from survey.store.columns import Timeliness
from survey.store.frames import FrameCell
from survey.store.frames import replace_frame
from survey.store.periods import NotAMonth
from survey.store.periods import Period
from survey.store.procedures import find_field

REQUIRED = {"period", "agency", "dossiers"}
OPTIONAL = {"field", "channel", "outcome", "timeliness"}


def import_frames(session: Session, path: Path, *, by: str) -> int:
    """Put the file's counts in the place of the whole frames of its periods; returns how many rows.

    Raises BadFile.
    """
    table = read_table(path)
    require_columns(table, REQUIRED, OPTIONAL)
    checker = Checker(table.name)
    frames: dict[int, dict[tuple[object, ...], FrameCell]] = {}
    for row in table.rows:
        agency, period = agency_and_period(session, checker, row)
        dossiers = checker.whole(row, "dossiers")
        channel = checker.word(row, "channel", Channel, Channel.unstated)
        outcome = checker.word(row, "outcome", Outcome, Outcome.unstated)
        timeliness = checker.word(row, "timeliness", Timeliness, Timeliness.unstated)
        field = row.texts.get("field", "")
        if field and find_field(session, field) is None:
            checker.fault(row, "field", f"{field!r} is not known; import procedures first")
        if agency is None or period is None or dossiers is None:
            continue
        key = (agency.id, field, channel, outcome, timeliness)
        cells = frames.setdefault(period.id, {})
        if key in cells:
            checker.fault(row, "agency", "this cell of the frame stands in an earlier row already")
        cells[key] = FrameCell(
            period_id=period.id,
            agency_id=agency.id,
            field=field,
            channel=channel,
            outcome=outcome,
            timeliness=timeliness,
            dossiers=dossiers,
        )
    checker.finish()
    for period_id, cells in frames.items():
        replace_frame(session, period_id, list(cells.values()))
    record(session, staff=by, act="frames.import", subject=f"{table.name} ({len(table.rows)} rows)")
    return len(table.rows)


def agency_and_period(session: Session, checker: Checker, row: Row) -> tuple[Agency | None, Period | None]:
    """The agency and period a row names, where the agency was there in the period; faults are noted."""
    code, label = checker.text(row, "agency"), checker.text(row, "period")
    agency = find_agency(session, code)
    if agency is None:
        if code:
            checker.fault(row, "agency", f"{code!r} is not known")
        return None, None
    try:
        period = the_period(session, organisation_of(session, agency), label)
    except (PeriodProblem, NotAMonth) as error:
        if label:
            checker.fault(row, "period", str(error))
        return agency, None
    if not lived(agency, period.starts, period.ends):
        checker.fault(row, "agency", f"{code!r} did not exist in {label}")
    return agency, period
