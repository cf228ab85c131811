"""Bring a database to the shape this version of the program expects."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy import Engine

from survey import paths
from survey.store.base import sqlite_file

HEAD_FILE = paths.MIGRATIONS / "HEAD"


class DatabaseOutOfDate(Exception):
    """The database has another shape than the program; the message says which command helps."""


def head() -> str:
    """The number of the newest migration."""
    return HEAD_FILE.read_text(encoding="utf-8").strip()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing; an SQLite file is made for its owner only."""
    file = sqlite_file(engine)
    if file is not None and not file.exists():
        file.touch(mode=0o600)
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    with engine.execution_options(writes=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(engine: Engine) -> None:
    """Raise DatabaseOutOfDate unless every migration has run."""
    found = current(engine)
    if found is not None and found > head():
        raise DatabaseOutOfDate(
            f"the database is at migration {found}, the program at {head()} only; install the newer program"
        )
    if found != head():
        raise DatabaseOutOfDate(
            f"the database is at migration {found or 'none'} and the program at {head()}; "
            "run `hailong db upgrade`"
        )


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
