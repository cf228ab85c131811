"""The array types of this package, and the one way from what a caller gives to whole numbers."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.errors import CountError

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

LARGEST = np.iinfo(np.int64).max


def whole_numbers(values: ArrayLike, argument: str, *, below: int | None = None) -> IntArray:
    """`values` as int64, refused unless they are integers from 0 (to `below`, exclusive).

    Floats are refused even where they are whole: a share that slipped in as a count must not be rounded.
    """
    array = np.asarray(values)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise CountError(argument, f"holds {array.dtype} values", "give integers")
    smallest, largest = int(array.min()), int(array.max())
    if smallest < 0:
        raise CountError(argument, f"holds {smallest}", "counts and codes start at 0")
    limit = LARGEST if below is None else below - 1
    if largest > limit:
        raise CountError(argument, f"holds {largest}", f"the largest allowed is {limit}")
    return array.astype(np.int64)


def fitted(values: ArrayLike, shape: tuple[int, ...], argument: str) -> IntArray:
    """`values` as counts, one for each cell of `shape` (a single number serves all)."""
    array = whole_numbers(values, argument)
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise CountError(
            argument, f"has shape {array.shape} where the cells have {shape}", "give one number for each cell"
        ) from None


def read_only(array: NDArray[np.generic]) -> None:
    """Close `array` to writing, so that a value object stays what it was."""
    array.setflags(write=False)
