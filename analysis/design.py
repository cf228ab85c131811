"""How a sample was drawn: strata, sampling units of one or more stages, weights, finite populations.

A design is checked once, when it is made. A domain never takes rows out of it: rows outside count as zeros,
so that the number of units that were drawn stays what it was. References: Cochran (1977), Sampling
Techniques, chapters 5 and 11; Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, chapter
4.
"""

import copy
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.errors import CodeError
from analysis.errors import DesignError
from analysis.errors import PopulationError
from analysis.grouping import Codes
from analysis.grouping import Grouping
from analysis.grouping import grouping

SinglePSU: TypeAlias = Literal["adjust", "average", "certainty", "fail", "remove"]
"""What a stratum with a single sampling unit, not drawn with certainty, adds to a variance."""

Projection: TypeAlias = Callable[[Any], Any]
"""Takes from influence values (sparse, rows × statistics) what calibration variables explain of them."""

SINGLE_PSU = ("adjust", "average", "certainty", "fail", "remove")


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of drawing: the unit of every row, the parent (stratum or outer unit) of every unit.

    `sampled` and `size` are the units drawn and the units there are, by parent; `size` is None where nobody
    knows, which stands for drawing with replacement. `rows` says that every row is a unit of its own.
    """

    unit: IntArray
    parent: IntArray
    sampled: IntArray
    size: FloatArray | None
    rows: bool

    @property
    def fraction(self) -> FloatArray:
        """Sampling fraction by parent, 0 where the population is not known."""
        return np.zeros(len(self.sampled)) if self.size is None else self.sampled / self.size

    def without_population(self) -> "Stage":
        return Stage(self.unit, self.parent, self.sampled, None, self.rows)


class SurveyDesign:
    """A stratified, clustered, weighted sample of one or more stages, row by row.

    `strata`: one code a row (cross several columns with `grouping`). `clusters`: codes of the sampling units,
    or a list of such columns, outer stage first; they are read within their stratum (within the outer unit);
    left out, every row is its own unit. `population`: how many units there are in the row's stratum (a number
    or one a row), for more stages a list with one entry a stage, None where it is not known. A stage without
    population counts as drawn with replacement, and nothing is added for the stages below it.
    `weights`: one a row, 0 or more; left out, the product of N/n over the stages, or 1.

    `single_psu`: what a stratum with one sampling unit adds to a variance: `adjust` the squared distance from
    the mean of all unit totals, `average` as much as the other strata on average, `certainty` and `remove`
    nothing, `fail` is an error. With `adjust_domains` the rule `adjust` also holds for a stratum of several
    units of which a domain has one.

    Errors name the argument, the row and the remedy: blank codes, negative or missing weights, a population
    that is smaller than its sample or not constant within a stratum.

    >>> design = SurveyDesign(strata=["a", "a", "b", "b"], population=[10, 10, 4, 4])
    >>> design.weights.tolist(), design.degrees_of_freedom().tolist()
    ([5.0, 5.0, 2.0, 2.0], [2.0])
    """

    weights: FloatArray
    stages: tuple[Stage, ...]
    strata: Grouping
    single_psu: SinglePSU
    adjust_domains: bool
    projections: tuple[Projection, ...] = ()

    def __init__(
        self,
        *,
        weights: ArrayLike | None = None,
        strata: Codes | None = None,
        clusters: Codes | Sequence[Codes] | None = None,
        population: ArrayLike | Sequence[ArrayLike | None] | None = None,
        single_psu: SinglePSU = "adjust",
        adjust_domains: bool = False,
    ) -> None:
        if single_psu not in SINGLE_PSU:
            raise DesignError("single_psu", f"is {single_psu!r}", f"choose among {SINGLE_PSU}")
        columns = [] if clusters is None else [grouping(c, argument="clusters") for c in _columns(clusters)]
        layers = None if strata is None else grouping(strata, argument="strata")
        sizes = [] if population is None else _columns(population)
        rows = _rows(weights, layers, columns, sizes)
        self.single_psu, self.adjust_domains = single_psu, adjust_domains
        self.strata = Grouping(np.zeros(rows, dtype=np.int64), (None,)) if layers is None else layers
        self.stages = _stages(self.strata, columns, sizes, rows)
        self.weights = _expansion(self.stages, rows) if weights is None else _weights(weights, rows)
        read_only(self.weights)

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def finite(self) -> bool:
        """Whether a finite population is known."""
        return self.stages[0].size is not None

    def with_replacement(self) -> "SurveyDesign":
        """The same design without its finite populations: the target `process`."""
        return self._changed(stages=(self.stages[0].without_population(),))

    def calibrated(self, weights: FloatArray, projection: Projection) -> "SurveyDesign":
        """The same design with new weights whose variances count residuals from `projection`."""
        read_only(weights)
        return self._changed(weights=weights, projections=(*self.projections, projection))

    def with_weights(self, weights: ArrayLike) -> "SurveyDesign":
        """The same design with other weights, as they are."""
        return self._changed(weights=_weights(weights, len(self)))

    def _changed(self, **fields: Any) -> "SurveyDesign":
        other = copy.copy(self)
        for name, value in fields.items():
            setattr(other, name, value)
        return other

    def degrees_of_freedom(self, domain: Codes | None = None) -> FloatArray:
        """Sampling units less strata, among the rows of each domain that have a positive weight."""
        group = every_row(len(self)) if domain is None else in_rows(domain, len(self), "domain")
        counted = np.flatnonzero((self.weights > 0) & group.inside)
        codes, groups, stage = group.codes[counted], len(group), self.stages[0]
        if stage.rows:
            units = np.bincount(codes, minlength=groups)
        else:
            # Only the number of pairs is asked for: to sort their keys is enough.
            key = np.sort(stage.unit[counted] * groups + codes)
            units = np.bincount(key[np.diff(key, prepend=-1) > 0] % max(groups, 1), minlength=groups)
        _, _, owner = pairs(stage.parent[stage.unit[counted]], len(stage.sampled), codes, groups)
        return (units - np.bincount(owner, minlength=groups)).astype(np.float64)


def every_row(rows: int) -> Grouping:
    """All rows as one domain."""
    return Grouping(np.zeros(rows, dtype=np.int64), (None,))


def in_rows(codes: Codes, rows: int, argument: str) -> Grouping:
    """A grouping of exactly `rows` rows."""
    group = grouping(codes, argument=argument)
    if len(group.codes) != rows:
        raise CodeError(argument, f"has {len(group.codes)} codes for {rows} rows", "give one code a row")
    return group


def pairs(
    first: IntArray, firsts: int, second: IntArray, seconds: int
) -> tuple[IntArray, IntArray, IntArray]:
    """The pairs of codes that occur: the number of every row's pair, and both codes of every pair."""
    only = np.zeros(firsts, dtype=np.int64)
    only[first] = second
    if np.array_equal(only[first], second):
        # Every first code goes with one second code: no pairs to tell apart, nothing to sort.
        present, code = _present(first, firsts)
        return code, present, only[present]
    key, space = first * seconds + second, firsts * seconds
    if space <= 4 * len(key) + 65536:
        present, code = _present(key, space)
    else:
        present, code = np.unique(key, return_inverse=True)
    return code, present // max(seconds, 1), present % max(seconds, 1)


