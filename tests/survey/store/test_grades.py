"""The headline grade of an office is set once for a year."""

import pytest
from sqlalchemy.exc import IntegrityError

from survey.store.base import Database
from survey.store.columns import Grade
from survey.store.grades import headline_grades
from survey.store.grades import set_headline_grade
from tests import factories


def test_a_grade_is_set_once_for_each_year(database: Database) -> None:
    with database.writing() as session:
        office = factories.agency(session, "so").id
        set_headline_grade(session, office, 2026, Grade.B)
        set_headline_grade(session, office, 2027, Grade.A)
        assert headline_grades(session, 2026) == {office: Grade.B}
        assert headline_grades(session, 2027) == {office: Grade.A}
        assert headline_grades(session, 2028) == {}
    with database.writing() as session:
        set_headline_grade(session, office, 2026, Grade.A)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
