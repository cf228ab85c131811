"""Day close: cut every response of the open day from its code, shuffle, and rewrite the file."""

import secrets

from sqlalchemy.orm import Session

from survey.store.base import Database
from survey.store.codes import forget_used_codes
from survey.store.responses import add_responses
from survey.store.responses import remove_received

_RANDOM = secrets.SystemRandom()


def close_day(database: Database) -> int:
    """Move what was received to `responses`; returns how many. Repeating it does no harm.

    One transaction cuts the link. Then the file is rewritten, because the free space of a database still
    holds the order in which rows came.
    """
    with database.writing() as session:
        moved = move_received(session)
    database.rewrite()
    return moved


def move_received(session: Session) -> int:
    """Cut the responses of the open day from their codes, in the caller's transaction; returns how many."""
    rows = [{**facts, "id": random_id()} for facts in remove_received(session)]
    _RANDOM.shuffle(rows)
    add_responses(session, rows)
    forget_used_codes(session)
    return len(rows)


def random_id() -> int:
    """A random key of a response, within its period."""
    return secrets.randbits(63)
