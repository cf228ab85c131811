from pathlib import Path

from analysis.reference import registry
from analysis.reference.case import Case
from analysis.reference.case import Mismatch
from analysis.reference.case import Source
from analysis.reference.case import Statistic
from analysis.reference.case import cases

FOLDER = Path(__file__).parent


def test_every_vendored_case_has_exactly_one_adapter() -> None:
    known = registry.adapters()
    for case in cases(FOLDER):
        assert sum(adapter.applies(case) for adapter in known) == 1, case.name


def test_what_nobody_knows_and_what_breaks_is_a_failure() -> None:
    def broken(case: Case) -> list[Mismatch]:
        raise KeyError("nothing")

    case = Case(Source(FOLDER, "new.json", {}), {"estimate": {"statistic": "horoscope"}}, 0)
    (unknown,) = registry.check(case, registry.adapters())
    assert (unknown.found, unknown.expected) == ("no adapter", "horoscope")
    (error,) = registry.check(case, (Statistic(("horoscope",), broken),))
    assert error.place == "KeyError"
