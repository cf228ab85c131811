"""A citizen's way through the pages, without script or cookie, in both languages and on both databases."""

import pytest
from bs4 import BeautifulSoup

from survey.instrument.load import instrument
from survey.integrity.onetime import printed_code
from survey.store.agencies import Agency
from survey.store.codes import OneTimeCode
from survey.store.columns import CodeState
from tests.page import Page
from tests.page import words
from tests.survey.respond.conftest import Says
from tests.survey.respond.office import Office

FORM = instrument("ptx-1")


def opened(page: Page, code: str, lang: str = "vi") -> BeautifulSoup:
    """The questionnaire of a code, by way of the box for it."""
    return page.submit(page.get(f"/rate?lang={lang}"), {"code": code})


def checked(html: BeautifulSoup) -> dict[str, str]:
    return {tag["name"]: tag["value"] for tag in html.select("input[type=radio][checked]")}


def test_from_the_slip_to_thanks(page: Page, office: Office, lang: str, says: Says) -> None:
    code = office.issue()
    form = opened(page, printed_code(code), lang)
    assert form.html["lang"] == lang
    name = {"vi": "Sở Thử", "en": "Trial Office"}[lang]
    assert name in words(form.select_one(".about"))
    assert "Quầy quay-1" in words(form)
    thanks = page.submit(form, {"OV": "5", "ACC": "2", "FBK": "x", "F4": "r", "field": "dat-dai"})
    assert thanks.html["lang"] == lang
    assert says("Thank you. Your rating is counted.") in words(thanks)
    row = office.received(code)
    assert row is not None
    assert row.answers == "52...x..-r"
    assert row.field_id == office.fields["dat-dai"]


def test_every_question_is_there_and_nothing_is_chosen(page: Page, office: Office, lang: str) -> None:
    form = opened(page, office.issue(), lang)
    groups = form.select("fieldset")
    assert [group["id"] for group in groups] == [item.code for item in FORM.items]
    for group, item in zip(groups, FORM.items, strict=True):
        assert group.legend.text.strip().startswith(FORM.question(item.code, lang))
        radios = group.select("input[type=radio]")
        assert [radio["value"] for radio in radios] == [option.code for option in item.scale.options]
        assert [words(radio.parent) for radio in radios] == [
            option.label.in_language(lang) for option in item.scale.options
        ]
        assert {radio["name"] for radio in radios} == {item.code}
    assert not form.select("[checked], option[selected]")
    assert form.find("option")["value"] == ""


def test_sent_again_it_was_counted_before(page: Page, office: Office, lang: str, says: Says) -> None:
    form = opened(page, office.issue(), lang)
    before = says("It had been counted already, once. Sending it again changed nothing.")
    assert before not in words(page.submit(form, {"OV": "5"}))
    assert before in words(page.submit(form, {"OV": "5"}))
    assert office.count() == 1


def test_a_wrong_code_stays_in_the_box(page: Page, office: Office, lang: str, says: Says) -> None:
    box = page.get(f"/rate?lang={lang}")
    assert not box.select("[aria-invalid], .error")
    typed = "12345 67890 1234"
    html = page.submit(box, {"code": typed}, status=422)
    field = html.find(id="code")
    assert field["value"] == typed
    assert field["aria-invalid"] == "true"
    mistake = html.find(id=field["aria-describedby"].split()[0])
    assert says("This code is not known. Please check the 15 digits on your slip.") in words(mistake)
    assert html.title.text.startswith(says("Mistake"))
    assert page.submit(html, {"code": office.issue()}).find("fieldset")


def test_a_missing_answer_keeps_the_others(page: Page, office: Office, lang: str, says: Says) -> None:
    code = office.issue()
    answers = {"ACC": "2", "F2": "l", "F3": "n", "field": "ho-tich"}
    html = page.submit(opened(page, code, lang), answers, status=422)
    assert checked(html) == {"ACC": "2", "F2": "l", "F3": "n"}
    assert html.select_one("#field option[selected]")["value"] == "ho-tich"
    summary = html.select_one(".summary[role=alert]")
    assert summary.find("a")["href"] == "#OV"
    assert words(summary.find("a")) == FORM.item("OV").text.in_language(lang)
    group = html.find(id="OV")
    note = html.find(id=group["aria-describedby"])
    assert words(note).endswith(says("Please choose one answer here. Nothing was counted yet."))
    assert html.title.text.startswith(says("Mistake"))
    assert len(html.select(".error")) == 1
    assert office.code(code).state is CodeState.open
    assert says("Thank you. Your rating is counted.") in words(page.submit(html, {"OV": "1"}))
    row = office.received(code)
    assert row is not None
    assert FORM.decode(row.answers) == {"OV": "1", "ACC": "2", "F2": "l", "F3": "n"}


