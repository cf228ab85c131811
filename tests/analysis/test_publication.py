from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from analysis import FIVE_LEVEL
from analysis import MEAN5
from analysis import AnalysisError
from analysis import CountError
from analysis import DisclosureError
from analysis import Tally
from analysis import mean_score
from analysis import nchs_2017
from analysis import pooled_index
from analysis import pooled_moments
from analysis import publication_standard
from analysis import satisfied_share

SEVERITY = ("publish", "caution", "pool", "suppress")


def shares(*pairs: tuple[int, int], **options: object) -> object:
    counts = [[n - x, 0, 0, x, 0] for x, n in pairs]
    return satisfied_share(Tally(FIVE_LEVEL, counts), **options)  # type: ignore[arg-type]


def judged(*pairs: tuple[int, int], **options: object) -> list[tuple[str, tuple[str, ...]]]:
    found = publication_standard(shares(*pairs), **options)  # type: ignore[arg-type]
    return list(zip(found.decision.tolist(), found.reasons, strict=True))


def test_each_rule_names_itself() -> None:
    assert judged((0, 0))[0][0] == "suppress"
    assert judged((0, 0))[0][1][0] == "no_responses"
    assert judged((8, 9))[0] == ("suppress", ("too_few", "wide_interval", "small_effective_n"))
    assert judged((8, 12))[0] == ("pool", ("wide_interval", "small_effective_n"))
    assert judged((28, 29))[0] == ("caution", ("small_effective_n",))
    assert judged((48, 60))[0] == ("caution", ("wide_interval",))
    assert judged((380, 400))[0] == ("publish", ())
    assert judged((400, 400))[0] == ("caution", ("unvaried",))


def test_a_unanimous_complaint_is_hidden_first() -> None:
    found = publication_standard(shares((0, 15)), negative=[15])  # type: ignore[arg-type]
    assert found.decision.tolist() == ["suppress"]
    assert found.reasons[0][0] == "unanimous"
    assert found.symbol.tolist() == ["x"]


def test_what_cannot_be_pooled_is_suppressed() -> None:
    assert judged((8, 12), poolable=False)[0][0] == "suppress"
    found = publication_standard(shares((8, 12), (48, 60), (380, 400)))  # type: ignore[arg-type]
    assert found.symbol.tolist() == ["F", "E", ""]


def test_a_voluntary_sample_is_marked() -> None:
    assert judged((380, 400), response_rate=[0.09])[0] == ("caution", ("low_response",))
    assert judged((380, 400), response_rate=0.1, r_indicator=0.69)[0] == ("caution", ("unrepresentative",))
    assert judged((380, 400), response_rate=0.1, r_indicator=0.7)[0] == ("publish", ())


@given(st.integers(0, 300), st.integers(1, 300), st.integers(2, 10))
@settings(max_examples=100, deadline=None)
def test_more_of_the_same_answers_are_never_judged_worse(x: int, n: int, times: int) -> None:
    x = min(x, n)
    few, many = judged((x, n), (x * times, n * times))
    assert SEVERITY.index(many[0]) <= SEVERITY.index(few[0])


def test_means_and_indices_are_judged_by_half_width() -> None:
    wide = Tally(FIVE_LEVEL, [[4, 0, 0, 0, 11], [40, 0, 0, 0, 110], [0, 0, 0, 40, 110]])
    found = publication_standard(mean_score(wide), bounds=FIVE_LEVEL.score_bounds)
    assert found.decision.tolist()[0] == "pool"
    assert found.decision.tolist()[2] == "publish"
    rng = np.random.default_rng(3)
    table = rng.integers(3, 6, (200, 5))
    index = pooled_index(pooled_moments(table, np.zeros(200, dtype=int), 1), MEAN5)
    assert publication_standard(index, bounds=MEAN5.bounds).decision.tolist() == ["publish"]
    with pytest.raises(AnalysisError, match="nchs2017 speaks of shares only"):
        publication_standard(index, bounds=MEAN5.bounds, profile="nchs2017")


