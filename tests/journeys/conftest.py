"""Whole ways through the product, by its commands and its pages."""

import threading
from collections.abc import Callable
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.serving import make_server

from survey.cli.commands import main
from survey.settings import Settings

Hailong = Callable[..., str]


@pytest.fixture
def hailong(settings: Settings) -> Hailong:
    """Run `hailong ARGS`; returns what it printed. Fails the test unless it exits with `code`."""
    environment = {"HAILONG_HOME": str(settings.home), "HAILONG_DATABASE": settings.database}

    def run(*arguments: object, code: int = 0) -> str:
        result = CliRunner().invoke(main, [str(each) for each in arguments], env=environment)
        assert result.exit_code == code, result.output
        return result.output

    return run


@pytest.fixture
def address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the pages are served, on this machine alone."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    monkeypatch.setattr(server.RequestHandlerClass, "log", lambda *_: None)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
