"""`docs/settings.md` lists every setting of an instance with its default, and none that does not exist."""

import re
from pathlib import Path

from survey.settings import PREFIX
from survey.settings import described

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def listed(text: str) -> set[str]:
    """The settings in the first column of the page's table."""
    return set(re.findall(r"^\| *`([a-z_]+)`", text, re.MULTILINE))


def test_the_page_lists_every_setting_and_no_other() -> None:
    assert listed(PAGE.read_text("utf-8")) == set(described())


def test_the_page_says_how_the_environment_gives_one() -> None:
    assert PREFIX in PAGE.read_text("utf-8")


def test_a_missing_and_an_unknown_one_are_found() -> None:
    assert listed("| setting | default |\n|---|---|\n| `minimum_n` | 10 |\n| `planted` | 1 |\n") == {"minimum_n", "planted"}
