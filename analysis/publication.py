"""Whether a figure is good enough to be published, and if not, why and what to do with it.

`disclosure` asks whether a figure tells too much about persons; this asks whether it tells enough about
the office, too. References: Parker et al. (2017), National Center for Health Statistics Data Presentation
Standards for Proportions, Vital and Health Statistics 2(175); Korn and Graubard (1998), Survey
Methodology 24, 193-201.
"""

from dataclasses import dataclass
from typing import Literal
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import BoolArray
from analysis.arrays import FloatArray
from analysis.disclosure import MINIMUM_RESPONSES
from analysis.disclosure import publication_status
from analysis.effectiveinterval import effective_n
from analysis.effectiveinterval import korn_graubard
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Estimates
from analysis.estimate import Interval

PublicationDecision: TypeAlias = Literal["publish", "caution", "pool", "suppress"]
PublicationProfile: TypeAlias = Literal["pas-2026", "nchs2017"]

SYMBOLS = {"publish": "", "caution": "E", "pool": "F", "suppress": "x"}
"""What stands for a figure: E use with caution, F too unreliable (pool it), x withheld."""

FEWEST_EFFECTIVE = 30
FEWEST_DEGREES = 8
WIDE, WIDER = 0.20, 0.30
"""Widths of the 95 % interval of a share: from the first caution, from the second it is not shown alone."""

HALF_WIDTH = 0.10
"""Half width of a mean or index, of its whole range, beyond which it is pooled."""

FEWEST_RESPONDING = 0.10
LOWEST_R_INDICATOR = 0.7

_DECISIONS = ("publish", "caution", "pool", "suppress")


@dataclass(frozen=True, eq=False)
class PublicationStandard:
    """The decision on each figure, and every reason for it, worst first.

    `decision`: `publish`, `caution` (show, and say why), `pool` (not alone: take it together with other
    months), `suppress`. `reasons`: by figure (in the order of the raveled cells) the rules that applied:
    `no_responses`, `too_few`, `unanimous` (see `publication_status`), `wide_interval`,
    `small_effective_n`, `few_psus`, `unvaried` (0 % or 100 %), `low_response`, `unrepresentative`, and by
    the NCHS profile `wide_relative_interval`, `unreliable_complement`.
    """

    decision: NDArray[np.str_]
    reasons: tuple[tuple[str, ...], ...]
    profile: PublicationProfile

    @property
    def symbol(self) -> NDArray[np.str_]:
        """`E` caution, `F` pool, `x` suppress, nothing otherwise."""
        return np.array([SYMBOLS[str(d)] for d in self.decision.ravel()]).reshape(self.decision.shape)


_Rules: TypeAlias = list[tuple[BoolArray, PublicationDecision, str]]


