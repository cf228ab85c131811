"""Every command has help; every act that changes something is in the log with who did it."""

import shutil
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from click.testing import Result

from survey._version import __version__
from survey.cli.commands import main
from survey.fieldwork import counts
from survey.settings import Settings
from survey.store.migration import head

Hailong = Callable[..., Result]
Write = Callable[..., Path]
Log = Callable[[], list[tuple[str, str, str]]]

READS_ONLY = {"db check", "serve", "demo", "results show"}
# What each command leaves in the log.
ACTS = {
    "db upgrade": "db.upgrade",
    "agencies import": "agencies.import",
    "procedures import": "procedures.import",
    "frames import": "frames.import",
    "responses import": "responses.import",
    "counts import": "counts.import",
    "codes issue": "codes.issue",
    "day close": "day.close",
    "period open": "period.open",
    "period close": "period.close",
    "release build": "release.build",
    "release approve": "release.approve",
    "release publish": "release.publish",
}


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group by its words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


def without_help(group: click.Group) -> set[str]:
    """Groups, commands and options that say nothing of themselves."""
    found = {name for name, command in group.commands.items() if not command.help}
    for name, command in commands(group):
        found |= {name} if not command.help else set()
        options = (each for each in command.params if isinstance(each, click.Option))
        found |= {f"{name} {option.opts[0]}" for option in options if not option.help}
    return found


def test_everything_has_help() -> None:
    assert without_help(main) == set()

    @click.group()
    def silent() -> None: ...

    silent.command("act")(click.option("--loud", is_flag=True)(lambda: None))
    assert without_help(silent) == {"act", "act --loud"}


@pytest.mark.parametrize("name", ["", *ACTS, *sorted(READS_ONLY)])
def test_help_is_told(name: str) -> None:
    for flag in ("-h", "--help"):
        result = CliRunner().invoke(main, [*name.split(), flag])
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.startswith(f"Usage: main {name}".rstrip())


def test_the_version() -> None:
    assert __version__ in CliRunner().invoke(main, ["--version"]).stdout


def test_unknown_words_are_bad_input(hailong: Hailong) -> None:
    assert "No such command 'vote'" in hailong("vote", code=2).stderr
    assert "No such option '--yes'" in hailong("db", "check", "--yes", code=2).stderr
    assert "Missing argument 'FILE'" in hailong("frames", "import", code=2).stderr
    hailong("agencies", code=2)


def test_a_command_either_reads_or_says_who_acts() -> None:
    acting = {name for name, command in commands(main) if any(each.name == "by" for each in command.params)}
    assert acting == set(ACTS)
    assert {name for name, _ in commands(main)} == acting | READS_ONLY


MAPPING = """\
organisation = "tinh"
instrument = "ptx-1/1"
grade = "D"
mode = "imported"
agency = "so"
period = "2026-11"
item.OV = { columns = ["OV"], values = { "5" = "5" } }
"""


def act(hailong: Hailong, sent: dict[str, Path], file: Write) -> None:
    """Run everything that changes something, by several people."""
    hailong("db", "upgrade", "--by", "an")
    hailong("agencies", "import", sent["agencies"], "--by", "an")
    procedures = "field,field_name_vi,field_name_en,procedure,name,valid_from\nf,F,F,p,P,2020-01-01\n"
    hailong("procedures", "import", file(procedures, "procedures.csv"), "--by", "bình")
    hailong("period", "open", "2026-10", "--by", "chi")
    hailong("frames", "import", file("period,agency,dossiers\n2026-10,so,40\n", "frame.csv"), "--by", "dung")
    hailong("counts", "import", sent["counts"], "--by", "giang")
    mapping = file(MAPPING, "map.toml")
    hailong("responses", "import", file("OV\n5\n", "responses.csv"), "--map", mapping, "--by", "hà")
    out = mapping.with_name("slips")
    hailong("codes", "issue", "--booklet", "quay-1", "--count", 2, "--out", out, "--by", "khanh")
    hailong("day", "close", "--by", "lan")
    hailong("period", "close", "2026-10", "--by", "minh")
    hailong("release", "build", "2026-10", "--draft", "--by", "nga")
    hailong("release", "build", "2026-10", "--by", "nga")
    hailong("release", "approve", "2026-10", "--by", "oanh")
    hailong("release", "publish", "2026-10", "--by", "phúc")


LOGGED = [
    ("an", "db.upgrade", f"migration {head()} to {head()}"),
    ("an", "agencies.import", "agencies.csv (3 rows)"),
    ("bình", "procedures.import", "procedures.csv (1 rows)"),
    ("chi", "period.open", "tinh 2026-10"),
    ("dung", "frames.import", "frame.csv (1 rows)"),
    ("giang", "counts.import", "counts.csv (2 rows)"),
    ("hà", "period.open", "tinh 2026-11"),
    ("hà", "responses.import", "responses.csv (1 responses)"),
    ("khanh", "codes.issue", "booklet of 2 for quay-1"),
    ("lan", "day.close", "the open day"),
    ("minh", "period.close", "tinh 2026-10"),
    ("nga", "release.draft", "tinh 2026-10"),
    ("nga", "release.build", "tinh 2026-10"),
    ("oanh", "release.approve", "tinh 2026-10"),
    ("phúc", "release.publish", "tinh 2026-10"),
]


@pytest.fixture
def without_keys(settings: Settings) -> None:
    """So that `db upgrade` has something to do."""
    shutil.rmtree(settings.keys)


@pytest.mark.usefixtures("without_keys")
def test_every_act_that_changes_something_is_in_the_log(
    hailong: Hailong, sent: dict[str, Path], file: Write, log: Log
) -> None:
    act(hailong, sent, file)
    assert log() == LOGGED
    assert {entry for _, entry, _ in LOGGED} == {*ACTS.values(), "release.draft"}


@pytest.mark.usefixtures("without_keys")
def test_an_act_that_forgets_the_log_is_found(
    hailong: Hailong, sent: dict[str, Path], file: Write, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "record", lambda *_, **__: None)
    act(hailong, sent, file)
    assert {entry for _, entry, _ in LOGGED} - {entry for _, entry, _ in log()} == {"counts.import"}


def test_an_act_without_a_name_is_the_users(
    province: Hailong, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "the-user")
    province("day", "close")
    assert log()[-1][0] == "the-user"
