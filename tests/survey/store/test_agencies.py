"""The tree of agencies as it was in a period."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from survey.store.agencies import Agency
from survey.store.agencies import AgencyName
from survey.store.agencies import agencies_between
from survey.store.agencies import ancestors
from survey.store.agencies import find_agency
from survey.store.agencies import find_service_point
from survey.store.agencies import lived
from survey.store.agencies import names_as_of
from survey.store.agencies import organisation_of
from survey.store.agencies import organisations
from survey.store.base import Database
from survey.store.periods import month_bounds
from tests import factories

NOVEMBER = month_bounds("2026-11")


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "there"),
    [
        (date(2026, 11, 30), None, True),
        (date(2026, 12, 1), None, False),
        (date(2020, 1, 1), date(2026, 11, 1), False),
        (date(2020, 1, 1), date(2026, 11, 2), True),
        (date(2026, 11, 10), date(2026, 11, 11), True),
    ],
)
def test_a_life_is_half_open(valid_from: date, valid_to: date | None, there: bool) -> None:
    assert lived(Agency(valid_from=valid_from, valid_to=valid_to), *NOVEMBER) is there


def tree(session: Session, code: str = "tinh") -> list[tuple[str, str | None]]:
    root = find_agency(session, code)
    assert root is not None
    return [(agency.code, agency.parent_code) for agency in agencies_between(session, root.id, *NOVEMBER)]


def test_the_root_comes_first_then_each_level_by_code(database: Database) -> None:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        office = factories.agency(session, "so-b", parent=root)
        factories.agency(session, "phong", parent=office)
        factories.agency(session, "so-a", parent=root)
        factories.agency(session, "khac")
        expected = [("tinh", None), ("so-a", "tinh"), ("so-b", "tinh"), ("phong", "so-b")]
        assert tree(session) == expected
        assert tree(session, "khac") == [("khac", None)]
        assert [agency.code for agency in organisations(session)] == ["khac", "tinh"]


def test_an_agency_whose_parent_is_gone_stands_under_the_next_above(database: Database) -> None:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        office = factories.agency(session, "so", parent=root)
        branch = factories.agency(session, "chi-cuc", parent=office)
        factories.agency(session, "tram", parent=branch)
        office.valid_to = branch.valid_to = NOVEMBER[0]
        session.flush()
        assert tree(session) == [("tinh", None), ("tram", "tinh")]
        root.valid_to = NOVEMBER[0]
        session.flush()
        assert tree(session) == [], "without its organisation it is nowhere"


def test_names_are_those_of_the_day(database: Database) -> None:
    with database.writing() as session:
        agency = factories.agency(session, "so", vi="Sở cũ", en="Old office")
        since = date(2026, 11, 15)
        session.add(AgencyName(agency_id=agency.id, language="vi", valid_from=since, name="Sở mới"))
        session.flush()
        before = {date(2019, 1, 1): "Sở cũ", date(2026, 11, 14): "Sở cũ"}
        for day, name in {**before, since: "Sở mới", date(2030, 1, 1): "Sở mới"}.items():
            assert names_as_of(session, [agency.id], day) == {agency.id: {"vi": name, "en": "Old office"}}
        assert names_as_of(session, [], date(2026, 1, 1)) == {}
        [listed] = agencies_between(session, agency.id, *NOVEMBER)
        assert listed.names["vi"] == "Sở mới", "a period bears the names of its last day"
        assert listed.notices == {}
        agency.notice_vi, agency.notice_en = "Dữ liệu thử", "Trial data"
        session.flush()
        [listed] = agencies_between(session, agency.id, *NOVEMBER)
        assert listed.notices == {"vi": "Dữ liệu thử", "en": "Trial data"}


def test_above_an_agency(database: Database) -> None:
    with database.writing() as session:
        root = factories.agency(session, "tinh")
        office = factories.agency(session, "so", parent=root)
        branch = factories.agency(session, "phong", parent=office)
        point = factories.service_point(session, "quay-1", at=branch)
        assert [agency.code for agency in ancestors(session, branch)] == ["so", "tinh"]
        assert ancestors(session, root) == []
        assert organisation_of(session, branch) is organisation_of(session, root) is root
        assert find_service_point(session, "quay-1") is point
        assert find_service_point(session, "so") is None
        assert find_agency(session, "quay-1") is None
