"""`hailong demo`: what it makes is tested with the demo; here only how it is called."""

import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from survey.cli import demos
from survey.cli.commands import main
from survey.integrity.onetime import draw_code
from survey.integrity.onetime import printed_code
from survey.settings import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed to the server; nothing is made and nothing listens."""
    calls: list[Any] = []
    code = draw_code()
    monkeypatch.setattr(demos, "make_demo", lambda settings, today, progress: progress("something"))
    monkeypatch.setattr(demos, "working_code", lambda *_: (code, "2026-11"))

    def run_server(settings: Settings, _: object, host: str, port: int) -> None:
        calls.append((settings, host, port, code))

    monkeypatch.setattr(demos, "run_server", run_server)
    return calls


def test_it_says_where_to_look_and_serves(served: list[Any], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--folder", str(tmp_path / "demo"), "--port", "8123"])
    assert (result.exit_code, result.stderr) == (0, "")
    [(settings, host, port, code)] = served
    assert (settings.home, host, port) == (tmp_path / "demo", "127.0.0.1", 8123)
    assert "loading something" in result.stdout
    assert f"http://127.0.0.1:8123/rate   with the code {printed_code(code)}" in result.stdout
    assert f"hailong --home '{tmp_path / 'demo'}' release build 2026-11 --draft" in result.stdout


def test_an_occupied_port_is_passed_over(
    served: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        monkeypatch.setattr(demos, "_FIRST_PORT", port)
        CliRunner().invoke(main, ["demo", "--folder", str(tmp_path)])
        assert port < served[0][2] < port + 100


def test_no_port_at_all_is_told(served: list[Any], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--folder", str(tmp_path), "--host", "192.0.2.1"])
    assert result.exit_code == 1
    assert "no free port from 8000 to 8099; name one with --port" in result.stderr
    assert served == []
