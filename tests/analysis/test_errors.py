import pytest

from analysis import AnalysisError
from analysis import CountError
from analysis import DisclosureError
from analysis import PopulationError
from analysis import ScaleError


def test_error_names_argument_problem_and_remedy() -> None:
    error = CountError("counts", "holds -1", "counts start at 0")
    assert (error.argument, error.problem, error.remedy) == ("counts", "holds -1", "counts start at 0")
    assert str(error) == "counts: holds -1; counts start at 0"


@pytest.mark.parametrize("kind", [ScaleError, CountError, PopulationError, DisclosureError])
def test_every_error_is_an_analysis_error_and_a_value_error(kind: type[AnalysisError]) -> None:
    assert issubclass(kind, AnalysisError)
    assert issubclass(kind, ValueError)
