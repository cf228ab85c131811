import numpy as np

from survey.estimation.partition import partitions
from survey.store.base import Database
from survey.store.columns import Grade
from tests.factories import agency
from tests.factories import period
from tests.factories import responses


def test_equal_responses_share_a_row_and_instruments_stay_apart(database: Database) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        office = agency(session, "office", parent=root)
        responses(session, office, {"54": 3, "5": 2})
        responses(session, office, {"4": 5}, form="fft-1", grade=Grade.D)
        found = list(partitions(session, period(session, root).id))
    assert {part.instrument.code: part.frequency.tolist() for part in found} == {
        "ptx-1": [2, 3],
        "fft-1": [5],
    }
    ptx = next(part for part in found if part.instrument.code == "ptx-1")
    assert ptx.answers.shape == (2, len(ptx.instrument.items))
    assert ptx.ratings(ptx.instrument.item("OV")).tolist() == [5, 5]
    assert ptx.ratings(ptx.instrument.item("ACC")).tolist() == [0, 4], "a skipped answer is no rating"


def test_the_order_of_rows_is_the_same_from_every_database_and_portion(database: Database) -> None:
    with database.writing() as session:
        root = agency(session, "root")
        offices = [agency(session, f"office-{place}", parent=root) for place in range(3)]
        for office in reversed(offices):
            responses(session, office, {"5x": 1, "54": 2, "1.": 1, "55": 1})
        [part] = partitions(session, period(session, root).id)
    texts = ["".join(map(chr, row)) for row in part.answers]
    rows = list(zip(part.competent.tolist(), texts, strict=True))
    assert rows == sorted(rows)
    assert len(rows) == 12
    assert np.all(np.diff(part.competent) >= 0)
