"""What an estimator hands back: the number, and everything needed to judge it."""

from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import Any
from typing import Generic
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias
from typing import TypeVar

import numpy as np

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only

if TYPE_CHECKING:
    from analysis.statistic import Statistic

Target: TypeAlias = Literal["process", "month"]
"""What a figure speaks of: the service as it works (`process`), or this month's dossiers (`month`)."""

Ends = TypeVar("Ends", float, FloatArray)

_FLOATS = ("value", "standard_error", "low", "high", "effective_n", "design_effect", "degrees_of_freedom")


class Interval(NamedTuple, Generic[Ends]):
    """A confidence interval: two numbers, or two arrays of one shape.

    >>> low, high = Interval(0.8, 0.9)
    """

    low: Ends
    high: Ends


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure. What is not available is None, never 0.

    `n` is the denominator: answers for a criterion, responses for a composite. `standard_error` includes the
    finite population correction where `target` is `month`. `degrees_of_freedom` are those of the quantile
    behind the interval, None for the normal one; `effective_n` is the n the interval used, None for a full
    count. `flags` name what a reader must know: `full_count`, `population_inconsistent`,
    `single_response_offices`, `single_unit_strata` (a rule stands in for the spread of a stratum with one
    sampling unit).
    """

    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    n: int
    effective_n: float | None
    design_effect: float | None
    degrees_of_freedom: float | None
    confidence_level: float
    method: str
    target: Target
    population: int | None
    flags: tuple[str, ...] = ()

    @property
    def interval(self) -> Interval[float] | None:
        """Both ends, or None."""
        return None if self.low is None or self.high is None else Interval(self.low, self.high)

    def as_dict(self) -> dict[str, Any]:
        """Every field by name, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Estimates:
    """Figures of many cells: the fields of `Estimate` as arrays of one shape, NaN for not available.

    A sequence over the first axis: `estimates[3]` is an `Estimate` (or `Estimates`, where axes are left), and
    `estimates.item()` the only one of a single cell. `pooled_design_effect` is the factor all cells were
    shrunk to, None where there was none; publish it with the figures. Estimates of a `SurveyDesign` also name
    their domains (`labels`) and keep what their covariances are made of (`statistic`).

    >>> from analysis import FIVE_LEVEL, Tally, satisfied_share
    >>> office, empty = satisfied_share(Tally(FIVE_LEVEL, [[0, 1, 2, 10, 7], [0, 0, 0, 0, 0]]))
    >>> office.value, office.n, round(office.low, 3), round(office.high, 3)
    (0.85, 20, 0.64, 0.948)
    >>> empty.value is None, empty.n
    (True, 0)
    """

    value: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    n: IntArray
    effective_n: FloatArray
    design_effect: FloatArray
    degrees_of_freedom: FloatArray
    confidence_level: float
    method: str
    target: Target
    population: IntArray | None = None
    flags: Mapping[str, BoolArray] = field(default_factory=dict)
    pooled_design_effect: float | None = None
    labels: tuple[Hashable, ...] | None = None
    statistic: "Statistic | None" = field(default=None, repr=False)

    def __post_init__(self) -> None:
        known = ~np.isnan(self.value)
        for name in _FLOATS:
            array = np.array(np.where(known, getattr(self, name), np.nan))
            read_only(array)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "flags", MappingProxyType(dict(self.flags)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the cells."""
        return self.value.shape

    @property
    def interval(self) -> Interval[FloatArray]:
        """Both ends of every cell."""
        return Interval(self.low, self.high)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator["Estimate | Estimates"]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, index: Any) -> "Estimate | Estimates":
        arrays: dict[str, Any] = {name: getattr(self, name)[index] for name in _FLOATS}
        arrays["n"] = self.n[index]
        arrays["population"] = None if self.population is None else self.population[index]
        flags = {name: mask[index] for name, mask in self.flags.items()}
        same = {"confidence_level": self.confidence_level, "method": self.method, "target": self.target}
        if arrays["value"].ndim:
            pooled = self.pooled_design_effect
            return Estimates(**arrays, **same, flags=flags, pooled_design_effect=pooled)  # type: ignore[arg-type]
        numbers = {name: float(a) if isfinite(a) else None for name, a in arrays.items() if name in _FLOATS}
        population = None if self.population is None else int(arrays["population"])
        raised = tuple(name for name, mask in flags.items() if mask)
        return Estimate(n=int(arrays["n"]), population=population, flags=raised, **numbers, **same)  # type: ignore[arg-type]

    def item(self) -> Estimate:
        """The estimate of a single cell."""
        single = self[(0,) * self.value.ndim] if self.value.size == 1 else None
        if not isinstance(single, Estimate):
            raise IndexError(f"there are {self.value.size} cells; pick one by its index")
        return single

    def as_dict(self) -> dict[str, Any]:
        """Every field by name, arrays as (nested) lists with None for not available, ready for JSON."""
        shown: dict[str, Any] = {}
        for name in _FLOATS:
            array = getattr(self, name)
            shown[name] = np.asarray(np.where(np.isfinite(array), array.astype(object), None)).tolist()
        return shown | {
            "n": self.n.tolist(),
            "population": None if self.population is None else self.population.tolist(),
            "flags": {name: mask.tolist() for name, mask in self.flags.items()},
            "confidence_level": self.confidence_level,
            "method": self.method,
            "target": self.target,
            "pooled_design_effect": self.pooled_design_effect,
        }
