"""`hailong release` and `hailong results`."""

import json

import click

from survey.cli.instance import BadInput
from survey.cli.instance import Instance
from survey.cli.instance import by_option
from survey.cli.instance import organisation_option
from survey.cli.instance import reporting
from survey.cli.progress import progress
from survey.cli.table import results_table
from survey.estimation.monthly import Rules
from survey.fieldwork.periods import the_organisation
from survey.fieldwork.periods import the_period
from survey.publish.releasing import DOCUMENT
from survey.publish.releasing import approve_release
from survey.publish.releasing import build_release
from survey.publish.releasing import publish_release
from survey.store.columns import ReleaseState
from survey.store.periods import month_bounds
from survey.store.periods import month_labels
from survey.store.releases import newest
from survey.store.releases import release_file

PERIOD = click.argument("period", metavar="PERIOD")


@click.group()
def release() -> None:
    """Published figures. PERIOD is a month (2026-11) or a run of months (2026-01..2026-11)."""


@release.command("build")
@PERIOD
@click.option("--draft", is_flag=True, help="To look at; a draft can never be published.")
@organisation_option
@by_option
@click.pass_obj
@reporting
def build(instance: Instance, period: str, draft: bool, organisation: str | None, by: str) -> None:
    """Estimate PERIOD from its tallies and responses, and freeze the figures."""
    settings = instance.settings
    rules = Rules(settings.minimum_n, settings.confidence_level)
    database = instance.database()
    labels = month_labels(period)
    newest_document = b"{}"
    for label in progress(labels, label="building", length=len(labels)):
        with database.writing() as session:
            root = the_organisation(session, organisation)
            month = the_period(session, root, label)
            built = build_release(session, root, month, rules, draft=draft, by=by)
            newest_document = release_file(session, built.id, DOCUMENT) or newest_document
    click.echo(results_table(json.loads(newest_document)))
    click.echo(f"{'draft of ' if draft else ''}{period} is built")


@release.command("approve")
@PERIOD
@organisation_option
@by_option
@click.pass_obj
@reporting
def approve(instance: Instance, period: str, organisation: str | None, by: str) -> None:
    """Say, as a second person, that the builds of PERIOD may be published."""
    with instance.database().writing() as session:
        root = the_organisation(session, organisation)
        for label in month_labels(period):
            approve_release(session, root.code, label, by=by)
    click.echo(f"{period} is approved by {by}")


@release.command("publish")
@PERIOD
@organisation_option
@by_option
@click.pass_obj
@reporting
def publish(instance: Instance, period: str, organisation: str | None, by: str) -> None:
    """Make the approved builds of PERIOD public."""
    with instance.database().writing() as session:
        root = the_organisation(session, organisation)
        for label in month_labels(period):
            publish_release(session, root.code, label, by=by)
    click.echo(f"{period} is published")


@click.group()
def results() -> None:
    """Figures in the terminal."""


@results.command("show")
@PERIOD
@click.option("--draft", is_flag=True, help="The newest draft instead of what is published.")
@click.option("--csv", "as_csv", is_flag=True, help="The CSV file itself.")
@click.option("--json", "as_json", is_flag=True, help="The JSON file itself.")
@organisation_option
@click.pass_obj
@reporting
def show(
    instance: Instance, period: str, draft: bool, as_csv: bool, as_json: bool, organisation: str | None
) -> None:
    """Show the published figures of one month."""
    if as_csv and as_json:
        raise BadInput("choose one of --csv and --json")
    month_bounds(period)
    states = (ReleaseState.draft,) if draft else (ReleaseState.published,)
    with instance.database().reading() as session:
        root = the_organisation(session, organisation)
        found = newest(session, root.code, period, states=states)
        if found is None:
            raise BadInput(f"{root.code} has no {'draft' if draft else 'published release'} of {period}")
        content = release_file(session, found.id, "data.csv" if as_csv else DOCUMENT)
    assert content is not None
    if as_csv or as_json:
        click.echo(content, nl=False)
    else:
        click.echo(results_table(json.loads(content)))
