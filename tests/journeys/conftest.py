"""Whole ways through the product, by its commands and its pages."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner

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
