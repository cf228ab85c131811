"""Takes a response: one decision, one transaction.

What the citizen reads follows from the class of the answer: `Counted` and `CountedBefore` say that the response
is on disk, `Refused` that it is not and why.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy.orm import Session

from survey.instrument.definition import AnswerError
from survey.instrument.definition import Instrument
from survey.store.agencies import Agency
from survey.store.agencies import ServicePoint
from survey.store.agencies import names_as_of
from survey.store.agencies import organisation_of
from survey.store.codes import OneTimeCode
from survey.store.codes import find_code
from survey.store.codes import redeem_code
from survey.store.columns import CodeState
from survey.store.columns import Mode
from survey.store.columns import PeriodState
from survey.store.columns import Standing
from survey.store.instruments import freeze_instrument
from survey.store.instruments import stored_instrument
from survey.store.periods import Period
from survey.store.periods import period_of_day
from survey.store.procedures import Field
from survey.store.procedures import find_field
from survey.store.responses import Received
from survey.store.responses import received_of_code


class Reason(Enum):
    """Why a code does not open the form, or a response does not count."""

    unknown = "unknown"
    void = "void"
    used = "used"
    closed = "closed"


@dataclass(frozen=True)
class Refused:
    reason: Reason


@dataclass(frozen=True)
class Counted:
    """On disk once the transaction has ended."""

    organisation: str


@dataclass(frozen=True)
class CountedBefore:
    """The same content came again; nothing was written, and the first response stands."""

    organisation: str


@dataclass(frozen=True)
class Invitation:
    """What an open code invites to: the questionnaire and what it is about."""

    code: OneTimeCode
    period: Period
    organisation: Agency
    instrument: Instrument
    agency_names: dict[str, str]
    service_point: str | None
    field: Field | None
    notices: dict[str, str]


Taken = Counted | CountedBefore | Refused


def invitation(session: Session, code_hash: bytes, today: date) -> Invitation | Refused:
    """What the code opens today; reads only."""
    code = find_code(session, code_hash)
    if code is None:
        return Refused(Reason.unknown)
    if code.state is not CodeState.open:
        return Refused(Reason.used if code.state is CodeState.used else Reason.void)
    assert code.competent_id is not None
    agency = session.get_one(Agency, code.competent_id)
    organisation = organisation_of(session, agency)
    period = (
        session.get(Period, code.period_id)
        if code.period_id is not None
        else period_of_day(session, organisation.id, today)
    )
    if period is None or period.state is PeriodState.closed:
        return Refused(Reason.closed)
    point = session.get(ServicePoint, code.service_point_id) if code.service_point_id else None
    return Invitation(
        code=code,
        period=period,
        organisation=organisation,
        instrument=stored_instrument(session, period.instrument_id),
        agency_names=names_as_of(session, [agency.id], today)[agency.id],
        service_point=point.name if point else None,
        field=session.get(Field, code.field_id) if code.field_id else None,
        notices={"vi": organisation.notice_vi, "en": organisation.notice_en} if organisation.notice_vi else {},
    )


def take(
    session: Session,
    code_hash: bytes,
    sent: Mapping[str, str],
    *,
    today: date,
    mode: Mode = Mode.own_device,
) -> Taken:
    """Redeem the code and store the response in the caller's one transaction.

    `sent` holds the chosen option by item, and under `field` what the citizen says of a dossier that the code
    knows nothing of (a booklet's). Raises AnswerError where an answer is not one of its item's options.
    """
    found = invitation(session, code_hash, today)
    if isinstance(found, Refused):
        return _again(session, code_hash, sent) if found.reason is Reason.used else found
    code = found.code
    field = found.field or find_field(session, sent.get("field", ""))
    assert code.competent_id is not None
    assert code.grade is not None
    row = Received(
        period_id=found.period.id,
        competent_id=code.competent_id,
        receiving_id=code.receiving_id or code.competent_id,
        service_point_id=code.service_point_id,
        field_id=field.id if field else None,
        channel=code.channel,
        outcome=code.outcome,
        timeliness=code.timeliness,
        mode=mode,
        grade=code.grade,
        respondent=code.respondent,
        standing=Standing.counted,
        instrument_id=found.period.instrument_id,
        nonce=secrets.token_bytes(16),
        answers=encoded(found.instrument, sent),
        code_hash=code_hash,
    )
    row.content_hash = _content_hash(row.answers, sent)
    if not redeem_code(session, code_hash, found.period.id):
        return _again(session, code_hash, sent)
    session.add(row)
    freeze_instrument(session, found.period.instrument_id)
    session.flush()
    return Counted(found.organisation.code)


def _again(session: Session, code_hash: bytes, sent: Mapping[str, str]) -> Taken:
    """The code was used: by the same content (a repeated sending) or by another."""
    first = received_of_code(session, code_hash)
    if first is None:
        return Refused(Reason.used)
    instrument = stored_instrument(session, first.instrument_id)
    try:
        same = first.content_hash == _content_hash(encoded(instrument, sent), sent)
    except AnswerError:
        same = False
    if not same:
        return Refused(Reason.used)
    return CountedBefore(organisation_of(session, session.get_one(Agency, first.competent_id)).code)


def encoded(instrument: Instrument, sent: Mapping[str, str]) -> str:
    """The answers among what was sent, as they are stored; an empty one is a skipped item."""
    answers = {item.code: sent[item.code] for item in instrument.items if sent.get(item.code)}
    instrument.check(answers)
    return instrument.encode(answers)


def _content_hash(answers: str, sent: Mapping[str, str]) -> bytes:
    return hashlib.sha256(f"{answers}\n{sent.get('field', '')}".encode()).digest()
