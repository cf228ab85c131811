from typing import Any

import pytest

from analysis.reference.case import Case
from analysis.reference.case import Source
from analysis.reference.estimating import ADAPTERS
from analysis.reference.estimating import share_interval
from analysis.reference.estimating import tolerance


def case(**design: Any) -> Case:
    return Case(Source(None, "x.json", {}), {"design": design}, 0)  # type: ignore[arg-type]


def test_what_was_iterated_elsewhere_is_compared_less_closely() -> None:
    assert tolerance(case()) == 1e-8
    assert tolerance(case(adjust={"method": "poststratify"})) == 1e-8
    assert tolerance(case(adjust="poststratify to a x b counts")) == 1e-8
    assert tolerance(case(adjust={"method": "calibrate_linear"})) == 1e-8
    for method in ("rake", "rake then trim", "calibrate_raking", "calibrate_logit"):
        assert tolerance(case(adjust={"method": method})) == 1e-6
    assert tolerance(case(adjust="rake as above")) == 1e-6


def test_no_two_adapters_know_the_same_statistic() -> None:
    names = [name for adapter in ADAPTERS for name in adapter.names]
    assert len(names) == len(set(names))


def test_an_unknown_interval_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown interval 'bayes'"):
        share_interval("bayes", 0.5, 0.01, 25, 24, 0.95)
