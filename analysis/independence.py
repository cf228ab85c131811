"""Tests of independence in a table from a survey design."""

from dataclasses import dataclass

import numpy as np

from analysis.contrasts import covariance
from analysis.design import in_rows
from analysis.errors import AnalysisError
from analysis.grouping import Codes
from analysis.grouping import grouping
from analysis.shares import category_shares
from analysis.smooth import Design


@dataclass(frozen=True, slots=True)
class IndependenceTest:
    """Rao and Scott's test: the F form with its two degrees of freedom, and the corrected X² form."""

    f: float
    numerator_df: float
    denominator_df: float
    p_value: float
    pearson: float
    p_value_chi_square: float
    n: int


def rao_scott(
    design: Design, rows: Codes, columns: Codes, *, domain: Codes | None = None
) -> IndependenceTest:
    """Are two classifications independent? Pearson's X² of the weighted table, corrected for the design.

    X² = n·Σ(p_rc - p_r·p_c)²/(p_r·p_c) over the n rows; with δ the design effects of the table's contrasts
    (eigenvalues of Δ), F = X²/Σδ with (Σδ)²/Σδ² and that times the design's degrees of freedom; the X² form
    compares X²/mean(δ) with χ². `domain`: the rows that are not outside it. Second-order correction of Rao
    and Scott (1984), Annals of Statistics 12, 46-60. Equals R's `svychisq` (statistic "F", "Chisq").

    >>> from analysis import SurveyDesign
    >>> design = SurveyDesign(weights=[1] * 40)
    >>> test = rao_scott(design, ["yes", "no"] * 20, (["a"] * 3 + ["b"]) * 10)
    >>> round(test.pearson, 4), round(test.f, 2), test.n
    (13.3333, 14.44, 40)
    """
    from scipy.special import chdtrc
    from scipy.special import fdtrc

    first, second = in_rows(rows, len(design), "rows"), in_rows(columns, len(design), "columns")
    group = None if domain is None else in_rows(domain, len(design), "domain")
    inside = first.inside & second.inside & (design.weights >= 0)
    if group is not None:
        inside &= group.inside
        if len(group) > 1:
            raise AnalysisError("domain", f"has {len(group)} groups", "test one domain at a time")
    one, other = len(first), len(second)
    if one < 2 or other < 2:
        raise AnalysisError("rows or columns", "have a single level", "give at least two of each")
    cells = grouping(np.where(inside, first.codes * other + second.codes, 0), levels=range(one * other))
    cells = cells.where(inside)
    shares = category_shares(design, cells)
    p = shares.value
    if not np.all(p.reshape(one, other).sum(axis=0) > 0) or not np.all(p.reshape(one, other).sum(axis=1) > 0):
        raise AnalysisError("rows or columns", "have a level without rows", "leave the level out")
    count = int(np.count_nonzero(inside))
    table = p.reshape(one, other)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = count * float(((table - expected) ** 2 / expected).sum())
    effects = _generalised_effects(p, covariance(shares), one, other, count)
    trace = float(np.trace(effects))
    d0 = trace**2 / float(np.trace(effects @ effects))
    whole = grouping(np.zeros(len(design), dtype=np.int64)).where(inside)
    ddf = d0 * float(design.degrees_of_freedom(whole)[0])
    f = pearson / trace
    contrasts = len(effects)
    return IndependenceTest(
        f=f,
        numerator_df=d0,
        denominator_df=ddf,
        p_value=float(fdtrc(d0, ddf, f)),
        pearson=pearson,
        p_value_chi_square=float(chdtrc(contrasts, pearson / (trace / contrasts))),
        n=count,
    )


def _generalised_effects(p: np.ndarray, v: np.ndarray, rows: int, columns: int, n: int) -> np.ndarray:
    """The matrix whose eigenvalues are the design effects of the interaction contrasts."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    first = (row[:, np.newaxis] == np.arange(1, rows)).astype(float)
    second = (column[:, np.newaxis] == np.arange(1, columns)).astype(float)
    main = np.column_stack([np.ones(rows * columns), first, second])
    both = (first[:, :, np.newaxis] * second[:, np.newaxis, :]).reshape(rows * columns, -1)
    contrasts = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    scaled = inverse[:, np.newaxis] * contrasts
    return np.linalg.solve(contrasts.T @ (scaled / n), scaled.T @ v @ scaled)
