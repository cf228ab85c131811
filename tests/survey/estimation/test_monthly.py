import cProfile
import pstats
from collections import Counter
from collections.abc import Mapping
from random import Random

import pytest
from sqlalchemy.orm import Session

from analysis import wilson
from survey.estimation.counting import recount
from survey.estimation.figures import Block
from survey.estimation.figures import OfficeFigures
from survey.estimation.monthly import Rules
from survey.estimation.monthly import estimate_period
from survey.store.agencies import Agency
from survey.store.base import Database
from survey.store.columns import Grade
from survey.store.tallies import replace_tally
from tests.factories import agency
from tests.factories import period
from tests.factories import responses


def offices(session: Session, answers: Mapping[str, Mapping[str, int]]) -> dict[str, Agency]:
    """An organisation with these offices and their responses, counted."""
    root = agency(session, "root")
    made = {code: agency(session, code, parent=root) for code in answers}
    for code, given in answers.items():
        responses(session, made[code], given)
    count(session, root)
    return made | {"root": root}


def count(session: Session, root: Agency) -> None:
    month = period(session, root).id
    replace_tally(session, month, recount(session, month))


def estimated(
    session: Session,
    made: Mapping[str, Agency],
    populations: Mapping[str, int] | None = None,
    rules: Rules | None = None,
) -> tuple[Block, ...]:
    ids = [each.id for code, each in made.items() if code != "root"]
    sizes = {made[code].id: size for code, size in (populations or {}).items()}
    return estimate_period(session, period(session, made["root"]).id, ids, sizes, rules or Rules())


def figure(office: OfficeFigures, name: str, subject: str | None = None, target: str = "process"):
    [found] = [
        each
        for each in office.figures
        if (each.name, each.subject, each.estimate.target) == (name, subject, target)
    ]
    return found


def test_shares_have_plain_wilson_intervals_and_levels_add_up(database: Database) -> None:
    with database.writing() as session:
        made = offices(session, {"a": {"5": 30, "4": 12, "3": 5, "1": 3}})
        [block] = estimated(session, made, {"a": 400})
    [office] = block.offices
    share = figure(office, "satisfied_share", "OV").estimate
    assert (share.value, share.n) == (0.84, 50)
    assert (share.low, share.high) == pytest.approx(tuple(map(float, wilson(0.84, 50))))
    month = figure(office, "satisfied_share", "OV", "month").estimate
    assert month.population == 400
    assert month.low > share.low
    [levels] = office.levels
    assert levels.counts == {"5": 30, "4": 12, "3": 5, "2": 0, "1": 3, ".": 0}
    shares = [figure(office, "level_share", f"OV={option}").estimate.value for option in "12345"]
    assert sum(shares) == pytest.approx(1)


def test_the_index_pools_the_factor_items_and_leaves_the_overall_one_out(database: Database) -> None:
    with database.writing() as session:
        made = offices(session, {"a": {"155555": 10, "54....": 10, "5x33..": 5}})
        [block] = estimated(session, made)
    [office] = block.offices
    index = figure(office, "index")
    assert index.moments is not None
    assert index.moments[:3] == (25, 10 * 5 + 10 + 5 * 2, 10 * 25 + 10 * 4 + 5 * 6)
    assert index.estimate.value == pytest.approx(100 * (320 / 70) / 5)
    assert figure(office, "factor_index", "ACC").estimate.value == pytest.approx(100 * 4.5 / 5)
    assert figure(office, "index_beside").estimate.n == 25


def test_a_response_speaks_of_the_agency_that_received_and_of_the_one_that_decided(
    database: Database,
) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        office, counter = agency(session, "office", parent=root), agency(session, "counter", parent=root)
        responses(session, office, {"515141": 12}, receiving=counter)  # ACC 1, PRO 5, CIV 1, RES 4, FBK 1
        responses(session, counter, {"5": 10})
        count(session, root)
        [block] = estimated(session, {"office": office, "counter": counter, "root": root})
    by_agency = {each.agency_id: each for each in block.offices}
    assert figure(by_agency[counter.id], "index").moments[:3] == (12, 24, 24)
    assert figure(by_agency[office.id], "index").moments[:3] == (12, 36, 12 * 10)
    assert figure(by_agency[counter.id], "satisfied_share", "ACC").estimate.value == 0
    assert "index_beside" not in {each.name for each in by_agency[office.id].figures}, (
        "a factor without an answer"
    )


