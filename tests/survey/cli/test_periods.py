"""`hailong day` and `hailong period`."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Hailong = Callable[..., Result]
Contents = Callable[[], dict[str, list[str]]]
Log = Callable[[], list[tuple[str, str, str]]]


def test_a_run_of_months_opens_and_closes(province: Hailong, log: Log) -> None:
    opened = province("period", "open", "2026-10..2026-12", "--instrument", "ptx-1/1", "--by", "bình")
    assert opened.stdout == "2026-10..2026-12 is open for ptx-1/1\n"
    closed = province("period", "close", "2026-10..2026-12", "--by", "chi")
    assert closed.stdout == "2026-10..2026-12 is closed\n"
    assert log()[-5:] == [
        ("bình", "period.open", "tinh 2026-11"),
        ("bình", "period.open", "tinh 2026-12"),
        ("chi", "period.close", "tinh 2026-10"),
        ("chi", "period.close", "tinh 2026-11"),
        ("chi", "period.close", "tinh 2026-12"),
    ]


def test_the_day_closes(province: Hailong) -> None:
    assert province("day", "close").stdout == "0 responses cut from their codes\n"


BAD = {
    "open 2026-13": "'2026-13' is not a month; write YYYY-MM, for example 2026-11",
    "open October": "'October' is not a month",
    "open 2026-12..2026-11": "runs backwards",
    "open 2026-11..": "'' is not a month",
    "open 2019-12": "tinh did not exist in 2019-12; see its valid_from and valid_to",
    "open 2026-11 --instrument ptx-9": "there is no instrument 'ptx-9'",
    "open 2026-11 --instrument ptx-1/9": "instrument ptx-1 has no version 9",
    "open 2026-11 --organisation so": "'so' is not an organisation (known: tinh)",
    "open 2026-10..2026-11 --instrument legacy-3": "tinh 2026-10 is open for ptx-1/1 already",
    "open 2026-11 --by=": "give a name of 1 to 120 letters",
    "close 2026-11": "tinh has no period 2026-11; run `hailong period open 2026-11`",
    "close 2026-10..2026-11": "tinh has no period 2026-11",
    "close 11/2026": "'11/2026' is not a month",
}


def test_bad_input_changes_nothing(province: Hailong, contents: Contents) -> None:
    before = contents()
    for arguments, told in BAD.items():
        assert told in province("period", *arguments.split(), code=2).stderr
    assert contents() == before


def test_what_is_closed_stays_closed(closed: Hailong, contents: Contents, sent: dict[str, Path]) -> None:
    before = contents()
    assert "2026-10 is closed already" in closed("period", "close", "2026-10", code=2).stderr
    assert "tinh 2026-10 is closed and stays closed" in closed("period", "open", "2026-10", code=2).stderr
    assert "2026-10 is closed and stays as it is" in closed("counts", "import", sent["counts"], code=2).stderr
    assert contents() == before
