"""All tables at once, for migrations and for tests that compare them with the models."""

from survey.store import agencies
from survey.store import audit
from survey.store import codes
from survey.store import frames
from survey.store import grades
from survey.store import imports
from survey.store import instruments
from survey.store import periods
from survey.store import procedures
from survey.store import releases
from survey.store import responses
from survey.store import tallies
from survey.store.base import Base

ROOMS = (
    agencies,
    audit,
    codes,
    frames,
    grades,
    imports,
    instruments,
    periods,
    procedures,
    releases,
    responses,
    tallies,
)
METADATA = Base.metadata
