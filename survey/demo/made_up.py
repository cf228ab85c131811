"""Responses of a province that does not exist: seeded, so that every demo shows the same kind of thing."""

import csv
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from random import Random

from survey.store.periods import month_bounds

_LEVELS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
_FACTORS = ("ACC", "PRO", "CIV", "RES", "FBK")

# Office, dossiers a month, share who answer, how content they are (mean of a normal, cut into levels).
_OFFICES = (
    ("tm-so-xay-dung", 420, 0.22, 1.15),
    ("tm-so-tu-phap", 640, 0.30, 1.75),
    ("tm-so-moi-truong", 910, 0.18, 0.85),
    ("tm-trung-tam", 1300, 0.25, 1.55),
    ("tm-xa-1", 85, 0.25, 1.45),
    ("tm-xa-2", 30, 0.20, 1.60),
    ("tm-phuong-3", 210, 0.28, 1.95),
)
_CUTS = (-1.4, -0.6, 0.2, 1.2)


def write_responses(path: Path, months: Sequence[str], seed: int = 2026) -> None:
    """Write the months' responses as another system's export: Vietnamese dates, scales in words."""
    random = Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("ngày", "cơ quan", "OV", *_FACTORS))
        for month in months:
            out.writerows(_rows(month, random))


def write_frame(path: Path, months: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("period", "agency", "dossiers"))
        out.writerows((month, office, dossiers) for month in months for office, dossiers, _, _ in _OFFICES)


def _rows(month: str, random: Random) -> Iterator[tuple[str, ...]]:
    starts, ends = month_bounds(month)
    for office, dossiers, rate, content in _OFFICES:
        for _ in range(dossiers):
            if random.random() >= rate:
                continue
            day = starts.toordinal() + random.randrange((ends - starts).days)
            person = random.gauss(content, 0.9)
            answers = [_level(person + random.gauss(0, 0.5)) for _ in range(1 + len(_FACTORS))]
            yield (type(starts).fromordinal(day).strftime("%d/%m/%Y"), office, *_with_gaps(answers, random))


def _level(feeling: float) -> str:
    return _LEVELS[sum(feeling > cut for cut in _CUTS)]


def _with_gaps(answers: list[str], random: Random) -> list[str]:
    """The overall answer as it is; of the factors some are skipped and some not known."""
    return [answers[0]] + [
        random.choices((answer, "", "Không biết"), (0.88, 0.06, 0.06))[0] for answer in answers[1:]
    ]
