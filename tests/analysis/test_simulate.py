import numpy as np
import pytest

from analysis import AnalysisError
from analysis import CountError
from analysis import clustered_outcomes
from analysis import leave_blank
from analysis import ordinal_ratings
from analysis import polarized_ratings
from analysis import repeated_people
from analysis import respond
from analysis import response_chance
from analysis.simulate import CEILINGS


def draws(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("fives", "level"), CEILINGS.items())
def test_honest_people_reach_the_named_ceilings(fives: float, level: float) -> None:
    table = ordinal_ratings(draws(1), 20_000, 8, level=level)
    assert (table == 5).mean() == pytest.approx(fives, abs=0.01)
    assert set(np.unique(table)) == {1, 2, 3, 4, 5}
    # One factor: items of a person go together.
    assert np.corrcoef(table[:, 0], table[:, 7])[0, 1] > 0.1


def test_an_office_effect_and_an_item_shift_are_seen() -> None:
    level = np.repeat([0.0, 3.0], 5000)
    table = ordinal_ratings(draws(2), 10_000, 2, level=level, item_shift=[0.0, -2.0])
    assert table[5000:].mean() > table[:5000].mean() + 0.4
    assert table[:, 1].mean() < table[:, 0].mean() - 0.4


def test_the_same_seed_gives_the_same_population() -> None:
    for make in (
        lambda rng: ordinal_ratings(rng, 50, 3),
        lambda rng: polarized_ratings(rng, 50, 3, angry=0.2),
        lambda rng: repeated_people(rng, 50, agents=0.5),
        lambda rng: respond(rng, np.full(50, 0.5)),
    ):
        assert np.array_equal(make(draws(7)), make(draws(7)))
        assert not np.array_equal(make(draws(7)), make(draws(8)))


def test_a_polarized_office_knows_no_middle() -> None:
    table = polarized_ratings(draws(3), 20_000, 5, angry=0.2)
    assert set(np.unique(table)) == {1, 5}
    assert np.all(table == table[:, :1])
    assert (table[:, 0] == 1).mean() == pytest.approx(0.2, abs=0.01)


def test_agents_answer_fifteen_times_and_the_others_once() -> None:
    people = repeated_people(draws(4), 1000, agents=0.3)
    times = np.bincount(people)
    assert sorted(set(times.tolist())) == [1, 15]
    assert times[times == 15].sum() == 300
    assert times.min() == 1
    assert repeated_people(draws(4), 10, agents=0.0).max() == 9


def test_clustering_has_the_correlation_it_says() -> None:
    pairs = np.repeat(np.arange(40_000), 2)
    for rho in (0.0, 0.4, 1.0):
        outcome = clustered_outcomes(draws(5), pairs, 0.8, correlation=rho).reshape(-1, 2)
        assert outcome.mean() == pytest.approx(0.8, abs=0.01)
        assert np.corrcoef(outcome.T)[0, 1] == pytest.approx(rho, abs=0.02)
    assert clustered_outcomes(draws(5), pairs, 1.0, correlation=0.5).all()


def test_response_has_the_wanted_rate_and_never_exceeds_certainty() -> None:
    late = np.arange(1000) < 70
    chance = response_chance(0.27, np.where(late, 2, 1))
    assert chance.mean() == pytest.approx(0.27)
    assert chance[0] == pytest.approx(2 * chance[-1])
    crowded = response_chance(0.9, np.where(late, 50, 1))
    assert crowded.max() == 1.0
    assert crowded.mean() == pytest.approx(0.9)
    answered = respond(draws(6), np.tile(chance, 50))
    assert answered.mean() == pytest.approx(0.27, abs=0.01)
    assert response_chance(0.0, [1, 2]).tolist() == [0, 0]


def test_informative_response_biases_what_is_not_weighted() -> None:
    late = np.arange(20_000) % 14 == 0
    satisfied = draws(8).random(20_000) < np.where(late, 0.5, 0.9)
    answered = respond(draws(9), response_chance(0.3, np.where(late, 2, 1)))
    assert satisfied[answered].mean() < satisfied.mean() - 0.01
    # The control: with equal chances nothing is biased.
    fair = respond(draws(9), response_chance(0.3, np.ones(20_000)))
    assert satisfied[fair].mean() == pytest.approx(satisfied.mean(), abs=0.01)


def test_blanks_fall_by_item() -> None:
    table = leave_blank(draws(10), np.full((5000, 2), 4), [0.1, 0.5])
    assert (table == 0).mean(axis=0).tolist() == pytest.approx([0.1, 0.5], abs=0.02)


def test_arguments_at_fault_are_named() -> None:
    rng = draws(0)
    with pytest.raises(CountError, match="people: is 0"):
        ordinal_ratings(rng, 0, 3)
    with pytest.raises(CountError, match="item_shift: has shape"):
        ordinal_ratings(rng, 5, 3, item_shift=[1.0])
    with pytest.raises(AnalysisError, match="thresholds: do not rise"):
        ordinal_ratings(rng, 5, 3, thresholds=(0, -1, 1, 2))
    with pytest.raises(AnalysisError, match="angry: is 20"):
        polarized_ratings(rng, 5, 3, angry=20)
    with pytest.raises(CountError, match="times: is 0"):
        repeated_people(rng, 5, agents=0.5, times=0)
    with pytest.raises(AnalysisError, match="correlation: is -1"):
        clustered_outcomes(rng, [0, 0], 0.5, correlation=-1)
    with pytest.raises(AnalysisError, match="factors: are negative or blank"):
        response_chance(0.5, [1, -1])
    with pytest.raises(AnalysisError, match=r"rate: of 0\.9 is more than may answer"):
        response_chance(0.9, [1, 0])
    with pytest.raises(AnalysisError, match="chance: lies outside"):
        respond(rng, [2.0])
