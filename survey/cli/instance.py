"""What every command needs of its instance: settings, database, keys; and how commands fail."""

import getpass
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
from survey.instrument.definition import AnswerError
from survey.instrument.definition import InstrumentError
from survey.keys import KeysMissing
from survey.publish.releasing import ReleaseProblem
from survey.settings import Settings
from survey.settings import SettingsError
from survey.settings import read_settings
from survey.store.base import Database
from survey.store.instruments import FrozenInstrumentChanged
from survey.store.migration import DatabaseOutOfDate
from survey.store.migration import require_current

BAD_INPUT = 2
FAILURE = 1
_MOST_FAULTS = 200

# What the person at the keyboard gave was wrong; everything else is a failure of ours.
_INPUT_ERRORS = (
    AnswerError,
    BookletProblem,
    FrozenInstrumentChanged,
    InstrumentError,
    PeriodProblem,
    ReleaseProblem,
    SettingsError,
    ValueError,
)
_FAILURES = (AnalysisError, DatabaseOutOfDate, DBAPIError, KeysMissing, OSError, TallyDiffers)


class Instance:
    """One instance, opened only as far as a command asks."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def settings(self) -> Settings:
        return read_settings(self.home)

    def database(self) -> Database:
        """The database, once it is known to have the shape the program expects."""
        settings = self.settings
        if not settings.database and not (self.home / "hailong.sqlite").is_file():
            raise PeriodProblem(f"there is no instance in {self.home}; `hailong db upgrade` makes one")
        database = self.any_database()
        require_current(database.engine)
        return database

    def any_database(self) -> Database:
        """The database in whatever shape it is; closed when the command ends."""
        database = Database(self.settings.database_url)
        click.get_current_context().call_on_close(database.dispose)
        return database


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors in plain words on stderr: 2 where the input was bad, 1 where something failed."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except BadFile as error:
            for fault in error.faults[:_MOST_FAULTS]:
                click.echo(f"{error.name}: {fault}", err=True)
            if len(error.faults) > _MOST_FAULTS:
                click.echo(f"{error.name}: … and {len(error.faults) - _MOST_FAULTS} more", err=True)
            _fail(str(error), BAD_INPUT)
        except _FAILURES as error:
            _fail(str(error), FAILURE)
        except _INPUT_ERRORS as error:
            _fail(str(error), BAD_INPUT)

    return run


def _fail(message: str, code: int) -> None:
    click.echo(f"hailong: {message}", err=True)
    raise SystemExit(code)


def by_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--by STAFF`: who does it, for the audit log."""
    return click.option(
        "--by", default=_user, metavar="STAFF", show_default="your user name", help="Who does it, for the audit log."
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
