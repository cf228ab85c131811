"""Procedures and their fields."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.procedures import import_procedures
from survey.paths import DEMO_DATA
from survey.store.base import Database
from survey.store.procedures import Field
from survey.store.procedures import Procedure

Write = Callable[..., Path]
Refused = Callable[[Callable[[Session], object]], list[str]]

HEAD = "field,field_name_vi,field_name_en,procedure,name,valid_from,valid_to\n"
LAND = "dat-dai,Đất đai,Land,1.000001,Đăng ký biến động,2020-01-01,\n"


def take(database: Database, path: Path) -> int:
    with database.writing() as session:
        return import_procedures(session, path, by="an")


def test_procedures_and_fields_are_added_and_updated_by_code(database: Database, file: Write) -> None:
    birth = "ho-tich,Hộ tịch,Civil status,1.000002,Khai sinh,2020-01-01,\n"
    assert take(database, file(HEAD + LAND + birth)) == 2
    assert take(database, file(HEAD + birth.replace("Khai sinh", "Đăng ký khai sinh"))) == 1
    with database.reading() as session:
        found = session.execute(
            select(Field.code, Field.name_en, Procedure.name)
            .join(Procedure, Procedure.field_id == Field.id)
            .order_by(Field.code)
        )
        assert [tuple(row) for row in found] == [
            ("dat-dai", "Land", "Đăng ký biến động"),
            ("ho-tich", "Civil status", "Đăng ký khai sinh"),
        ]


def test_every_fault_is_told_and_nothing_kept(file: Write, refused: Refused) -> None:
    path = file(
        HEAD
        + LAND
        + "dat-dai,Đất,Land,1.000003,Khác,2020-01-01,\n"
        + LAND
        + "đất,,,,Khác,01/2020,\n"
        + "x,X,X,1.000004,X,2020-01-01,2019-01-01\n"
        + f"x,X,X,1.000005,{'n' * 301},2020-01-01,\n"
    )
    assert refused(lambda session: import_procedures(session, path, by="an")) == [
        "row 3, column 'field': 'dat-dai' has other names in an earlier row",
        "row 4, column 'procedure': '1.000001' stands in an earlier row already",
        "row 5, column 'field': 'đất' is no code: letters and digits of ASCII, then also . _ -",
        "row 5, column 'procedure': is empty",
        "row 5, column 'field_name_vi': is empty",
        "row 5, column 'field_name_en': is empty",
        "row 5, column 'valid_from': '01/2020' is not a date written YYYY-MM-DD",
        "row 6, column 'valid_to': must come after valid_from",
        "row 7, column 'name': has 301 letters; at most 300 are kept",
    ]


def test_the_demo_file_is_right(database: Database) -> None:
    assert take(database, DEMO_DATA / "made_up_procedures.csv") > 0
