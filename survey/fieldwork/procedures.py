"""Takes in fields and procedures from a table."""

from pathlib import Path

from sqlalchemy.orm import Session

from survey.fieldwork.tables import Checker
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
    for row in table.rows:
        code, starts = checker.text(row, "field"), checker.day(row, "valid_from")
        field = find_field(session, code) or Field(code=code)
        field.name_vi, field.name_en = checker.text(row, "field_name_vi"), row.texts["field_name_en"]
        session.add(field)
        session.flush()
        procedure_code = checker.text(row, "procedure")
        procedure = find_procedure(session, procedure_code) or Procedure(code=procedure_code)
        procedure.field_id, procedure.name = field.id, checker.text(row, "name")
        if starts is None:
            checker.text(row, "valid_from")
            continue
        procedure.valid_from, procedure.valid_to = starts, checker.day(row, "valid_to")
        session.add(procedure)
        session.flush()
    checker.finish()
    record(session, staff=by, act="procedures.import", subject=f"{table.name} ({len(table.rows)} rows)")
    return len(table.rows)
