"""The bars of the coverage run: what a row of its table must show, and the page made of all rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal

import numpy as np

from analysis.arrays import FloatArray

BANDS = ((0.5, 0.8), (0.8, 0.95), (0.95, 0.995))
LEAST = 0.93
MOST = 0.97
OVERSTATING = 0.03
SMALL = 30
"""Below it the publication standard shows nothing without a caution."""

Role = Literal["default", "request", "control"]


@dataclass(frozen=True)
class Row:
    """Mean coverage over the truths of a band; `overstating` are the misses wholly above the truth.

    `error`: two standard errors of the coverage, 0 where enumerated. `standard`: what the publication
    standard does with the figures, as shares of them. `ceiling`: whether more than 97 % is a fault.
    """

    design: str
    role: Role
    n: int
    band: tuple[float, float]
    coverage: float
    overstating: float
    width: float
    error: float = 0.0
    standard: tuple[tuple[str, float], ...] = ()
    ceiling: bool = True
    largest: int | None = None

    @property
    def missed(self) -> tuple[str, ...]:
        """The bars that are not met."""
        return tuple(
            name
            for name, fails in (
                (f"under {100 * LEAST:.0f} %", self.coverage < LEAST),
                (f"overstates in over {100 * OVERSTATING:.0f} %", self.overstating > OVERSTATING),
                (f"over {100 * MOST:.0f} %", self.ceiling and self.coverage > MOST),
            )
            if fails
        )

    @property
    def withheld(self) -> bool:
        """Whether a small office's figures are never shown without a caution."""
        return self.n < SMALL and bool(self.standard) and "publish" not in dict(self.standard)

    @property
    def faulty(self) -> bool:
        """Whether a row that should hold does not."""
        if self.role == "request":
            return self.coverage < LEAST or self.overstating > OVERSTATING
        return self.role == "default" and bool(self.missed) and not self.withheld

    @property
    def verdict(self) -> str:
        """In words."""
        missed = ", ".join(self.missed)
        if not missed:
            wide = self.role == "default" and self.coverage > MOST
            return (
                f"holds, over {100 * MOST:.0f} %"
                if wide
                else "holds"
                if self.role != "control"
                else "holds here"
            )
        if self.role == "control":
            return f"fails: {missed}"
        if self.faulty:
            return f"**FAILS**: {missed}"
        excuse = "on request only" if self.role == "request" else "never shown without a caution"
        return f"{missed}; {excuse}"


def exact_rows(
    design: str,
    role: Role,
    n: int,
    band: tuple[float, float],
    truth: FloatArray,
    chance: FloatArray,
    interval: Any,
    standard: np.ndarray | None = None,
) -> Row:
    """A row without sampling error: `chance` of each sample (columns) under each truth (rows)."""
    low, high = (interval.low, interval.high)
    centre = truth[:, np.newaxis]
    weight = chance.mean(axis=0)
    decisions = () if standard is None else _shares(standard, weight)
    return Row(
        design,
        role,
        n,
        band,
        coverage=float((chance * ((low <= centre) & (centre <= high))).sum(axis=1).mean()),
        overstating=float((chance * (low > centre)).sum(axis=1).mean()),
        width=float(weight @ (high - low)),
        standard=decisions,
    )


def simulated_rows(
    design: str,
    role: Role,
    n: int,
    truth: FloatArray,
    intervals: Sequence[tuple[FloatArray, FloatArray]],
    standard: Sequence[np.ndarray] | None = None,
    *,
    ceiling: bool = True,
) -> list[Row]:
    """A row for each band that has an office in it; `intervals` by publication, then office."""
    ends = np.array(intervals)
    low, high = ends[:, 0], ends[:, 1]
    decisions = None if standard is None else np.array(standard)
    rows = []
    for band in BANDS:
        inside = (truth >= band[0]) & (truth < band[1])
        if not inside.any():
            continue
        over = (low > truth)[:, inside]
        covered = ~over & (truth <= high)[:, inside]
        share = float(covered.mean())
        shown = () if decisions is None else _shares(decisions[:, inside].ravel())
        rows.append(
            Row(
                design,
                role,
                n,
                band,
                coverage=share,
                overstating=float(over.mean()),
                width=float((high - low)[:, inside].mean()),
                error=2 * float(np.sqrt(share * (1 - share) / covered.size)),
                standard=shown,
                ceiling=ceiling,
            )
        )
    return rows


def rank_row(
    design: str, role: Role, least: int, most: int, truth: FloatArray, sets: Sequence[tuple[FloatArray, ...]]
) -> Row:
    """Whole tables: every rank held at once; overstating: the tables with a set wholly above its rank.

    Each of `sets` says of every office whether its set reaches up to its true rank, and down to it, and how
    wide the set is. Width is in places of the table, as a share of it. Sets for many ranks at once are
    cautious: no ceiling.
    """
    below, above, width = (np.array(part) for part in zip(*sets, strict=True))
    share = float((below & above).all(axis=1).mean())
    return Row(
        design,
        role,
        least,
        (float(truth.min()), float(truth.max())),
        coverage=share,
        overstating=float((~above).any(axis=1).mean()),
        width=float(width.mean() / (len(truth) - 1)),
        error=2 * float(np.sqrt(share * (1 - share) / len(sets))),
        ceiling=False,
        largest=most,
    )


