"""Public pages of published results. They read releases only."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import redirect
from flask import render_template
from flask import request
from flask import url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from survey.charts import explore
from survey.charts import svg
from survey.charts.figure import Figure
from survey.publish.reading import Published
from survey.publish.reading import figure
from survey.publish.reading import history
from survey.publish.reading import newest_period
from survey.publish.reading import published
from survey.publish.reading import share_of_offices
from survey.publish.reading import share_over_time
from survey.store.releases import published_organisations
from survey.store.releases import published_periods
from survey.store.releases import published_release
from survey.store.releases import release_file
from survey.web import transaction
from survey.web.filters import folded
from survey.web.filters import json_script
from survey.web.filters import month
from survey.web.locale import gettext
from survey.web.locale import in_language
from survey.web.locale import language
from survey.web.problems import NOT_PUBLISHED

blueprint = Blueprint("publish", __name__)

_TYPES = {"data.csv": "text/csv; charset=utf-8", "data.json": "application/json; charset=utf-8"}


@blueprint.app_template_global()
def interval_bar(value: float, low: float, high: float) -> Markup:
    return Markup(svg.interval_bar(value, low, high))


@blueprint.app_template_global()
def level_bar(value: float) -> Markup:
    return Markup(svg.level_bar(value))


blueprint.add_app_template_global(figure, "published_figure")


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The latest results, and the box that finds an office."""
    sought = request.args.get("q", "").strip()[:80]
    with transaction.reading() as session:
        newest = [newest_period(session, code) for code in published_organisations(session)]
    latest = sorted((each for each in newest if each), key=lambda each: each.label, reverse=True)
    found = [
        (period, office)
        for period in latest
        for office in period.offices
        if sought and folded(sought) in folded(" ".join((office.code, *office.names.values())))
    ]
    return render_template("publish/home.html", latest=latest, sought=sought, found=found)


@blueprint.get("/results")
def results() -> ResponseReturnValue:
    with transaction.reading() as session:
        organisations = published_organisations(session)
        if len(organisations) != 1:
            return redirect(url_for(".home"))
        return _to_newest(session, organisations[0])


@blueprint.get("/results/<root>")
def organisation(root: str) -> ResponseReturnValue:
    with transaction.reading() as session:
        return _to_newest(session, root)


@blueprint.get("/results/<root>/<period>")
@blueprint.get("/results/<root>/<period>/v<int:version>")
def period(root: str, period: str, version: int | None = None) -> ResponseReturnValue:
    with transaction.reading() as session:
        found = _period(session, root, period, version)
        labels = published_periods(session, root)
    return render_template(
        "publish/period.html", period=found, labels=labels, version=version, grades=grades()
    )


@blueprint.get("/results/<root>/<period>/<agency>")
@blueprint.get("/results/<root>/<period>/v<int:version>/<agency>")
def office(root: str, period: str, agency: str, version: int | None = None) -> ResponseReturnValue:
    with transaction.reading() as session:
        found = _period(session, root, period, version)
        listed = found.office(agency)
        if listed is None:
            raise NOT_PUBLISHED
        trend = _trend(session, found, agency)
    return render_template(
        "publish/office.html",
        period=found,
        office=listed,
        version=version,
        trend=trend,
        trend_svg=Markup(svg.trend_svg(trend)),
        grades=grades(),
    )


@blueprint.get("/results/<root>/<period>/chart")
def period_chart(root: str, period: str) -> ResponseReturnValue:
    with transaction.reading() as session:
        found = _period(session, root, period, None)
    drawn = share_of_offices(
        found,
        gettext("Satisfied share by office, %(month)s", month=month(found.label)),
        gettext("A dot and its interval for every office that has enough forms."),
        in_language,
    )
    return _chart_page(found, None, drawn)


@blueprint.get("/results/<root>/<period>/<agency>/chart")
def office_chart(root: str, period: str, agency: str) -> ResponseReturnValue:
    with transaction.reading() as session:
        found = _period(session, root, period, None)
        if found.office(agency) is None:
            raise NOT_PUBLISHED
        drawn = _trend(session, found, agency)
    return _chart_page(found, found.office(agency), drawn)


@blueprint.get("/results/<root>/<period>/data.csv", defaults={"name": "data.csv"})
@blueprint.get("/results/<root>/<period>/data.json", defaults={"name": "data.json"})
@blueprint.get("/results/<root>/<period>/v<int:version>/data.csv", defaults={"name": "data.csv"})
@blueprint.get("/results/<root>/<period>/v<int:version>/data.json", defaults={"name": "data.json"})
def data(root: str, period: str, name: str, version: int | None = None) -> ResponseReturnValue:
    """A file of a release, the very bytes that were frozen."""
    with transaction.reading() as session:
        release = published_release(session, root, period, version)
        content = release_file(session, release.id, name) if release else None
    if release is None or content is None:
        raise NOT_PUBLISHED
    response = Response(content, content_type=_TYPES[name])
    response.set_etag(f"{release.sha256}-{name}")
    response.headers["Content-Disposition"] = f'inline; filename="{root}-{period}-v{release.version}-{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response.make_conditional(request)


@blueprint.get("/trust")
def trust() -> ResponseReturnValue:
    return render_template("publish/trust.html", grades=grades())


def grades() -> dict[str, tuple[str, str]]:
    """What each grade means: in a few words, and in a sentence."""
    return {
        "A": (
            gettext("code from the dossier list"),
            gettext("Everybody whose dossier ended could get a code; the office had no hand in who answers."),
        ),
        "B": (
            gettext("drawn and called by home affairs"),
            gettext("The office had no hand in whom home affairs called."),
        ),
        "C": (
            gettext("code from a booklet held by the office"),
            gettext("The office handed out the slips, so it could choose whom to ask."),
        ),
        "D": (
            gettext("collected by the office itself"),
            gettext("The forms were in the hands of the office that is judged."),
        ),
        "U": (
            gettext("not verified"),
            gettext("Anybody could press, as often as they liked."),
        ),
    }


def _to_newest(session: Session, root: str) -> ResponseReturnValue:
    labels = published_periods(session, root)
    if not labels:
        raise NOT_PUBLISHED
    return redirect(url_for(".period", root=root, period=labels[-1]))


def _period(session: Session, root: str, label: str, version: int | None) -> Published:
    found = published(session, root, label, version)
    if found is None:
        raise NOT_PUBLISHED
    return found


def _trend(session: Session, period: Published, code: str) -> Figure:
    periods = [each for each in history(session, period.organisation["code"]) if each.label <= period.label]
    return share_over_time(
        periods,
        code,
        gettext("Satisfied share over time"),
        gettext("A dot and its interval for every month that has enough forms."),
        _short_month,
    )


def _short_month(label: str) -> str:
    """`2026-11` as 11/2026, for a figure."""
    year, _, number = label.partition("-")
    return f"{number}/{year}"


def _chart_page(period: Published, office: Any, drawn: Figure) -> ResponseReturnValue:
    return render_template(
        "publish/chart.html",
        period=period,
        office=office,
        chart=drawn,
        figure_json=json_script(
            explore.plotly_json(
                drawn, value_name=gettext("Satisfied"), separators=".," if language() == "en" else ",."
            )
        ),
    )
