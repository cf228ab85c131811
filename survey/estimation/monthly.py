"""Which figures a month has: from tallies and the month's partition to estimates, all offices at once."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

import analysis
from analysis import Estimates
from analysis import IndexMethod
from analysis import Tally
from survey.estimation.counting import checked_tally
from survey.estimation.figures import Block
from survey.estimation.figures import Figure
from survey.estimation.figures import Levels
from survey.estimation.figures import OfficeFigures
from survey.estimation.partition import Integers
from survey.estimation.partition import Partition
from survey.estimation.partition import partitions
from survey.estimation.scales import INDEX_METHODS
from survey.estimation.scales import negative_options
from survey.estimation.scales import rating_scale
from survey.instrument.definition import Instrument
from survey.instrument.definition import Item
from survey.store.instruments import stored_instrument
from survey.store.tallies import Cell


@dataclass(frozen=True)
class Rules:
    """What the instance says of every figure."""

    minimum_n: int = 10
    confidence_level: float = 0.95
    # Why fewer than 10 are enough; whoever shows such figures shows the reason.
    reason: str | None = None


@dataclass(frozen=True)
class _Counts:
    """The tally of one instrument and grade: answers by item, agency and option, modes added."""

    instrument_id: int
    instrument: Instrument
    grade: str
    cells: Mapping[tuple[str, int, str], int]

    def tally(self, item: Item, agencies: Sequence[int]) -> Tally:
        scale = rating_scale(item.scale)
        counts = [[self.cells.get((item.code, agency, o), 0) for o in scale.options] for agency in agencies]
        return Tally(scale, np.array(counts, dtype=np.int64).reshape(len(agencies), len(scale.options)))

    def levels(self, item: Item, agency: int) -> Levels:
        options = [option.code for option in item.scale.options] + ["."]
        found = {option: self.cells.get((item.code, agency, option), 0) for option in options}
        return Levels(item.code, found)


def estimate_period(
    session: Session,
    period_id: int,
    agencies: Sequence[int],
    populations: Mapping[int, int],
    rules: Rules,
) -> tuple[Block, ...]:
    """Every figure of a closed period, by instrument and grade; raises TallyDiffers before the first one."""
    found = {partition.instrument_id: partition for partition in partitions(session, period_id)}
    tally = checked_tally(session, period_id, found.values())
    return tuple(
        _block(counts, found.get(counts.instrument_id), agencies, populations, rules)
        for counts in _split(session, tally)
    )


def _split(session: Session, tally: Counter[Cell]) -> Iterator[_Counts]:
    groups: dict[tuple[int, str], Counter[tuple[str, int, str]]] = {}
    for cell, number in tally.items():
        group = groups.setdefault((cell.instrument_id, cell.grade), Counter())
        group[(cell.item, cell.agency_id, cell.option)] += number
    for (instrument_id, grade), cells in sorted(groups.items()):
        yield _Counts(instrument_id, stored_instrument(session, instrument_id), grade, cells)


def _block(
    counts: _Counts,
    partition: Partition | None,
    agencies: Sequence[int],
    populations: Mapping[int, int],
    rules: Rules,
) -> Block:
    headline = counts.instrument.item(counts.instrument.headline)
    tally = counts.tally(headline, agencies)
    status = analysis.publication_status(
        tally.n,
        negative=tally.count(negative_options(headline.scale)),
        minimum=rules.minimum_n,
        reason=rules.reason,
    )
    shown = [agency for agency, each in zip(agencies, status, strict=True) if each == "publish"]
    figures: dict[int, list[Figure]] = {agency: [] for agency in shown}
    pooled: dict[str, float] = {}
    if shown:
        estimator = _Estimator(counts, shown, populations, rules, figures, pooled)
        estimator.item_figures(headline)
        estimator.level_figures(headline)
        for item in counts.instrument.items:
            if item.kind == "rating" and item is not headline:
                estimator.item_figures(item)
        if partition is not None and counts.instrument.index is not None:
            estimator.index_figures(partition)
    offices = tuple(
        OfficeFigures(
            agency,
            str(each),
            int(n),
            tuple(figures.get(agency, ())),
            _levels(counts, agency, rules) if agency in figures else (),
        )
        for agency, each, n in zip(agencies, status, tally.n, strict=True)
    )
    total = _total(tally, status, agencies, populations, rules, headline.code)
    return Block(counts.instrument_id, counts.grade, offices, pooled, total)


def _levels(counts: _Counts, agency: int, rules: Rules) -> tuple[Levels, ...]:
    """Levels of the items that enough people rated; facts stay inside until their own rule exists."""
    found = []
    for item in counts.instrument.items:
        rated = [option.code for option in item.scale.rating_options]
        levels = counts.levels(item, agency)
        if item.kind == "rating" and sum(levels.counts[option] for option in rated) >= rules.minimum_n:
            found.append(levels)
    return tuple(found)


def _total(
    tally: Tally,
    status: np.ndarray,
    agencies: Sequence[int],
    populations: Mapping[int, int],
    rules: Rules,
    item: str,
) -> tuple[Figure, ...]:
    """All offices together, weighted to the frame.

    None for a single office, which is its own total; none without a frame, nor where a hidden one would show.
    """
    sizes = [populations.get(agency, 0) for agency in agencies]
    answered = [agency for agency, n in zip(agencies, tally.n, strict=True) if n]
    framed = all(agency in populations for agency in answered)
    if len(answered) < 2 or not framed or not analysis.may_total(status):
        return ()
    figures = []
    for name, options in (
        ("satisfied_share", tally.scale.satisfied),
        ("very_satisfied_share", tally.scale.very_satisfied),
    ):
        estimate = analysis.stratified_share(
            tally, sizes, options, confidence_level=rules.confidence_level
        ).item()
        if estimate.value is not None:
            figures.append(Figure(name, item, estimate))
    return tuple(figures)


@dataclass(frozen=True)
class _Rows:
    """Ratings (rows × items, 0 none), the place of the office each row is about, and how often it occurs."""

    ratings: np.ndarray
    office: Integers
    frequency: Integers

    def of_items(self, places: Sequence[int]) -> "_Rows":
        return _Rows(self.ratings[:, places], self.office, self.frequency)

    def of_offices(self, places: Sequence[int], offices: int) -> "_Rows":
        """Only the rows of some offices, which are numbered anew in the order of `places`."""
        anew = np.full(offices, -1)
        anew[places] = np.arange(len(places))
        office = anew[self.office]
        listed = office >= 0
        return _Rows(self.ratings[listed], office[listed], self.frequency[listed])


@dataclass(frozen=True)
class _Estimator:
    """Estimates for the offices that are shown, so that no hidden one touches a published number."""

    counts: _Counts
    shown: Sequence[int]
    populations: Mapping[int, int]
    rules: Rules
    figures: dict[int, list[Figure]]
    pooled: dict[str, float]

    def item_figures(self, item: Item) -> None:
        """Shares of one item, for both targets where there is a frame; its mean where there are scores."""
        level = self.rules.confidence_level
        everywhere = self.counts.tally(item, self.shown)
        offices = self._enough(everywhere.n)
        tally = everywhere[offices]
        framed, sizes = self._framed(offices)
        for name, shares in (
            ("satisfied_share", analysis.satisfied_share),
            ("very_satisfied_share", analysis.very_satisfied_share),
        ):
            self._keep(name, item.code, shares(tally, confidence_level=level), offices)
            if framed:
                month = shares(tally[framed], population=sizes, target="month", confidence_level=level)
                self._keep(name, item.code, month, [offices[place] for place in framed])
        if tally.scale.scores is not None:
            self._keep("mean", item.code, analysis.mean_score(tally, confidence_level=level), offices)

    def level_figures(self, item: Item) -> None:
        """The share of each level of one item."""
        tally = self.counts.tally(item, self.shown)
        offices = self._enough(tally.n)
        for option in tally.scale.options:
            shares = analysis.share(tally[offices], (option,), confidence_level=self.rules.confidence_level)
            self._keep("level_share", f"{item.code}={option}", shares, offices)

    def index_figures(self, partition: Partition) -> None:
        """The instrument's index over its items, the other aggregation beside it, and each factor's index."""
        index = self.counts.instrument.index
        assert index is not None
        method = INDEX_METHODS[index.method]
        items = [self.counts.instrument.item(code) for code in index.items]
        rows = _ratings(partition, items, self.shown, self.counts.grade)
        for name, aggregation in (("index", index.aggregation), ("index_beside", index.beside)):
            if aggregation == "pooled":
                self._pooled(name, None, rows, method)
            elif aggregation == "equal_factor":
                self._equal_factor(name, items, rows, method)
        for factor in self.counts.instrument.factors:
            places = [place for place, item in enumerate(items) if item.factor == factor.code]
            if places:
                self._pooled("factor_index", factor.code, rows.of_items(places), method)

    def _pooled(self, name: str, subject: str | None, rows: _Rows, method: IndexMethod) -> None:
        everywhere = analysis.pooled_moments(
            rows.ratings, rows.office, len(self.shown), method=method, frequency=rows.frequency
        )
        offices = self._enough(everywhere.n)
        moments = everywhere[offices]
        found = analysis.pooled_index(moments, method, confidence_level=self.rules.confidence_level)
        sums = np.stack(
            [moments.n, moments.sum_k, moments.sum_s, moments.sum_kk, moments.sum_ks, moments.sum_ss], axis=-1
        )
        self._keep(name, subject, found, offices, moments=sums)

    def _equal_factor(self, name: str, items: Sequence[Item], rows: _Rows, method: IndexMethod) -> None:
        answered = rows.ratings.any(axis=1)
        n = np.bincount(rows.office[answered], rows.frequency[answered], len(self.shown))
        offices = self._enough(n)
        chosen = rows.of_offices(offices, len(self.shown))
        found = analysis.mean_of_criteria(
            chosen.ratings,
            chosen.office,
            len(offices),
            weights=analysis.equal_factor_weights([item.factor or item.code for item in items]),
            method=method,
            frequency=chosen.frequency,
            confidence_level=self.rules.confidence_level,
        )
        self._keep(name, None, found, offices)

    def _enough(self, n: np.ndarray) -> list[int]:
        """Places of the offices with enough answers for this figure."""
        return np.flatnonzero(n >= self.rules.minimum_n).tolist()

    def _framed(self, offices: Sequence[int]) -> tuple[list[int], list[int]]:
        """Which of these offices have a known population, and those populations."""
        sizes = [self.populations.get(self.shown[place], 0) for place in offices]
        known = [row for row, size in enumerate(sizes) if size]
        return known, [sizes[row] for row in known]

    def _keep(
        self,
        name: str,
        subject: str | None,
        found: Estimates,
        offices: Sequence[int],
        *,
        moments: np.ndarray | None = None,
    ) -> None:
        """Hand each of these offices its figure."""
        if found.pooled_design_effect is not None:
            self.pooled[f"{name}:{subject}" if subject else name] = found.pooled_design_effect
        for row, place in enumerate(offices):
            estimate = found[row]
            assert isinstance(estimate, analysis.Estimate)
            if estimate.value is not None:
                sums = None if moments is None else tuple(moments[row].tolist())
                self.figures[self.shown[place]].append(Figure(name, subject, estimate, sums))


def _ratings(partition: Partition, items: Sequence[Item], shown: Sequence[int], grade: str) -> _Rows:
    """The rated rows of one grade about the shown offices.

    A response whose dossier was received by one agency and decided by another speaks of both: it makes a row
    for each, holding the items that are about that one.
    """
    rows = partition.grade == ord(grade)
    ratings = np.stack([partition.ratings(item)[rows] for item in items], axis=1)
    frequency = partition.frequency[rows]
    competent, receiving = partition.competent[rows], partition.receiving[rows]
    about_receiving = np.array([item.about == "receiving" for item in items])
    parted = competent != receiving
    table = np.concatenate(
        [
            np.where(parted[:, np.newaxis] & about_receiving, 0, ratings),
            np.where(about_receiving, ratings[parted], 0),
        ]
    )
    agencies = np.concatenate([competent, receiving[parted]])
    times = np.concatenate([frequency, frequency[parted]])
    order = np.argsort(shown)
    place = np.searchsorted(np.array(shown)[order], agencies).clip(max=len(shown) - 1)
    office = order[place]
    listed = np.array(shown)[office] == agencies
    return _Rows(table[listed], office[listed], times[listed])
