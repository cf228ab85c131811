"""`hailong db` and `hailong serve`."""

import sqlite3

import click

from survey.cli.instance import Instance
from survey.cli.instance import reporting
from survey.keys import make_keys
from survey.keys import read_key
from survey.settings import Settings
from survey.store.base import FIRST_SAFE_WAL
from survey.store.base import Database
from survey.store.migration import head
from survey.store.migration import require_current
from survey.store.migration import upgrade

_CONNECTIONS = 1000  # slow phones hold theirs; a low limit would shut out the others


@click.group()
def db() -> None:
    """Make and check the database."""


@db.command("upgrade")
@click.pass_obj
@reporting
def upgrade_database(instance: Instance) -> None:
    """Make the instance's keys and database, or bring them to this version."""
    instance.home.mkdir(parents=True, exist_ok=True)
    settings = instance.settings
    made = make_keys(settings.keys)
    upgrade(instance.any_database().engine)
    if made:
        click.echo(f"made keys in {settings.keys}: {', '.join(made)}; keep a copy apart from the database's")
    click.echo(f"the database is at migration {head()}")


@db.command("check")
@click.pass_obj
@reporting
def check_database(instance: Instance) -> None:
    """Refuse an unsafe set-up; silent words mean nothing was found."""
    settings = instance.settings
    for name in ("code", "web"):
        read_key(settings.keys, name)
    database = instance.database()
    require_current(database.engine)
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            if synchronous != 2:
                raise click.ClickException("SQLite does not wait for the disk (synchronous is not FULL)")
            if journal == "wal" and sqlite3.sqlite_version_info < FIRST_SAFE_WAL:
                raise click.ClickException(f"SQLite {sqlite3.sqlite_version} can lose data in WAL mode")
            click.echo(f"SQLite {sqlite3.sqlite_version}, journal {journal}, waits for the disk")
        else:
            if connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off":
                raise click.ClickException("PostgreSQL does not wait for the disk (synchronous_commit is off)")
            click.echo("PostgreSQL waits for the disk")
    click.echo("keys and database are in order")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
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
