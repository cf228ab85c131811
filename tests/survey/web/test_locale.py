from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask import render_template_string
from flask import url_for

from survey import paths
from survey.web import locale
from survey.web.locale import gettext
from survey.web.locale import in_language
from survey.web.locale import language
from survey.web.locale import ngettext
from survey.web.locale import set_up_languages

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Office"
msgstr "Cơ quan"

msgid "Page %(number)s"
msgstr "Trang %(number)s"

msgid "%(num)d form"
msgid_plural "%(num)d forms"
msgstr[0] "%(num)d phiếu"

msgid "Untranslated"
msgstr ""
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application of its own with a small catalogue."""
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PO, encoding="utf-8")
    monkeypatch.setattr(paths, "TRANSLATIONS", tmp_path)
    forget()
    app = Flask("locale", static_folder=str(tmp_path), static_url_path="/static")
    set_up_languages(app)
    app.add_url_rule("/office/<code>", "office", view_func=lambda code: answer())
    return app


def forget() -> None:
    locale.catalogue.cache_clear()
    locale._translations.cache_clear()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    forget()


def answer() -> str:
    links = url_for("office", code="so"), url_for("static", filename="a.css")
    return "|".join((language(), gettext("Office"), gettext("Page %(number)s", number=3), *links))


VIETNAMESE = "vi|Cơ quan|Trang 3|/office/so|/static/a.css"
ENGLISH = "en|Office|Page 3|/office/so?lang=en|/static/a.css"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", VIETNAMESE),
        ("?lang=vi", VIETNAMESE),
        ("?lang=en", ENGLISH),
        ("?lang=fr", VIETNAMESE),
        ("?lang=EN", VIETNAMESE),
        ("?lang=", VIETNAMESE),
        ("?lang=en&lang=vi", ENGLISH),
        ("?language=en", VIETNAMESE),
    ],
)
def test_the_address_alone_chooses_the_language(app: Flask, query: str, expected: str) -> None:
    client = app.test_client()
    client.set_cookie("lang", "en")
    headers = {"Accept-Language": "en"}
    assert client.get(f"/office/so{query}", headers=headers).text == expected
    assert client.get("/office/so", headers=headers).text == VIETNAMESE, "nothing is remembered"


def test_a_link_may_name_another_language(app: Flask) -> None:
    with app.test_request_context("/office/so?lang=en"):
        app.preprocess_request()
        assert url_for("office", code="so", lang="vi") == "/office/so?lang=vi"


def test_outside_a_request_it_is_vietnamese(app: Flask) -> None:
    assert language() == "vi"
    assert gettext("Office") == "Cơ quan"


def test_what_has_no_translation_stays_english(app: Flask) -> None:
    assert gettext("Untranslated") == "Untranslated"
    assert gettext("Nowhere") == "Nowhere"


@pytest.mark.parametrize(
    ("query", "one", "many"), [("", "1 phiếu", "2 phiếu"), ("?lang=en", "1 form", "2 forms")]
)
def test_plurals(app: Flask, query: str, one: str, many: str) -> None:
    with app.test_request_context(f"/{query}"):
        app.preprocess_request()
        assert ngettext("%(num)d form", "%(num)d forms", 1) == one
        assert ngettext("%(num)d form", "%(num)d forms", 2) == many
        template = "{{ ngettext('%(num)d form', '%(num)d forms', n) }}"
        assert render_template_string(template, n=2) == many


def test_templates_escape_what_is_filled_in(app: Flask) -> None:
    with app.test_request_context("/"):
        app.preprocess_request()
        template = "{{ _('Page %(number)s', number='<b>') }}"
        text = render_template_string("{% autoescape true %}" + template + "{% endautoescape %}")
        assert text == "Trang &lt;b&gt;"


@pytest.mark.parametrize(
    ("names", "vi", "en"),
    [
        ({"vi": "Sở", "en": "Office"}, "Sở", "Office"),
        ({"vi": "Sở"}, "Sở", "Sở"),
        ({"mwt": "Xở"}, "Xở", "Xở"),
        ({"vi": "", "en": "Office"}, "Office", "Office"),
        ({}, "", ""),
    ],
)
def test_a_name_falls_back_to_vietnamese_and_then_to_any(
    app: Flask, names: dict[str, str], vi: str, en: str
) -> None:
    for query, expected in (("", vi), ("?lang=en", en)):
        with app.test_request_context(f"/{query}"):
            app.preprocess_request()
            assert in_language(names) == expected
