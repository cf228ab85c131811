"""Takes a response: one decision, one transaction.

What the citizen reads follows from the class of the answer: `Counted` and `CountedBefore` say that the
response is on disk, `Refused` and `Unfit` that it is not and why.
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
from survey.store.instruments import StoredInstrument
from survey.store.instruments import stored_instrument
from survey.store.periods import Period
from survey.store.periods import hold_period
from survey.store.periods import period_of_day
from survey.store.procedures import Field
from survey.store.procedures import all_fields
from survey.store.responses import Received
from survey.store.responses import received_of_code


class Reason(Enum):
    """Why a code does not open the form, or a response does not count."""

    unknown = "unknown"
    void = "void"
    used = "used"
    closed = "closed"
    not_open = "not-open"


@dataclass(frozen=True)
class Refused:
    reason: Reason


@dataclass(frozen=True)
class Unfit:
    """The answers are not those of the questionnaire; the code stays open."""


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
    """What an open code invites to: the questionnaire and what it is about.

    `fields` are those to choose from where the code knows none.
    """

    period: Period
    instrument: Instrument
    agency_names: dict[str, str]
    service_point: str | None
    field: Field | None
    fields: list[Field]
    notices: dict[str, str]


@dataclass(frozen=True)
class _Opened:
    """An open code and what it leads to today."""

    code: OneTimeCode
    agency: Agency
    organisation: Agency
    period: Period


Taken = Counted | CountedBefore | Unfit | Refused


def invitation(session: Session, code_hash: bytes, today: date) -> Invitation | Refused:
    """What the code opens today; reads only."""
    found = _open(session, code_hash, today)
    if isinstance(found, Refused):
        return found
    code, agency, root = found.code, found.agency, found.organisation
    point = session.get(ServicePoint, code.service_point_id) if code.service_point_id else None
    field = session.get(Field, code.field_id) if code.field_id else None
    return Invitation(
        period=found.period,
        instrument=_questionnaire(session, found.period.instrument_id)[1],
        agency_names=names_as_of(session, [agency.id], today)[agency.id],
        service_point=point.name if point else None,
        field=field,
        fields=[] if field else all_fields(session),
        notices={"vi": root.notice_vi, "en": root.notice_en} if root.notice_vi else {},
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
    knows nothing of (a booklet's).
    """
    found = _open(session, code_hash, today)
    if isinstance(found, Refused):
        return _again(session, code_hash, sent) if found.reason is Reason.used else found
    hold_period(session, found.period)
    if found.period.state is PeriodState.closed:
        return Refused(Reason.closed)
    stored, instrument = _questionnaire(session, found.period.instrument_id)
    try:
        answers = encoded(instrument, sent)
        field_id = found.code.field_id or _chosen_field(session, sent.get("field", ""))
    except AnswerError:
        return Unfit()
    row = _received(found, stored.id, answers, mode)
    row.field_id = field_id
    row.code_hash, row.content_hash = code_hash, _content_hash(answers, sent)
    if not redeem_code(session, code_hash, found.period.id):
        return _again(session, code_hash, sent)
    session.add(row)
    stored.frozen = True
    session.flush()
    return Counted(found.organisation.code)


def encoded(instrument: Instrument, sent: Mapping[str, str]) -> str:
    """The answers among what was sent, as they are stored; an empty one is a skipped item."""
    answers = {item.code: sent[item.code] for item in instrument.items if sent.get(item.code)}
    instrument.check(answers)
    return instrument.encode(answers)


def _open(session: Session, code_hash: bytes, today: date) -> _Opened | Refused:
    code = find_code(session, code_hash)
    if code is None:
        return Refused(Reason.unknown)
    if code.state is not CodeState.open:
        return Refused(Reason.used if code.state is CodeState.used else Reason.void)
    agency = session.get_one(Agency, code.competent_id)
    organisation = organisation_of(session, agency)
    if code.period_id is not None:
        period = session.get_one(Period, code.period_id)
    elif (period := period_of_day(session, organisation.id, today)) is None:
        return Refused(Reason.not_open)
    if period.state is PeriodState.closed:
        return Refused(Reason.closed)
    return _Opened(code, agency, organisation, period)


def _received(found: _Opened, instrument_id: int, answers: str, mode: Mode) -> Received:
    """A row of the open day with what the code knows of the dossier."""
    code = found.code
    assert code.grade is not None  # only a used code has forgotten it
    return Received(
        period_id=found.period.id,
        competent_id=found.agency.id,
        receiving_id=code.receiving_id or found.agency.id,
        service_point_id=code.service_point_id,
        channel=code.channel,
        outcome=code.outcome,
        timeliness=code.timeliness,
        mode=mode,
        grade=code.grade,
        respondent=code.respondent,
        standing=Standing.counted,
        instrument_id=instrument_id,
        nonce=secrets.token_bytes(16),
        answers=answers,
    )


def _again(session: Session, code_hash: bytes, sent: Mapping[str, str]) -> Taken:
    """The code was used: by the same content (a repeated sending) or by another."""
    first = received_of_code(session, code_hash)
    if first is None:
        return Refused(Reason.used)
    _, instrument = _questionnaire(session, first.instrument_id)
    try:
        same = first.content_hash == _content_hash(encoded(instrument, sent), sent)
    except AnswerError:
        same = False
    if not same:
        return Refused(Reason.used)
    return CountedBefore(organisation_of(session, session.get_one(Agency, first.competent_id)).code)


def _chosen_field(session: Session, chosen: str) -> int | None:
    if not chosen:
        return None
    for field in all_fields(session):
        if field.code == chosen:
            return field.id
    raise AnswerError("this field was not among those to choose from")


def _questionnaire(session: Session, instrument_id: int) -> tuple[StoredInstrument, Instrument]:
    stored = session.get_one(StoredInstrument, instrument_id)
    return stored, stored_instrument(session, instrument_id)


def _content_hash(answers: str, sent: Mapping[str, str]) -> bytes:
    return hashlib.sha256(f"{answers}\n{sent.get('field', '')}".encode()).digest()
