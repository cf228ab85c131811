"""Issues one-time codes: booklets of slips for a service point, handed out by the office."""

from datetime import date
from datetime import timedelta

from sqlalchemy.orm import Session

from survey.integrity.onetime import code_hash
from survey.integrity.onetime import draw_code
from survey.store.agencies import Agency
from survey.store.agencies import find_service_point
from survey.store.agencies import lived
from survey.store.audit import record
from survey.store.codes import add_codes
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Timeliness

LARGEST = 10_000


class BookletProblem(Exception):
    """Codes that cannot be issued; the message says why."""


def issue_booklet(
    session: Session, service_point: str, count: int, *, key: bytes, today: date, by: str
) -> list[str]:
    """Draw `count` codes of grade C for a service point; only their keyed hashes are stored."""
    if not 1 <= count <= LARGEST:
        raise BookletProblem(f"a booklet has 1 to {LARGEST} codes, not {count}")
    tomorrow = today + timedelta(days=1)
    point = find_service_point(session, service_point)
    if point is None or not lived(point, today, tomorrow):
        raise BookletProblem(f"there is no service point {service_point!r} today; import it with agencies")
    agency = session.get_one(Agency, point.agency_id)
    if not (agency.rated and lived(agency, today, tomorrow)):
        raise BookletProblem(f"{agency.code}, which {service_point} belongs to, is not rated today")
    codes: dict[str, None] = {}  # each once, in their order
    while len(codes) < count:
        codes[draw_code()] = None
    add_codes(
        session,
        [code_hash(key, code) for code in codes],
        competent_id=agency.id,
        receiving_id=agency.id,
        service_point_id=point.id,
        channel=Channel.counter,
        outcome=Outcome.unstated,
        timeliness=Timeliness.unstated,
        respondent=Respondent.unstated,
        grade=Grade.C,
    )
    record(session, staff=by, act="codes.issue", subject=f"booklet of {count} for {service_point}")
    return list(codes)
