"""`hailong release` and `hailong results`: two persons, and never a draft."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Hailong = Callable[..., Result]
Contents = Callable[[], dict[str, list[str]]]


def publish(hailong: Hailong) -> None:
    hailong("release", "build", "2026-10", "--by", "an")
    hailong("release", "approve", "2026-10", "--by", "bình")
    hailong("release", "publish", "2026-10", "--by", "chi")


def test_two_persons_publish_what_was_built(closed: Hailong) -> None:
    built = closed("release", "build", "2026-10", "--by", "an").stdout
    assert built.endswith("2026-10 is built\n")
    assert "60.0 (38.7–78.1)" in built, "12 of 20"
    told = "an built this release; another person must approve it"
    assert told in closed("release", "approve", "2026-10", "--by", "an", code=2).stderr
    assert told in closed("release", "approve", "2026-10", "--by", "  an ", code=2).stderr
    assert "is approved (the newest one is built)" in closed("release", "publish", "2026-10", code=2).stderr
    assert closed("release", "approve", "2026-10", "--by", "bình").stdout == "2026-10 is approved by bình\n"
    assert closed("release", "publish", "2026-10").stdout == "2026-10 is published\n"
    assert "published and never changes" in closed("release", "build", "2026-10", code=2).stderr


def test_a_draft_is_never_published(closed: Hailong, contents: Contents) -> None:
    assert closed("release", "build", "2026-10", "--draft", "--by", "an").stdout.endswith(
        "draft of 2026-10 is built\n"
    )
    before = contents()
    for act in ("approve", "publish"):
        told = closed("release", act, "2026-10", "--by", "bình", code=2).stderr
        assert "a draft can never be published" in told
    assert contents() == before
    assert "has no published release of 2026-10" in closed("results", "show", "2026-10", code=2).stderr
    assert "(draft)" in closed("results", "show", "2026-10", "--draft").stdout


def test_an_open_month_has_numbers_in_its_draft_and_no_scores(
    province: Hailong, sent: dict[str, Path]
) -> None:
    province("counts", "import", sent["counts"])
    assert "tinh 2026-10 is open" in province("release", "build", "2026-10", code=2).stderr
    told = province("release", "build", "2026-10", "--draft").stdout
    assert "open, so numbers of responses and no scores" in told
    assert "%" not in told


def test_a_run_of_months_goes_together(
    closed: Hailong, sent: dict[str, Path], file: Callable[..., Path], contents: Contents
) -> None:
    closed("period", "open", "2026-11")
    closed(
        "counts", "import", file(sent["counts"].read_text("utf-8").replace("2026-10", "2026-11"), "new.csv")
    )
    closed("period", "close", "2026-11")
    closed("release", "build", "2026-10..2026-11", "--by", "an")
    closed("release", "approve", "2026-10..2026-11", "--by", "bình")
    before = contents()
    closed("release", "publish", "2026-10..2026-12", code=2)
    assert contents() == before, "one month that cannot be published holds all of them"
    closed("release", "publish", "2026-10..2026-11")


def test_results_are_shown_as_table_and_as_the_files_themselves(closed: Hailong) -> None:
    publish(closed)
    assert (
        closed("results", "show", "2026-10").stdout.splitlines()[0]
        == "tinh 2026-10 (version 1), intervals at 95%"
    )
    document = json.loads(closed("results", "show", "2026-10", "--json").stdout)
    assert document["organisation"]["code"] == "tinh"
    rows = list(csv.DictReader(io.StringIO(closed("results", "show", "2026-10", "--csv").stdout)))
    assert {row["agency"] for row in rows} == {"so"}


BAD = {
    "results show 2026-10": "tinh has no published release of 2026-10",
    "results show 2026-10 --draft": "tinh has no draft of 2026-10",
    "results show 2026-10..2026-11": "'2026-10..2026-11' is not a month",
    "results show 2026-10 --csv --json": "choose one of --csv and --json",
    "results show 2026-10 --organisation so": "'so' is not an organisation",
    "release build 2026-13": "'2026-13' is not a month",
    "release build 2026-12": "tinh has no period 2026-12",
    "release approve 2026-10": "no release of tinh 2026-10 is built and waits for approval (there is none)",
    "release publish 2026-1": "'2026-1' is not a month",
}


def test_bad_input_changes_nothing(closed: Hailong, contents: Contents) -> None:
    before = contents()
    for arguments, told in BAD.items():
        assert told in closed(*arguments.split(), code=2).stderr
    assert contents() == before
