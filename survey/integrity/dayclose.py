"""Day close: cut every response of the open day from its code, shuffle, and rewrite the file."""

import secrets

from survey.store.base import Database
from survey.store.codes import forget_used_codes
from survey.store.responses import FACTS
from survey.store.responses import add_responses
from survey.store.responses import empty_received
from survey.store.responses import waiting

_RANDOM = secrets.SystemRandom()


def close_day(database: Database) -> int:
    """Move what was received to `responses`; returns how many. Repeating it does no harm.

    One transaction cuts the link. Then the file is rewritten, because the free space of a database still
    holds the order in which rows came.
    """
    with database.writing() as session:
        rows = [
            {**{name: getattr(received, name) for name in FACTS}, "id": random_id()}
            for received in waiting(session)
        ]
        _RANDOM.shuffle(rows)
        add_responses(session, rows)
        empty_received(session)
        forget_used_codes(session)
    database.rewrite()
    return len(rows)


def random_id() -> int:
    """A random key of a response, within its period."""
    return secrets.randbits(63)
