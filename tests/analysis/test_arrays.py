import numpy as np
import pytest

from analysis.arrays import fitted
from analysis.arrays import whole_numbers
from analysis.errors import CountError


def test_whole_numbers_keeps_integers() -> None:
    array = whole_numbers(np.array([0, 3], dtype=np.int8), "counts")
    assert array.dtype == np.int64
    assert array.tolist() == [0, 3]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.5], "float64"),
        ([2.0], "float64"),
        ([True], "bool"),
        (["3"], "<U1"),
        ([-1], "-1"),
        (np.array([2**63], dtype=np.uint64), "9223372036854775808"),
    ],
)
def test_whole_numbers_refuses_what_is_not_a_count(values: object, said: str) -> None:
    with pytest.raises(CountError, match=said):
        whole_numbers(values, "counts")


def test_whole_numbers_refuses_codes_out_of_range() -> None:
    assert whole_numbers([0, 2], "domain", below=3).tolist() == [0, 2]
    with pytest.raises(CountError, match="domain: holds 3; the largest allowed is 2"):
        whole_numbers([0, 3], "domain", below=3)


def test_whole_numbers_of_nothing_is_empty() -> None:
    assert whole_numbers([], "counts").size == 0


def test_fitted_spreads_one_number_and_refuses_another_shape() -> None:
    assert fitted(7, (2,), "population").tolist() == [7, 7]
    with pytest.raises(CountError, match=r"population: has shape \(3,\) where the cells have \(2,\)"):
        fitted([1, 2, 3], (2,), "population")
