"""`hailong day` and `hailong period`."""

import click

from survey.cli.instance import Instance
from survey.cli.instance import by_option
from survey.cli.instance import organisation_option
from survey.cli.instance import reporting
from survey.fieldwork.periods import close_periods
from survey.fieldwork.periods import open_period
from survey.fieldwork.periods import the_organisation
from survey.instrument.load import instrument
from survey.integrity.dayclose import close_day
from survey.store.periods import month_labels

PERIOD = click.argument("period", metavar="PERIOD")


@click.group()
def day() -> None:
    """The day's end."""


@day.command("close")
@click.pass_obj
@reporting
def close_open_day(instance: Instance) -> None:
    """Cut every response of the open day from its code, shuffle, and rewrite the file."""
    click.echo(f"{close_day(instance.database())} responses cut from their codes")


@click.group()
def period() -> None:
    """Months of fieldwork. PERIOD is a month (2026-11) or a run of months (2026-01..2026-11)."""


@period.command("open")
@PERIOD
@click.option("--instrument", "code", default="ptx-1", show_default=True, help="Its questionnaire.")
@organisation_option
@by_option
@click.pass_obj
@reporting
def open_months(instance: Instance, period: str, code: str, organisation: str | None, by: str) -> None:
    """Open PERIOD for responses."""
    form = instrument(code)
    with instance.database().writing() as session:
        root = the_organisation(session, organisation)
        for label in month_labels(period):
            open_period(session, root, label, form, by=by)
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
    with click.progressbar(closing, length=len(labels), label="closing") as progress:
        for _ in progress:
            pass
    click.echo(f"{period} is closed")
