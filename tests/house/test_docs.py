"""The documents are true: commands, files and links in them exist, and the program in them runs."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from survey.cli.commands import main
from survey.estimation.counting import recount
from survey.estimation.monthly import Rules
from survey.publish.releasing import DOCUMENT
from survey.publish.releasing import build_release
from survey.store.base import Database
from survey.store.columns import Channel
from survey.store.columns import Outcome
from survey.store.columns import PeriodState
from survey.store.columns import Timeliness
from survey.store.frames import FrameCell
from survey.store.frames import replace_frame
from survey.store.releases import release_file
from survey.store.tallies import replace_tally
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted(ROOT.glob("docs/**/*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
FILE = re.compile(r"`((?:analysis|survey|templates|tests|docs|benchmarks)/[\w./-]+)`")
ELSEWHERE = re.compile(r"(?<![\w/])/(work|shared|home|tmp|root)/|\bfile://")


def commands(command: click.Command = main, name: str = "hailong") -> Iterator[tuple[str, set[str]]]:
    """Every command by its full name, with its options."""
    if isinstance(command, click.Group):
        for part, each in command.commands.items():
            yield from commands(each, f"{name} {part}")
    else:
        yield name, {each.opts[0] for each in command.params if isinstance(each, click.Option)}


def listed(text: str) -> dict[str, set[str]]:
    """The commands in the first column of a table, with the options that it names."""
    found = {}
    for row in re.findall(r"^\| `(hailong [^`]+)`", text, re.MULTILINE):
        name = re.match(r"hailong(?: [a-z]+)+", row)
        assert name is not None
        found[name[0]] = set(re.findall(r"--[a-z-]+", row))
    return found


def missing(page: Path, root: Path = ROOT) -> set[str]:
    """Links and files that a page names and that are not there."""
    text = page.read_text("utf-8")
    links = {link for link in LINK.findall(text) if not (page.parent / link).exists()}
    return links | {file for file in FILE.findall(text) if not (root / file).exists()}


def program() -> dict[str, Any]:
    """The names of the program in docs/release-format.md."""
    text = (ROOT / "docs" / "release-format.md").read_text("utf-8")
    [source] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {"__name__": "program"}
    exec(source, names)
    return names


def _cell(period_id: int, agency_id: int, dossiers: int) -> FrameCell:
    unstated = {"channel": Channel.unstated, "outcome": Outcome.unstated, "timeliness": Timeliness.unstated}
    return FrameCell(period_id=period_id, agency_id=agency_id, field="", dossiers=dossiers, **unstated)


@pytest.fixture
def document(migrated_sqlite: Path, tmp_path: Path) -> dict[str, Any]:
    """A release of six offices; of the first everybody answered, of the second more than there were."""
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}")
    with database.writing() as session:
        root = factories.agency(session, "province")
        month = factories.period(session, root)
        frame = []
        for number in range(6):
            office = factories.agency(session, f"office-{number}", parent=root)
            answers = {"54x4.": 4 + 8 * number, "3442.5": 5, "555555": 3, "212.x3": 2 + number}
            factories.responses(session, office, answers)
            frame.append(_cell(month.id, office.id, {0: 14, 1: 20}.get(number, 300)))
        replace_frame(session, month.id, frame)
        month.state = PeriodState.closed
        replace_tally(session, month.id, recount(session, month.id))
        release = build_release(session, root, month, Rules(), draft=True, by="an")
        content = release_file(session, release.id, DOCUMENT)
    database.dispose()
    assert content is not None
    found: dict[str, Any] = json.loads(content)
    return found


def test_the_table_of_commands_is_complete() -> None:
    assert listed((ROOT / "README.md").read_text("utf-8")) == dict(commands())


def test_a_missing_command_and_a_missing_option_are_found() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    found = listed(text.replace("[--port P] ", "").replace("`hailong day close", "`"))
    known = dict(commands())
    assert known.keys() - found.keys() == {"hailong day close"}
    assert known["hailong demo"] - found["hailong demo"] == {"--port"}


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_what_a_page_names_is_there(page: Path) -> None:
    assert missing(page) == set()
    assert ELSEWHERE.findall(page.read_text("utf-8")) == []


def test_what_is_not_there_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    named = "[a](gone.md), [b](page.md#part), [c](https://example.org/), `survey/gone.py`"
    page.write_text(f"{named}, /tmp/a, a/tmp/b")
    assert missing(page) == {"gone.md", "survey/gone.py"}
    assert ELSEWHERE.findall(page.read_text("utf-8")) == ["tmp"]


def test_the_readme_says_how_to_start() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks == ["python3 run.py demo\n", "python3 run.py test\n"]


def test_a_stranger_recomputes_a_release(document: dict[str, Any]) -> None:
    names = program()
    figures = [figure for figure, _ in names["recomputed"](document)]
    named = {"satisfied_share", "very_satisfied_share", "index", "factor_index"}
    assert {figure["name"] for figure in figures} == named
    flags = {flag for figure in figures for flag in figure["flags"]}
    assert flags == {"full_count", "population_inconsistent"}
    assert document["blocks"][0]["pooled_design_effects"]["index"]
    assert list(names["different"](document)) == []


@pytest.mark.parametrize("name", ["satisfied_share", "index"])
@pytest.mark.parametrize("end", ["value", "low", "high"])
def test_a_stranger_finds_an_altered_number(document: dict[str, Any], name: str, end: str) -> None:
    figures = document["offices"][5]["results"][0]["figures"]
    altered = next(figure for figure in figures if figure["name"] == name)
    altered[end] *= 1 + 1e-6
    assert list(program()["different"](document)) == [altered]
