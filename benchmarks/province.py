"""A large made-up province in a database: offices, months and responses, seeded."""

from datetime import date
from random import Random
from secrets import token_bytes

from survey.instrument.load import instrument
from survey.integrity.dayclose import random_id
from survey.store.agencies import Agency
from survey.store.agencies import AgencyName
from survey.store.base import Database
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import PeriodState
from survey.store.columns import Respondent
from survey.store.columns import Standing
from survey.store.columns import Timeliness
from survey.store.instruments import store_instrument
from survey.store.periods import Period
from survey.store.periods import month_bounds
from survey.store.periods import month_labels
from survey.store.responses import add_responses

ROOT = "tinh-lon"
FIRST = date(2020, 1, 1)


def fill(database: Database, *, offices: int, months: str, responses: int, seed: int = 1) -> None:
    """Open `months` for ptx-1 and spread `responses` evenly over them, unevenly over the offices."""
    random = Random(seed)
    form = instrument("ptx-1")
    labels = month_labels(months)
    with database.writing() as session:
        ids = _agencies(session, offices)
        instrument_id = store_instrument(session, form).id
        for label in labels:
            starts, ends = month_bounds(label)
            period = Period(
                organisation_id=ids[0],
                label=label,
                kind="month",
                starts=starts,
                ends=ends,
                instrument_id=instrument_id,
                state=PeriodState.open,
            )
            session.add(period)
            session.flush()
            weights = [1 / (1 + place % 30) for place in range(offices)]
            chosen = random.choices(ids[1:], weights, k=responses // len(labels))
            add_responses(
                session,
                [_row(period.id, agency, instrument_id, len(form.items), random) for agency in chosen],
            )


def _agencies(session, offices: int) -> list[int]:
    ids: list[int] = []
    for place in range(offices + 1):
        agency = Agency(
            code=f"{ROOT}-{place}" if place else ROOT,
            kind="commune" if place else "organisation",
            parent_id=ids[0] if place else None,
            rated=bool(place),
            notice_vi="Dữ liệu dựng để đo",
            notice_en="Made up for measuring",
            valid_from=FIRST,
        )
        session.add(agency)
        session.flush()
        session.add(AgencyName(agency_id=agency.id, language="vi", valid_from=FIRST, name=f"Xã {place}"))
        ids.append(agency.id)
    return ids


def _row(period_id: int, agency: int, instrument_id: int, items: int, random: Random) -> dict[str, object]:
    answers = "".join(random.choices("54321", (60, 25, 9, 4, 2), k=1))
    answers += "".join(random.choices("54321x.", (50, 25, 8, 4, 2, 5, 6), k=5))
    return {
        "period_id": period_id,
        "id": random_id(),
        "competent_id": agency,
        "receiving_id": agency,
        "service_point_id": None,
        "device": None,
        "field_id": None,
        "channel": Channel.counter,
        "outcome": Outcome.granted,
        "timeliness": Timeliness.on_time,
        "mode": random.choice((Mode.own_device, Mode.kiosk)),
        "grade": Grade.A,
        "respondent": Respondent.citizen,
        "standing": Standing.counted,
        "instrument_id": instrument_id,
        "nonce": token_bytes(16),
        "answers": answers.ljust(items, "-"),
    }
