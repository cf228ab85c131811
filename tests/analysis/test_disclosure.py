import numpy as np
import pytest

from analysis import AnalysisError
from analysis import DisclosureError
from analysis import may_total
from analysis import publication_status


def test_the_first_rule_that_applies_names_the_status() -> None:
    found = publication_status([0, 1, 9, 10, 19, 20], negative=[0, 1, 0, 10, 19, 20])
    assert found.tolist() == ["no_responses", "too_few", "too_few", "unanimous", "unanimous", "publish"]


def test_unanimity_hides_only_the_negative_side() -> None:
    assert publication_status(12, negative=0) == "publish"
    assert publication_status(12, negative=11) == "publish"
    assert publication_status(12, negative=12) == "unanimous"
    # Without the negative counts the rule cannot apply.
    assert publication_status(12) == "publish"


def test_ten_is_the_least_without_a_reason() -> None:
    assert publication_status([9, 14], minimum=15).tolist() == ["too_few", "too_few"]
    with pytest.raises(DisclosureError, match="5 is below 10; give the reason"):
        publication_status(7, minimum=5)
    with pytest.raises(DisclosureError):
        publication_status(7, minimum=5, reason=" ")
    with pytest.raises(DisclosureError):
        publication_status(7, minimum=0, reason="everything")
    assert publication_status(7, minimum=5, reason="Decision 12/2026 of the province") == "publish"


def test_arguments_at_fault_are_named() -> None:
    with pytest.raises(AnalysisError, match="negative: exceeds n"):
        publication_status(3, negative=4)
    with pytest.raises(AnalysisError, match="n: holds -1"):
        publication_status(-1)
    with pytest.raises(AnalysisError, match=r"statuses: \['hidden'\] are unknown"):
        may_total(["publish", "hidden"])


def test_a_total_beside_one_hidden_office_would_reveal_it() -> None:
    n, negative = np.array([40, 55, 7]), np.array([4, 5, 6])
    statuses = publication_status(n, negative=negative)
    assert not may_total(statuses)
    # The control: with the total shown anyway, subtraction gives the hidden office away.
    shown = statuses == "publish"
    assert (n.sum() - n[shown].sum(), negative.sum() - negative[shown].sum()) == (7, 6)


def test_an_office_without_responses_hides_nothing() -> None:
    assert may_total(publication_status([40, 55, 0]))
    assert may_total([["publish", "unanimous"], ["no_responses", "publish"]]).tolist() == [False, True]
