"""Making an instance, and refusing one that could lose or give away responses."""

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import waitress
from click.testing import CliRunner
from click.testing import Result

from survey.cli import databases
from survey.cli.commands import main
from survey.keys import NAMES
from survey.settings import Settings
from survey.store import base
from survey.store.base import Database
from survey.store.migration import downgrade
from survey.store.migration import head

Hailong = Callable[..., Result]
Log = Callable[[], list[tuple[str, str, str]]]


def new(home: Path, *arguments: str) -> Result:
    """A command on an instance with SQLite in its own folder."""
    return CliRunner().invoke(main, ["--home", str(home), *arguments], env={"HAILONG_DATABASE": None})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_upgrade_makes_an_instance_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "instance"
    made = new(home, "db", "upgrade", "--by", "an")
    assert made.exit_code == 0
    assert f"made keys in {home / 'keys'}: {', '.join(NAMES)}; keep a copy" in made.stdout
    assert f"the database is at migration {head()}" in made.stdout
    assert {mode(path) for path in (home / "keys").iterdir()} == {0o600}
    assert (mode(home / "keys"), mode(home / "hailong.sqlite")) == (0o700, 0o600)
    checked = new(home, "db", "check")
    assert (checked.exit_code, checked.stderr) == (0, "")
    right = [line.partition(":")[0] for line in checked.stdout.splitlines()]
    assert right == ["keys", "database", "database", "disk"]


def test_upgrading_again_changes_nothing_and_says_so(hailong: Hailong, settings: Settings, log: Log) -> None:
    keys = {path.name: path.read_bytes() for path in settings.keys.iterdir()}
    assert hailong("db", "upgrade").stdout == f"the database is at migration {head()}\n"
    assert {path.name: path.read_bytes() for path in settings.keys.iterdir()} == keys
    assert log() == []


def test_an_older_database_is_upgraded_and_it_is_in_the_log(
    hailong: Hailong, database: Database, log: Log
) -> None:
    downgrade(database.engine, "0001")
    hailong("db", "upgrade", "--by", "an")
    assert log() == [("an", "db.upgrade", f"migration 0001 to {head()}")]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = new(tmp_path / "file" / "instance", "db", "upgrade")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"hailong: {tmp_path / 'file' / 'instance'}: Not a directory; check that")


@pytest.fixture
def safe(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The instance with a database that nobody else reads, on a server that waits for the disk."""
    monkeypatch.setattr(databases, "MUST_BE_ON", ("synchronous_commit",))
    if settings.database:
        server = Database(settings.database)
        with server.engine.begin() as connection:
            name = connection.exec_driver_sql("SELECT current_database()").scalar()
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
        server.dispose()
    else:
        (settings.home / "hailong.sqlite").chmod(0o600)
    return settings.home


RIGHT = ("keys: code, web are there", "database: at migration", "database: ", "disk: ")


def test_a_safe_set_up_is_told_line_by_line(hailong: Hailong, safe: Path) -> None:
    lines = hailong("db", "check").stdout.splitlines()
    assert len(lines) == len(RIGHT)
    assert all(line.startswith(start) for line, start in zip(lines, RIGHT, strict=True))


def check(hailong: Hailong, told: str) -> None:
    """It refuses for one reason and says what is right of the rest."""
    result = hailong("db", "check", code=1)
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert len(result.stdout.splitlines()) == len(RIGHT) - 1


def test_a_missing_key(hailong: Hailong, safe: Path) -> None:
    (safe / "keys" / "code.key").unlink()
    check(hailong, "code.key is missing; `hailong db upgrade` makes it, or restore your copy")


@pytest.mark.parametrize("rights", [0o644, 0o640, 0o604])
def test_a_key_that_others_can_read(hailong: Hailong, safe: Path, rights: int) -> None:
    (safe / "keys" / "web.key").chmod(rights)
    check(hailong, "web.key can be read by others; run `chmod 600` on it")


def test_a_database_of_another_shape(hailong: Hailong, safe: Path, database: Database) -> None:
    downgrade(database.engine, "0001")
    check(hailong, f"the database is at migration 0001 and the program at {head()}; run `hailong db upgrade`")


def test_a_database_that_others_can_read(hailong: Hailong, safe: Path, database: Database) -> None:
    if database.file is None:
        assert "database: a server guards it" in hailong("db", "check").stdout
    else:
        database.file.chmod(0o640)
        check(hailong, "hailong.sqlite can be read by others; run `chmod 600` on it")


def prepare_with(monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    """Connections to SQLite are told this and nothing else."""
    monkeypatch.setattr(base, "_prepare_sqlite", lambda connection, _: connection.execute(pragma))


def test_a_database_that_does_not_wait_for_the_disk(
    hailong: Hailong, safe: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.file is None:
        monkeypatch.undo()  # the tests' server runs without any of the three
        with database.engine.begin() as connection:
            name = connection.exec_driver_sql("SELECT current_database()").scalar()
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET synchronous_commit')
        told = "does not wait for the disk; turn on fsync, full_page_writes, synchronous_commit"
    else:
        prepare_with(monkeypatch, "PRAGMA synchronous=NORMAL")
        told = "SQLite does not wait for the disk (synchronous is not FULL)"
    check(hailong, told)


def test_a_write_ahead_log_that_can_lose_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new(tmp_path, "db", "upgrade")
    prepare_with(monkeypatch, "PRAGMA journal_mode=WAL")
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    result = new(tmp_path, "db", "check")
    assert result.exit_code == 1
    assert "can lose data in WAL mode; install a newer one" in result.stderr
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert new(tmp_path, "db", "check").exit_code == 0


class Server:
    """Stands in for waitress: remembers what it was told and ends at once."""

    effective_port = 8123

    def __init__(self, app: Any, **told: Any) -> None:
        self.app, self.told, self.ran, self.closed = app, told, 0, 0
        Server.last = self

    def run(self) -> None:
        self.ran += 1

    def close(self) -> None:
        self.closed += 1

    last: "Server"


def test_serve_runs_the_app_and_closes_it(hailong: Hailong, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waitress, "create_server", Server)
    told = hailong("serve", "--host", "127.0.0.2", "--port", 0).stdout
    assert told == "serving on http://127.0.0.2:8123/  (end with Ctrl-C)\n"
    server = Server.last
    assert (server.ran, server.closed) == (1, 1)
    assert (server.told["host"], server.told["port"], server.told["ident"]) == ("127.0.0.2", 0, None)
    assert server.app.test_client().get("/health").status_code == 200


def test_serve_needs_its_keys_and_a_port(hailong: Hailong, settings: Settings) -> None:
    assert "is not in the range" in hailong("serve", "--port", 70000, code=2).stderr
    (settings.keys / "web.key").unlink()
    assert "web.key is missing" in hailong("serve", code=1).stderr
