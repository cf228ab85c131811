import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis import AdditiveSystem
from analysis import CountError
from analysis import DisclosureError
from analysis import complementary_suppression
from analysis import disclosure_audit
from analysis import with_margins

TABLES = st.one_of(
    arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 40)),
    arrays(np.int64, st.tuples(*[st.integers(1, 3)] * 3), elements=st.integers(0, 40)),
)


@given(TABLES)
@settings(max_examples=15, deadline=None)
def test_after_the_repair_every_audit_is_safe(table: np.ndarray) -> None:
    system = with_margins(table)
    shown = complementary_suppression(system)
    audit = disclosure_audit(system, shown)
    assert audit.safe
    assert not shown[system.small()].any()
    truth = system.values[audit.places]
    assert np.all((audit.lower <= truth) & (truth <= audit.upper))
    # What need not be hidden is not: without small counts everything is shown.
    if not system.small().any():
        assert shown.all()


def test_primary_suppression_alone_is_recoverable() -> None:
    system = with_margins([[4, 31, 25], [40, 50, 60], [33, 44, 55]])
    audit = disclosure_audit(system, ~system.small())
    assert (audit.lower.tolist(), audit.upper.tolist()) == ([4], [4])
    assert not audit.safe
    # By hand: the total of the row less what is shown of it.
    assert 60 - 31 - 25 == 4
    shown = complementary_suppression(system)
    assert disclosure_audit(system, shown).safe
    assert np.count_nonzero(~shown) == 4


def test_a_range_may_be_too_narrow_without_being_a_point() -> None:
    # Two small cells of one row, nothing else hidden in their row: each lies between 0 and 7.
    system = AdditiveSystem.of_cells([3, 4, 30], [[0], [1], [2], [0, 1, 2]])
    audit = disclosure_audit(system, ~system.small())
    assert audit.lower.tolist() == [0, 0]
    assert audit.upper.tolist() == [7, 7]
    assert audit.unsafe.all()
    assert disclosure_audit(system, ~system.small(), minimum=7, sensitive=system.small()).safe


def test_a_published_small_count_is_no_secret() -> None:
    system = with_margins([[4, 31], [40, 50]])
    audit = disclosure_audit(system, np.ones(len(system), dtype=bool))
    assert audit.lower.tolist() == audit.upper.tolist() == [4]


def test_bounds_are_those_of_every_table_that_fits() -> None:
    rng = np.random.default_rng(2)
    table = rng.integers(0, 5, (2, 2, 2))
    system = with_margins(table)
    shown = np.array([len(codes) >= 4 for codes in system.members])
    audit = disclosure_audit(system, shown, sensitive=~shown)
    grid = np.stack(np.meshgrid(*[np.arange(table.sum() + 1)] * 4, indexing="ij"), -1).reshape(-1, 4)
    # Four cells are free; the others follow from the totals of the three axes.
    a, b, c, d = grid.T
    x = table.sum(axis=(1, 2))[0], table.sum(axis=(0, 2))[0], table.sum(axis=(0, 1))[0]
    e = x[0] - a - b - c
    f = x[1] - a - b - d
    g = x[2] - a - c - d
    h = table.sum() - a - b - c - d - e - f - g
    fits = np.all(np.stack([e, f, g, h]) >= 0, axis=0)
    first = {"000": a, "001": b, "010": c, "100": d, "011": e, "101": f, "110": g, "111": h}
    for place, low, high in zip(audit.places, audit.lower, audit.upper, strict=True):
        if len(system.members[place]) == 1:
            code = np.unravel_index(system.members[place][0], (2, 2, 2))
            values = first["".join(map(str, code))][fits]
            assert (low, high) == (values.min(), values.max())


def test_a_later_release_is_audited_with_the_earlier() -> None:
    # 40 by the first release, 43 with three late responses: the difference tells what the three said.
    later = AdditiveSystem(np.array([40, 3, 43]), ([0], [1], [0, 1]))
    both = np.array([True, False, True])
    audit = disclosure_audit(later, both)
    assert (audit.lower.tolist(), audit.upper.tolist()) == ([3], [3])
    first = np.array([True, False, False])
    shown = complementary_suppression(later, published=both, locked=first)
    assert shown.tolist() == [True, False, False]
    with pytest.raises(DisclosureError, match="locked: reveal number 1 already"):
        complementary_suppression(later, locked=both)


