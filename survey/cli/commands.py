"""The command line: one group per thing. Commands parse, call one verb, and say what came of it."""

from pathlib import Path

import click

from survey._version import __version__
from survey.cli import databases
from survey.cli import demos
from survey.cli import imports
from survey.cli import periods
from survey.cli import releases
from survey.cli.instance import Instance


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="HAILONG_HOME",
    default=Path("instance"),
    show_default=True,
    help="The folder of the instance: settings, keys and, unless set otherwise, the database.",
)
@click.pass_context
def main(context: click.Context, home: Path) -> None:
    """Measure how satisfied citizens are with public services, and publish figures that can be defended."""
    context.obj = Instance(home)


for each in (
    databases.db,
    databases.serve,
    demos.demo,
    imports.agencies,
    imports.procedures,
    imports.frames,
    imports.responses,
    imports.counts,
    imports.codes,
    periods.day,
    periods.period,
    releases.release,
    releases.results,
):
    main.add_command(each)
