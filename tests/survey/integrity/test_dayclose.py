from collections import Counter
from itertools import count
from secrets import token_bytes

import pytest
from scipy.stats import spearmanr
from sqlalchemy import Connection
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from survey.integrity import dayclose
from survey.integrity.dayclose import close_day
from survey.settings import Settings
from survey.store.agencies import find_agency
from survey.store.base import Database
from survey.store.codes import OneTimeCode
from survey.store.columns import Channel
from survey.store.columns import CodeState
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Standing
from survey.store.columns import Timeliness
from survey.store.responses import FACTS
from survey.store.responses import Received
from survey.store.responses import Response
from tests import factories

# |rho| of a random order of 2000 is above this once in some hundred million times.
CHANCE = 6 / 2000**0.5


def receive(database: Database, number: int) -> list[bytes]:
    """So many responses, each of a code used just now; returns their nonces as they came."""
    with database.writing() as session:
        root = find_agency(session, "tinh") or factories.agency(session, "tinh")
        period = factories.period(session, root)
        dossier = {
            "period_id": period.id,
            "competent_id": root.id,
            "receiving_id": root.id,
            "channel": Channel.online,
            "outcome": Outcome.granted,
            "timeliness": Timeliness.late,
            "respondent": Respondent.citizen,
            "grade": Grade.A,
        }
        extra = {
            "mode": Mode.own_device,
            "standing": Standing.counted,
            "instrument_id": period.instrument_id,
            "device": 7,
        }
        codes = [token_bytes(32) for _ in range(number)]
        session.execute(
            insert(OneTimeCode), [{**dossier, "hash": each, "state": CodeState.used} for each in codes]
        )
        rows = [
            {
                **dossier,
                **extra,
                "answers": f"{'54321'[place % 5]}.........",
                "nonce": token_bytes(16),
                "code_hash": each,
                "content_hash": token_bytes(32),
            }
            for place, each in enumerate(codes)
        ]
        session.execute(insert(Received), rows)
        return [row["nonce"] for row in rows]


