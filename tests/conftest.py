"""What every test can ask for: an instance on a real database, its pages checked as they are read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from survey.app import create_app
from survey.keys import make_keys
from survey.settings import Settings
from survey.store.base import Database
from survey.store.migration import upgrade
from tests.browser import browser
from tests.page import Page
from tests.postgres import Server
from tests.postgres import postgresql_server

__all__ = ["browser", "postgresql_server"]

pytest_plugins = ["tests.reporting"]


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "hailong.sqlite"
    database = Database(f"sqlite:///{path}")
    upgrade(database.engine)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: Server) -> str:
    """The URL of a migrated PostgreSQL database to copy from."""
    url = postgresql_server.create()
    database = Database(url)
    upgrade(database.engine)
    database.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An instance of its own: keys, and a migrated database, in turn of each kind."""
    home = tmp_path / "instance"
    make_keys(home / "keys")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), home / "hailong.sqlite")
        return Settings(home=home)
    server: Server = request.getfixturevalue("postgresql_server")
    return Settings(
        home=home, database=server.create(template=request.getfixturevalue("migrated_postgresql"))
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    yield database
    database.dispose()


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    app = create_app(settings, database)
    app.config["TESTING"] = True
    return app


@pytest.fixture
def page(app: Flask) -> Page:
    """A browser's stand-in that checks every page it reads."""
    return Page(app)
