from decimal import Decimal
from decimal import localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from scipy.stats import hypergeom

from analysis import AnalysisError
from analysis import agresti_coull
from analysis import clopper_pearson
from analysis import hypergeometric
from analysis import jeffreys
from analysis import korn_graubard
from analysis import likelihood_interval
from analysis import mid_p
from analysis import normal_quantile
from analysis import student_quantile
from analysis import wilson
from analysis import wilson_corrected

SIZES = st.floats(0.5, 1e7)
SHARES = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))
LEVELS = st.floats(0.5, 0.999)


def per_cent(ends: tuple[float, float]) -> list[float]:
    return [round(100 * float(end), 2) for end in ends]


def test_both_intervals_agree_with_r_on_the_whole_grid(binomial: np.ndarray) -> None:
    assert len(binomial) == 309
    for x, n, level, *expected in binomial:
        found = [*wilson(x / n, n, confidence_level=level), *clopper_pearson(x, n, confidence_level=level)]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)


def test_wilson_on_an_effective_n_agrees_with_svyciprop(reference: dict[str, Any]) -> None:
    cases = reference["svyciprop_wilson"]
    assert len(cases) == 27
    p, n, df, low, high = (
        np.array([c[key] for c in cases]) for key in ("est", "neff", "df", "lower", "upper")
    )
    found = wilson(p, n, quantile=student_quantile(df))
    np.testing.assert_allclose(found.low, low, rtol=0, atol=1e-7)
    np.testing.assert_allclose(found.high, high, rtol=0, atol=1e-7)


def test_known_values() -> None:
    assert per_cent(wilson(201 / 209, 209)) == [92.63, 98.05]
    assert per_cent(wilson(0 / 209, 209)) == [0.0, 1.8]
    assert per_cent(wilson(42 / 50, 50)) == [71.49, 91.66]
    assert per_cent(wilson(336 / 400, 400)) == [80.09, 87.27]


def wald(p: float, n: float) -> tuple[float, float]:
    half = normal_quantile() * (p * (1 - p) / n) ** 0.5
    return p - half, p + half


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_unanimity_is_never_a_point(p: float) -> None:
    low, high = wilson(p, 20)
    assert high - low > 0.15
    exact = clopper_pearson(20 * p, 20)
    assert exact.high - exact.low > 0.15
    # The control: the textbook normal interval claims certainty.
    assert wald(p, 20) == (p, p)


def test_ends_are_exact_at_zero_and_one() -> None:
    n = np.array([1, 7, 209, 1e6, 0.3])
    assert wilson(np.zeros(5), n).low.tolist() == [0.0] * 5
    assert wilson(np.ones(5), n).high.tolist() == [1.0] * 5
    assert clopper_pearson(np.zeros(5), n).low.tolist() == [0.0] * 5
    assert clopper_pearson(n, n).high.tolist() == [1.0] * 5


def test_nobody_asked_gives_no_interval_and_everybody_asked_the_point() -> None:
    assert np.isnan(wilson(np.nan, 0)).all()
    assert np.isnan(wilson(0.5, 0)).all()
    assert np.isnan(clopper_pearson(0, 0)).all()
    assert wilson(0.85, np.inf) == (0.85, 0.85)
    assert wilson(0.0, np.inf) == (0.0, 0.0)
    assert wilson(1.0, np.inf, quantile=np.nan) == (1.0, 1.0)


def test_ends_keep_their_digits_near_zero() -> None:
    with localcontext() as context:
        context.prec = 50
        p, a = Decimal.from_float(1e-9), Decimal(normal_quantile()) ** 2 / Decimal(10**12)
        root = (p + a / 2 - (a * p * (1 - p) + a * a / 4).sqrt()) / (1 + a)
    assert wilson(1e-9, 1e12).low == pytest.approx(float(root), rel=1e-13)


@given(SHARES, SIZES, LEVELS)
def test_wilson_contains_the_share_within_zero_and_one(p: float, n: float, level: float) -> None:
    low, high = wilson(p, n, confidence_level=level)
    assert 0.0 <= low <= p <= high <= 1.0
    assert low < high


@given(SHARES, SIZES, LEVELS)
def test_clopper_pearson_contains_the_share(p: float, n: float, level: float) -> None:
    low, high = clopper_pearson(p * n, n, confidence_level=level)
    assert -1e-12 <= low <= p + 1e-9
    assert p - 1e-9 <= high <= 1.0


@given(SHARES, SIZES, st.tuples(LEVELS, LEVELS))
def test_intervals_nest_in_the_confidence_level(p: float, n: float, levels: tuple[float, float]) -> None:
    inner, outer = (wilson(p, n, confidence_level=level) for level in sorted(levels))
    assert outer.low <= inner.low + 1e-12
    assert inner.high <= outer.high + 1e-12
    inner, outer = (clopper_pearson(p * n, n, confidence_level=level) for level in sorted(levels))
    assert outer.low <= inner.low + 1e-9
    assert inner.high <= outer.high + 1e-9