def number_of(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def facts(database: Database, table: type[Received] | type[Response]) -> Counter[tuple[object, ...]]:
    with database.reading() as session:
        return Counter(map(tuple, session.execute(select(*(getattr(table, name) for name in FACTS)))))


def test_it_moves_everything_and_once(database: Database) -> None:
    receive(database, 30)
    before = facts(database, Received)
    assert close_day(database) == 30
    assert facts(database, Response) == before
    assert number_of(database, Received) == 0
    assert close_day(database) == 0
    assert facts(database, Response) == before
    receive(database, 5)
    assert close_day(database) == 5
    assert number_of(database, Response) == 35


def test_every_fact_is_moved() -> None:
    own = {"id", "code_hash", "content_hash"}
    assert set(FACTS) == {column.key for column in inspect(Received).columns} - own


def test_a_used_code_forgets_its_dossier_and_others_do_not(database: Database, settings: Settings) -> None:
    receive(database, 3)
    with database.writing() as session:
        office = factories.agency(session, "so")
        factories.code(session, b"k" * 32, of=office)
        factories.code(session, b"k" * 32, of=office)
        session.query(OneTimeCode).filter_by(state=CodeState.open).first().state = CodeState.void
    close_day(database)
    with database.reading() as session:
        codes = session.query(OneTimeCode).all()
    for code in codes:
        known = (code.competent_id, code.receiving_id, code.grade, code.channel.name)
        if code.state is CodeState.used:
            assert known == (None, None, None, "unstated")
            assert (code.service_point_id, code.field_id) == (None, None)
            assert {code.outcome.name, code.timeliness.name, code.respondent.name} == {"unstated"}
            assert code.period_id is not None
        else:
            assert known == (office.id, office.id, Grade.C, "counter")
    assert Counter(code.state.name for code in codes) == {"used": 3, "open": 1, "void": 1}


def stored_order(database: Database, settings: Settings, arrived: list[bytes]) -> dict[str, list[int]]:
    """The places of arrival, in the order of the keys and as they lie on the disk."""
    place = {nonce: number for number, nonce in enumerate(arrived)}
    physical = Response.id if database.engine.dialect.name == "sqlite" else text("ctid")
    with database.reading() as session:
        by_key = session.scalars(select(Response.nonce).order_by(Response.id)).all()
        on_disk = session.scalars(select(Response.nonce).order_by(physical)).all()
    if database.engine.dialect.name == "sqlite":
        database.dispose()
        file = (settings.home / "hailong.sqlite").read_bytes()
        assert all(file.count(nonce) == 1 for nonce in arrived), "no second copy is left in the file"
        on_disk = sorted(arrived, key=file.index)
    return {"key": [place[nonce] for nonce in by_key], "disk": [place[nonce] for nonce in on_disk]}


def correlation(order: list[int]) -> float:
    return abs(float(spearmanr(range(len(order)), order).statistic))


@pytest.mark.slow
def test_the_stored_order_says_nothing_of_arrival(database: Database, settings: Settings) -> None:
    arrived = receive(database, 2000)
    close_day(database)
    for order in stored_order(database, settings, arrived).values():
        assert correlation(order) < CHANCE


@pytest.mark.slow
def test_without_shuffle_and_random_keys_it_would(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = count(1)
    monkeypatch.setattr(dayclose, "random_id", lambda: next(numbers))
    monkeypatch.setattr(dayclose._RANDOM, "shuffle", lambda rows: None)
    arrived = receive(database, 2000)
    close_day(database)
    for order in stored_order(database, settings, arrived).values():
        assert correlation(order) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_without_shuffle_and_rewriting_the_heap_would(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dayclose._RANDOM, "shuffle", lambda rows: None)
    monkeypatch.setattr(Database, "rewrite", lambda _: None)
    arrived = receive(database, 2000)
    close_day(database)
    order = stored_order(database, settings, arrived)
    assert correlation(order["key"]) < CHANCE
    assert correlation(order["disk"]) > 0.9


def days_on_disk(database: Database, settings: Settings) -> tuple[float, float]:
    """How the order on disk follows arrival over two closed days: of responses, and of used codes."""
    arrived: list[bytes] = []
    codes: list[bytes] = []
    for _ in range(2):
        arrived += receive(database, 400)
        with database.reading() as session:
            codes += session.scalars(select(Received.code_hash).order_by(Received.id))
        close_day(database)
    order = stored_order(database, settings, arrived)["disk"]
    if database.engine.dialect.name == "sqlite":
        on_disk = sorted(codes, key=(settings.home / "hailong.sqlite").read_bytes().index)
    else:
        with database.reading() as session:
            on_disk = list(session.scalars(select(OneTimeCode.hash).order_by(text("ctid"))))
    place = {each: number for number, each in enumerate(codes)}
    return correlation(order), correlation([place[each] for each in on_disk])


@pytest.mark.slow
def test_two_closed_days_leave_no_blocks_behind(database: Database, settings: Settings) -> None:
    responses, codes = days_on_disk(database, settings)
    assert responses < 0.12
    assert codes < 0.12


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_a_vacuum_alone_would_leave_them(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vacuum(self: Database) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("received", "codes", "responses"):
                connection.exec_driver_sql(f"VACUUM FULL {table}")

    monkeypatch.setattr(Database, "rewrite", vacuum)
    responses, codes = days_on_disk(database, settings)
    assert responses > 0.5
    assert codes > 0.5


def remains(database: Database, settings: Settings, content: list[bytes]) -> bool:
    """Whether the disk still holds what was received: in the file itself, or as space not given back."""
    if database.engine.dialect.name == "sqlite":
        database.dispose()
        file = (settings.home / "hailong.sqlite").read_bytes()
        return any(each in file for each in content)
    with database.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT pg_relation_size('received')")))


def content_hashes(database: Database) -> list[bytes]:
    with database.reading() as session:
        return list(session.scalars(select(Received.content_hash)))


def test_nothing_is_left_of_what_was_received(database: Database, settings: Settings) -> None:
    receive(database, 200)
    content = content_hashes(database)
    assert remains(database, settings, content)
    close_day(database)
    assert not remains(database, settings, content)


def test_without_rewriting_it_would_be_left(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.engine.dialect.name == "sqlite":  # which has two defences: it also overwrites what it frees
        event.listen(database.engine, "begin", _do_not_overwrite)
    monkeypatch.setattr(Database, "rewrite", lambda _: None)
    receive(database, 200)
    content = content_hashes(database)
    close_day(database)
    assert remains(database, settings, content)


def _do_not_overwrite(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def test_a_failure_in_the_middle_leaves_the_day_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(database, 20)
    before = facts(database, Received)

    def fail(_: Session) -> None:
        raise OSError("the power failed")

    with monkeypatch.context() as broken:
        broken.setattr(dayclose, "forget_used_codes", fail)
        with pytest.raises(OSError, match="power"):
            close_day(database)
    assert facts(database, Received) == before
    assert number_of(database, Response) == 0
    assert close_day(database) == 20


def test_in_two_transactions_the_day_would_be_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(database, 20)

    def commit_and_fail(session: Session, _: object) -> None:
        session.commit()
        raise OSError("the power failed")

    monkeypatch.setattr(dayclose, "add_responses", commit_and_fail)
    with pytest.raises(OSError, match="power"):
        close_day(database)
    assert number_of(database, Received) + number_of(database, Response) == 0


def test_a_failing_rewrite_loses_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    receive(database, 20)

    def fail(_: Database) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Database, "rewrite", fail)
        with pytest.raises(OSError, match="disk"):
            close_day(database)
    assert number_of(database, Response) == 20
    assert close_day(database) == 0
    assert number_of(database, Response) == 20
