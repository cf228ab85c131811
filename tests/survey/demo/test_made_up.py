import csv
from collections import Counter
from pathlib import Path

from survey.demo.made_up import write_frame
from survey.demo.made_up import write_responses

MONTHS = ["2026-09", "2026-10"]


def test_the_same_seed_makes_the_same_province(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_responses(tmp_path / name, MONTHS)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    write_responses(tmp_path / "third", MONTHS, seed=1)
    assert (tmp_path / "one").read_bytes() != (tmp_path / "third").read_bytes()


def test_no_office_has_more_responses_than_dossiers(tmp_path: Path) -> None:
    write_responses(tmp_path / "responses", MONTHS)
    write_frame(tmp_path / "frame", MONTHS)
    with (tmp_path / "responses").open(encoding="utf-8") as file:
        given = Counter((row["ngày"][3:5], row["cơ quan"]) for row in csv.DictReader(file))
    with (tmp_path / "frame").open(encoding="utf-8") as file:
        dossiers = {(row["period"][5:], row["agency"]): int(row["dossiers"]) for row in csv.DictReader(file)}
    assert set(given) <= set(dossiers)
    assert all(given[cell] <= dossiers[cell] for cell in given)
