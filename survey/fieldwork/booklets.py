"""Issues one-time codes: booklets of slips for a service point, handed out by the office."""

from datetime import date

from sqlalchemy.orm import Session

from survey.integrity.onetime import code_hash
from survey.integrity.onetime import draw_code
from survey.store.agencies import find_service_point
from survey.store.audit import record
from survey.store.codes import OneTimeCode
from survey.store.codes import find_code
from survey.store.columns import Channel
from survey.store.columns import CodeState
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
    point = find_service_point(session, service_point)
    if point is None or point.valid_from > today or (point.valid_to is not None and point.valid_to <= today):
        raise BookletProblem(f"there is no service point {service_point!r} today; import it with the agencies")
    codes: list[str] = []
    while len(codes) < count:
        code = draw_code()
        digest = code_hash(key, code)
        if find_code(session, digest) is not None:
            continue
        session.add(
            OneTimeCode(
                hash=digest,
                state=CodeState.open,
                competent_id=point.agency_id,
                receiving_id=point.agency_id,
                service_point_id=point.id,
                channel=Channel.counter,
                outcome=Outcome.unstated,
                timeliness=Timeliness.unstated,
                respondent=Respondent.unstated,
                grade=Grade.C,
            )
        )
        codes.append(code)
    record(session, staff=by, act="codes.issue", subject=f"booklet of {count} for {service_point}")
    return codes
