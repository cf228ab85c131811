"""`hailong agencies|procedures|frames|responses|counts import` and `hailong codes issue`."""

import os
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from survey.cli.instance import BadInput
from survey.cli.instance import Instance
from survey.cli.instance import by_option
from survey.cli.instance import reporting
from survey.fieldwork.agencies import import_agencies
from survey.fieldwork.booklets import issue_booklet
from survey.fieldwork.counts import import_counts
from survey.fieldwork.frames import import_frames
from survey.fieldwork.mapping import read_mapping
from survey.fieldwork.procedures import import_procedures
from survey.fieldwork.responses import ImportReport
from survey.fieldwork.responses import import_responses
from survey.fieldwork.tables import told_together
from survey.integrity.onetime import printed_code
from survey.keys import read_key
from survey.store.base import Database
from survey.store.periods import TIME_ZONE

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Check everything, change nothing.")
Found = TypeVar("Found")


def _table_group(name: str, verb: Callable[..., int], explanation: str) -> click.Group:
    """A group with one command `import FILE`."""

    @click.group(name, help=explanation)
    def group() -> None: ...

    @group.command("import", help=f"Take in a CSV file: {explanation[0].lower()}{explanation[1:]}")
    @FILE
    @DRY_RUN
    @by_option
    @click.pass_obj
    @reporting
    def run(instance: Instance, file: Path, dry_run: bool, by: str) -> None:
        rows = _kept(instance.database(), lambda session: verb(session, file, by=by), dry_run=dry_run)
        click.echo(f"{file.name}: {rows} rows {'are right; nothing was changed' if dry_run else 'taken in'}")

    return group


def _kept(database: Database, act: Callable[[Session], Found], *, dry_run: bool) -> Found:
    """Do it in one transaction; a dry run does it too, and takes it back."""
    with database.writing() as session:
        found = act(session)
        if dry_run:
            session.rollback()
        return found


agencies = _table_group("agencies", import_agencies, "Agencies and service points, with successors.")
procedures = _table_group("procedures", import_procedures, "Procedures and their fields.")
frames = _table_group("frames", import_frames, "Ended dossiers by agency and month.")
counts = _table_group("counts", import_counts, "Forms counted elsewhere, by option, agency and month.")


@click.group()
def responses() -> None:
    """Responses of another system."""


@responses.command("import")
@FILE
@click.option(
    "--map",
    "map_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The mapping file (TOML); docs/importing.md describes it.",
)
@DRY_RUN
@by_option
@click.pass_obj
@reporting
def import_file(instance: Instance, file: Path, map_file: Path, dry_run: bool, by: str) -> None:
    """Take in responses by a mapping file: all of them or none."""
    mapping = read_mapping(map_file)
    database = instance.database()
    report = _kept(database, lambda session: import_responses(session, file, mapping, by=by), dry_run=dry_run)
    if not dry_run:
        database.rewrite()  # the order of rows must not be found in the file either
    _tell(file, report, dry_run=dry_run)


def _tell(file: Path, report: ImportReport, *, dry_run: bool) -> None:
    for note in told_together(report.notes):
        click.echo(f"note: {note}")
    for reason, number in report.skipped.items():
        click.echo(f"{number} rows skipped: {reason}")
    months = list(report.periods)
    span = f"{months[0]} to {months[-1]}" if months else "no month"
    click.echo(
        f"{file.name}: {report.rows} rows, {report.responses} responses "
        f"{'would be taken in' if dry_run else 'taken in'}, {len(months)} months ({span})"
    )


@click.group()
def codes() -> None:
    """One-time codes."""


@codes.command("issue")
@click.option("--booklet", "service_point", required=True, metavar="SERVICE_POINT", help="Where it is for.")
@click.option("--count", type=int, required=True, help="How many slips.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new file.")
@by_option
@click.pass_obj
@reporting
def issue(instance: Instance, service_point: str, count: int, out: Path, by: str) -> None:
    """Issue a booklet of codes (grade C) and write them to a file, which is the only place that has them."""
    key = read_key(instance.settings.keys, "code")
    today = datetime.now(TIME_ZONE).date()
    database = instance.database()
    with _new_file(out) as file, database.writing() as session:
        drawn = issue_booklet(session, service_point, count, key=key, today=today, by=by)
        file.writelines(f"{printed_code(code)}\n" for code in drawn)
        file.flush()
        os.fsync(file.fileno())  # before they open anything
    click.echo(f"{count} codes written to {out}")


@contextmanager
def _new_file(path: Path) -> Iterator[TextIO]:
    """A file that was not there, for its owner only; it is gone again where the block fails."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(f"{path} is there already and is never overwritten; name a new file") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink()
        raise
