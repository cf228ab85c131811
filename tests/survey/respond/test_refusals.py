"""What a citizen reads where nothing is counted, and that nothing is."""

import logging

import pytest
from sqlalchemy import Connection
from sqlalchemy import event
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from survey.integrity.dayclose import close_day
from survey.respond import pages
from survey.store.columns import CodeState
from survey.web.headers import require_own_origin
from tests.page import Page
from tests.page import words
from tests.survey.respond.conftest import Says
from tests.survey.respond.office import Office

STATES = {
    "void": (CodeState.void, 410, "This code is no longer valid"),
    "used": (CodeState.used, 409, "This code was used before"),
}
FOREIGN = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://[", "Host": "localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]
OWN = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},  # a proxy ended the encryption
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("path", ["/rate", "/rate/send"])
def test_a_code_that_opens_nothing(
    page: Page, office: Office, lang: str, says: Says, state: str, path: str
) -> None:
    given, status, title = STATES[state]
    code = office.issue(state=given)
    html = page.post(f"{path}?lang={lang}", {"code": code, "OV": "4"}, status=status)
    assert words(html.h1) == says(title)
    assert html.find("a", href=f"/rate{'?lang=en' if lang == 'en' else ''}")
    assert code not in str(html)
    assert office.count() == 0


@pytest.mark.parametrize("path", ["/rate", "/rate/send"])
def test_a_closed_month(page: Page, office: Office, lang: str, says: Says, path: str) -> None:
    code = office.issue()
    office.close()
    html = page.post(f"{path}?lang={lang}", {"code": code, "OV": "4"}, status=410)
    assert words(html.h1) == says("This month is closed")
    assert office.code(code).state is CodeState.open


@pytest.mark.parametrize("path", ["/rate", "/rate/send"])
def test_a_month_that_is_not_open_yet(
    page: Page, office: Office, lang: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = office.issue()
    later = office.today.replace(year=office.today.year + 1, day=1)
    monkeypatch.setattr(pages.transaction, "today", lambda: later)
    html = page.post(f"{path}?lang={lang}", {"code": code, "OV": "4"}, status=409)
    closed = page.post(f"{path}?lang={lang}", {"code": "0" * 15}, status=422)
    assert words(html.h1) != words(closed.h1)
    if lang == "en":
        assert words(html.h1) == "This month is not open yet"
    assert office.code(code).state is CodeState.open


def test_a_used_code_after_its_day_was_closed(page: Page, office: Office) -> None:
    code = office.issue()
    page.post("/rate/send", {"code": code, "OV": "4"})
    close_day(office.database)
    page.post("/rate/send", {"code": code, "OV": "4"}, status=409)
    page.post("/rate", {"code": code}, status=409)
    assert office.count() == 0


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", ["/rate", "/rate/send"])
def test_a_foreign_form_is_refused(page: Page, office: Office, path: str, headers: dict[str, str]) -> None:
    code = office.issue()
    html = page.post(f"{path}?lang=en", {"code": code, "OV": "4"}, status=403, **headers)
    assert words(html.h1) == "This form came from another site"
    assert office.code(code).state is CodeState.open
    html = page.post(path, {"code": code, "OV": "4"}, status=403, **headers)
    assert html.html["lang"] == "vi"


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_an_own_form_is_not(page: Page, office: Office, headers: dict[str, str]) -> None:
    page.post("/rate/send", {"code": office.issue(), "OV": "4"}, **headers)
    assert office.count() == 1


def test_without_the_check_a_foreign_form_would_count(
    page: Page, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pages.require_own_origin is require_own_origin
    monkeypatch.setattr(pages, "require_own_origin", lambda: None)
    page.post("/rate/send", {"code": office.issue(), "OV": "4"}, Origin="https://elsewhere.example")
    assert office.count() == 1


def not_counted_yet(page: Page, path: str, data: dict[str, str], says: Says, lang: str) -> None:
    html = page.post(f"{path}?lang={lang}", data, status=503)
    assert words(html.h1) == says("Not counted yet")
    assert says("Thank you. Your rating is counted.") not in words(html)
    assert int(page.response.headers["Retry-After"]) >= 10
    assert page.response.headers["Cache-Control"] == "no-store"


ANSWERS = "42......-."


def send_without(table: str, page: Page, office: Office, says: Says, lang: str) -> str:
    """Send a rating while a table is missing; returns its code."""
    code = office.issue()
    with office.database.writing() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO lost"))
    not_counted_yet(page, "/rate/send", {"code": code, "OV": "4", "ACC": "2"}, says, lang)
    with office.database.writing() as session:
        session.execute(text(f"ALTER TABLE lost RENAME TO {table}"))
    return code


@pytest.mark.parametrize("table", ["received", "codes"])
def test_a_database_that_fails(
    page: Page, office: Office, lang: str, says: Says, table: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        code = send_without(table, page, office, says, lang)
    assert table in caplog.text, "the log names the trouble"
    for secret in (code, office.hash(code).hex(), repr(office.hash(code)), ANSWERS, "[parameters"):
        assert secret not in caplog.text
    assert office.whole(code)
    assert office.code(code).state is CodeState.open
    page.post("/rate/send", {"code": code, "OV": "4", "ACC": "2"})
    row = office.received(code)
    assert row is not None
    assert row.answers == ANSWERS


def test_a_database_that_cannot_be_read(page: Page, office: Office, lang: str, says: Says) -> None:
    code = office.issue()
    with office.database.writing() as session:
        session.execute(text("ALTER TABLE codes RENAME TO lost"))
    not_counted_yet(page, "/rate", {"code": code}, says, lang)


def test_a_commit_that_fails(page: Page, office: Office, lang: str, says: Says) -> None:
    code = office.issue()

    def fail(_: Connection) -> None:
        raise OperationalError("COMMIT", {}, OSError("disk full"))

    event.listen(office.database.engine, "commit", fail)
    not_counted_yet(page, "/rate/send", {"code": code, "OV": "4"}, says, lang)
    event.remove(office.database.engine, "commit", fail)
    assert office.count() == 0
    assert office.code(code).state is CodeState.open


def test_whatever_else_breaks(
    page: Page, office: Office, lang: str, says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pages, "take", fail)
    not_counted_yet(page, "/rate/send", {"code": office.issue(), "OV": "4"}, says, lang)
