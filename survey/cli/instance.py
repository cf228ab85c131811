"""What every command needs of its instance: settings, database, keys; and how commands fail."""

import getpass
import unicodedata
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from analysis import AnalysisError
from survey.estimation.counting import TallyDiffers
from survey.fieldwork.booklets import BookletProblem
from survey.fieldwork.periods import PeriodProblem
from survey.fieldwork.tables import BadFile
from survey.fieldwork.tables import told_together
from survey.instrument.definition import AnswerError
from survey.instrument.definition import InstrumentError
from survey.keys import KeysMissing
from survey.publish.releasing import ReleaseProblem
from survey.settings import Settings
from survey.settings import SettingsError
from survey.settings import read_settings
from survey.store.audit import LONGEST_STAFF
from survey.store.base import Database
from survey.store.instruments import FrozenInstrumentChanged
from survey.store.migration import DatabaseOutOfDate
from survey.store.migration import require_current
from survey.store.periods import NotAMonth

BAD_INPUT = 2
FAILURE = 1
_MOST_LINES = 200


class BadInput(Exception):
    """What the command was given cannot be right; the message says why."""


# What the person at the keyboard gave was wrong; everything else is a failure of ours.
_INPUT_ERRORS = (
    AnswerError,
    BadInput,
    BookletProblem,
    FrozenInstrumentChanged,
    InstrumentError,
    NotAMonth,
    PeriodProblem,
    ReleaseProblem,
    SettingsError,
)
_FAILURES = (AnalysisError, DatabaseOutOfDate, DBAPIError, KeysMissing, OSError, TallyDiffers)


class Instance:
    """One instance, opened only as far as a command asks."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def settings(self) -> Settings:
        return read_settings(self.home)

    def found(self) -> Database:
        """The database that is there already, whatever its shape."""
        database = opened(self.settings)
        if database.file is not None and not database.file.is_file():
            raise BadInput(f"there is no instance in {self.home}; `hailong db upgrade` makes one")
        return database

    def database(self) -> Database:
        """The database, once it is known to have the shape the program expects."""
        database = self.found()
        require_current(database.engine)
        return database


def opened(settings: Settings) -> Database:
    """The database, let go when the command ends."""
    database = Database(settings.database_url)
    click.get_current_context().call_on_close(database.dispose)
    return database


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors in plain words on stderr: 2 where the input was bad, 1 where something failed."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except BadFile as error:
            alone = len(error.faults) <= _MOST_LINES
            for line in map(str, error.faults) if alone else told_together(error.faults):
                click.echo(f"{error.name}: {line}", err=True)
            _fail(str(error), BAD_INPUT)
        except _FAILURES as error:
            _fail(_plain(error), FAILURE)
        except _INPUT_ERRORS as error:
            _fail(str(error), BAD_INPUT)

    return run


def _plain(error: Exception) -> str:
    if isinstance(error, DBAPIError):
        return f"the database says: {str(error.orig).strip()}"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}; check that it is there, may be written and has space"
    return str(error)


def _fail(message: str, code: int) -> None:
    click.echo(f"hailong: {message}", err=True)
    raise SystemExit(code)


def by_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--by STAFF`: who does it, for the audit log."""
    return click.option(
        "--by",
        default=_user,
        callback=_staff,
        metavar="STAFF",
        show_default="your user name",
        help="Who does it, for the audit log.",
    )(command)


def organisation_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--organisation", metavar="CODE", help="The organisation; needed only where there are several."
    )(command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _staff(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """The name in one spelling, so that one person is not two by a space too many."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not (name.isprintable() and 1 <= len(name) <= LONGEST_STAFF):
        raise click.BadParameter(f"give a name of 1 to {LONGEST_STAFF} letters")
    return name
