"""Takes in the tree of agencies and their service points from a table."""

from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from survey.fieldwork.tables import Checker
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import read_table
from survey.fieldwork.tables import require_columns
from survey.store.agencies import Agency
from survey.store.agencies import AgencyName
from survey.store.agencies import ServicePoint
from survey.store.agencies import Succession
from survey.store.agencies import find_agency
from survey.store.agencies import find_service_point
from survey.store.audit import record

REQUIRED = {"code", "parent", "kind", "name_vi", "valid_from"}
OPTIONAL = {"name_en", "valid_to", "rated", "successor", "notice_vi", "notice_en"}
SERVICE_POINT = "service_point"


def import_agencies(session: Session, path: Path, *, by: str) -> int:
    """Add or update agencies by their code; returns how many rows. Raises BadFile, then nothing changed.

    A row of kind `service_point` is a place of the agency in `parent`; a row without `parent` is an organisation.
    A new `valid_from` on a known code adds a name from that day on and leaves the earlier one as it was.
    """
    table = read_table(path)
    require_columns(table, REQUIRED, OPTIONAL)
    checker = Checker(table.name)
    for row in table.rows:
        if row.texts["kind"] == SERVICE_POINT:
            _take_service_point(session, checker, row)
        else:
            _take_agency(session, checker, row)
    for row in table.rows:
        if row.texts.get("successor"):
            _link_successor(session, checker, row)
    checker.finish()
    record(session, staff=by, act="agencies.import", subject=f"{table.name} ({len(table.rows)} rows)")
    return len(table.rows)


def _life(checker: Checker, row: Row) -> tuple[date, date | None]:
    starts, ends = checker.day(row, "valid_from"), checker.day(row, "valid_to")
    if starts is None:
        checker.text(row, "valid_from")
        starts = date.min
    if ends is not None and ends <= starts:
        checker.fault(row, "valid_to", "must come after valid_from")
        ends = None
    return starts, ends


def _take_agency(session: Session, checker: Checker, row: Row) -> None:
    code, name = checker.text(row, "code"), checker.text(row, "name_vi")
    starts, ends = _life(checker, row)
    parent = None
    if row.texts["parent"]:
        parent = find_agency(session, row.texts["parent"])
        if parent is None:
            checker.fault(row, "parent", f"{row.texts['parent']!r} is not known; list it in an earlier row")
            return
    rated = row.texts.get("rated", "") or ("yes" if parent else "no")
    if rated not in ("yes", "no"):
        checker.fault(row, "rated", f"{rated!r} is not yes or no")
    agency = find_agency(session, code)
    if agency is None:
        agency = Agency(code=code, valid_from=starts)
        session.add(agency)
    agency.kind = checker.text(row, "kind")
    agency.parent_id = parent.id if parent else None
    agency.rated = rated == "yes"
    agency.valid_from = min(agency.valid_from, starts)
    agency.valid_to = ends
    agency.notice_vi = row.texts.get("notice_vi", "")
    agency.notice_en = row.texts.get("notice_en", "")
    session.flush()
    for language, text in (("vi", name), ("en", row.texts.get("name_en", ""))):
        if text:
            session.merge(AgencyName(agency_id=agency.id, language=language, valid_from=starts, name=text))
    session.flush()


def _take_service_point(session: Session, checker: Checker, row: Row) -> None:
    code, name = checker.text(row, "code"), checker.text(row, "name_vi")
    starts, ends = _life(checker, row)
    agency = find_agency(session, row.texts["parent"])
    if agency is None:
        checker.fault(row, "parent", f"{row.texts['parent']!r} is not known; list it in an earlier row")
        return
    point = find_service_point(session, code)
    if point is None:
        point = ServicePoint(code=code)
        session.add(point)
    point.agency_id, point.name, point.valid_from, point.valid_to = agency.id, name, starts, ends
    session.flush()


def _link_successor(session: Session, checker: Checker, row: Row) -> None:
    agency = find_agency(session, row.texts["code"])
    successor = find_agency(session, row.texts["successor"])
    if successor is None or agency is None:
        checker.fault(row, "successor", f"{row.texts['successor']!r} is not known")
    elif agency.valid_to is None:
        checker.fault(row, "valid_to", "an agency with a successor needs its last day")
    else:
        session.merge(
            Succession(predecessor_id=agency.id, successor_id=successor.id, since=agency.valid_to)
        )
