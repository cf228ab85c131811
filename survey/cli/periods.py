"""`hailong day` and `hailong period`."""

import click

from survey.cli.instance import Instance
from survey.cli.instance import by_option
from survey.cli.instance import organisation_option
from survey.cli.instance import reporting
from survey.cli.progress import progress
from survey.fieldwork.mapping import stated_instrument
from survey.fieldwork.periods import PeriodProblem
from survey.fieldwork.periods import close_open_day
from survey.fieldwork.periods import close_periods
from survey.fieldwork.periods import open_period
from survey.fieldwork.periods import the_organisation
from survey.instrument.load import instrument
from survey.store.instruments import stored_instrument
from survey.store.periods import month_labels

PERIOD = click.argument("period", metavar="PERIOD")


@click.group()
def day() -> None:
    """The day's end."""


@day.command("close")
@by_option
@click.pass_obj
@reporting
def close_day(instance: Instance, by: str) -> None:
    """Cut every response of the open day from its code, shuffle, and rewrite the file."""
    click.echo(f"{close_open_day(instance.database(), by=by)} responses cut from their codes")


@click.group()
def period() -> None:
    """Months of fieldwork. PERIOD is a month (2026-11) or a run of months (2026-01..2026-11)."""


@period.command("open")
@PERIOD
@click.option("--instrument", "code", default="ptx-1", show_default=True, help="As ptx-1 or ptx-1/1.")
@organisation_option
@by_option
@click.pass_obj
@reporting
def open_months(instance: Instance, period: str, code: str, organisation: str | None, by: str) -> None:
    """Open PERIOD for responses."""
    labels = month_labels(period)
    form = stated_instrument(code) if "/" in code else instrument(code)
    with instance.database().writing() as session:
        root = the_organisation(session, organisation)
        for label in labels:
            opened = open_period(session, root, label, form, by=by)
            other = stored_instrument(session, opened.instrument_id)
            if other.identifier != form.identifier:
                raise PeriodProblem(f"{root.code} {label} is open for {other.identifier} already")
    click.echo(f"{period} is open for {form.identifier}")


@period.command("close")
@PERIOD
@organisation_option
@by_option
@click.pass_obj
@reporting
def close_months(instance: Instance, period: str, organisation: str | None, by: str) -> None:
    """Close PERIOD: no response enters it from here on, and it is counted."""
    labels = month_labels(period)
    closing = close_periods(instance.database(), organisation, labels, by=by)
    for _ in progress(closing, label="closing", length=len(labels)):
        pass
    click.echo(f"{period} is closed")
