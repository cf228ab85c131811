import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from survey.instrument.load import instrument
from survey.integrity.dayclose import close_day
from survey.respond import intake
from survey.respond.intake import Counted
from survey.respond.intake import CountedBefore
from survey.respond.intake import Invitation
from survey.respond.intake import Reason
from survey.respond.intake import Refused
from survey.respond.intake import Unfit
from survey.respond.intake import encoded
from survey.respond.intake import invitation
from survey.store.codes import OneTimeCode
from survey.store.columns import Channel
from survey.store.columns import CodeState
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import Outcome
from survey.store.columns import Respondent
from survey.store.columns import Standing
from survey.store.columns import Timeliness
from survey.store.instruments import StoredInstrument
from survey.store.periods import Period
from survey.store.responses import Received
from survey.store.responses import Response
from tests import factories
from tests.survey.respond.office import Office

USED, CLOSED = Refused(Reason.used), Refused(Reason.closed)


def test_it_counts_once(office: Office) -> None:
    code = office.issue()
    assert office.take(code, OV="4", ACC="5", CIV="x", F2="l", F3="y", F4="") == Counted("tinh-thu")
    row = office.received(code)
    assert row is not None
    sent = {"OV": "4", "ACC": "5", "CIV": "x", "F2": "l", "F3": "y"}
    assert row.answers == encoded(instrument("ptx-1"), sent) == "45.x...ly."
    assert len(row.nonce) == 16
    assert office.code(code).state is CodeState.used
    assert office.code(code).period_id == office.period
    assert office.count() == 1


def test_the_same_again_changes_nothing(office: Office) -> None:
    code = office.issue()
    office.take(code, OV="4", ACC="5", field="dat-dai")
    first = office.received(code)
    assert first is not None
    again = office.take(code, OV="4", ACC="5", field="dat-dai")
    assert again == CountedBefore("tinh-thu")
    second = office.received(code)
    assert office.count() == 1
    for column in inspect(Received).columns:
        assert getattr(second, column.key) == getattr(first, column.key)


@pytest.mark.parametrize(
    "other",
    [{"OV": "1", "ACC": "5"}, {"OV": "4"}, {"OV": "4", "ACC": "5", "field": "dat-dai"}, {}, {"OV": "9"}],
    ids=["another rating", "an answer less", "another field", "none", "impossible"],
)
def test_another_content_is_refused_and_the_first_stands(office: Office, other: dict[str, str]) -> None:
    code = office.issue()
    office.take(code, OV="4", ACC="5")
    first = office.received(code)
    assert first is not None
    assert office.take(code, **other) == USED
    second = office.received(code)
    assert second is not None
    assert second.answers == first.answers
    assert office.count() == 1


def test_what_opens_no_form(office: Office) -> None:
    void = office.issue(state=CodeState.void)
    used = office.issue(state=CodeState.used)
    for code, reason in (("0" * 15, Reason.unknown), (void, Reason.void), (used, Reason.used)):
        assert office.take(code, OV="4") == Refused(reason)
        with office.database.reading() as session:
            assert invitation(session, office.hash(code), office.today) == Refused(reason)
    assert office.count() == 0


@pytest.mark.parametrize("listed", [True, False], ids=["a listed dossier's code", "a booklet's code"])
def test_a_closed_month_takes_nothing(office: Office, listed: bool) -> None:
    code = office.issue(period_id=office.period if listed else None)
    office.close()
    assert office.take(code, OV="4") == CLOSED
    assert office.count() == 0
    assert office.code(code).state is CodeState.open


def test_a_booklet_waits_for_its_month_to_be_opened(office: Office) -> None:
    code = office.issue()
    early = office.today.replace(year=office.today.year - 1)
    with office.database.writing() as session:
        assert intake.take(session, office.hash(code), {"OV": "4"}, today=early) == Refused(Reason.not_open)
    assert office.count() == 0
    assert office.take(code, OV="4") == Counted("tinh-thu")


def test_a_listed_code_counts_in_its_own_month_also_later(office: Office) -> None:
    with office.database.writing() as session:
        root = session.get_one(factories.Agency, office.root)
        earlier = factories.period(session, root, "2025-01").id
    code = office.issue(period_id=earlier)
    office.take(code, OV="4")
    row = office.received(code)
    assert row is not None
    assert row.period_id == earlier


