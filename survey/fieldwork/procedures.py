"""Takes in fields and procedures from a table."""

from pathlib import Path

from sqlalchemy.orm import Session

from survey.fieldwork.tables import Checker
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import read_table
from survey.fieldwork.tables import require_columns
from survey.store.audit import record
from survey.store.procedures import Field
from survey.store.procedures import Procedure
from survey.store.procedures import find_field
from survey.store.procedures import find_procedure

REQUIRED = {"field", "field_name_vi", "field_name_en", "procedure", "name", "valid_from"}
OPTIONAL = {"valid_to"}


def import_procedures(session: Session, path: Path, *, by: str) -> int:
    """Add or update procedures and their fields by code; returns how many rows. Raises BadFile."""
    table = read_table(path)
    require_columns(table, REQUIRED, OPTIONAL)
    checker = Checker(table.name)
    fields: dict[str, tuple[str, str]] = {}
    procedures: set[str] = set()
    for row in table.rows:
        _take(session, checker, row)
        names = row.texts["field_name_vi"], row.texts["field_name_en"]
        if fields.setdefault(row.texts["field"], names) != names:
            checker.fault(row, "field", f"{row.texts['field']!r} has other names in an earlier row")
        if row.texts["procedure"] in procedures:
            checker.fault(row, "procedure", f"{row.texts['procedure']!r} stands in an earlier row already")
        procedures.add(row.texts["procedure"])
    checker.finish()
    record(session, staff=by, act="procedures.import", subject=f"{table.name} ({len(table.rows)} rows)")
    return len(table.rows)


def _take(session: Session, checker: Checker, row: Row) -> None:
    before = len(checker.faults)
    field_code, procedure_code = checker.code(row, "field"), checker.code(row, "procedure")
    name_vi, name_en = checker.text(row, "field_name_vi"), checker.text(row, "field_name_en")
    name, life = checker.text(row, "name"), checker.life(row)
    if life is None or len(checker.faults) > before:
        return
    field = find_field(session, field_code) or Field(code=field_code)
    field.name_vi, field.name_en = name_vi, name_en
    session.add(field)
    session.flush()
    procedure = find_procedure(session, procedure_code) or Procedure(code=procedure_code)
    procedure.field_id, procedure.name = field.id, name
    procedure.valid_from, procedure.valid_to = life
    session.add(procedure)
    session.flush()