def test_a_full_count_has_nothing_uncertain() -> None:
    month = shares((9, 12), population=[12], target="month")
    found = publication_standard(month)  # type: ignore[arg-type]
    assert (found.decision.tolist(), found.reasons) == (["publish"], ((),))


def test_the_strict_profile_hides_what_the_own_only_marks() -> None:
    own, strict = judged((28, 29))[0], judged((28, 29), profile="nchs2017")[0]
    assert (own[0], strict[0]) == ("caution", "suppress")
    assert judged((97, 100), profile="nchs2017")[0] == ("caution", ("unreliable_complement",))
    assert judged((5, 100), profile="nchs2017")[0] == ("suppress", ("wide_relative_interval",))
    assert judged((60, 60), profile="nchs2017")[0] == ("caution", ("unvaried",))


def test_nchs_rules_at_their_edges() -> None:
    few = nchs_2017(0.9, 0.09 / 29.9, 100, 50)
    assert few.suppress
    assert not nchs_2017(0.9, 0.09 / 30.1, 100, 50).few
    assert nchs_2017(0.5, 0.25 / 200, 200, 7).review_degrees
    assert not nchs_2017(0.5, 0.25 / 200, 200, 8).review_degrees
    # The effective n is never above n, however small the variance.
    assert nchs_2017(0.5, 0.25 / 4000, 200, 199).effective_n == 200
    nobody = nchs_2017(np.nan, np.nan, 0, 0)
    assert nobody.suppress
    assert np.isnan(nobody.interval.low)
    with pytest.raises(AnalysisError, match="share: lies outside"):
        nchs_2017(90, 0.1, 100, 10)
    with pytest.raises(CountError, match="variance is negative"):
        nchs_2017(0.9, -0.1, 100, 10)


def test_options_at_fault_are_named() -> None:
    with pytest.raises(AnalysisError, match="profile: is 'ours'"):
        judged((380, 400), profile="ours")
    with pytest.raises(AnalysisError, match="low_response: is not one share"):
        judged((380, 400), response_rate=[9.0])
    with pytest.raises(AnalysisError, match="bounds: are"):
        judged((380, 400), bounds=(5, 1))
    with pytest.raises(DisclosureError, match="minimum: 5 is below 10"):
        judged((380, 400), minimum=5)
    assert judged((7, 8), minimum=5, reason="Decision 12/2026")[0][0] == "pool"


def test_the_edges_of_the_own_profile() -> None:
    assert judged((30, 30))[0] == ("caution", ("unvaried",))
    assert judged((29, 29))[0] == ("caution", ("small_effective_n", "unvaried"))
    index = mean_score(Tally(FIVE_LEVEL, [[2, 2, 10, 30, 56]]))
    for low, high, decision in ((4.0, 4.8, "publish"), (4.0, 4.8000001, "pool")):
        edge = replace(index, low=np.array([low]), high=np.array([high]))
        assert publication_standard(edge, bounds=(1, 5)).decision.tolist() == [decision]
    for df, reasons in ((7.0, ("few_psus",)), (8.0, ())):
        edge = replace(index, degrees_of_freedom=np.array([df]))
        assert publication_standard(edge, bounds=(1, 5)).reasons == (reasons,)
    # Few degrees of freedom widen the interval of a clustered share, too.
    share = shares((90, 100))
    clustered = replace(share, degrees_of_freedom=np.array([3.0]))  # type: ignore[type-var]
    assert publication_standard(clustered).reasons == (("wide_interval", "few_psus"),)  # type: ignore[arg-type]
    assert publication_standard(share).decision.tolist() == ["publish"]  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="low_response: is not one share"):
        judged((380, 400), response_rate=-0.1)


def test_a_complement_is_judged_beyond_a_width_of_five_points() -> None:
    # 1,994 of 2,000: a third of a point wide, more than 130 % of the complement, and yet precise.
    narrow = nchs_2017(0.997, 0.997 * 0.003 / 2000, 2000, 1999)
    width = narrow.interval.high - narrow.interval.low
    assert width > 1.3 * 0.003
    assert width < 0.05
    assert not narrow.complement
    assert nchs_2017(0.97, 0.97 * 0.03 / 200, 200, 199).complement
