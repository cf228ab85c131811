"""Files that were taken in are remembered by their hash."""

import pytest
from sqlalchemy.exc import IntegrityError

from survey.store.base import Database
from survey.store.imports import remember_import
from survey.store.imports import was_imported


def test_a_file_is_known_by_its_hash_and_not_by_its_name(database: Database) -> None:
    with database.writing() as session:
        remember_import(session, sha256="a" * 64, name="file.csv", responses=3)
        session.flush()
        assert was_imported(session, "a" * 64)
        assert not was_imported(session, "b" * 64)
        remember_import(session, sha256="b" * 64, name="file.csv", responses=3)
    with database.writing() as session:
        remember_import(session, sha256="a" * 64, name="other.csv", responses=3)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
