"""An office with a counter in the middle of its month, and citizens' codes for it."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select

from survey.integrity.onetime import code_hash
from survey.integrity.onetime import draw_code
from survey.keys import read_key
from survey.respond.intake import Taken
from survey.respond.intake import take
from survey.settings import Settings
from survey.store.base import Database
from survey.store.codes import OneTimeCode
from survey.store.columns import Channel
from survey.store.columns import CodeState
from survey.store.columns import Grade
from survey.store.columns import Outcome
from survey.store.columns import PeriodState
from survey.store.columns import Respondent
from survey.store.columns import Timeliness
from survey.store.periods import TIME_ZONE
from survey.store.periods import Period
from survey.store.periods import month_label
from survey.store.procedures import Field
from survey.store.responses import Received
from tests import factories

FIELDS = {"dat-dai": ("Đất đai", "Land"), "ho-tich": ("Hộ tịch", "Civil status")}


@dataclass(frozen=True)
class Office:
    """Ids of what is in the database, and what a test does with it."""

    database: Database
    key: bytes
    today: date
    root: int
    agency: int
    point: int
    period: int
    fields: dict[str, int]

    def issue(self, **facts: object) -> str:
        """A fresh code, open and of a booklet unless told otherwise; returns its digits."""
        drawn = draw_code()
        booklet = {
            "state": CodeState.open,
            "competent_id": self.agency,
            "receiving_id": self.agency,
            "service_point_id": self.point,
            "channel": Channel.counter,
            "outcome": Outcome.unstated,
            "timeliness": Timeliness.unstated,
            "respondent": Respondent.unstated,
            "grade": Grade.C,
        }
        with self.database.writing() as session:
            session.add(OneTimeCode(hash=self.hash(drawn), **{**booklet, **facts}))
        return drawn

    def hash(self, code: str) -> bytes:
        return code_hash(self.key, code)

    def take(self, code: str, **sent: str) -> Taken:
        with self.database.writing() as session:
            return take(session, self.hash(code), sent, today=self.today)

    def received(self, code: str) -> Received | None:
        with self.database.reading() as session:
            return session.scalar(select(Received).where(Received.code_hash == self.hash(code)))

    def code(self, digits: str) -> OneTimeCode:
        with self.database.reading() as session:
            return session.get_one(OneTimeCode, self.hash(digits))

    def count(self, table: type = Received) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def whole(self, code: str) -> bool:
        """Whether the code is used and its response there, or neither."""
        return (self.code(code).state is CodeState.used) == (self.received(code) is not None)

    def close(self) -> None:
        with self.database.writing() as session:
            session.get_one(Period, self.period).state = PeriodState.closed


def open_office(database: Database, settings: Settings) -> Office:
    today = datetime.now(TIME_ZONE).date()
    with database.writing() as session:
        root = factories.agency(session, "tinh-thu", vi="Tỉnh Thử", en="Trial Province")
        agency = factories.agency(session, "so-thu", parent=root, vi="Sở Thử", en="Trial Office")
        point = factories.service_point(session, "quay-1", at=agency)
        period = factories.period(session, root, month_label(today))
        fields = [Field(code=code, name_vi=vi, name_en=en) for code, (vi, en) in FIELDS.items()]
        session.add_all(fields)
        session.flush()
        return Office(
            database,
            read_key(settings.keys, "code"),
            today,
            root.id,
            agency.id,
            point.id,
            period.id,
            {field.code: field.id for field in fields},
        )
