"""The short form of `make coverage`: the intervals hold what they promise, and what is wrong is found out."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import coverage
from benchmarks.judging import BANDS
from benchmarks.judging import Row
from benchmarks.judging import broken
from benchmarks.judging import document

pytestmark = pytest.mark.slow


def near(row: Row) -> Row:
    """The row as good as its sampling error allows, for the few repeats of this file."""
    return replace(row, coverage=row.coverage + row.error, overstating=row.overstating - row.error)


def rows_of(rows: list[Row], words: str) -> list[Row]:
    found = [row for row in rows if words in row.design]
    assert found
    return found


def as_published(rows: list[Row]) -> list[str]:
    """What `broken` says if these rows were what is published, from n = 30."""
    return broken([replace(near(row), role="default") for row in rows if row.n >= 30])


@pytest.fixture(scope="module")
def shares() -> list[Row]:
    return [*coverage.one_share(), *coverage.month_share()]


def test_one_share_holds_every_bar_and_the_exact_interval_its_level(shares: list[Row]) -> None:
    assert broken(shares) == []
    assert all(row.verdict == "holds" for row in rows_of(shares, "Wilson"))
    assert all(row.coverage >= 0.95 for row in rows_of(shares, "Clopper"))
    assert {row.band for row in rows_of(shares, "one share, Wilson")} == set(BANDS)


def test_wald_fails_the_same_bars(shares: list[Row]) -> None:
    wald = rows_of(shares, "one share, Wald")
    assert {row.n for row in wald if row.missed} == {row.n for row in wald}
    assert all(row.missed for row in wald if row.band == BANDS[2])
    assert len(as_published(wald)) >= 10


def test_an_index_holds_and_the_textbook_does_not() -> None:
    rows = list(coverage.composites(sizes=(10, 30, 100), repeats=150))
    published = rows_of(rows, "Wilson on n/D")
    assert broken([near(row) for row in published]) == []
    assert as_published(rows_of(rows, "Wald"))
    small = [row for row in published if row.n < 30]
    assert all(row.coverage > 0.97 and not dict(row.standard).get("publish") for row in small)


def test_polarised_offices_hold_and_the_pooled_factor_alone_does_not() -> None:
    rows = list(coverage.polarized(sizes=(10, 30, 100), repeats=150))
    assert broken([near(row) for row in rows_of(rows, "Wilson on n/D")]) == []
    alone = rows_of(rows, "pooled D alone")
    assert len(as_published(alone)) == len(alone)


def test_agents_need_to_be_told_apart() -> None:
    rows = list(coverage.agents(sizes=(200,), repeats=150))
    apart, naive = rows_of(rows, "told apart"), rows_of(rows, "independent")
    assert len(as_published(naive)) == 3
    gains = [ours.coverage - wrong.coverage for ours, wrong in zip(apart, naive, strict=True)]
    assert min(gains) > 0.05
    assert gains[0] > 0.10


def test_rank_sets_hold_and_the_plain_variance_does_not() -> None:
    rows = list(coverage.ranks(sizes=((10, 50), (30, 200)), repeats=100))
    assert broken([near(row) for row in rows]) == []
    (plain,) = rows_of(rows, "plain variance")
    assert plain.coverage < 0.8


def test_the_levels_give_the_truth_that_is_claimed() -> None:
    random = coverage.np.random.default_rng(7)
    for method, best in ((coverage.POMP, 0.9), (coverage.TOP2, 0.9)):
        level = coverage.levels(coverage.np.array([best]), method)
        table = coverage.ordinal_ratings(random, 60_000, 4, level=level[0])
        index = (table >= 4).mean() if method is coverage.TOP2 else (table.mean() - 1) / 4
        assert index == pytest.approx(best, abs=0.004)


def test_a_row_that_should_hold_is_named_and_a_control_that_passes() -> None:
    good = Row("one", "default", 50, BANDS[0], coverage=0.95, overstating=0.02, width=0.1)
    bad = [replace(good, coverage=0.929), replace(good, overstating=0.031), replace(good, coverage=0.971)]
    assert broken([good]) == []
    assert [broken([row]) != [] for row in bad] == [True] * 3
    assert broken([replace(good, role="control")]) == ["one, n = 50: the control meets every bar"]
    assert broken([replace(row, role="control") for row in bad]) == []


def test_below_thirty_only_what_is_never_shown_plainly_is_excused() -> None:
    row = Row("one", "default", 10, BANDS[0], coverage=0.90, overstating=0.02, width=0.4)
    withheld = replace(row, standard=(("caution", 0.3), ("pool", 0.7)))
    assert broken([withheld]) == []
    assert "never shown without a caution" in document([withheld], 1)
    for shown in (row, replace(row, standard=(("publish", 0.01), ("pool", 0.99))), replace(withheld, n=30)):
        assert broken([shown])


def test_the_page_in_the_repository_has_these_very_rows(shares: list[Row]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "coverage.md").read_text(encoding="utf-8")
    lines = document(shares, coverage.SEED).splitlines()
    table = lines[lines.index("## Every row") + 4 :]
    assert len(table) == len(shares)
    assert set(table) <= set(page.splitlines())


def test_a_seed_repeats_a_run() -> None:
    first, again = (list(coverage.composites(sizes=(10,), repeats=2)) for _ in range(2))
    assert first == again
    assert first != list(coverage.composites(sizes=(10,), repeats=2, seed=1))
