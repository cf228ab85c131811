import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis import FIVE_LEVEL
from analysis import THREE_LEVEL
from analysis import CountError
from analysis import ScaleError
from analysis import Tally

COUNTS = arrays.arrays(
    np.int64,
    arrays.array_shapes(min_dims=2, max_dims=3, max_side=4).map(lambda s: (*s[:-1], 5)),
    elements=st.integers(0, 10**9),
)


def test_n_is_the_sum_of_the_options_and_count_a_part_of_it() -> None:
    tally = Tally(FIVE_LEVEL, [[1, 2, 3, 4, 5], [0, 0, 0, 0, 0]])
    assert tally.n.tolist() == [15, 0]
    assert tally.count(["1", "5"]).tolist() == [6, 0]
    assert tally.shape == (2,)


@pytest.mark.parametrize(
    "counts", [[[0.5, 0, 0, 0, 0]], [[-1, 0, 0, 0, 0]], [[1, 2, 3]], 4, [[2**52, 2**52, 0, 0, 0]]]
)
def test_counts_that_are_none_are_refused(counts: object) -> None:
    with pytest.raises(CountError) as raised:
        Tally(FIVE_LEVEL, counts)
    assert raised.value.argument == "counts"


def test_a_tally_cannot_change() -> None:
    given_counts = np.array([[1, 0, 0, 0, 0]])
    tally = Tally(FIVE_LEVEL, given_counts)
    given_counts[0, 0] = 99
    assert tally.n.tolist() == [1]
    with pytest.raises(ValueError, match="read-only"):
        tally.counts[0, 0] = 5


def test_only_tallies_of_the_same_cells_add_up() -> None:
    tally = Tally(FIVE_LEVEL, [[1, 0, 0, 0, 0]])
    with pytest.raises(CountError):
        _ = tally + Tally(FIVE_LEVEL, [1, 0, 0, 0, 0])
    with pytest.raises(CountError):
        _ = tally + Tally(THREE_LEVEL, [[1, 0, 0]])


def test_equality_is_of_scale_and_counts() -> None:
    tally = Tally(FIVE_LEVEL, [1, 0, 0, 0, 0])
    assert tally == Tally(FIVE_LEVEL, [1, 0, 0, 0, 0])
    assert tally != Tally(FIVE_LEVEL, [0, 1, 0, 0, 0])
    assert tally != "tally"


def test_an_index_picks_cells_and_never_options() -> None:
    tally = Tally(FIVE_LEVEL, np.arange(30).reshape(2, 3, 5))
    assert tally[1].counts.tolist() == tally.counts[1].tolist()
    assert tally[..., 0].shape == (2,)
    assert tally[..., 0].counts.tolist() == tally.counts[:, 0].tolist()
    assert tally[np.array([True, False])].shape == (1, 3)
    with pytest.raises(IndexError):
        _ = tally[0, 0, 0]


def test_collapse_refuses_the_options() -> None:
    tally = Tally(FIVE_LEVEL, np.ones((2, 3, 5), dtype=int))
    assert tally.collapse(-1).counts.tolist() == [[3] * 5] * 2
    assert tally.collapse((0, 1)).n.item() == 30
    with pytest.raises(CountError, match="axis"):
        tally.collapse(2)


def test_an_option_off_the_scale_is_refused() -> None:
    with pytest.raises(ScaleError):
        Tally(THREE_LEVEL, [1, 2, 3]).count(["4"])


@given(COUNTS, st.randoms(use_true_random=False))
def test_order_of_cells_and_of_adding_does_not_matter(counts: np.ndarray, random: object) -> None:
    order = np.random.default_rng(random.randrange(2**32)).permutation(len(counts))  # type: ignore[attr-defined]
    tally = Tally(FIVE_LEVEL, counts)
    shuffled = tally[order]
    assert shuffled.collapse(0) == tally.collapse(0)
    assert tally + shuffled == shuffled + tally
    assert (tally + shuffled).collapse(0) == tally.collapse(0) + shuffled.collapse(0)
    assert int(tally.collapse(0).n.sum()) == sum(int(cell) for cell in counts.ravel())
