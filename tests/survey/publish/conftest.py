"""A small published province to read from."""

import pytest
from sqlalchemy.orm import Session

from survey.estimation.counting import recount
from survey.estimation.monthly import Rules
from survey.publish.releasing import approve_release
from survey.publish.releasing import build_release
from survey.publish.releasing import publish_release
from survey.store.agencies import Agency
from survey.store.base import Database
from survey.store.columns import PeriodState
from survey.store.periods import Period
from survey.store.tallies import replace_tally
from tests.factories import agency
from tests.factories import period
from tests.factories import responses


def closed(session: Session, root: Agency, label: str = "2026-10") -> Period:
    month = period(session, root, label)
    month.state = PeriodState.closed
    replace_tally(session, month.id, recount(session, month.id))
    return month


def publish(session: Session, root: Agency, label: str = "2026-10") -> None:
    """Close and publish a month by two people."""
    build_release(session, root, closed(session, root, label), Rules(), draft=False, by="an")
    approve_release(session, root.code, label, by="binh")
    publish_release(session, root.code, label, by="binh")


@pytest.fixture
def province(database: Database) -> None:
    """Two offices that are shown, one with too few forms and one without any, published for October 2026."""
    with database.writing() as session:
        root = agency(session, "tinh", vi="Tỉnh <Thử>", en="Province <Trial>")
        one = agency(session, "so-mot", parent=root, vi="Sở Một", en="Department One")
        two = agency(session, "so-hai", parent=root, vi="Sở Hai & Ba", en="Department Two & Three")
        few = agency(session, "xa-it", parent=root, vi="Xã Ít Phiếu", en="Commune Few")
        agency(session, "xa-khong", parent=root, vi="Xã Không", en="Commune None")
        responses(session, one, {"554545": 30, "4x4.44": 8, "2": 2}, label="2026-10")
        responses(session, two, {"555555": 15}, label="2026-10")
        responses(session, few, {"5": 9}, label="2026-10")
        publish(session, root)
