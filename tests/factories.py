"""Makes what tests need, with the fewest words: plain functions, keyword-only, minimal defaults."""

from collections.abc import Mapping
from datetime import date
from secrets import token_bytes

from sqlalchemy.orm import Session

from survey.instrument.load import instrument
from survey.integrity.dayclose import random_id
from survey.integrity.onetime import code_hash
from survey.integrity.onetime import draw_code
from survey.store.agencies import Agency
from survey.store.agencies import AgencyName
from survey.store.agencies import ServicePoint
from survey.store.agencies import organisation_of
from survey.store.codes import OneTimeCode
from survey.store.columns import Channel
from survey.store.columns import CodeState
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import PeriodState
from survey.store.columns import Respondent
from survey.store.columns import Standing
from survey.store.columns import Timeliness
from survey.store.instruments import store_instrument
from survey.store.periods import Period
from survey.store.periods import find_period
from survey.store.periods import month_bounds
from survey.store.responses import add_responses

LONG_AGO = date(2020, 1, 1)


def agency(
    session: Session, code: str, *, parent: Agency | None = None, rated: bool | None = None, **names: str
) -> Agency:
    """An agency, an organisation where it has no parent; `vi` and `en` name it."""
    made = Agency(
        code=code,
        kind="department" if parent else "organisation",
        parent_id=parent.id if parent else None,
        rated=parent is not None if rated is None else rated,
        notice_vi="",
        notice_en="",
        valid_from=LONG_AGO,
    )
    session.add(made)
    session.flush()
    for language, name in (names or {"vi": f"Cơ quan {code}", "en": f"Office {code}"}).items():
        session.add(AgencyName(agency_id=made.id, language=language, valid_from=LONG_AGO, name=name))
    session.flush()
    return made


def service_point(session: Session, code: str, *, at: Agency) -> ServicePoint:
    made = ServicePoint(code=code, agency_id=at.id, name=f"Quầy {code}", valid_from=LONG_AGO)
    session.add(made)
    session.flush()
    return made


def period(session: Session, organisation: Agency, label: str = "2026-11", *, form: str = "ptx-1") -> Period:
    """An open month, made where it is not there yet."""
    found = find_period(session, organisation.id, label)
    if found is not None:
        return found
    starts, ends = month_bounds(label)
    made = Period(
        organisation_id=organisation.id,
        label=label,
        kind="month",
        starts=starts,
        ends=ends,
        instrument_id=store_instrument(session, instrument(form)).id,
        state=PeriodState.open,
    )
    session.add(made)
    session.flush()
    return made


def responses(
    session: Session,
    of: Agency,
    answers: Mapping[str, int],
    *,
    label: str = "2026-11",
    form: str = "ptx-1",
    grade: Grade = Grade.A,
    mode: Mode = Mode.own_device,
    standing: Standing = Standing.counted,
    receiving: Agency | None = None,
) -> None:
    """So many responses with each answer string; short strings are padded with skipped items."""
    month = period(session, organisation_of(session, of), label, form=form)
    questionnaire = instrument(form)
    facts = {
        "period_id": month.id,
        "competent_id": of.id,
        "receiving_id": (receiving or of).id,
        "service_point_id": None,
        "device": None,
        "field_id": None,
        "channel": Channel.unstated,
        "outcome": Outcome.unstated,
        "timeliness": Timeliness.unstated,
        "mode": mode,
        "grade": grade,
        "respondent": Respondent.unstated,
        "standing": standing,
        "instrument_id": store_instrument(session, questionnaire).id,
    }
    add_responses(
        session,
        [
            {
                **facts,
                "id": random_id(),
                "nonce": token_bytes(16),
                "answers": text.ljust(len(questionnaire.items), "."),
            }
            for text, number in answers.items()
            for _ in range(number)
        ],
    )


def code(session: Session, key: bytes, *, of: Agency, point: ServicePoint | None = None) -> str:
    """An open one-time code of a booklet; returns its digits."""
    drawn = draw_code()
    session.add(
        OneTimeCode(
            hash=code_hash(key, drawn),
            state=CodeState.open,
            competent_id=of.id,
            receiving_id=of.id,
            service_point_id=point.id if point else None,
            channel=Channel.counter,
            outcome=Outcome.unstated,
            timeliness=Timeliness.unstated,
            respondent=Respondent.unstated,
            grade=Grade.C,
        )
    )
    session.flush()
    return drawn
