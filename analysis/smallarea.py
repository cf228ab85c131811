"""Estimates of small offices that borrow strength through what is known of all of them (Fay and Herriot).

References: Fay and Herriot (1979), J. Am. Stat. Assoc. 74, 269-277; Prasad and Rao (1990), J. Am. Stat.
Assoc. 85, 163-171; Datta and Lahiri (2000), Statistica Sinica 10, 613-627; Datta, Rao and Smith (2005),
Biometrika 92, 183-196.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.arrays import FloatArray
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.interval import normal_quantile
from analysis.shrinkage import Shrunken

VarianceMethod = Literal["REML", "ML", "FH"]

SWEEPS = 10_000


@dataclass(frozen=True, eq=False)
class FayHerriot:
    """The fitted model y_i = x_i'β + v_i + e_i, var v_i = A, var e_i = ψ_i known.

    `shrunken`: estimates of the offices, γ_i·y_i + (1-γ_i)·x_i'β with γ_i = A/(A+ψ_i) as `own_weight` and
    √MSE as standard error. `coefficients` β and their errors; `between_variance` A.
    """

    shrunken: Shrunken
    coefficients: FloatArray
    coefficient_errors: FloatArray
    between_variance: float
    mean_squared_error: FloatArray


def fay_herriot(
    direct: ArrayLike,
    variance: ArrayLike,
    covariates: ArrayLike | None = None,
    *,
    method: VarianceMethod = "REML",
    confidence_level: float = 0.95,
    tolerance: float = 1e-10,
) -> FayHerriot:
    """Small-area estimates of offices from their `direct` figures, the `variance` of each, and
    `covariates`.

    `covariates`: offices × variables without the constant, which is added; none: all offices share one
    mean. Give smoothed variances (from the pooled design factor): the own one is 0 where everybody
    agrees, which would promise certainty. A ≥ 0 by scoring from the median variance until it moves by
    less than `tolerance`, relatively; `method` REML, ML, or FH (moments). MSE ≈ g₁ + g₂ + 2g₃, for ML and
    FH less the bias of A.

    >>> found = fay_herriot([80.0, 84.0, 90.0, 86.0, 79.0], [4.0, 9.0, 16.0, 1.0, 4.0])
    >>> round(found.between_variance, 2), found.shrunken.value.round(1).tolist()
    (11.36, [80.9, 83.7, 86.1, 85.8, 80.1])
    """
    y, psi, x = _areas(direct, variance, covariates)
    if method not in ("REML", "ML", "FH"):
        raise AnalysisError("method", f"is {method!r}", "choose 'REML', 'ML' or 'FH'")
    between = _between(y, psi, x, method, tolerance)
    precision = 1.0 / (between + psi)
    covariance, beta = _regression(y, x, precision)
    gamma = between * precision
    fitted = x @ beta
    value = gamma * y + (1.0 - gamma) * fitted
    g1 = gamma * psi
    g2 = (1.0 - gamma) ** 2 * np.einsum("ij,jk,ik->i", x, covariance, x)
    if method == "FH":
        spread = 2.0 * len(y) / precision.sum() ** 2
        bias = 2.0 * (len(y) * (precision**2).sum() - precision.sum() ** 2) / precision.sum() ** 3
    else:
        spread = 2.0 / (precision**2).sum()
        second = (x * precision[:, np.newaxis] ** 2).T @ x
        bias = -float(np.trace(covariance @ second)) / (precision**2).sum() if method == "ML" else 0.0
    error = g1 + g2 + 2.0 * psi**2 * precision**3 * spread - bias * (1.0 - gamma) ** 2
    root = np.sqrt(np.maximum(error, 0.0))
    half = normal_quantile(confidence_level) * root
    shrunken = Shrunken(
        value, root, value - half, value + half, gamma, confidence_level, f"fay_herriot:{method}"
    )
    return FayHerriot(shrunken, beta, np.sqrt(np.diag(covariance)), between, error)


def _areas(
    direct: ArrayLike, variance: ArrayLike, covariates: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    y, psi = np.asarray(direct, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if y.ndim != 1 or psi.shape != y.shape or not np.all(np.isfinite(y)):
        raise CountError("direct", f"has shape {y.shape}, or a blank", "give a figure for every office")
    if not np.all((psi > 0) & np.isfinite(psi)):
        places = np.flatnonzero(~((psi > 0) & np.isfinite(psi))).tolist()
        raise AnalysisError(
            "variance", f"is not above 0 in places {places}", "smooth it with the pooled design factor"
        )
    columns = [np.ones((len(y), 1))]
    if covariates is not None:
        more = np.asarray(covariates, dtype=np.float64)
        more = more[:, np.newaxis] if more.ndim == 1 else more
        if more.ndim != 2 or len(more) != len(y) or not np.all(np.isfinite(more)):
            raise CountError("covariates", f"have shape {more.shape}, or a blank", "give offices × variables")
        columns.append(more)
    x = np.hstack(columns)
    if len(y) <= x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
        raise CountError(
            "covariates", "cannot be told apart with so many offices", "use fewer, without the constant"
        )
    return y, psi, x


def _regression(y: FloatArray, x: FloatArray, precision: FloatArray) -> tuple[FloatArray, FloatArray]:
    weighted = x * precision[:, np.newaxis]
    covariance: FloatArray = np.linalg.inv(x.T @ weighted).astype(np.float64)
    return covariance, covariance @ (weighted.T @ y)


def _between(y: FloatArray, psi: FloatArray, x: FloatArray, method: str, tolerance: float) -> float:
    """A, cut at 0, by Fisher scoring."""
    between = float(np.median(psi))
    for _ in range(SWEEPS):
        v = 1.0 / (between + psi)
        covariance, beta = _regression(y, x, v)
        squares = (y - x @ beta) ** 2
        if method == "FH":
            step = ((squares * v).sum() - (len(y) - x.shape[1])) / v.sum()
        elif method == "ML":
            step = ((squares * v**2).sum() - v.sum()) / (v**2).sum()
        else:
            # tr P and tr P² of the projection P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹, without making it.
            second, third = (covariance @ ((x * v[:, np.newaxis] ** power).T @ x) for power in (2, 3))
            trace = v.sum() - np.trace(second)
            information = (v**2).sum() - 2.0 * np.trace(third) + np.trace(second @ second)
            step = ((squares * v**2).sum() - trace) / information
        moved = between + float(step)
        if moved <= 0.0 and between <= 1e-12 * psi.min():
            return 0.0
        # Below 0 the next step starts just above it, so that a detour does not end the search.
        moved = max(moved, 1e-13 * float(psi.min()))
        if abs(moved - between) < tolerance * between:
            return moved if moved > 1e-12 * psi.min() else 0.0
        between = moved
    raise AnalysisError("tolerance", f"{tolerance} is not reached in {SWEEPS} steps", "allow a larger one")
