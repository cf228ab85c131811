"""Variances of linearised statistics of a design: all domains at once, in one walk over the rows.

A statistic is, to first order, a total of one number a row, its influence. The influence values stand in a
sparse table, rows × statistics, so that any number of domains costs no more than its rows. References:
Binder (1983), Int. Stat. Rev. 51, 279-292; Särndal, Swensson and Wretman (1992), chapters 4 and 5; Woodruff
(1971), J. Am. Stat. Assoc. 66, 411-414.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.design import Stage
from analysis.design import SurveyDesign
from analysis.design import pairs
from analysis.errors import DesignError

CERTAIN = 1e-7
"""A part of a population left undrawn that is smaller than this is none."""


def influence_table(values: FloatArray, codes: IntArray, statistics: int) -> Any:
    """A sparse table with one influence value a row, in the column of its domain; code -1: an empty row."""
    from scipy.sparse import csr_array

    inside = codes >= 0
    if inside.all():
        starts = np.arange(len(codes) + 1)
    else:
        values, codes = values[inside], codes[inside]
        starts = np.concatenate([[0], np.cumsum(inside)])
    return csr_array((values, codes, starts), shape=(len(inside), statistics))


def weighted_sum(tables: Sequence[Any], weights: Sequence[float]) -> Any:
    """Σ weight·table of sparse tables of one shape."""
    from scipy.sparse import csr_array

    first, *others = tables
    if all(
        np.array_equal(first.indptr, other.indptr) and np.array_equal(first.indices, other.indices)
        for other in others
    ):
        # Entries at the same places need no search for them, and half the memory.
        data = weights[0] * first.data
        for weight, other in zip(weights[1:], others, strict=True):
            data += weight * other.data
        return csr_array((data, first.indices, first.indptr), shape=first.shape)
    return sum(weight * table for weight, table in zip(weights, tables, strict=True))


def taylor_variance(design: SurveyDesign, influence: Any) -> FloatArray:
    """The variance of every column of `influence`.

    V = Σ_h (1-f_h)·n_h/(n_h-1)·Σ_i (z_hi - z̄_h)² with z the weighted totals by sampling unit; a second stage
    with a known population adds Σ_h f_h Σ_i (1-f_hi)·m_hi/(m_hi-1)·Σ_k (z_hik - z̄_hi)², and so on.
    """
    z = _weighted(design, influence)
    return sum(
        (
            _stage_variance(design, level, stage, share, _totals(stage, z))
            for level, stage, share in _levels(design)
        ),
        np.zeros(influence.shape[1]),
    )


def taylor_covariance(design: SurveyDesign, influence: Any) -> FloatArray:
    """The covariance matrix of the columns of `influence`: products in place of the squares."""
    z = _weighted(design, influence)
    found = np.zeros((influence.shape[1],) * 2)
    for level, stage, share in _levels(design):
        totals = _totals(stage, z)
        left, single = _undrawn(stage)
        scale = share * left * stage.sampled / np.maximum(stage.sampled - 1, 1)
        scale = np.where(single, 0.0, scale)
        strata = _parent_sums(stage, totals)
        inside = totals.T @ _scaled(totals, scale[stage.parent])
        between = strata.T @ _scaled(strata, scale / stage.sampled)
        part = (inside - between).toarray()
        lone = single & (left > CERTAIN)
        if lone.any() and design.single_psu in ("adjust", "average"):
            part = _with_singles(design, stage, share * left, lone, totals, part)
        elif lone.any() and design.single_psu == "fail":
            _refuse_singles(design, level, stage, np.flatnonzero(lone))
        found += part
    # The diagonal comes from centred squares, where less cancels.
    np.fill_diagonal(found, taylor_variance(design, influence))
    return found


def rests_on_single_units(design: SurveyDesign, influence: Any) -> BoolArray:
    """Which columns of `influence` reach a stratum whose only unit was not drawn with certainty."""
    stage = design.stages[0]
    left, single = _undrawn(stage)
    lone = single & (left > CERTAIN)
    found = np.zeros(influence.shape[1], dtype=np.bool_)
    if lone.any():
        found[influence[np.flatnonzero(lone[stage.parent[stage.unit]])].indices] = True
    return found


def _weighted(design: SurveyDesign, influence: Any) -> Any:
    for projection in reversed(design.projections):
        influence = projection(influence)
    return _scaled(influence, design.weights)


def _scaled(table: Any, factors: FloatArray) -> Any:
    """A sparse table with every row multiplied by its factor."""
    from scipy.sparse import csr_array

    data = table.data * np.repeat(factors, np.diff(table.indptr))
    return csr_array((data, table.indices, table.indptr), shape=table.shape)


def _levels(design: SurveyDesign) -> list[tuple[int, Stage, FloatArray]]:
    """The stages that add to a variance, each with the share that its parents count with."""
    share = np.ones(len(design.stages[0].sampled))
    found = []
    for level, stage in enumerate(design.stages):
        if level and stage.size is None:
            break
        found.append((level, stage, share))
        share = (share * stage.fraction)[stage.parent]
        if not share.any():
            break
    return found


def _totals(stage: Stage, z: Any) -> Any:
    """Totals by sampling unit, one sparse row each."""
    if stage.rows:
        return z
    from scipy.sparse import coo_array

    # Every entry goes to the row of its unit, where equal columns add up: faster than a product of tables.
    unit = np.repeat(stage.unit, np.diff(z.indptr))
    return coo_array((z.data, (unit, z.indices)), shape=(len(stage.parent), z.shape[1])).tocsr()


def _parent_sums(stage: Stage, totals: Any) -> Any:
    from scipy.sparse import csc_array

    units = len(stage.parent)
    shape = (len(stage.sampled), units)
    return csc_array((np.ones(units), stage.parent, np.arange(units + 1)), shape=shape).tocsr() @ totals


def _undrawn(stage: Stage) -> tuple[FloatArray, BoolArray]:
    left = 1.0 - stage.fraction
    return np.where(left > CERTAIN, left, 0.0), stage.sampled == 1


def _stage_variance(
    design: SurveyDesign, level: int, stage: Stage, share: FloatArray, totals: Any
) -> FloatArray:
    columns = totals.shape[1]
    left, single = _undrawn(stage)
    unit = np.repeat(np.arange(totals.shape[0]), np.diff(totals.indptr))
    value = totals.data
    # Pairs of a parent and a statistic that has a unit in it.
    pair, parent, column = pairs(
        stage.parent[unit], len(stage.sampled), totals.indices.astype(np.int64, copy=False), columns
    )
    drawn = stage.sampled[parent]
    members = np.bincount(pair, minlength=len(parent))
    centre = np.bincount(pair, value, len(parent)) / drawn
    # Two passes: deviations first, squares after, so that nothing cancels; units outside count with z = 0.
    squares = np.bincount(pair, (value - centre[pair]) ** 2, len(parent)) + (drawn - members) * centre**2
    scale = share[parent] * left[parent]
    added = np.where(drawn > 1, scale * drawn / np.maximum(drawn - 1, 1) * squares, 0.0)
    variance: FloatArray = np.asarray(np.bincount(column, added, columns), dtype=np.float64)
    lone = single[parent] & (left[parent] > CERTAIN)
    if design.adjust_domains and design.single_psu == "adjust":
        thin = (members == 1) & (drawn > 1)
        variance -= np.bincount(column[thin], added[thin], columns)
        lone |= thin
    if not lone.any():
        return variance
    if design.single_psu == "fail":
        _refuse_singles(design, level, stage, parent[lone])
    if design.single_psu == "adjust":
        mean = np.bincount(totals.indices, value, columns) / len(stage.parent)
        alone = lone[pair]
        weight = (scale * np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 1.0))[pair[alone]]
        distance = weight * (value[alone] - mean[totals.indices[alone]]) ** 2
        return np.asarray(variance + np.bincount(totals.indices[alone], distance, columns))
    if design.single_psu == "average":
        every = np.bincount(column, minlength=columns)
        rest = every - np.bincount(column[lone], minlength=columns)
        return np.where(rest > 0, variance * every / np.maximum(rest, 1), np.nan)
    return variance


def _with_singles(
    design: SurveyDesign, stage: Stage, scale: FloatArray, lone: BoolArray, totals: Any, part: FloatArray
) -> FloatArray:
    if design.single_psu == "average":
        strata = np.bincount(pairs_parent(stage, totals), minlength=len(stage.sampled)) > 0
        every, rest = np.count_nonzero(strata), np.count_nonzero(strata & ~lone)
        return np.asarray(part * every / rest if rest else np.full_like(part, np.nan))
    mean = np.asarray(totals.sum(axis=0)).ravel() / len(stage.parent)
    units = np.flatnonzero(lone[stage.parent])
    alone = (totals[units].toarray() - mean) * np.sqrt(scale[stage.parent[units]])[:, np.newaxis]
    return np.asarray(part + alone.T @ alone)


def pairs_parent(stage: Stage, totals: Any) -> IntArray:
    """The parent of every stored total."""
    return np.repeat(stage.parent, np.diff(totals.indptr))


def _refuse_singles(design: SurveyDesign, level: int, stage: Stage, parents: IntArray) -> None:
    parent = int(parents[0])
    name = f"stratum {design.strata.levels[parent]!r}" if level == 0 else f"unit {parent} of stage {level}"
    row = int(np.argmax(stage.parent[stage.unit] == parent))
    problem = f"{name} (row {row}) has a single sampling unit"
    raise DesignError("single_psu", problem, "merge it with another, or choose 'adjust'")