def test_the_cheapest_partner_is_hidden() -> None:
    cells = [4, 31, 25, 90]
    system = AdditiveSystem.of_cells(cells, [[0], [1], [2], [3], [0, 1, 2, 3]])
    assert np.flatnonzero(~complementary_suppression(system)).tolist() == [0, 2]
    dear = [1, 1, 9, 2, 1]
    assert np.flatnonzero(~complementary_suppression(system, cost=dear)).tolist() == [0, 1]


def test_where_no_cell_is_left_the_total_is_hidden() -> None:
    system = AdditiveSystem.of_cells([3, 2, 0], [[0], [1], [2], [0, 1, 2]])
    shown = complementary_suppression(system)
    assert shown.tolist() == [False, False, True, False]
    seven = AdditiveSystem.of_cells([6, 6], [[0], [1], [0, 1]])
    assert complementary_suppression(seven).tolist() == [False, False, True]


def test_a_broken_system_is_named() -> None:
    system = with_margins([[4, 31], [40, 50]])
    with pytest.raises(DisclosureError, match="published: is int64 of shape"):
        disclosure_audit(system, np.ones(9, dtype=int))
    with pytest.raises(DisclosureError, match="published: is bool of shape"):
        disclosure_audit(system, [True])
    with pytest.raises(DisclosureError, match="cost: is negative"):
        complementary_suppression(system, cost=-np.ones(9))
    with pytest.raises(CountError, match="members: 0 is empty or names a cell twice"):
        AdditiveSystem(np.array([4]), (np.array([0, 0]),))
    with pytest.raises(CountError, match="members: are 1 for 2 values"):
        AdditiveSystem(np.array([4, 5]), (np.array([0]),))
    with pytest.raises(CountError, match="counts: have shape"):
        with_margins([])
    contradictory = AdditiveSystem(np.array([40, 9, 3]), ([0], [0, 1], [1]))
    with pytest.raises(DisclosureError, match="values: do not add up"):
        disclosure_audit(contradictory, np.array([True, True, False]))


def test_small_means_from_one_to_nine() -> None:
    system = AdditiveSystem(np.array([0, 1, 9, 10]), ([0], [1], [2], [3]))
    assert system.small().tolist() == [False, True, True, False]
    assert system.small(2).tolist() == [False, True, False, False]


def test_without_any_equation_nothing_is_known() -> None:
    system = AdditiveSystem.of_cells([4, 7, 20], [[0], [1], [2], [0, 1], [0, 2]])
    nothing = np.zeros(5, dtype=bool)
    audit = disclosure_audit(system, nothing)
    assert audit.lower.tolist() == [0, 0]
    assert audit.upper.tolist() == [np.inf, np.inf]
    # A sum with a known part is at least that part; what it adds to it is unknown.
    part = disclosure_audit(system, nothing | (np.arange(5) == 0), sensitive=np.arange(5) == 3)
    assert (part.lower.tolist(), part.upper.tolist()) == ([4], [np.inf])
    # A bound from one side only: of 24 in all, each part has at most 24.
    total = disclosure_audit(system, np.arange(5) == 4, sensitive=np.arange(5) < 3)
    assert total.upper.tolist() == [24, np.inf, 24]


def test_a_zero_protects_nobody_and_stays() -> None:
    cells = [4, 0, 31, 25]
    system = AdditiveSystem.of_cells(cells, [[0], [1], [2], [3], [0, 1, 2, 3]])
    assert np.flatnonzero(~complementary_suppression(system)).tolist() == [0, 3]


def test_exactly_the_minimum_is_wide_enough() -> None:
    ten = AdditiveSystem.of_cells([4, 6], [[0], [1], [0, 1]])
    hidden = np.array([False, False, True])
    assert disclosure_audit(ten, hidden).upper.tolist() == [10, 10]
    assert disclosure_audit(ten, hidden).safe
    nine = AdditiveSystem.of_cells([4, 5], [[0], [1], [0, 1]])
    assert not disclosure_audit(nine, hidden, sensitive=np.array([True, True, False])).safe
