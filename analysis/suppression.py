"""What an outsider can work out from published counts, and what else to withhold until it is too little.

Counts that add up (agency × month × field, margins, totals, quarters, earlier releases) are one system of
equations. Hiding the small cells alone protects nothing: a total less the others gives them back. The
audit finds the range that each small count must lie in, as an outsider would; the repair withholds more
until every range is wide. References: Willenborg and de Waal (2001), Elements of Statistical Disclosure
Control; Fischetti and Salazar (2001), Manag. Sci. 47, 1008-1027.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.arrays import whole_numbers
from analysis.disclosure import MINIMUM_RESPONSES
from analysis.errors import CountError
from analysis.errors import DisclosureError

WHOLE = 1e-6
"""A bound of the linear programme so near to a whole number is that number."""


@dataclass(frozen=True, eq=False)
class AdditiveSystem:
    """Numbers that add up: number q is the sum of the smallest cells `members[q]`.

    `values`: the true counts of all numbers that are, or could be, published, in any releases together;
    `members`: for each the codes, from 0, of the smallest cells that it adds up (those never published
    need no number of their own).

    >>> AdditiveSystem.of_cells([4, 20, 30], [[0], [1], [2], [0, 1, 2]]).values.tolist()
    [4, 20, 30, 54]
    """

    values: IntArray
    members: tuple[IntArray, ...]

    def __post_init__(self) -> None:
        values = whole_numbers(self.values, "values")
        members = tuple(whole_numbers(codes, "members") for codes in self.members)
        if values.ndim != 1 or len(members) != len(values):
            raise CountError(
                "members", f"are {len(members)} for {values.size} values", "give one set for each"
            )
        for place, codes in enumerate(members):
            if codes.ndim != 1 or not len(codes) or len(np.unique(codes)) < len(codes):
                raise CountError(
                    "members", f"{place} is empty or names a cell twice", "name its cells once each"
                )
        read_only(values)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "members", members)

    @classmethod
    def of_cells(cls, cells: ArrayLike, members: Iterable[ArrayLike]) -> "AdditiveSystem":
        """The system of some sums over `cells`, the true counts of the smallest cells."""
        counts = whole_numbers(cells, "cells")
        sets = tuple(whole_numbers(codes, "members", below=len(counts)) for codes in members)
        return cls(np.array([counts[codes].sum() for codes in sets], dtype=np.int64), sets)

    def __len__(self) -> int:
        return len(self.values)

    def small(self, minimum: int = MINIMUM_RESPONSES) -> BoolArray:
        """Numbers from 1 to below `minimum`: those to be protected."""
        return (self.values > 0) & (self.values < minimum)

    def incidence(self) -> Any:
        """Sparse matrix of numbers × smallest cells."""
        from scipy.sparse import csr_matrix

        lengths = [len(codes) for codes in self.members]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        columns = np.concatenate(self.members)
        ones = np.ones(len(columns))
        return csr_matrix((ones, columns, starts), shape=(len(self), int(columns.max()) + 1))


def with_margins(counts: ArrayLike) -> AdditiveSystem:
    """A table of any number of axes with all its margins and its total.

    The numbers are in the order of the table with one more place on every axis, which holds the sums: number
    `np.ravel_multi_index((i, j), (rows + 1, columns + 1))` is cell i, j, with i = rows the total of a column.

    >>> with_margins([[4, 20], [30, 40]]).values.reshape(3, 3).tolist()
    [[4, 20, 24], [30, 40, 70], [34, 60, 94]]
    """
    table = whole_numbers(counts, "counts")
    if table.ndim == 0 or table.size == 0:
        raise CountError("counts", f"have shape {table.shape}", "give a table with at least one cell")
    codes = np.arange(table.size).reshape(table.shape)
    places = product(*(range(length + 1) for length in table.shape))
    members = []
    for place in places:
        chosen = tuple(
            slice(None) if i == length else slice(i, i + 1)
            for i, length in zip(place, table.shape, strict=True)
        )
        members.append(codes[chosen].ravel())
    return AdditiveSystem.of_cells(table.ravel(), members)


@dataclass(frozen=True, eq=False)
class DisclosureAudit:
    """What an outsider can tell of the numbers in `places`: each lies from `lower` to `upper` (inf: no
    limit).

    `unsafe`: the range is narrower than `minimum`. Arrays by place.
    """

    places: IntArray
    lower: FloatArray
    upper: FloatArray
    minimum: int

    @property
    def unsafe(self) -> BoolArray:
        """Which of the places are known too well."""
        return self.upper - self.lower < self.minimum

    @property
    def safe(self) -> bool:
        """Whether nothing protected is known too well."""
        return not self.unsafe.any()


def disclosure_audit(
    system: AdditiveSystem,
    published: ArrayLike,
    *,
    sensitive: ArrayLike | None = None,
    minimum: int = MINIMUM_RESPONSES,
) -> DisclosureAudit:
    """The range in which each `sensitive` number must lie, given those `published` (masks over the
    system's numbers).

    Smallest and largest value over all counts ≥ 0 that agree with everything published (linear
    programmes), pulled in to whole numbers. `sensitive`, if not given: every number from 1 to below
    `minimum`, published or not. Percentages published with their n count as counts.

    >>> table = with_margins([[4, 20], [30, 40]])
    >>> primary = ~table.small()
    >>> audit = disclosure_audit(table, primary)
    >>> audit.lower.tolist(), audit.upper.tolist(), audit.safe
    ([4.0], [4.0], False)
    """
    shown = _mask(published, system, "published")
    wanted = system.small(minimum) if sensitive is None else _mask(sensitive, system, "sensitive")
    places = np.flatnonzero(wanted)
    return _audited(_Attack(system, shown), places, minimum)


def complementary_suppression(
    system: AdditiveSystem,
    *,
    published: ArrayLike | None = None,
    locked: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    minimum: int = MINIMUM_RESPONSES,
) -> BoolArray:
    """Which numbers may be published together, so that `disclosure_audit` is safe (mask over the system's
    numbers).

    Starts from `published` (all, if not given) without the numbers from 1 to below `minimum`. While a
    protected number is known too well, the cheapest cell (least `cost`, the count itself if not given) of
    its tightest equation (fewest hidden cells) is withheld as well, or, where that has none left, the sum
    itself. `locked`: published before, cannot be taken back; where they alone reveal too much, an error.
    Greedy: safe, not always the least that would do.

    >>> table = with_margins([[4, 20, 30], [30, 40, 50], [60, 70, 90]])
    >>> shown = complementary_suppression(table)
    >>> disclosure_audit(table, shown).safe, shown.reshape(4, 4).astype(int).tolist()
    (True, [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]])
    """
    fixed = np.zeros(len(system), dtype=np.bool_) if locked is None else _mask(locked, system, "locked")
    start = (
        np.ones(len(system), dtype=np.bool_) if published is None else _mask(published, system, "published")
    )
    small = system.small(minimum)
    shown = (start & ~small) | fixed
    price = system.values.astype(np.float64) if cost is None else np.asarray(cost, dtype=np.float64)
    if price.shape != (len(system),) or not np.all(price >= 0):
        raise DisclosureError("cost", "is negative or not one for each number", "give one number each")
    left = np.flatnonzero(small)
    while True:
        attack = _Attack(system, shown)
        audit = _audited(attack, left, minimum)
        # Withholding more only widens the ranges, so what is safe stays safe.
        left = left[audit.unsafe]
        if not len(left):
            return shown
        touched: set[int] = set()
        for place in left:
            victim, equation = _cheapest(attack, int(place), fixed, price)
            if equation in touched:
                continue
            touched.add(equation)
            shown[victim] = False


class _Attack:
    """The equations that remain once the published smallest cells are known."""

    def __init__(self, system: AdditiveSystem, shown: BoolArray) -> None:
        self.system, self.shown = system, shown.copy()
        self.matrix = system.incidence()
        self.single = np.diff(self.matrix.indptr) == 1
        self.known = np.zeros(self.matrix.shape[1], dtype=np.bool_)
        self.known[self.matrix[np.flatnonzero(self.single & shown)].indices] = True
        self.content = np.zeros(len(self.known))
        for place in np.flatnonzero(self.single & shown):
            self.content[system.members[place][0]] = system.values[place]
        hidden = self.matrix @ (~self.known).astype(np.float64)
        self.hidden_cells = np.rint(hidden).astype(np.int64)
        self.equations = np.flatnonzero(shown & (self.hidden_cells > 0))
        self.by_cell = self.matrix.tocsc()
        self.group = self._groups()

    def _groups(self) -> IntArray:
        """Smallest cells by the connected part of the equations that they are in."""
        from scipy.sparse import diags
        from scipy.sparse.csgraph import connected_components

        used = self.matrix[self.equations] @ diags((~self.known).astype(np.float64))
        return np.asarray(connected_components(used.T @ used, directed=False)[1], dtype=np.int64)

    def around(self, cells: IntArray) -> IntArray:
        """The numbers that contain any of the cells."""
        return np.unique(self.by_cell[:, cells].indices)

    def alone(self, place: int) -> int:
        """In how many equations a single cell would be the only one hidden."""
        numbers = self.around(self.system.members[place])
        sums = numbers[self.shown[numbers] & ~self.single[numbers]]
        return int((self.hidden_cells[sums] == 0).sum())

    def tightest(self, place: int) -> list[int]:
        """Equations that bear on a number: those with one hidden cell first, then its own by what they
        hide.
        """
        members = self.system.members[place]
        linked = np.flatnonzero(np.isin(self.group, self.group[members[~self.known[members]]]) & ~self.known)
        numbers = self.around(np.union1d(linked, members))
        sums = numbers[self.shown[numbers] & ~self.single[numbers]]
        own = np.isin(sums, self.around(members))
        single = self.hidden_cells[sums] == 1
        sums, own, single = sums[own | single], own[own | single], single[own | single]
        hidden = self.system.values[sums] - self.matrix[sums] @ self.content
        return [int(number) for number in sums[np.lexsort((hidden, ~own, ~single))]]

    def bounds(self, place: int) -> tuple[float, float]:
        """Least and greatest value of a number."""
        members = self.system.members[place]
        base = float(self.content[members][self.known[members]].sum())
        if self.shown[place]:
            return (float(self.system.values[place]),) * 2
        unknown = members[~self.known[members]]
        if not len(unknown):
            return base, base
        cells = np.flatnonzero(np.isin(self.group, self.group[unknown]) & ~self.known)
        rows = self.equations[np.diff(self.matrix[self.equations][:, cells].indptr) > 0]
        target = np.isin(cells, unknown).astype(np.float64)
        right = self.system.values[rows] - self.matrix[rows] @ np.where(self.known, self.content, 0.0)
        left = self.matrix[rows][:, cells]
        low, high = (_optimum(sign * target, left, right) for sign in (1.0, -1.0))
        return base + np.ceil(low - WHOLE), base + np.floor(-high + WHOLE)


def _optimum(objective: FloatArray, left: Any, right: FloatArray) -> float:
    from scipy.optimize import linprog

    if left.shape[0] == 0:
        return 0.0 if objective.max(initial=0.0) > 0 else -np.inf
    found = linprog(objective, A_eq=left, b_eq=right, bounds=(0, None), method="highs")
    if found.status in (3, 4) and objective.min() < 0:
        return -np.inf
    if found.status != 0:
        raise DisclosureError("values", "do not add up", "give the true counts behind every published number")
    return float(found.fun)


def _audited(attack: _Attack, places: IntArray, minimum: int) -> DisclosureAudit:
    ranges = np.array([attack.bounds(int(place)) for place in places]).reshape(len(places), 2)
    return DisclosureAudit(places, ranges[:, 0], ranges[:, 1], minimum)


def _cheapest(attack: _Attack, place: int, fixed: BoolArray, price: FloatArray) -> tuple[int, int]:
    """The number to withhold for the sake of `place`, and the equation it is in."""
    system = attack.system
    if attack.shown[place]:
        raise _revealed(place)
    free = attack.shown & ~fixed & (system.values > 0)
    for equation in [*attack.tightest(place), place]:
        inside = attack.around(system.members[equation])
        inside = inside[attack.single[inside] & free[inside]]
        if len(inside):
            # A cell alone in another equation would have to be protected there in turn.
            alone = [attack.alone(int(cell)) for cell in inside]
            return int(inside[np.argmin(price[inside] * (1.0 + np.array(alone)))]), equation
        if free[equation]:
            return equation, equation
    raise _revealed(place)


def _revealed(place: int) -> DisclosureError:
    return DisclosureError(
        "locked", f"reveal number {place} already", "it was published before; hold the new ones back"
    )


def _mask(values: ArrayLike, system: AdditiveSystem, argument: str) -> BoolArray:
    mask = np.asarray(values)
    if mask.dtype != np.bool_ or mask.shape != (len(system),):
        raise DisclosureError(
            argument,
            f"is {mask.dtype} of shape {mask.shape}",
            f"give True or False for {len(system)} numbers",
        )
    return mask.copy()