def _present(codes: IntArray, below: int) -> tuple[IntArray, IntArray]:
    """The codes that occur, and for every row the place of its code among them."""
    present = np.flatnonzero(np.bincount(codes, minlength=below))
    place = np.zeros(below, dtype=np.int64)
    place[present] = np.arange(len(present))
    return present, place[codes]


def _columns(given: Any) -> list[Any]:
    """One column, or a list of columns, as a list."""
    several = isinstance(given, list | tuple) and any(
        isinstance(part, np.ndarray | list | Grouping) for part in given
    )
    return list(given) if several else [given]


def _rows(weights: Any, strata: Grouping | None, clusters: list[Grouping], sizes: list[Any]) -> int:
    found = {"weights": np.size(weights)} if weights is not None and np.ndim(weights) else {}
    found |= {"strata": len(strata.codes)} if strata else {}
    found |= {f"clusters (stage {i})": len(column.codes) for i, column in enumerate(clusters, 1)}
    found |= {f"population (stage {i})": np.size(size) for i, size in enumerate(sizes, 1) if np.ndim(size)}
    if not found:
        raise DesignError(
            "weights", "are missing", "give one weight a row, or strata, clusters or population"
        )
    name, rows = next(iter(found.items()))
    other = next((other for other, length in found.items() if length != rows), None)
    if other is not None:
        raise DesignError(other, f"has {found[other]} rows where {name} has {rows}", "give one entry a row")
    return rows


