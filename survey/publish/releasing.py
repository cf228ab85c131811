"""Builds, approves and publishes releases."""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime

from sqlalchemy.orm import Session

from survey.estimation.figures import Block
from survey.estimation.monthly import Rules
from survey.estimation.monthly import estimate_period
from survey.publish.document import Document
from survey.publish.document import canonical_json
from survey.publish.document import open_document
from survey.publish.document import release_document
from survey.publish.tables import csv_table
from survey.store.agencies import Agency
from survey.store.agencies import AgencyAsOf
from survey.store.agencies import agencies_between
from survey.store.audit import record
from survey.store.columns import Grade
from survey.store.columns import PeriodState
from survey.store.columns import ReleaseState
from survey.store.frames import populations
from survey.store.grades import headline_grades
from survey.store.grades import set_headline_grade
from survey.store.instruments import stored_instrument
from survey.store.periods import Period
from survey.store.releases import Release
from survey.store.releases import freeze
from survey.store.releases import mark_published
from survey.store.releases import newest
from survey.store.releases import published_release
from survey.store.responses import responses_by_agency

DOCUMENT = "data.json"
TABLE = "data.csv"


class ReleaseProblem(Exception):
    """An act that the release's state does not allow; the message says what to do."""


def build_release(
    session: Session, organisation: Agency, period: Period, rules: Rules, *, draft: bool, by: str
) -> Release:
    """Estimate a period and freeze what comes out. Raises ReleaseProblem, TallyDiffers.

    A draft may be built at any time and can never be published; while the period is open it holds numbers of
    responses only.
    """
    subject = f"{organisation.code} {period.label}"
    if not draft and period.state is PeriodState.open:
        raise ReleaseProblem(
            f"{subject} is open; run `hailong period close {period.label}`, or build with --draft"
        )
    if not draft and published_release(session, organisation.code, period.label) is not None:
        raise ReleaseProblem(f"{subject} is published and never changes")
    document = _document(session, organisation, period, rules, draft=draft)
    content = canonical_json(document)
    release = freeze(
        session,
        organisation=organisation.code,
        period=period.label,
        version=document["version"],
        state=ReleaseState.draft if draft else ReleaseState.built,
        built_by=by,
        files={DOCUMENT: content, TABLE: csv_table(json.loads(content))},
    )
    record(
        session,
        staff=by,
        act="release.draft" if draft else "release.build",
        subject=subject,
        reason=release.sha256,
    )
    return release


def approve_release(session: Session, organisation: str, label: str, *, by: str) -> Release:
    """A second person says that the newest build may be published."""
    release = _waiting(session, organisation, label, (ReleaseState.built,), "is built and waits for approval")
    if release.built_by.casefold() == by.casefold():
        raise ReleaseProblem(f"{by} built this release; another person must approve it")
    release.state = ReleaseState.approved
    release.approved_by = by
    record(session, staff=by, act="release.approve", subject=f"{organisation} {label}", reason=release.sha256)
    return release


def publish_release(session: Session, organisation: str, label: str, *, by: str) -> Release:
    """Make the approved build public; from here on it never changes."""
    release = _waiting(session, organisation, label, (ReleaseState.approved,), "is approved")
    mark_published(release, at=datetime.now(UTC))
    record(session, staff=by, act="release.publish", subject=f"{organisation} {label}", reason=release.sha256)
    return release


def _waiting(
    session: Session, organisation: str, label: str, states: tuple[ReleaseState, ...], wanted: str
) -> Release:
    """The newest build in one of `states`, unless a draft or another build has come after it."""
    release = newest(
        session,
        organisation,
        label,
        states=(ReleaseState.built, ReleaseState.approved, ReleaseState.published),
    )
    if release is None or release.state not in states:
        state = "there is none" if release is None else f"the newest one is {release.state.name}"
        raise ReleaseProblem(
            f"no release of {organisation} {label} {wanted} ({state}); a draft can never be published"
        )
    return release


def _document(
    session: Session, organisation: Agency, period: Period, rules: Rules, *, draft: bool
) -> Document:
    tree = agencies_between(session, organisation.id, period.starts, period.ends)
    root, offices = tree[0], [agency for agency in tree if agency.rated]
    sizes = populations(session, period.id)
    if period.state is PeriodState.open:
        return open_document(
            organisation=root,
            period=period,
            version=1,
            offices=offices,
            populations=sizes,
            responses=responses_by_agency(session, period.id),
        )
    blocks = estimate_period(session, period.id, [office.id for office in offices], sizes, rules)
    used = {period.instrument_id} | {block.instrument_id for block in blocks}
    return release_document(
        organisation=root,
        period=period,
        version=1,
        draft=draft,
        minimum_n=rules.minimum_n,
        confidence_level=rules.confidence_level,
        offices=offices,
        populations=sizes,
        headlines=_headlines(session, period, offices, blocks, rules, draft=draft),
        instruments={instrument_id: stored_instrument(session, instrument_id) for instrument_id in used},
        blocks=blocks,
    )


def _headlines(
    session: Session,
    period: Period,
    offices: Sequence[AgencyAsOf],
    blocks: Sequence[Block],
    rules: Rules,
    *,
    draft: bool,
) -> Mapping[int, tuple[int, str]]:
    """Instrument and grade of each office's headline.

    The grade is set for the year with the office's first build: the best one that has enough responses, else
    the best there is. It stays, also where another grade would look better later.
    """
    held: dict[int, dict[str, int]] = {}
    for block in blocks:
        if block.instrument_id == period.instrument_id:
            for figures in block.offices:
                if figures.n:
                    held.setdefault(figures.agency_id, {})[block.grade] = figures.n
    fixed = headline_grades(session, period.starts.year)
    found = {}
    for office in offices:
        grades = {grade: n for grade, n in held.get(office.id, {}).items() if grade != Grade.U.value}
        if office.id in fixed:
            found[office.id] = (period.instrument_id, fixed[office.id].value)
        elif grades:
            enough = [grade for grade, n in grades.items() if n >= rules.minimum_n]
            best = min(enough or grades)
            found[office.id] = (period.instrument_id, best)
            if not draft:
                set_headline_grade(session, office.id, period.starts.year, Grade(best))
    return found