def publication_standard(
    estimates: Estimates,
    *,
    profile: PublicationProfile = "pas-2026",
    bounds: tuple[float, float] | None = None,
    negative: ArrayLike | None = None,
    response_rate: ArrayLike | None = None,
    r_indicator: ArrayLike | None = None,
    poolable: bool = True,
    minimum: int = MINIMUM_RESPONSES,
    reason: str | None = None,
) -> PublicationStandard:
    """Publish, caution, pool or suppress each of the `estimates`, with the reasons.

    Always first: fewer than `minimum` responses or a unanimous `negative` suppresses. Then by profile.

    `pas-2026`, shares: 95 % Korn-Graubard interval of 0.30 or wider → pool, from 0.20 → caution; means
    and indices (`bounds`: the ends of the scale): half width over 10 % of the scale → pool; all:
    effective n < 30, fewer than 8 degrees of freedom, 0 % or 100 %, response rate < 10 %, R-indicator <
    0.7 → caution. Where nothing can be pooled (`poolable=False`) it is suppressed instead. `nchs2017`,
    shares only: see `nchs_2017`, where `review` is caution.

    >>> from analysis import FIVE_LEVEL, Tally, satisfied_share
    >>> shares = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 1, 4, 3], [2, 2, 6, 20, 20], [9, 9, 40, 200, 99]]))
    >>> standard = publication_standard(shares)
    >>> standard.decision.tolist(), standard.reasons[1:]
    (['suppress', 'caution', 'publish'], (('wide_interval',), ()))
    >>> standard.reasons[0]
    ('too_few', 'wide_interval', 'small_effective_n')
    """
    status = publication_status(estimates.n, negative=negative, minimum=minimum, reason=reason)
    rules: _Rules = [(status == name, "suppress", name) for name in ("no_responses", "too_few", "unanimous")]
    if profile == "nchs2017":
        if bounds is not None:
            raise AnalysisError(
                "profile", "nchs2017 speaks of shares only", "use 'pas-2026' for a mean or index"
            )
        rules += _nchs_rules(estimates)
    elif profile == "pas-2026":
        rules += _own_rules(estimates, bounds, "pool" if poolable else "suppress")
    else:
        raise AnalysisError("profile", f"is {profile!r}", "choose 'pas-2026' or 'nchs2017'")
    for given, least, name in (
        (response_rate, FEWEST_RESPONDING, "low_response"),
        (r_indicator, LOWEST_R_INDICATOR, "unrepresentative"),
    ):
        if given is not None:
            rules.append((_fractions(given, estimates.shape, name) < least, "caution", name))
    severity = np.zeros(estimates.shape, dtype=np.int64)
    for mask, decision, _ in rules:
        severity = np.maximum(severity, mask * _DECISIONS.index(decision))
    ordered = sorted(rules, key=lambda rule: -_DECISIONS.index(rule[1]))
    applied = np.stack([np.broadcast_to(mask, severity.shape).ravel() for mask, _, _ in ordered], axis=-1)
    # Few combinations of rules occur: each is named once.
    kinds, kind = np.unique(applied @ (1 << np.arange(len(ordered))), return_inverse=True)
    named = [
        tuple(name for place, (_, _, name) in enumerate(ordered) if one >> place & 1)
        for one in kinds.tolist()
    ]
    reasons = tuple(named[place] for place in kind.tolist())
    return PublicationStandard(np.array(_DECISIONS)[severity], reasons, profile)


@dataclass(frozen=True, eq=False)
class NchsFlags:
    """The presentation standard for proportions of the US National Center for Health Statistics, 2017, by
    cell.

    `suppress`; where not suppressed `complement` (the share of the others is unreliable: footnote),
    `review_degrees` (fewer than 8 degrees of freedom), `review_unvaried` (0 % or 100 %). `interval`: Korn
    and Graubard's, `effective_n` its n.
    """

    suppress: BoolArray
    complement: BoolArray
    review_degrees: BoolArray
    review_unvaried: BoolArray
    wide: BoolArray
    relatively_wide: BoolArray
    few: BoolArray
    interval: Interval[FloatArray]
    effective_n: FloatArray


