"""What a refused file must leave behind: nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from survey.fieldwork.tables import BadFile
from survey.store.base import Database

Contents = Callable[[], dict[str, list[str]]]


@pytest.fixture
def refused(database: Database, contents: Contents) -> Callable[[Callable[[Session], object]], list[str]]:
    """The faults for which an act was refused; no row of any table may have changed."""

    def run(act: Callable[[Session], object]) -> list[str]:
        before = contents()
        with pytest.raises(BadFile) as caught, database.writing() as session:
            act(session)
        assert contents() == before
        return [str(fault) for fault in caught.value.faults]

    return run
