"""A vector of statistics of one design with their uncertainty, and what can be made of them."""

import warnings
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from typing import Protocol
from typing import TypeAlias

import numpy as np
from numpy.exceptions import ComplexWarning
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.design import SurveyDesign
from analysis.errors import AnalysisError
from analysis.errors import DesignError
from analysis.taylor import taylor_covariance
from analysis.taylor import taylor_variance
from analysis.taylor import weighted_sum

STEP = 1e-30
"""Imaginary step of a derivative: so small that nothing of it is left in the value."""

Smooth: TypeAlias = Callable[[NDArray[Any]], Any]
"""A smooth function of a vector of statistics, written with numpy: it must take complex numbers."""


class Statistic(Protocol):
    """Values of one design whose variances and covariances are known."""

    @property
    def design(self) -> Any: ...
    @property
    def value(self) -> FloatArray: ...
    @property
    def variance(self) -> FloatArray: ...
    @property
    def covariance(self) -> FloatArray: ...

    def combined(self, coefficients: FloatArray) -> "Statistic": ...

    def transformed(self, function: Smooth) -> "Statistic": ...

    def picked(self, places: ArrayLike) -> "Statistic": ...

    def joined(self, every: list[Any]) -> "Statistic": ...

    def blended(self, parts: list[Any], weights: FloatArray) -> "Statistic": ...


@dataclass(frozen=True, eq=False)
class Linearized:
    """Statistics with their influence values (sparse, rows × statistics; weights not included)."""

    design: SurveyDesign
    value: FloatArray
    influence: Any

    @cached_property
    def variance(self) -> FloatArray:
        """The variance of every value by linearisation; NaN where there is no value."""
        return np.where(np.isnan(self.value), np.nan, taylor_variance(self.design, self.influence))

    @cached_property
    def covariance(self) -> FloatArray:
        """The covariance matrix of the values."""
        return taylor_covariance(self.design, self.influence)

    def combined(self, coefficients: FloatArray) -> "Linearized":
        """Linear combinations of the values, one for each row of `coefficients`."""
        value, table = _combination(coefficients, self.value)
        return Linearized(self.design, value, self.influence @ table)

    def transformed(self, function: Smooth) -> "Linearized":
        """A smooth function of the values, linearised at them."""
        value, gradient = derivative(function, self.value)
        return Linearized(self.design, value, self.influence @ _sparse(gradient.T))

    def picked(self, places: ArrayLike) -> "Linearized":
        """The values at `places`, in that order."""
        index = np.asarray(places, dtype=np.int64)
        return Linearized(self.design, self.value[index], self.influence[:, index])

    def joined(self, every: list["Linearized"]) -> "Linearized":
        """All of them as one vector."""
        from scipy.sparse import hstack

        value = np.concatenate([one.value for one in every])
        return Linearized(self.design, value, hstack([one.influence for one in every], format="csr"))

    def blended(self, parts: list["Linearized"], weights: FloatArray) -> "Linearized":
        """Their weighted sum."""
        value = np.sum([w * one.value for w, one in zip(weights, parts, strict=True)], axis=0)
        influence = weighted_sum([one.influence for one in parts], weights.tolist())
        return Linearized(self.design, value, influence)


def _combination(coefficients: FloatArray, value: FloatArray) -> tuple[FloatArray, Any]:
    # A value that is not available spoils the combinations it is part of, and no others.
    spoilt = (coefficients != 0) @ np.isnan(value)
    found = np.where(spoilt, np.nan, coefficients @ np.nan_to_num(value))
    return found, _sparse(coefficients.T)


def _sparse(table: FloatArray) -> Any:
    from scipy.sparse import csr_array

    return csr_array(table)


def derivative(function: Smooth, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Value and gradient (results × values) of a smooth function, by a complex step: exact to rounding."""
    steps = []
    with warnings.catch_warnings():
        # A function that drops the imaginary part has no derivative here, and must not seem to be constant.
        warnings.simplefilter("error", ComplexWarning)
        try:
            at = np.atleast_1d(np.asarray(function(value), dtype=np.float64))
            for direction in np.eye(len(value)):
                moved = np.atleast_1d(np.asarray(function(value + STEP * 1j * direction)))
                if not np.iscomplexobj(moved):
                    raise TypeError("it does not pass complex numbers on")
                steps.append(moved.imag / STEP)
        except (TypeError, ComplexWarning) as error:
            raise AnalysisError(
                "function", f"cannot be derived: {error}", "use smooth numpy functions"
            ) from error
    return at, np.array(steps).T


def stacked(statistics: Sequence[Statistic]) -> Statistic:
    """Statistics of one design as one vector, so that their covariances are known."""
    first = statistics[0]
    if len(statistics) == 1:
        return first
    if any(other.design is not first.design for other in statistics):
        raise DesignError(
            "estimates", "come from different designs", "estimate all of them from one design object"
        )
    return first.joined(list(statistics))


def blended(statistics: Sequence[Statistic], weights: FloatArray) -> Statistic:
    """Σ_j weight_j·statistic_j, place by place, of vectors of one length."""
    used = np.flatnonzero(weights).tolist()
    return statistics[0].blended([statistics[j] for j in used], weights[used])


def coefficients_table(contrasts: ArrayLike, values: int) -> FloatArray:
    """Coefficients as a table, one row a contrast."""
    table = np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
    if table.shape[1] != values or not np.isfinite(table).all():
        raise AnalysisError(
            "coefficients",
            f"have shape {table.shape} for {values} values",
            f"give {values} numbers a contrast",
        )
    return table