@given(SHARES, SIZES, LEVELS)
def test_dissatisfied_is_the_mirror_of_satisfied(p: float, n: float, level: float) -> None:
    low, high = wilson(p, n, confidence_level=level)
    mirror = wilson(1 - p, n, confidence_level=level)
    np.testing.assert_allclose([1 - high, 1 - low], mirror, rtol=0, atol=1e-12)
    low, high = clopper_pearson(p * n, n, confidence_level=level)
    mirror = clopper_pearson(n - p * n, n, confidence_level=level)
    np.testing.assert_allclose([1 - high, 1 - low], mirror, rtol=0, atol=1e-8)


def test_quantiles() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, abs=1e-14)
    assert student_quantile([1, 9, np.inf]).tolist() == pytest.approx(
        [12.706204736174705, 2.2621571628540993, normal_quantile()]
    )
    assert np.isnan(student_quantile([0, -1, np.nan])).all()


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    for call in (lambda: wilson(0.5, 10, confidence_level=level), lambda: normal_quantile(level)):
        with pytest.raises(AnalysisError, match="confidence_level"):
            call()


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: wilson(85, 10), "share"),
        (lambda: wilson(0.5, -1), "n"),
        (lambda: clopper_pearson(11, 10), "successes"),
        (lambda: clopper_pearson(3, np.inf), "n"),
    ],
)
def test_arguments_out_of_range_are_named(call: Any, argument: str) -> None:
    with pytest.raises(AnalysisError) as raised:
        call()
    assert raised.value.argument == argument


COUNTS = st.tuples(st.integers(1, 300), st.floats(0, 1)).map(lambda pair: (round(pair[0] * pair[1]), pair[0]))
COUNTED = {
    "wilson": lambda x, n, level: wilson(x / n, n, confidence_level=level),
    "wilson_corrected": lambda x, n, level: wilson_corrected(x, n, confidence_level=level),
    "agresti_coull": lambda x, n, level: agresti_coull(x / n, n, confidence_level=level),
    "jeffreys": lambda x, n, level: jeffreys(x, n, confidence_level=level),
    "mid_p": lambda x, n, level: mid_p(x, n, confidence_level=level),
    "clopper_pearson": lambda x, n, level: clopper_pearson(x, n, confidence_level=level),
    "likelihood": lambda x, n, level: likelihood_interval(x / n, n, confidence_level=level),
    "hypergeometric": lambda x, n, level: hypergeometric(x, n, 3 * n, confidence_level=level),
    "korn_graubard": lambda x, n, level: korn_graubard(
        x / n, x * (n - x) / n**3, n, max(n - 1, 1), confidence_level=level
    ),
}


@pytest.mark.parametrize("name", COUNTED)
@given(COUNTS)
def test_intervals_hold_the_share_stay_in_bounds_and_nest(name: str, counts: tuple[int, int]) -> None:
    x, n = counts
    ends = [COUNTED[name](x, n, level) for level in (0.5, 0.9, 0.99)]
    lows, highs = [float(low) for low, _ in ends], [float(high) for _, high in ends]
    assert 0 <= lows[2] <= lows[1] + 1e-12 <= lows[0] + 2e-12
    assert 1 >= highs[2] >= highs[1] - 1e-12 >= highs[0] - 2e-12
    assert lows[1] <= x / n + 1e-12
    assert highs[1] >= x / n - 1e-12
    assert highs[1] > lows[1]


@given(COUNTS)
def test_intervals_of_the_failures_are_mirrored(counts: tuple[int, int]) -> None:
    x, n = counts
    for make in COUNTED.values():
        low, high = make(x, n, 0.95)
        other_low, other_high = make(n - x, n, 0.95)
        assert low == pytest.approx(1 - other_high, abs=1e-9)
        assert high == pytest.approx(1 - other_low, abs=1e-9)


def test_mid_p_is_the_share_at_which_the_tail_is_half_alpha() -> None:
    low, _ = mid_p(17, 20)
    tail = binom.sf(17, 20, low) + binom.pmf(17, 20, low) / 2
    assert tail == pytest.approx(0.025, rel=1e-9)
    exact, _ = clopper_pearson(17, 20)
    assert low > exact


def test_hypergeometric_keeps_every_population_that_is_not_rejected() -> None:
    low, high = hypergeometric(9, 12, 40)
    kept = [
        a for a in range(9, 38) if hypergeom.sf(8, 40, a, 12) > 0.025 and hypergeom.cdf(9, 40, a, 12) > 0.025
    ]
    assert (low, high) == (kept[0] / 40, kept[-1] / 40)
    assert hypergeometric(40, 40, 40) == (1.0, 1.0)
    assert hypergeometric([0, 12], 12, 40).high.tolist() == [0.225, 1.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: jeffreys(5, 4), "successes: lie outside 0 to n"),
        (lambda: mid_p(-1, 4), "successes: lie outside 0 to n"),
        (lambda: hypergeometric(3, 5, 4), "do not fit n and the population"),
        (lambda: agresti_coull(87, 100), "share: lies outside 0 to 1; give a share, not a percentage"),
        (lambda: mid_p(1, 4, confidence_level=95), "confidence_level: 95 is not between"),
    ],
)
def test_arguments_of_intervals_that_make_no_sense(make: Any, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        make()