@pytest.mark.parametrize(("name", "value"), [("ACC", "9"), ("OV", "x"), ("F2", "?"), ("field", "thuế")])
def test_what_was_not_to_be_chosen_is_named(
    page: Page, office: Office, lang: str, says: Says, name: str, value: str
) -> None:
    code = office.issue()
    html = page.submit(opened(page, code, lang), {"OV": "4", "CIV": "3", name: value}, status=422)
    kept = checked(html)
    assert kept["CIV"] == "3"
    assert name not in kept
    assert html.select_one(".summary a")["href"] == f"#{name}"
    note = html.find(id=html.find(id=name)["aria-describedby"])
    assert words(note).endswith(says("Please choose one of the answers shown."))
    assert office.code(code).state is CodeState.open


def test_another_language_keeps_answers_and_code(page: Page, office: Office) -> None:
    code = office.issue()
    answers = {"OV": "4", "F2": "l", "field": "dat-dai"}
    english = page.submit(opened(page, code), answers, press=".switch")
    assert english.html["lang"] == "en"
    assert not english.select(".error"), "to change the language is no attempt to send"
    assert checked(english) == {"OV": "4", "F2": "l"}
    assert english.select_one("#field option[selected]")["value"] == "dat-dai"
    vietnamese = page.submit(english, {"ACC": "1"}, press=".switch")
    assert vietnamese.html["lang"] == "vi"
    assert checked(vietnamese) == {"OV": "4", "ACC": "1", "F2": "l"}
    assert office.count() == 0
    page.submit(page.submit(vietnamese, {}, press=".switch"), {})
    row = office.received(code)
    assert row is not None
    assert FORM.decode(row.answers) == {"OV": "4", "ACC": "1", "F2": "l"}


def test_enter_on_an_answer_sends_nothing(page: Page, office: Office, lang: str) -> None:
    """A browser presses the form's first button, wherever and however it stands; sending is final."""
    html = opened(page, office.issue(), lang)
    first = html.select("button[form=rating], form#rating button")[0]
    assert first.has_attr("hidden")
    again = page.submit(html, {"OV": "4", "ACC": "2"}, press="button[hidden]")
    assert checked(again) == {"OV": "4", "ACC": "2"}
    assert again.html["lang"] == lang
    assert office.count() == 0


def test_the_code_is_never_in_an_address(page: Page, office: Office, lang: str) -> None:
    code = office.issue()
    pages = [page.get(f"/rate?lang={lang}"), page.get(f"/rate?lang={lang}&code={code}")]
    assert code not in str(pages[1]), "nor is it taken from there"
    pages.append(opened(page, code, lang))
    pages.append(page.submit(pages[-1], {}, status=422))
    pages.append(page.submit(pages[-1], {"OV": "4"}))
    for html in pages:
        for tag in html.find_all(True):
            for name in ("action", "formaction", "href", "src"):
                assert code not in str(tag.get(name, ""))
        if html.find("form"):
            assert html.find("form")["method"] == "post"
    assert code in str(pages[2]), "it goes on in the form itself"
    assert code not in str(pages[-1])
    assert page.response.request.query_string in (b"", b"lang=en")


def test_nothing_is_kept_by_caches(page: Page, office: Office) -> None:
    page.get("/rate")
    assert page.response.headers["Cache-Control"] == "no-store"
    form = opened(page, office.issue())
    assert page.response.headers["Cache-Control"] == "no-store"
    for status, answers in ((422, {}), (200, {"OV": "4"}), (409, {"OV": "1"})):
        page.submit(form, answers, status=status)
        assert page.response.headers["Cache-Control"] == "no-store"


def test_a_listed_dossier_says_its_field_and_asks_none(page: Page, office: Office, lang: str) -> None:
    code = office.issue(field_id=office.fields["dat-dai"], service_point_id=None, period_id=office.period)
    html = opened(page, code, lang)
    assert {"vi": "Đất đai", "en": "Land"}[lang] in words(html.select_one(".about"))
    assert not html.find("select")
    page.submit(html, {"OV": "4"})
    assert office.code(code).state is CodeState.used


def test_the_office_s_notice_stands_on_the_form(page: Page, office: Office, lang: str) -> None:
    with office.database.writing() as session:
        root = session.get_one(Agency, office.root)
        root.notice_vi, root.notice_en = "Số liệu thử", "Trial data"
    assert {"vi": "Số liệu thử", "en": "Trial data"}[lang] in words(opened(page, office.issue(), lang))


def test_reading_the_form_redeems_nothing(page: Page, office: Office) -> None:
    code = office.issue()
    for _ in range(3):
        opened(page, code)
    assert office.code(code).state is CodeState.open
    assert office.count(OneTimeCode) == 1
