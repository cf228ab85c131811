import pytest

from survey.estimation.scales import INDEX_METHODS
from survey.estimation.scales import negative_options
from survey.estimation.scales import rating_scale
from survey.instrument.load import catalogue


def test_a_scale_is_turned_worst_first_for_the_statistics() -> None:
    form = next(each for each in catalogue() if each.code == "ptx-1")
    scale = rating_scale(form.item("ACC").scale)
    assert scale.options == ("1", "2", "3", "4", "5")
    assert scale.scores == (1, 2, 3, 4, 5)
    assert scale.satisfied == {"4", "5"}


def test_three_levels_have_no_scores() -> None:
    form = next(each for each in catalogue() if each.code == "legacy-3")
    scale = rating_scale(form.item("OV").scale)
    assert (scale.options, scale.scores) == (("1", "2", "3"), None)


@pytest.mark.parametrize(
    ("code", "negative"), [("ptx-1", {"1", "2"}), ("legacy-3", {"1"}), ("fft-1", {"1", "2"})]
)
def test_neutral_is_not_negative(code: str, negative: set[str]) -> None:
    form = next(each for each in catalogue() if each.code == code)
    assert set(negative_options(form.item("OV").scale)) == negative


def test_every_method_of_the_catalogue_is_known() -> None:
    assert {form.index.method for form in catalogue() if form.index} <= set(INDEX_METHODS)
