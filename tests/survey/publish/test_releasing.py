import hashlib
import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.estimation.counting import TallyDiffers
from survey.estimation.monthly import Rules
from survey.publish.releasing import DOCUMENT
from survey.publish.releasing import ReleaseProblem
from survey.publish.releasing import approve_release
from survey.publish.releasing import build_release
from survey.publish.releasing import publish_release
from survey.store.agencies import Agency
from survey.store.audit import AuditEntry
from survey.store.base import Database
from survey.store.columns import Grade
from survey.store.columns import ReleaseState
from survey.store.releases import ReleaseFile
from survey.store.releases import release_file
from survey.store.tallies import replace_tally
from tests.factories import agency
from tests.factories import period
from tests.factories import responses
from tests.survey.publish.conftest import closed
from tests.survey.publish.conftest import publish

LABEL = "2026-10"


def small(session: Session) -> tuple[Agency, Agency]:
    root = agency(session, "tinh")
    office = agency(session, "so", parent=root)
    responses(session, office, {"5": 12, "3": 4}, label=LABEL)
    return root, office


def built(session: Session, root: Agency, *, draft: bool = False, by: str = "an") -> dict[str, object]:
    release = build_release(session, root, period(session, root, LABEL), Rules(), draft=draft, by=by)
    content = release_file(session, release.id, DOCUMENT)
    assert content is not None
    return json.loads(content)


def test_an_open_period_gives_numbers_and_no_scores_and_only_as_a_draft(database: Database) -> None:
    with database.writing() as session:
        root, _ = small(session)
        document = built(session, root, draft=True)
        assert document["open"] is True
        assert document["offices"] == [
            {
                "agency": "so",
                "names": {"vi": "Cơ quan so", "en": "Office so"},
                "population": None,
                "responses": 16,
            }
        ]
        with pytest.raises(ReleaseProblem, match="is open"):
            built(session, root)


def test_a_period_needs_two_people_and_never_changes_after(database: Database) -> None:
    with database.writing() as session:
        root, _ = small(session)
        closed(session, root, LABEL)
        built(session, root, draft=True)
        with pytest.raises(ReleaseProblem, match="draft can never be published"):
            approve_release(session, "tinh", LABEL, by="binh")
        built(session, root)
        with pytest.raises(ReleaseProblem, match="another person"):
            approve_release(session, "tinh", LABEL, by="an")
        with pytest.raises(ReleaseProblem, match="is approved"):
            publish_release(session, "tinh", LABEL, by="binh")
        approve_release(session, "tinh", LABEL, by="binh")
        built(session, root, by="an")  # built anew: the approval was of other bytes
        with pytest.raises(ReleaseProblem, match="is approved"):
            publish_release(session, "tinh", LABEL, by="binh")
        approve_release(session, "tinh", LABEL, by="binh")
        release = publish_release(session, "tinh", LABEL, by="chi")
        assert release.state is ReleaseState.published
        with pytest.raises(ReleaseProblem, match="never changes"):
            built(session, root)
        acts = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    said = [(entry.act, entry.staff) for entry in acts if entry.act.startswith("release")]
    assert said[-2:] == [("release.approve", "binh"), ("release.publish", "chi")]
    assert acts[-1].reason == release.sha256


def test_the_hash_is_of_the_files(database: Database) -> None:
    with database.writing() as session:
        root, _ = small(session)
        closed(session, root, LABEL)
        release = build_release(session, root, period(session, root, LABEL), Rules(), draft=False, by="an")
        files = list(session.scalars(select(ReleaseFile).order_by(ReleaseFile.name)))
    for file in files:
        assert hashlib.sha256(file.content).hexdigest() == file.sha256
    manifest = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    assert hashlib.sha256(manifest.encode()).hexdigest() == release.sha256


def test_building_twice_gives_the_same_bytes(database: Database) -> None:
    with database.writing() as session:
        root, _ = small(session)
        closed(session, root, LABEL)
        one, other = (
            build_release(session, root, period(session, root, LABEL), Rules(), draft=False, by=by).sha256
            for by in ("an", "binh")
        )
    assert one == other


def test_nothing_is_built_from_a_tally_that_was_touched(database: Database) -> None:
    with database.writing() as session:
        root, _ = small(session)
        month = closed(session, root, LABEL)
        built(session, root, draft=True)
        from survey.store.tallies import read_tally

        tally = read_tally(session, month.id)
        cell = next(cell for cell in tally if (cell.item, cell.option) == ("OV", "3"))
        tally[cell] += 1
        replace_tally(session, month.id, tally)
        with pytest.raises(TallyDiffers):
            built(session, root, draft=True)


def test_the_headline_grade_is_set_for_the_year_and_stays(database: Database) -> None:
    with database.writing() as session:
        root, office = small(session)
        responses(session, office, {"5": 50}, grade=Grade.D, label=LABEL)
        publish(session, root, LABEL)
        responses(session, office, {"1": 4}, label="2026-11")
        responses(session, office, {"5": 40}, grade=Grade.D, label="2026-11")
        publish(session, root, "2026-11")
        document = _published(session, "2026-11")
    [office_document] = document["offices"]
    assert office_document["headline"]["grade"] == "A", "grade D looks better in November; the headline stays"
    assert {result["grade"]: result["status"] for result in office_document["results"]} == {
        "A": "too_few",
        "D": "publish",
    }


def test_a_month_without_forms_is_built_too(database: Database) -> None:
    with database.writing() as session:
        root, _ = small(session)
        publish(session, root, LABEL)
        period(session, root, "2026-11")
        publish(session, root, "2026-11")
        document = _published(session, "2026-11")
    assert document["offices"][0]["results"] == []
    assert document["offices"][0]["headline"] == {"instrument": "ptx-1/1", "grade": "A"}


def test_another_spelling_is_not_another_person(database: Database) -> None:
    with database.writing() as session:
        root, _ = small(session)
        closed(session, root, LABEL)
        built(session, root, by="Lan")
        with pytest.raises(ReleaseProblem, match="another person"):
            approve_release(session, "tinh", LABEL, by="lan")


def test_a_draft_sets_no_grade(database: Database) -> None:
    from survey.store.grades import headline_grades

    with database.writing() as session:
        root, office = small(session)
        closed(session, root, LABEL)
        built(session, root, draft=True)
        assert headline_grades(session, 2026) == {}
        built(session, root)
        assert headline_grades(session, 2026) == {office.id: Grade.A}


def _published(session: Session, label: str) -> dict[str, list[dict[str, object]]]:
    from survey.store.releases import published_release

    release = published_release(session, "tinh", label)
    assert release is not None
    content = release_file(session, release.id, DOCUMENT)
    assert content is not None
    return json.loads(content)
