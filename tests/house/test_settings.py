"""`docs/settings.md` lists every setting of an instance with its default, and none that does not exist."""

import re
from pathlib import Path

from survey.settings import PREFIX
from survey.settings import described

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def listed(text: str) -> dict[str, str]:
    """The settings in the first column of the page's table, with the defaults in the third."""
    return dict(re.findall(r"^\| *`([a-z_]+)` *\|[^|]*\| *`?([^|`]*?)`? *\|", text, re.MULTILINE))


def real() -> dict[str, str]:
    return {name: str(setting.default) or "empty" for name, setting in described().items()}


def test_the_page_lists_every_setting_with_its_default_and_no_other() -> None:
    assert listed(PAGE.read_text("utf-8")) == real()


def test_the_page_says_how_the_environment_gives_one() -> None:
    assert PREFIX in PAGE.read_text("utf-8")


def test_a_wrong_default_and_an_unknown_setting_are_found() -> None:
    page = "| name | type | default |\n| `minimum_n` | number | `5` |\n| `planted` | text | empty |\n"
    assert listed(page) == {"minimum_n": "5", "planted": "empty"}
    assert listed(page).items().isdisjoint(real().items())