def nchs_2017(
    share: ArrayLike, variance: ArrayLike, n: ArrayLike, degrees_of_freedom: ArrayLike
) -> NchsFlags:
    """The NCHS rules for shares with their design-based `variance` and degrees of freedom.

    Effective n* = min(n, p(1-p)/v), n where p is 0 or 1. Interval: Clopper-Pearson 95 % on min(n,
    p(1-p)/v· (t_(n-1)/t_df)²). Suppressed: n* < 30; width ≥ 0.30; width > 0.05 and over 130 % of p.
    Complement: width > 0.05 and over 130 % of 1-p.

    >>> found = nchs_2017([0.97, 0.8], [0.03 * 0.97 / 200, 0.16 / 25], [200, 25], [40, 24])
    >>> found.suppress.tolist(), found.complement.tolist()
    ([False, True], [True, False])
    """
    p, v, size, df = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in (share, variance, n, degrees_of_freedom))
    )
    if not np.all(((p >= 0) & (p <= 1)) | np.isnan(p)):
        raise AnalysisError("share", "lies outside 0 to 1", "give a share, not a percentage")
    if np.any(size < 0) or np.any(v < 0):
        raise CountError("n", "or variance is negative", "give the answers and the variance of the share")
    known = (size > 0) & ~np.isnan(p)
    worth = np.fmin(effective_n(p, v, rule="r"), size)
    low, high = korn_graubard(np.where(known, p, 0.0), v, size, df)
    low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    width = high - low
    few = ~known | (worth < FEWEST_EFFECTIVE)
    wide = width >= WIDER
    relatively_wide = (width > 0.05) & (p > 0) & (width > 1.30 * p)
    suppress = few | wide | relatively_wide
    shown = ~suppress
    return NchsFlags(
        suppress=suppress,
        complement=shown & (p < 1) & (width > 0.05) & (width > 1.30 * (1.0 - p)),
        review_degrees=shown & (df < FEWEST_DEGREES),
        review_unvaried=shown & ((p == 0) | (p == 1)),
        wide=wide,
        relatively_wide=relatively_wide,
        few=few,
        interval=Interval(low, high),
        effective_n=worth,
    )


def _flags_of(estimates: Estimates) -> NchsFlags:
    """The NCHS view of estimates of shares: the variance is p(1-p)/n*, the degrees of freedom of one
    share n-1.
    """
    n = estimates.n.astype(np.float64)
    worth = np.where(np.isfinite(estimates.effective_n), estimates.effective_n, n)
    df = np.where(np.isfinite(estimates.degrees_of_freedom), estimates.degrees_of_freedom, n - 1.0)
    p = estimates.value
    return nchs_2017(p, p * (1.0 - p) / np.where(worth > 0, worth, 1.0), n, df)


def _nchs_rules(estimates: Estimates) -> _Rules:
    found = _flags_of(estimates)
    return [
        (found.few, "suppress", "small_effective_n"),
        (found.wide, "suppress", "wide_interval"),
        (found.relatively_wide, "suppress", "wide_relative_interval"),
        (found.complement, "caution", "unreliable_complement"),
        (found.review_degrees, "caution", "few_psus"),
        (found.review_unvaried, "caution", "unvaried"),
    ]


def _own_rules(
    estimates: Estimates, bounds: tuple[float, float] | None, too_wide: PublicationDecision
) -> _Rules:
    low, high = (0.0, 1.0) if bounds is None else bounds
    if not low < high:
        raise AnalysisError("bounds", f"are {bounds}", "give the lowest and the highest the figure can be")
    value, width = estimates.value, estimates.high - estimates.low
    rules: _Rules
    if bounds is None:
        interval = _flags_of(estimates).interval
        width = np.where(np.isnan(value), np.nan, interval.high - interval.low)
        # A full count has no interval: nothing about it is uncertain.
        width = np.where(np.isposinf(estimates.effective_n), 0.0, width)
        rules = [
            (width >= WIDER, too_wide, "wide_interval"),
            ((width >= WIDE) & (width < WIDER), "caution", "wide_interval"),
        ]
    else:
        rules = [(width > 2.0 * HALF_WIDTH * (high - low), too_wide, "wide_interval")]
    rules += [
        (estimates.effective_n < FEWEST_EFFECTIVE, "caution", "small_effective_n"),
        (estimates.degrees_of_freedom < FEWEST_DEGREES, "caution", "few_psus"),
        ((value == low) | (value == high), "caution", "unvaried"),
    ]
    return rules


def _fractions(values: ArrayLike, shape: tuple[int, ...], argument: str) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in ((), shape) or np.any((array < 0) | (array > 1)):
        raise AnalysisError(argument, "is not one share from 0 to 1 for each figure", "give fractions")
    return np.broadcast_to(array, shape)
