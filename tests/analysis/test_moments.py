from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import MEAN5
from analysis import POMP
from analysis import TOP1
from analysis import TOP2
from analysis import AnalysisError
from analysis import CountError
from analysis import IndexMethod
from analysis import Moments
from analysis import ScaleError
from analysis import pooled_index
from analysis import pooled_moments
from analysis.moments import _exact_sum

ROWS = st.lists(
    st.tuples(st.lists(st.integers(0, 5), min_size=3, max_size=3), st.integers(0, 2), st.integers(0, 10**6)),
    min_size=1,
    max_size=15,
)
SUMS = ("n", "sum_k", "sum_s", "sum_kk", "sum_ks", "sum_ss")


def columns(rows: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table, domain, times = zip(*rows, strict=True)
    return np.array(table, dtype=np.int8), np.array(domain), np.array(times)


def test_moments_are_counted_by_hand() -> None:
    moments = pooled_moments([[5, 4, 0], [3, 0, 0], [0, 0, 0], [1, 1, 1]], [0, 0, 0, 1], 3)
    assert [getattr(moments, name).tolist() for name in SUMS] == [
        [2, 1, 0],
        [3, 3, 0],
        [12, 3, 0],
        [5, 9, 0],
        [21, 9, 0],
        [90, 9, 0],
    ]


def test_a_blank_form_is_no_response() -> None:
    with_blanks = pooled_moments([[5, 4], [0, 0], [3, 1]], [0, 0, 0], 1)
    assert with_blanks == pooled_moments([[5, 4], [3, 1]], [0, 0], 1)


@given(ROWS, st.sampled_from([MEAN5, TOP2, TOP1]))
def test_moments_are_exact_whatever_the_counts(rows: Any, method: IndexMethod) -> None:
    table, domain, times = columns(rows)
    moments = pooled_moments(table, domain, 3, method=method, frequency=times)
    expected = {name: [0, 0, 0] for name in SUMS}
    for row, place, often in rows:
        answered = [method.item_scores[rating - 1] for rating in row if rating]
        k, s = len(answered), sum(answered)
        for name, part in zip(SUMS, (k > 0, k, s, k * k, k * s, s * s), strict=True):
            expected[name] = [
                total + often * part * (place == each) for each, total in enumerate(expected[name])
            ]
    assert {name: getattr(moments, name).tolist() for name in SUMS} == expected


@given(ROWS, st.integers(0, 2**32))
def test_order_and_partition_of_the_rows_do_not_matter(rows: Any, seed: int) -> None:
    table, domain, times = columns(rows)
    order = np.random.default_rng(seed).permutation(len(rows))
    whole = pooled_moments(table, domain, 3, frequency=times)
    assert whole == pooled_moments(table[order], domain[order], 3, frequency=times[order])
    cut = len(rows) // 2
    parts = [
        pooled_moments(table[part], domain[part], 3, frequency=times[part])
        for part in (slice(0, cut), slice(cut, None))
    ]
    assert whole == parts[0] + parts[1] == parts[1] + parts[0]
    assert whole[1:] == pooled_moments(
        table[domain > 0], domain[domain > 0] - 1, 2, frequency=times[domain > 0]
    )


@given(ROWS)
def test_frequency_is_repetition(rows: Any) -> None:
    table, domain, times = columns(rows)
    times = times % 4
    repeated = pooled_moments(np.repeat(table, times, axis=0), np.repeat(domain, times), 3)
    assert repeated == pooled_moments(table, domain, 3, frequency=times)


def test_sums_beyond_what_floats_hold_stay_exact() -> None:
    values = np.array([2**60 + 1, 2**60 + 3, 5])
    assert _exact_sum(np.array([0, 0, 1]), values, 2).tolist() == [2**61 + 4, 5]
    # The control: one sum of floats loses the last digits.
    assert np.bincount([0, 0, 1], values, 2).astype(int)[0] != 2**61 + 4


def test_the_better_answer_never_lowers_an_index() -> None:
    table = np.array([[4, 3, 0], [2, 5, 1]])
    for method in (MEAN5, POMP, TOP2, TOP1):
        before = pooled_index(pooled_moments(table, [0, 0], 1, method=method), method).item()
        table_after = np.where(table == 3, 4, table)
        after = pooled_index(pooled_moments(table_after, [0, 0], 1, method=method), method).item()
        assert before.value is not None
        assert after.value is not None
        assert after.value >= before.value


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: pooled_moments([[6]], [0], 1), "ratings"),
        (lambda: pooled_moments([[-1]], [0], 1), "ratings"),
        (lambda: pooled_moments([[5.0]], [0], 1), "ratings"),
        (lambda: pooled_moments([5], [0], 1), "ratings"),
        (lambda: pooled_moments([[5]], [1], 1), "domain"),
        (lambda: pooled_moments([[5]], [0, 0], 1), "domain"),
        (lambda: pooled_moments([[5]], [0], 1, frequency=[1, 2]), "frequency"),
        (lambda: pooled_moments([[5]], [0], 1, frequency=[0.5]), "frequency"),
        (lambda: pooled_moments([[5]], [0], 1) + pooled_moments([[5]], [0], 2), "other"),
        (lambda: pooled_moments([[5]], [0], 1) + pooled_moments([[5]], [0], 1, method=TOP2), "other"),
        (lambda: Moments((1, 2), [1], [1], [1], [1], [1], [1, 2]), "moments"),
        (lambda: Moments((1, 2), [1], [1], [1], [1], [1], [-1]), "sum_ss"),
    ],
)
def test_arguments_at_fault_are_named(call: Any, argument: str) -> None:
    with pytest.raises(AnalysisError) as raised:
        call()
    assert raised.value.argument == argument


def test_moments_cannot_change() -> None:
    moments = pooled_moments([[5]], [0], 1)
    assert moments != "moments"
    with pytest.raises(ValueError, match="read-only"):
        moments.sum_s[0] = 4


def test_an_index_method_that_contradicts_itself_is_refused() -> None:
    for scores, factor in (((5, 4), 1), ((1,), 1), ((2, 2), 1), ((-1, 1), 1), ((0, 1), 0)):
        with pytest.raises(ScaleError):
            IndexMethod("x", 1, scores, factor)
    assert [method.bounds for method in (MEAN5, POMP, TOP2, TOP1)] == [(20, 100)] + [(0, 100)] * 3


def test_moments_serve_only_the_methods_that_score_alike() -> None:
    moments = pooled_moments([[5, 4]], [0], 1)
    assert pooled_index(moments, POMP).item().value == 87.5
    with pytest.raises(ScaleError, match="top2"):
        pooled_index(moments, TOP2)
    with pytest.raises(CountError):
        pooled_moments([["5"]], [0], 1)
