from collections.abc import Callable

import pytest

from survey.settings import Settings
from survey.store.base import Database
from survey.web.locale import catalogue
from tests.survey.respond.office import Office
from tests.survey.respond.office import open_office

Says = Callable[[str], str]


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    return open_office(database, settings)


@pytest.fixture(params=["vi", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def says(lang: str) -> Says:
    """A text of the pages in the language of the test."""
    if lang == "en":
        return str
    texts = catalogue(lang)
    return lambda text: str(texts[text].string)