def _shares(decisions: np.ndarray, weight: FloatArray | None = None) -> tuple[tuple[str, float], ...]:
    """What part of the figures gets each decision, those that occur."""
    given = np.full(len(decisions), 1 / len(decisions)) if weight is None else weight
    names = ("publish", "caution", "pool", "suppress")
    found = ((name, float(given[decisions == name].sum())) for name in names)
    return tuple((name, share) for name, share in found if share > 0.0)


def broken(rows: Sequence[Row]) -> list[str]:
    """Rows that should hold and do not, and controls that pass every bar at some n."""
    problems = [f"{row.design}, n = {_size(row)}, {_band(row)}: {row.verdict}" for row in rows if row.faulty]
    controls = {(row.design, row.n) for row in rows if row.role == "control"}
    for design, n in sorted(controls):
        if not any(row.missed for row in rows if (row.design, row.n) == (design, n)):
            problems.append(f"{design}, n = {n}: the control meets every bar")
    return problems


def table_row(row: Row) -> str:
    """One line of the table."""
    error = f" ± {100 * row.error:.1f}" if row.error else ""
    shown = ", ".join(f"{name} {100 * share:.0f}" for name, share in row.standard if share >= 0.005) or "–"
    return (
        f"| {row.design} | {_size(row)} | {_band(row)} | {100 * row.coverage:.1f}{error} "
        f"| {100 * row.overstating:.1f} | {100 * row.width:.1f} | {shown} | {row.verdict} |"
    )


def document(rows: Sequence[Row], seed: int) -> str:
    """The page: what was asked, what was found, every row."""
    problems = broken(rows)
    required = [row for row in rows if row.role == "default"]
    indices = [row for row in required if row.n >= SMALL and row.standard]
    wide = [row for row in indices if row.verdict.startswith("holds, over")]
    small = [row for row in required if row.n < SMALL and row.standard]
    plain = sum(dict(row.standard).get("publish", 0.0) > 0.0 for row in small)
    unmet = [row for row in small if row.missed]
    return "\n".join(
        (
            *_INTRODUCTION.format(seed=seed).splitlines(),
            "",
            f"- {len(required)} rows should hold; {sum(row.faulty for row in required)} do not.",
            *(f"  - {problem}" for problem in problems),
            f"- Below n = {SMALL}: {len(small)} rows, {len(unmet)} with a bar that is not met, {plain} with "
            "a figure that the publication standard shows plainly (an effective n under 30 is a caution, "
            "what is too wide is pooled).",
            *(f"  - not met: {row.design}, n = {_size(row)}, {_band(row)}: {row.verdict}" for row in unmet),
            f"- Indices from n = {SMALL} that cover over {100 * MOST:.0f} %, so wider than need be: "
            f"{len(wide)}.",
            *(f"  - {row.design}, n = {_size(row)}, {_band(row)}: {100 * row.coverage:.1f}" for row in wide),
            "",
            "## Every row",
            "",
            "| design | n | truth | covers % | overstates % | width | standard, % of figures | verdict |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *map(table_row, rows),
            "",
        )
    )


_INTRODUCTION = """\
# Coverage

Whether the 95 % intervals hold the truth as often as they say, on populations whose truth is known.
`make coverage` writes this page (seed {seed}, the same page every time) and fails where a row that should
hold does not.

- **covers**: how often the interval holds the truth, on average over truths spread evenly in the band;
  **overstates**: how often it lies wholly above the truth, and so praises too much; **width** in points
  of 100.
- One share is enumerated: every sample with its probability, no error. The others are simulated, with two
  standard errors.
- **Bars**, in each band: covers at least 93 %, overstates in at most 3 %; for one share covers at most
  97 %, for no interval should be wider than it need be. Indices below n = 30 (D = 1) and rank sets may
  exceed it; an index from n = 30 that does is named below.
- **Standard**: what `publication_standard` does with these very figures.
- **Controls** are methods that are wrong and must miss a bar at every n: the textbook (Wald) interval,
  the pooled D alone in polarised offices, agents counted as independent persons, ranks from the plain
  variance.
- The exact interval of Clopper and Pearson is on request: it never covers less than 95 %, and so mostly
  over 97 %.
- An index has eight questions; 24 offices are published together, a third in each band. Polarised
  offices: 10 to 30 % all ones, the rest all fives, one office in four among normal peers. Agents: three
  in ten responses from persons who answer 15 times, correlation 0.4 within a person.
- Ranks: all 20 sets at once must leave open every rank that is true; width as a share of the table. Up to
  n = 50 nothing can be told apart where about 95 % are satisfied: the sets say so, and hold.

## What was found
"""


def _size(row: Row) -> str:
    return f"{row.n}–{row.largest}" if row.largest not in (None, row.n) else str(row.n)


def _band(row: Row) -> str:
    low, high = row.band
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"
