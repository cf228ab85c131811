"""Procedures and fields are found by their codes."""

from survey.store.base import Database
from survey.store.procedures import Field
from survey.store.procedures import all_fields
from survey.store.procedures import find_field
from survey.store.procedures import find_procedure


def test_by_code(full: Database) -> None:
    with full.writing() as session:
        field, procedure = find_field(session, "dat-dai"), find_procedure(session, "1")
        assert field is not None
        assert procedure is not None
        assert (field.name_vi, procedure.field_id) == ("Đất đai", field.id)
        assert find_field(session, "1") is None
        assert find_procedure(session, "dat-dai") is None
        session.add(Field(code="can-cuoc", name_vi="Căn cước", name_en="Identity cards"))
        session.flush()
        assert [each.code for each in all_fields(session)] == ["can-cuoc", "dat-dai"]
