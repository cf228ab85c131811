"""The closed lists of the house, and how a column keeps one letter for each word.

In code and in every file the word is used (`Mode.own_device.name`); a row holds the letter, because a
response must stay small and readable in any client.
"""

from datetime import UTC
from datetime import datetime
from enum import Enum
from typing import Annotated

from sqlalchemy import DateTime
from sqlalchemy import Dialect
from sqlalchemy import String
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import Enum as EnumType
from sqlalchemy.types import TypeDecorator


class Mode(Enum):
    """How a response came."""

    own_device = "o"
    kiosk = "k"
    paper = "p"
    phone = "t"
    interviewer = "i"
    imported = "m"


class Grade(Enum):
    """Where responses come from and who held the invitation; best first. Never added up."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    U = "U"


class Channel(Enum):
    """How the dossier was filed."""

    counter = "c"
    online = "o"
    post = "p"
    unstated = "-"


class Outcome(Enum):
    """How the dossier ended."""

    granted = "g"
    refused = "r"
    supplement = "s"
    withdrawn = "w"
    unstated = "-"


class Timeliness(Enum):
    on_time = "o"
    late = "l"
    unstated = "-"


class Respondent(Enum):
    citizen = "c"
    enterprise = "e"
    unstated = "-"


class Standing(Enum):
    """Whether a response counts; `store.responses.counted` is the one that asks."""

    counted = "c"
    disputed = "d"


class PeriodState(Enum):
    open = "o"
    closed = "c"


class CodeState(Enum):
    open = "o"
    used = "u"
    void = "v"


class ReleaseState(Enum):
    draft = "d"
    built = "b"
    approved = "a"
    published = "p"


def letter(words: type[Enum]) -> EnumType:
    """A column of one letter that reads and writes members of `words`, defended by a CHECK."""
    return EnumType(
        words,
        values_callable=lambda kind: [member.value for member in kind],
        native_enum=False,
        create_constraint=True,
        length=1,
        name=words.__name__.lower(),
    )


class InUtc(TypeDecorator[datetime]):
    """A moment with its zone, also from SQLite, which keeps none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


LONGEST_CODE = 64
LONGEST_LABEL = 300

Code = Annotated[str, mapped_column(String(LONGEST_CODE))]
Label = Annotated[str, mapped_column(String(LONGEST_LABEL))]
Moment = Annotated[datetime, mapped_column(InUtc)]
