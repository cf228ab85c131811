"""Frames: what is put in the place of a period's frame, and the totals."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.store.base import Database
from survey.store.columns import Channel
from survey.store.columns import Outcome
from survey.store.columns import Timeliness
from survey.store.frames import FrameCell
from survey.store.frames import populations
from survey.store.frames import replace_frame
from tests import factories


def cell(period: int, agency: int, dossiers: int, channel: Channel = Channel.unstated) -> FrameCell:
    return FrameCell(
        period_id=period,
        agency_id=agency,
        field="",
        channel=channel,
        outcome=Outcome.unstated,
        timeliness=Timeliness.unstated,
        dossiers=dossiers,
    )


def two_months(session: Session) -> tuple[int, int, int]:
    root = factories.agency(session, "tinh")
    office = factories.agency(session, "so", parent=root)
    return factories.period(session, root, "2026-10").id, factories.period(session, root).id, office.id


def test_a_frame_takes_the_place_of_its_own_period_only(database: Database) -> None:
    with database.writing() as session:
        october, november, office = two_months(session)
        replace_frame(session, october, [cell(october, office, 5)])
        cells = [cell(november, office, 6), cell(november, office, 1, Channel.online)]
        replace_frame(session, november, cells)
        assert populations(session, november) == {office: 7}
        replace_frame(session, november, [])
        assert populations(session, november) == {}
        assert populations(session, october) == {office: 5}


def test_fewer_than_none_is_refused(database: Database) -> None:
    with database.writing() as session:
        october, _, office = two_months(session)
        replace_frame(session, october, [cell(october, office, -1)])
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()
