import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from analysis import AnalysisError
from analysis import CountError
from analysis import fay_herriot

METHODS = ("REML", "ML", "FH")


def offices(seed: int, count: int, between: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.8, 1, count)
    psi = rng.uniform(0.5, 6, count)
    truth = 60 + 25 * x + rng.normal(0, np.sqrt(between), count)
    return truth, truth + rng.normal(0, np.sqrt(psi)), psi, x


@pytest.mark.parametrize("method", METHODS)
@given(st.integers(0, 10_000), st.integers(4, 30), st.floats(0, 10))
@settings(max_examples=25, deadline=None)
def test_an_estimate_lies_between_own_and_fitted(method: str, seed: int, count: int, between: float) -> None:
    _, y, psi, x = offices(seed, count, between)
    found = fay_herriot(y, psi, x, method=method)
    fitted = found.coefficients[0] + found.coefficients[1] * x
    value = found.shrunken.value
    assert np.all(value >= np.minimum(y, fitted) - 1e-9)
    assert np.all(value <= np.maximum(y, fitted) + 1e-9)
    weight = found.shrunken.own_weight
    np.testing.assert_allclose(value, weight * y + (1 - weight) * fitted, rtol=1e-12)
    assert found.between_variance >= 0


def test_the_equations_of_each_method_hold_at_the_solution() -> None:
    _, y, psi, x = offices(3, 40, 4.0)
    design = np.column_stack([np.ones(40), x])
    for method in METHODS:
        found = fay_herriot(y, psi, x, method=method)
        v = np.diag(1 / (found.between_variance + psi))
        projection = v - v @ design @ np.linalg.inv(design.T @ v @ design) @ design.T @ v
        residual = y - design @ found.coefficients
        if method == "FH":
            assert residual @ v @ residual == pytest.approx(38, rel=1e-8)
        elif method == "ML":
            assert residual @ v @ v @ residual == pytest.approx(np.trace(v), rel=1e-8)
        else:
            assert y @ projection @ projection @ y == pytest.approx(np.trace(projection), rel=1e-8)


def test_the_error_is_about_right_and_smaller_than_the_direct_one() -> None:
    squared, promised, direct = [], [], []
    for seed in range(150):
        truth, y, psi, x = offices(seed, 30, 2.0)
        found = fay_herriot(y, psi, x)
        squared.append((found.shrunken.value - truth) ** 2)
        promised.append(found.mean_squared_error)
        direct.append(psi)
    assert np.mean(promised) == pytest.approx(np.mean(squared), rel=0.1)
    assert np.mean(squared) < 0.6 * np.mean(direct)


def test_offices_on_one_line_take_the_line() -> None:
    x = np.linspace(0.8, 1, 12)
    found = fay_herriot(60 + 25 * x, np.full(12, 2.0), x)
    assert found.between_variance == 0
    assert np.all(found.shrunken.own_weight == 0)
    np.testing.assert_allclose(found.coefficients, [60, 25], rtol=1e-9)


def test_arguments_at_fault_are_named() -> None:
    with pytest.raises(AnalysisError, match=r"variance: is not above 0 in places \[1\]; smooth it"):
        fay_herriot([80, 90, 85], [1.0, 0.0, 2.0])
    with pytest.raises(CountError, match="direct: has shape"):
        fay_herriot([80, np.nan, 85], [1.0, 1.0, 2.0])
    with pytest.raises(CountError, match="covariates: cannot be told apart"):
        fay_herriot([80, 90, 85], [1.0, 1.0, 2.0], [1, 1, 1])
    with pytest.raises(CountError, match="covariates: have shape"):
        fay_herriot([80, 90, 85], [1.0, 1.0, 2.0], [1, 2])
    with pytest.raises(AnalysisError, match="method: is 'EB'"):
        fay_herriot([80, 90, 85], [1.0, 1.0, 2.0], method="EB")  # type: ignore[arg-type]
