"""`hailong db` and `hailong serve`."""

import sqlite3

import click

from survey.cli.instance import FAILURE
from survey.cli.instance import Instance
from survey.cli.instance import by_option
from survey.cli.instance import opened
from survey.cli.instance import reporting
from survey.keys import NAMES
from survey.keys import KeysMissing
from survey.keys import make_keys
from survey.keys import read_key
from survey.settings import Settings
from survey.store.audit import record
from survey.store.base import FIRST_SAFE_WAL
from survey.store.base import Database
from survey.store.migration import DatabaseOutOfDate
from survey.store.migration import current
from survey.store.migration import head
from survey.store.migration import require_current
from survey.store.migration import upgrade

_CONNECTIONS = 1000  # slow phones hold theirs; a low limit would shut out the others
_FULL = 2
# Without one of these PostgreSQL says "committed" of what a power cut takes away.
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class Unsafe(Exception):
    """A set-up that can lose or give away responses; the message says what to do."""


@click.group()
def db() -> None:
    """Make and check the database."""


@db.command("upgrade")
@by_option
@click.pass_obj
@reporting
def upgrade_database(instance: Instance, by: str) -> None:
    """Make the instance's keys and database, or bring them to this version."""
    instance.home.mkdir(parents=True, exist_ok=True)
    settings = instance.settings
    database = opened(settings)
    made = make_keys(settings.keys)
    before = current(database.engine) if database.file is None or database.file.exists() else None
    upgrade(database.engine)
    if made or before != head():
        subject = f"migration {before or 'none'} to {head()}"
        with database.writing() as session:
            keys = f"made keys: {', '.join(made)}" if made else ""
            record(session, staff=by, act="db.upgrade", subject=subject, reason=keys)
    if made:
        click.echo(f"made keys in {settings.keys}: {', '.join(made)}; keep a copy apart from the database's")
    click.echo(f"the database is at migration {head()}")


@db.command("check")
@click.pass_obj
@reporting
def check_database(instance: Instance) -> None:
    """Refuse an unsafe set-up, and say what is right and what is not."""
    settings = instance.settings
    database = instance.found()
    safe = True
    for look in (_keys, _shape, _rights, _disk):
        try:
            click.echo(look(settings, database))
        except (Unsafe, KeysMissing, DatabaseOutOfDate) as error:
            click.echo(f"hailong: {error}", err=True)
            safe = False
    if not safe:
        raise SystemExit(FAILURE)


def _keys(settings: Settings, _database: Database) -> str:
    for name in NAMES:
        read_key(settings.keys, name)
    return f"keys: {', '.join(NAMES)} are there, for their owner only"


def _shape(_settings: Settings, database: Database) -> str:
    require_current(database.engine)
    return f"database: at migration {head()}, as the program expects"


def _rights(_settings: Settings, database: Database) -> str:
    if database.file is None:
        return "database: a server guards it"
    if database.file.stat().st_mode & 0o077:
        raise Unsafe(f"the database {database.file} can be read by others; run `chmod 600` on it")
    return f"database: {database.file} is for its owner only"


def _disk(_settings: Settings, database: Database) -> str:
    with database.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            state = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in MUST_BE_ON}
            off = [name for name, value in state.items() if value == "off"]
            if off:
                raise Unsafe(f"PostgreSQL does not wait for the disk; turn on {', '.join(off)}")
            return "disk: PostgreSQL waits for it"
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        if connection.exec_driver_sql("PRAGMA synchronous").scalar() != _FULL:
            raise Unsafe("SQLite does not wait for the disk (synchronous is not FULL); report this")
        if journal == "wal" and sqlite3.sqlite_version_info < FIRST_SAFE_WAL:
            raise Unsafe(f"SQLite {sqlite3.sqlite_version} can lose data in WAL mode; install a newer one")
        return f"disk: SQLite {sqlite3.sqlite_version} waits for it, journal {journal}"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: a free one.")
@click.pass_obj
@reporting
def serve(instance: Instance, host: str, port: int) -> None:
    """Serve the pages with the built-in production server."""
    run_server(instance.settings, instance.database(), host, port)


def run_server(settings: Settings, database: Database, host: str, port: int) -> None:
    """Serve until interrupted."""
    from waitress import create_server

    from survey.app import create_app

    server = create_server(
        create_app(settings, database),
        host=host,
        port=port,
        threads=settings.threads,
        connection_limit=_CONNECTIONS,
        ident=None,
    )
    click.echo(f"serving on http://{host}:{server.effective_port}/  (end with Ctrl-C)")
    try:
        server.run()
    finally:
        server.close()
        database.dispose()
