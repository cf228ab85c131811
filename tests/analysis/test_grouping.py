import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import CodeError
from analysis import Grouping
from analysis import grouping
from analysis.grouping import domain_sums


@pytest.mark.parametrize(
    "codes",
    [
        [3, 1, 3, 2],
        np.array([3, 1, 3, 2], dtype=np.int8),
        np.array([3e9, 1, 3e9, 2]),
        np.array([10**12, -5, 10**12, 0]),
        ["c", "a", "c", "b"],
        np.array(["c", "a", "c", "b"], dtype=object),
        [("x", 2), ("a", 1), ("x", 2), ("b", 0)],
        [frozenset({3}), 1, frozenset({3}), "b"],
    ],
)
def test_codes_of_any_kind_become_whole_numbers(codes: object) -> None:
    found = grouping(codes)  # type: ignore[arg-type]
    given = list(codes)  # type: ignore[call-overload]
    assert [found.levels[code] for code in found.codes] == given
    assert len(found) == 3
    assert not found.codes.flags.writeable


def test_levels_are_sorted_unless_they_are_given() -> None:
    assert grouping(["b", "a"]).levels == ("a", "b")
    found = grouping(["b", "a"], levels=["b", "none", "a"])
    assert found.levels == ("b", "none", "a")
    assert found.codes.tolist() == [0, 2]
    assert grouping(found) is found


def test_crossed_columns_keep_the_pairs_that_occur() -> None:
    found = grouping(["a", "a", "b"], [2, 1, 2])
    assert found.levels == (("a", 1), ("a", 2), ("b", 2))
    assert found.codes.tolist() == [1, 0, 2]
    outside = grouping(grouping(["a", "b"]).where([True, False]), [1, 1])
    assert outside.codes.tolist() == [0, -1]


@pytest.mark.parametrize("blank", [None, "", float("nan")])
def test_a_blank_code_is_an_error_that_names_its_row(blank: object) -> None:
    with pytest.raises(CodeError, match=r"strata: row 2 is blank; give every row a code"):
        grouping(["a", "b", blank], argument="strata")  # type: ignore[list-item]
    if not isinstance(blank, str):
        with pytest.raises(CodeError, match="row 1 is blank"):
            grouping([1.5, blank])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: grouping(["a", "z"], levels=["a"]), "row 1 is 'z'"),
        (lambda: grouping(["a"], levels=["a", "a"]), "name a group twice"),
        (lambda: grouping([[1, 2], [3, 4]] * np.array(1)), "one code a row"),
        (lambda: grouping(["a"], ["a", "b"]), "of one length"),
        (lambda: grouping(["a"]).where([1]), "give 1 booleans"),
    ],
)
def test_wrong_codes_are_refused(make: object, message: str) -> None:
    with pytest.raises(CodeError, match=message):
        make()  # type: ignore[operator]


@given(st.lists(st.tuples(st.integers(-1, 4), st.floats(-100, 100)), min_size=1, max_size=30))
def test_sums_leave_out_what_is_outside(rows: list[tuple[int, float]]) -> None:
    codes, values = np.array([code for code, _ in rows]), np.array([value for _, value in rows])
    group = Grouping(codes, tuple(range(5)))
    expected = [values[codes == level].sum() for level in range(5)]
    np.testing.assert_allclose(domain_sums(group, values), expected, atol=1e-9)
    two = domain_sums(group, np.stack([values, -values], axis=1))
    np.testing.assert_allclose(two, np.stack([expected, -np.array(expected)], axis=1), atol=1e-9)
