"""Takes in the tree of agencies and their service points from a table."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from survey.fieldwork.tables import Checker
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import read_table
from survey.fieldwork.tables import require_columns
from survey.store.agencies import LONGEST_KIND
from survey.store.agencies import Agency
from survey.store.agencies import AgencyName
from survey.store.agencies import ServicePoint
from survey.store.agencies import Succession
from survey.store.agencies import ancestors
from survey.store.agencies import find_agency
from survey.store.agencies import find_service_point
from survey.store.agencies import organisation_of
from survey.store.audit import record

REQUIRED = {"code", "parent", "kind", "name_vi", "valid_from"}
OPTIONAL = {"name_en", "valid_to", "rated", "successor", "notice_vi", "notice_en"}
SERVICE_POINT = "service_point"
_NOTICES = ("notice_vi", "notice_en")
_NOT_OF_PLACES = ("rated", *_NOTICES)
_LONGEST_NOTICE = 2000
_MOVE = "end this agency and give the one that follows a code of its own"


def import_agencies(session: Session, path: Path, *, by: str) -> int:
    """Add or update agencies by their code; returns how many rows. Raises BadFile, then nothing changed.

    A row of kind `service_point` is a place of the agency in `parent`; one without parent is an organisation.
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


def _take_agency(session: Session, checker: Checker, row: Row) -> None:
    before = len(checker.faults)
    code, life = checker.code(row, "code"), checker.life(row)
    kind = checker.text(row, "kind", longest=LONGEST_KIND)
    names = {"vi": checker.text(row, "name_vi"), "en": checker.text(row, "name_en", required=False)}
    notices = {name: checker.text(row, name, required=False, longest=_LONGEST_NOTICE) for name in _NOTICES}
    agency = find_agency(session, code)
    parent = _parent(session, checker, row, agency)
    rated = row.texts.get("rated", "") or ("yes" if parent else "no")
    if rated not in ("yes", "no"):
        checker.fault(row, "rated", f"{rated!r} is not yes or no")
    if life is None or len(checker.faults) > before:
        return
    starts, ends = life
    if agency is None:
        agency = Agency(code=code, valid_from=starts)
        session.add(agency)
    agency.kind, agency.rated = kind, rated == "yes"
    agency.parent_id = parent.id if parent else None
    agency.valid_from, agency.valid_to = min(agency.valid_from, starts), ends
    agency.notice_vi, agency.notice_en = notices["notice_vi"], notices["notice_en"]
    session.flush()
    for language, name in names.items():
        if name:
            session.merge(AgencyName(agency_id=agency.id, language=language, valid_from=starts, name=name))
    session.flush()


def _parent(session: Session, checker: Checker, row: Row, agency: Agency | None) -> Agency | None:
    """The agency above; an agency that is there already stays within its organisation."""
    code = row.texts["parent"]
    parent = find_agency(session, code) if code else None
    if code and parent is None:
        checker.fault(row, "parent", f"{code!r} is not known; list it in an earlier row")
    elif agency is None:
        pass
    elif parent is None:
        if agency.parent_id is not None:
            checker.fault(row, "parent", "is empty, and an agency never becomes an organisation")
    elif agency in (parent, *ancestors(session, parent)):
        checker.fault(row, "parent", f"{code!r} is {agency.code!r} itself or stands below it")
    elif organisation_of(session, agency) is not organisation_of(session, parent):
        checker.fault(row, "parent", f"{code!r} is of another organisation; {_MOVE}")
    return parent


def _take_service_point(session: Session, checker: Checker, row: Row) -> None:
    before = len(checker.faults)
    code, name, life = checker.code(row, "code"), checker.text(row, "name_vi"), checker.life(row)
    for column in _NOT_OF_PLACES:
        if row.texts.get(column):
            checker.fault(row, column, "a service point has none; leave it empty")
    agency = find_agency(session, row.texts["parent"])
    if agency is None:
        checker.fault(row, "parent", f"{row.texts['parent']!r} is not known; list it in an earlier row")
    if agency is None or life is None or len(checker.faults) > before:
        return
    point = find_service_point(session, code)
    if point is None:
        point = ServicePoint(code=code)
        session.add(point)
    point.agency_id, point.name = agency.id, name
    point.valid_from, point.valid_to = life
    session.flush()


def _link_successor(session: Session, checker: Checker, row: Row) -> None:
    """An agency hands its work to agencies, a service point to one service point."""
    find: Callable[[Session, str], Agency | ServicePoint | None] = find_agency
    if row.texts["kind"] == SERVICE_POINT:
        find = find_service_point
    body, successor = find(session, row.texts["code"]), find(session, row.texts["successor"])
    if body is None:
        return  # its row was at fault already
    if successor is None or successor is body:
        checker.fault(row, "successor", f"{row.texts['successor']!r} is not known, or the body itself")
    elif body.valid_to is None:
        checker.fault(row, "valid_to", "is empty; who has a successor needs the day it is no more")
    elif successor.valid_from > body.valid_to:
        checker.fault(row, "successor", f"begins on {successor.valid_from} only, after {body.valid_to}")
    elif isinstance(body, ServicePoint):
        body.successor_id = successor.id
    else:
        session.merge(Succession(predecessor_id=body.id, successor_id=successor.id, since=body.valid_to))
