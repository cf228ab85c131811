"""How commands find their instance, and how they fail: in plain words, 2 for bad input, 1 for a failure."""

import getpass
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from click.testing import Result
from sqlalchemy.exc import OperationalError

from analysis import AnalysisError
from survey.cli import instance
from survey.cli.commands import main
from survey.cli.instance import BadInput
from survey.cli.instance import Instance
from survey.cli.instance import by_option
from survey.cli.instance import reporting
from survey.estimation.counting import TallyDiffers
from survey.fieldwork.booklets import BookletProblem
from survey.fieldwork.periods import PeriodProblem
from survey.fieldwork.tables import BadFile
from survey.fieldwork.tables import Fault
from survey.instrument.definition import AnswerError
from survey.instrument.definition import InstrumentError
from survey.keys import KeysMissing
from survey.publish.releasing import ReleaseProblem
from survey.settings import Settings
from survey.settings import SettingsError
from survey.store.base import Database
from survey.store.instruments import FrozenInstrumentChanged
from survey.store.migration import DatabaseOutOfDate
from survey.store.migration import downgrade
from survey.store.periods import NotAMonth

Hailong = Callable[..., Result]


def failing(error: Exception) -> Result:
    @click.command()
    @reporting
    def act() -> None:
        raise error

    return CliRunner().invoke(act)


@pytest.mark.parametrize(
    "kind",
    [
        AnswerError,
        BadInput,
        BookletProblem,
        FrozenInstrumentChanged,
        InstrumentError,
        NotAMonth,
        PeriodProblem,
        ReleaseProblem,
        SettingsError,
    ],
)
def test_bad_input_exits_2(kind: type[Exception]) -> None:
    result = failing(kind("what is wrong and the remedy"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "hailong: what is wrong and the remedy\n"


@pytest.mark.parametrize("kind", [DatabaseOutOfDate, KeysMissing, OSError, TallyDiffers])
def test_a_failure_exits_1(kind: type[Exception]) -> None:
    result = failing(kind("what failed"))
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "hailong: what failed\n")
    result = failing(AnalysisError("n", "is 0", "give 1"))
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "hailong: n: is 0; give 1\n")


def test_an_error_nobody_thought_of_is_not_dressed_up() -> None:
    result = failing(ZeroDivisionError("ours"))
    assert isinstance(result.exception, ZeroDivisionError)
    assert isinstance(failing(ValueError("ours")).exception, ValueError)


def test_what_the_system_says_is_told_with_the_file() -> None:
    told = failing(PermissionError(13, "Permission denied", "/srv/hailong")).stderr
    assert (
        told
        == "hailong: /srv/hailong: Permission denied; check that it is there, may be written and has space\n"
    )


def test_what_the_database_says_is_told_without_the_statement() -> None:
    told = failing(OperationalError("SELECT secret", {}, Exception("database is locked"))).stderr
    assert told == "hailong: the database says: database is locked\n"


def test_every_fault_of_a_file_is_told_with_its_row() -> None:
    result = failing(BadFile("file.csv", [Fault(row, "OV", "no rule") for row in range(2, 202)]))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 201
    assert result.stderr.splitlines()[0] == "file.csv: row 2, column 'OV': no rule"
    assert result.stderr.splitlines()[-1] == "hailong: file.csv: 200 fault(s), nothing was taken in"


def test_very_many_faults_are_told_together_and_still_all() -> None:
    told = failing(BadFile("file.csv", [Fault(row, "OV", "no rule") for row in range(2, 5000, 2)])).stderr
    assert told.startswith("file.csv: 2499 rows (2, 4, 6, ")
    assert ", 4998), column 'OV': no rule\n" in told
    assert told.count("\n") == 2


@pytest.fixture
def who(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    @click.command()
    @by_option
    def act(by: str) -> None:
        click.echo(by)

    return lambda *arguments: CliRunner().invoke(act, arguments)


def test_one_person_is_one_name(who: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    assert who("--by", "  Nguyễn   Thị An ").stdout == "Nguyễn Thị An\n"
    decomposed = "Nguye\u0302\u0303n"
    assert who("--by", decomposed).stdout == "Nguyễn\n"
    for name in ("", "   ", "a" * 121, "an\x00", "an\x1b[2J"):
        result = who("--by", name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "give a name of 1 to 120 letters" in result.stderr
    monkeypatch.setattr(getpass, "getuser", lambda: "the-user")
    assert who().stdout == "the-user\n"


def test_a_user_without_a_name_is_unknown(
    who: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise OSError("no username set")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert who().stdout == "unknown\n"


def test_no_instance_is_said_and_none_is_made(tmp_path: Path) -> None:
    home = tmp_path / "nowhere"
    for command in (("db", "check"), ("day", "close"), ("results", "show", "2026-11"), ("serve",)):
        result = CliRunner().invoke(main, ["--home", str(home), *command])
        assert result.exit_code == 2
        assert result.stderr == f"hailong: there is no instance in {home}; `hailong db upgrade` makes one\n"
        assert not home.exists()


def test_a_database_of_another_shape_is_not_touched(hailong: Hailong, database: Database) -> None:
    downgrade(database.engine, "0001")
    told = hailong("day", "close", code=1).stderr
    assert "the database is at migration 0001" in told
    assert "run `hailong db upgrade`" in told


def test_settings_are_checked(hailong: Hailong, settings: Settings) -> None:
    (settings.home / "hailong.toml").write_text("minimum = 3\n", encoding="utf-8")
    assert "there is no setting 'minimum'" in hailong("day", "close", code=2).stderr
    (settings.home / "hailong.toml").write_text("minimum_n = 3\n", encoding="utf-8")
    assert "never below 10" in hailong("day", "close", code=2).stderr


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("mysql://an:secret@db/x", 2, "'mysql' is not known; use sqlite:///FILE"),
        ("postgresql+psycopg://an:secret@/x?host=/nowhere", 1, "the database says: "),
        ("sqlite:////nowhere/hailong.sqlite", 2, "there is no instance in"),
    ],
)
def test_a_database_that_is_not_there(tmp_path: Path, url: str, code: int, told: str) -> None:
    environment = {"HAILONG_DATABASE": url}
    result = CliRunner().invoke(main, ["--home", str(tmp_path), "day", "close"], env=environment)
    assert (result.exit_code, result.stdout) == (code, "")
    assert told in result.stderr
    assert "secret" not in result.stderr


def test_connections_are_let_go_when_the_command_ends(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go: list[Database] = []
    monkeypatch.setattr(Database, "dispose", lambda self: let_go.append(self))
    monkeypatch.setattr(instance, "read_settings", lambda _: settings)
    with click.Context(click.Command("act")):
        database = Instance(settings.home).database()
        assert let_go == []
    assert let_go == [database]
    monkeypatch.undo()
    database.dispose()