@pytest.mark.parametrize(
    ("answers", "status"),
    [({"5": 9}, "too_few"), ({"1": 12}, "unanimous"), ({}, "no_responses"), ({"5": 10}, "publish")],
)
def test_what_is_hidden_carries_nothing(database: Database, answers: dict[str, int], status: str) -> None:
    with database.writing() as session:
        made = offices(session, {"a": answers, "b": {"5": 20}})
        [block] = estimated(session, made)
    office = block.offices[0]
    assert office.status == status
    assert bool(office.figures) == bool(office.levels) == (status == "publish")


def test_an_item_that_few_answered_stays_hidden_in_an_office_that_is_shown(database: Database) -> None:
    with database.writing() as session:
        made = offices(session, {"a": {"55": 9, "5": 30}})
        [block] = estimated(session, made)
    [office] = block.offices
    assert {each.subject for each in office.figures} == {"OV"} | {f"OV={option}" for option in "12345"}
    assert [levels.item for levels in office.levels] == ["OV"]


def test_hidden_offices_change_no_published_number(database: Database) -> None:
    """Design effects are pooled over the shown offices only: else a hidden one could be worked out."""
    shown = {f"o{place}": {"5435.5": 20 + place, "332211": 9, "555555": 15} for place in range(6)}
    with database.writing() as session:
        made = offices(session, {**shown, "hidden": {"512345": 9}})
        [with_hidden] = estimated(session, made)
        [without] = estimated(session, {code: each for code, each in made.items() if code != "hidden"})
    assert with_hidden.pooled
    assert with_hidden.pooled == without.pooled
    assert with_hidden.offices[:-1] == without.offices


def test_a_total_needs_a_frame_and_no_hidden_office(database: Database) -> None:
    with database.writing() as session:
        made = offices(session, {"a": {"5": 20, "3": 20}, "b": {"4": 40}, "c": {"5": 9}})
        two = {code: made[code] for code in ("a", "b", "root")}
        [total] = estimated(session, two, {"a": 300, "b": 100})
        assert [each.name for each in total.total] == ["satisfied_share", "very_satisfied_share"]
        assert total.total[0].estimate.value == pytest.approx((300 * 0.5 + 100 * 1) / 400)
        [no_frame] = estimated(session, two)
        assert no_frame.total == ()
        [hidden] = estimated(session, made, {"a": 300, "b": 100, "c": 50})
        assert hidden.total == ()


def test_grades_are_never_added_up(database: Database) -> None:
    with database.writing() as session:
        made = offices(session, {"a": {"5": 20}})
        responses(session, made["a"], {"1": 30, "2": 1}, grade=Grade.D)
        count(session, made["root"])
        blocks = estimated(session, made)
    assert [(block.grade, block.offices[0].n) for block in blocks] == [("A", 20), ("D", 31)]


def test_work_in_python_does_not_grow_with_the_number_of_responses(database: Database) -> None:
    """Ten times the responses, most of them with answers of their own: at most a tenth more calls."""
    random = Random(1)
    with database.writing() as session:
        made = offices(session, {f"o{place}": {"555555": 30, "312345": 30} for place in range(4)})
        calls = []
        for number in (300, 2700):
            for each in list(made.values())[:4]:
                responses(
                    session, each, Counter("".join(random.choices("54321", k=6)) for _ in range(number))
                )
            count(session, made["root"])
            estimated(session, made)  # what is loaded once does not count
            profile = cProfile.Profile()
            profile.runcall(estimated, session, made)
            calls.append(pstats.Stats(profile).total_calls)
    assert calls[1] <= 1.1 * calls[0]