def _weights(weights: ArrayLike, rows: int) -> FloatArray:
    array = np.array(np.broadcast_to(np.asarray(weights, dtype=np.float64), (rows,)))
    wrong = ~(array >= 0) | np.isinf(array)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DesignError(
            "weights",
            f"row {row} has {array[row]}",
            "give a number from 0 (0 takes a row out of every estimate)",
        )
    read_only(array)
    return array


def _stages(strata: Grouping, clusters: list[Grouping], sizes: list[Any], rows: int) -> tuple[Stage, ...]:
    if not strata.inside.all() or not all(column.inside.all() for column in clusters):
        raise CodeError(
            "strata or clusters", "leave rows outside", "a domain leaves rows out, not the design"
        )
    if len(sizes) > max(len(clusters), 1):
        problem = f"has {len(sizes)} stages where clusters has {len(clusters)}"
        raise PopulationError("population", problem, "give one entry a stage, None where it is not known")
    parent, parents = strata.codes, len(strata)
    stages = []
    for number in range(max(len(clusters), 1)):
        if clusters:
            unit, owner, _ = pairs(parent, parents, clusters[number].codes, len(clusters[number]))
        else:
            unit, owner = np.arange(rows), parent
        if len(owner) == rows:
            # Every row is a unit: then its number will do.
            unit, owner = np.arange(rows), parent
        sampled = np.bincount(owner, minlength=parents)
        given = sizes[number] if number < len(sizes) else None
        size = None if given is None else _population(given, parent, sampled, rows)
        stages.append(Stage(unit, owner, sampled, size, len(owner) == rows))
        parent, parents = unit, len(owner)
    return tuple(stages)


def _population(given: ArrayLike, parent: IntArray, sampled: IntArray, rows: int) -> FloatArray:
    array = np.broadcast_to(np.asarray(given, dtype=np.float64), (rows,))
    _refuse(~(array > 0), array, "give how many units there are, or None for all rows where it is not known")
    size = np.ones(len(sampled))
    size[parent] = array
    _refuse(array != size[parent], array, "give one number for all rows of a stratum (or outer unit)")
    small = np.where(np.isclose(array, sampled[parent], rtol=1e-12), False, array < sampled[parent])
    if small.any():
        row = int(np.argmax(small))
        problem = f"row {row} has {array[row]:g}, fewer than the {sampled[parent[row]]} units drawn"
        raise PopulationError("population", problem, "correct it, or leave it out and flag the figure")
    return np.maximum(size, sampled)


def _refuse(wrong: NDArray[np.bool_], array: FloatArray, remedy: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise PopulationError("population", f"row {row} has {array[row]:g}", remedy)


def _expansion(stages: tuple[Stage, ...], rows: int) -> FloatArray:
    """The product of N/n over the stages whose population is known."""
    weights = np.ones(rows)
    for stage in stages:
        if stage.size is not None:
            weights = weights * (stage.size / stage.sampled)[stage.parent[stage.unit]]
    return weights
