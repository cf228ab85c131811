import pytest

from survey.publish.reading import figure
from survey.publish.reading import history
from survey.publish.reading import newest_period
from survey.publish.reading import published
from survey.publish.reading import share_of_offices
from survey.publish.reading import share_over_time
from survey.store.agencies import find_agency
from survey.store.base import Database
from survey.store.columns import Grade
from tests.factories import responses
from tests.survey.publish.conftest import publish


@pytest.mark.usefixtures("province")
def test_offices_come_with_their_headline(database: Database) -> None:
    with database.reading() as session:
        found = newest_period(session, "tinh")
        assert found is not None
        assert published(session, "tinh", "2026-10", 2) is None
        assert newest_period(session, "nowhere") is None
    assert {office.code: office.status for office in found.offices} == {
        "so-mot": "publish",
        "so-hai": "publish",
        "xa-it": "too_few",
        "xa-khong": "no_responses",
    }
    office = found.office("so-mot")
    assert office is not None
    assert office.headline is not None
    share = figure(office.headline, "satisfied_share", "OV")
    assert share is not None
    assert share["value"] == 0.95
    assert figure(office.headline, "satisfied_share", "OV", "month") is None
    assert found.office("nowhere") is None


@pytest.mark.usefixtures("province")
def test_figures_show_only_what_is_published(database: Database) -> None:
    with database.reading() as session:
        found = newest_period(session, "tinh")
    assert found is not None
    drawn = share_of_offices(found, "t", "d", lambda names: names["vi"])
    assert [point.label for point in drawn.points] == ["Sở Hai & Ba", "Sở Một"]
    assert not drawn.over_time


@pytest.mark.usefixtures("province")
def test_a_trend_breaks_where_the_instrument_or_the_grade_changes(database: Database) -> None:
    with database.writing() as session:
        root, office = find_agency(session, "tinh"), find_agency(session, "so-mot")
        assert root is not None
        assert office is not None
        for label, form, grade in (
            ("2026-11", "ptx-1", Grade.A),
            ("2026-12", "legacy-3", Grade.A),
            ("2027-01", "legacy-3", Grade.D),  # another year may set another grade
        ):
            responses(session, office, {"3": 20}, label=label, form=form, grade=grade)
            publish(session, root, label)
        trend = share_over_time(list(history(session, "tinh")), "so-mot", "t", "d", str)
        hidden = share_over_time(list(history(session, "tinh")), "xa-it", "t", "d", str)
    assert [(point.label, point.run) for point in trend.points] == [
        ("2026-10", 0),
        ("2026-11", 0),
        ("2026-12", 1),
        ("2027-01", 2),
    ]
    assert all(point.value is None and point.n is None for point in hidden.points)