def test_facts_come_from_the_code(office: Office) -> None:
    with office.database.writing() as session:
        root = session.get_one(factories.Agency, office.root)
        receiving = factories.agency(session, "mot-cua", parent=root).id
    facts = {
        "competent_id": office.agency,
        "receiving_id": receiving,
        "service_point_id": office.point,
        "field_id": office.fields["ho-tich"],
        "channel": Channel.online,
        "outcome": Outcome.refused,
        "timeliness": Timeliness.late,
        "respondent": Respondent.enterprise,
        "grade": Grade.A,
        "period_id": office.period,
    }
    code = office.issue(**facts)
    assert office.take(code, OV="4", field="dat-dai") == Counted("tinh-thu")
    row = office.received(code)
    assert {name: getattr(row, name) for name in facts} == facts, "the citizen's field does not overrule"
    assert row is not None
    assert (row.mode, row.standing, row.device) == (Mode.own_device, Standing.counted, None)
    with office.database.reading() as session:
        month = session.get_one(Period, office.period)
        assert row.instrument_id == month.instrument_id
        assert session.get_one(StoredInstrument, row.instrument_id).frozen


def test_the_field_that_the_citizen_chose_is_kept(office: Office) -> None:
    chosen, silent, wrong = office.issue(), office.issue(), office.issue()
    office.take(chosen, OV="4", field="dat-dai")
    office.take(silent, OV="4", field="")
    kept = office.received(chosen), office.received(silent)
    assert [row and row.field_id for row in kept] == [office.fields["dat-dai"], None]
    for junk in ("không có", "\0", "x" * 5000):
        assert office.take(wrong, OV="4", field=junk) == Unfit()
    assert office.whole(wrong)
    assert office.code(wrong).state is CodeState.open


@pytest.mark.parametrize(
    "sent", [{}, {"OV": ""}, {"ACC": "5"}, {"OV": "6"}, {"OV": "x"}, {"OV": "4", "ACC": "55"}]
)
def test_answers_that_do_not_fit_leave_the_code_open(office: Office, sent: dict[str, str]) -> None:
    code = office.issue()
    assert office.take(code, **sent) == Unfit()
    assert office.count() == 0
    assert office.take(code, OV="4") == Counted("tinh-thu")


def test_an_invitation_says_what_is_rated(office: Office) -> None:
    booklet = office.issue()
    listed = office.issue(field_id=office.fields["dat-dai"], service_point_id=None, period_id=office.period)
    with office.database.reading() as session:
        found = invitation(session, office.hash(booklet), office.today)
        assert isinstance(found, Invitation)
        assert found.agency_names == {"vi": "Sở Thử", "en": "Trial Office"}
        assert found.service_point == "Quầy quay-1"
        assert found.period.id == office.period
        assert found.field is None
        assert [field.code for field in found.fields] == ["dat-dai", "ho-tich"]
        found = invitation(session, office.hash(listed), office.today)
        assert isinstance(found, Invitation)
        assert found.field is not None
        assert (found.field.code, found.fields, found.service_point) == ("dat-dai", [], None)


def test_redeeming_and_writing_are_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    code = office.issue()
    redeem = intake.redeem_code

    def then_break(session: Session, code_hash: bytes, period: int) -> bool:
        assert redeem(session, code_hash, period)
        raise OSError("the power failed")

    monkeypatch.setattr(intake, "redeem_code", then_break)
    with pytest.raises(OSError, match="power"):
        office.take(code, OV="4")
    assert office.whole(code)
    assert office.code(code).state is CodeState.open


def test_in_two_transactions_one_would_be_lost(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    code = office.issue()
    redeem = intake.redeem_code

    def commit_then_break(session: Session, code_hash: bytes, period: int) -> bool:
        assert redeem(session, code_hash, period)
        session.commit()
        raise OSError("the power failed")

    monkeypatch.setattr(intake, "redeem_code", commit_then_break)
    with pytest.raises(OSError, match="power"):
        office.take(code, OV="4")
    assert not office.whole(code)


def test_nothing_of_the_code_is_in_the_responses(office: Office) -> None:
    code = office.issue()
    office.take(code, OV="4", field="dat-dai")
    row = office.received(code)
    assert row is not None
    secrets = {code.encode(), row.code_hash, row.content_hash, row.code_hash.hex().encode()}
    close_day(office.database)
    with office.database.reading() as session:
        kept = session.query(Response).one()
        forgotten = session.get_one(OneTimeCode, office.hash(code))
        stored = {column.key: getattr(kept, column.key) for column in inspect(Response).columns}
    for name, value in stored.items():
        raw = value if isinstance(value, bytes) else str(value).encode()
        assert not any(secret in raw or raw in secret for secret in secrets if len(raw) > 2), name
    assert stored["nonce"] == row.nonce, "the nonce is random and belongs to the response alone"
    columns = {column.key: getattr(forgotten, column.key) for column in inspect(OneTimeCode).columns}
    silent = (None, Channel.unstated, Outcome.unstated, Timeliness.unstated, Respondent.unstated)
    known = {name for name, value in columns.items() if value not in silent}
    assert known == {"hash", "state", "period_id"}
