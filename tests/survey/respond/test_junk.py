"""Whatever is sent, a citizen's page answers in words, and only a whole form counts."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from survey.instrument.load import instrument
from survey.respond.forms import response_form
from survey.respond.intake import Counted
from tests.page import Page
from tests.survey.respond.office import Office

JUNK = {
    "long": "9" * 50_000,
    "NUL": "\0",
    "NUL inside": "4\x004",
    "right to left": "\u202e\u2066عربي\u2069",
    "combining": "e" + "\u0301" * 3000,
    "astral": "💥" * 500,
    "markup": '"><script>alert(1)</script>{{7*7}}%(x)s',
    "line ends": "4\r\nSet-Cookie: a=b",
    "lone half": "\ud800",
}
NAMES = ("code", "field", "OV", "ACC", "F2", "lang", "switch", "nobody")
NOT_UTF8 = b"\xff\xfe\x80"


def is_page(page: Page) -> None:
    page._checked(page.response.status_code)
    assert page.response.status_code < 500
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "<script>alert" not in page.response.text


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_in_any_field(page: Page, office: Office, junk: str) -> None:
    code = office.issue()
    raw = junk.encode("utf-8", "surrogatepass")
    for path in ("/rate", "/rate/send"):
        for name in NAMES:
            form = {"code": code, "ACC": "4", **({"OV": "4"} if path == "/rate" else {}), name: raw}
            page.response = page.client.post(path, data=urlencode(form), content_type=FORM)
            is_page(page)
    assert office.count() == 0


FORM = "application/x-www-form-urlencoded"
BODIES = {
    "not UTF-8": (b"code=" + NOT_UTF8 + b"&OV=" + NOT_UTF8 + b"&" + NOT_UTF8 + b"=1", FORM, 422),
    "half an escape": (b"code=%&OV=%F&%=%", FORM, 422),
    "nothing": (b"", FORM, 422),
    "no type": (b"code=1", "", 422),
    "another charset": ("code=１".encode("utf-16"), FORM + "; charset=utf-16", 422),
    "JSON list": (b"[1]", "application/json", 422),
    "JSON number as code": (b'{"code": 5}', "application/json", 422),
    "broken JSON": (b"{", "application/json", 422),
    "broken parts": (b"--q\r\nContent-Disposition: form-data; name", "multipart/form-data; boundary=q", 422),
    "no boundary": (b"x", "multipart/form-data", 422),
    "100,000 letters": (b"code=" + b"1" * 100_000, FORM, 413),
    "100,000 letters in the last field": (b"code=1&OV=" + b"4" * 100_000, FORM, 413),
    "thousands of fields": (b"&".join(b"a%d=1" % number for number in range(5000)), FORM, 422),
    "a large part": (
        b'--q\r\nContent-Disposition: form-data; name="OV"\r\n\r\n' + b"4" * 100_000 + b"\r\n--q--\r\n",
        "multipart/form-data; boundary=q",
        413,
    ),
}


@pytest.mark.parametrize(("body", "kind", "status"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", ["/rate", "/rate/send"])
def test_a_body_that_is_no_form(
    page: Page, office: Office, path: str, body: bytes, kind: str, status: int
) -> None:
    page.response = page.client.post(path, data=body, content_type=kind)
    is_page(page)
    assert page.response.status_code == status
    assert office.count() == 0


@pytest.mark.parametrize("lang", ["", "xx", "\0", "en" * 1000, "../../etc", "vi\r\nX: y"])
def test_junk_for_a_language(page: Page, lang: str) -> None:
    html = page.get("/rate?" + urlencode({"lang": lang}))
    assert html.html["lang"] == "vi"


def test_the_first_of_two_answers_is_meant_on_every_way(page: Page, office: Office) -> None:
    code = office.issue()
    page.response = page.client.post("/rate/send", data={"code": code, "OV": ["4", "1"]})
    is_page(page)
    row = office.received(code)
    assert row is not None
    assert row.answers[0] == "4"


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from([item.code for item in instrument("ptx-1").items] + ["field"]),
        st.one_of(st.sampled_from(["1", "2", "3", "4", "5", "x", "l", "y", ""]), st.text(max_size=3)),
    )
)
def test_the_form_and_the_intake_agree(page: Page, office: Office, sent: dict[str, str]) -> None:
    """What the form finds no fault with counts, and what it finds fault with does not."""
    kind = response_form(instrument("ptx-1"))
    app = page.client.application
    with app.test_request_context(method="POST", data=sent):
        form = kind()
        form.choosable = set(office.fields)
        valid = form.validate()
    code = office.issue()
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in sent.items()}
    assert (office.take(code, **clean) == Counted("tinh-thu")) == valid
