"""A bar is for people: nothing of it may come into a file or a pipe."""

import io
import sys

import pytest

from survey.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress(iter("ab"), label="closing", length=2)) == ["a", "b"]
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_it_is_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert list(progress(iter("ab"), label="closing", length=2)) == ["a", "b"]
    assert "closing" in screen.getvalue()
    assert "100%" in screen.getvalue()
    assert capsys.readouterr().out == ""
