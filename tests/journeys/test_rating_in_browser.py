"""A citizen with a cheap phone, in a real browser: with and without script, by finger and by keyboard."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from playwright.sync_api import Page
from playwright.sync_api import expect

from survey.settings import Settings
from survey.store.base import Database
from survey.store.codes import OneTimeCode
from survey.store.columns import CodeState
from survey.web.locale import LANGUAGES
from survey.web.locale import catalogue
from tests.survey.respond.office import Office
from tests.survey.respond.office import open_office

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
NARROW = {"viewport": {"width": 320, "height": 640}}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# A page that says what is wrong says so in its status, too, which a browser notes down.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
SMALLEST_TARGET = 48


@dataclass
class Visit:
    """A browser's page at the office, and what its console said."""

    page: Page
    address: str
    office: Office
    lang: str
    said: list[str] = field(default_factory=list)

    def open(self, path: str = "/rate", fragment: str = "") -> None:
        self.page.goto(f"{self.address}{path}{'?lang=en' if self.lang == 'en' else ''}{fragment}")

    def text(self, text: str) -> str:
        return text if self.lang == "en" else str(catalogue(self.lang)[text].string)

    def enter(self, code: str) -> None:
        self.page.locator("#code").fill(code)
        self.page.locator(".send").click()

    def choose(self, item: str, option: str) -> None:
        self.page.locator(f".choice:has(input[name={item}][value='{option}'])").click()

    def expect_counted(self) -> None:
        expect(self.page.locator("h1")).to_have_text(self.text("Thank you. Your rating is counted."))


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    return open_office(database, settings)


Open = Callable[..., "contextmanager[Visit]"]


@pytest.fixture
def visit(browser: Browser, address: str, office: Office) -> Open:
    @contextmanager
    def opened(lang: str = "vi", **options: object) -> Iterator[Visit]:
        with browser.new_context(locale="vi-VN", **{**PHONE, **options}) as context:
            page = context.new_page()
            page.set_default_timeout(5000)
            found = Visit(page, address, office, lang)
            page.on("console", lambda message: found.said.append(message.text))
            page.on("pageerror", lambda error: found.said.append(str(error)))
            yield found
            assert not context.cookies()

    return opened


def walk(visit: Visit) -> Iterator[str]:
    """Every page that a citizen can come to, by name."""
    page, office = visit.page, visit.office
    visit.open()
    yield "box"
    visit.enter("12345 67890")
    yield "wrong code"
    visit.enter(office.issue())
    yield "form"
    visit.choose("ACC", "2")
    visit.choose("F2", "l")
    page.locator(".send").click()
    yield "form with a mistake"
    visit.choose("OV", "5")
    yield "form filled in"
    page.locator(".send").click()
    visit.expect_counted()
    yield "thanks"
    visit.open()
    visit.enter(office.issue(state=CodeState.void))
    yield "refused"


@pytest.mark.parametrize("script", [False, True], ids=["no script", "script"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_rating_by_finger(visit: Open, lang: str, script: bool) -> None:
    with visit(lang, java_script_enabled=script) as one:
        code = one.office.issue()
        one.open()
        one.page.locator("#code").fill(code)
        one.page.locator(".send").tap()
        for item, option in (("OV", "4"), ("CIV", "5"), ("F1", "2")):
            one.page.locator(f".choice:has(input[name={item}][value='{option}'])").tap()
        one.page.locator(".send").tap()
        one.expect_counted()
        row = one.office.received(code)
        assert row is not None
        assert row.answers == "4..5..2.-."
        assert code not in one.page.url


@SQLITE
@pytest.mark.parametrize("script", [False, True], ids=["no script", "script"])
def test_a_rating_by_keyboard(visit: Open, script: bool) -> None:
    with visit(java_script_enabled=script) as one:
        code = one.office.issue()
        one.open()
        keyboard = one.page.keyboard

        def reach(selector: str) -> None:
            for _ in range(40):
                keyboard.press("Tab")
                if one.page.locator(f"{selector}:focus").count():
                    return
            raise AssertionError(f"{selector} cannot be reached")

        reach("#code")
        keyboard.type(code)
        keyboard.press("Enter")
        expect(one.page.locator("#OV")).to_be_visible()
        reach("input[name=OV]")
        keyboard.press("ArrowDown")  # the second, as the arrow also chooses
        second = one.page.locator("input[name=OV][value='4']")
        expect(second).to_be_checked()
        with one.page.expect_navigation():
            keyboard.press("Enter")
        expect(second).to_be_checked()  # the form again: sending is final, so Enter on an answer does not
        assert one.office.received(code) is None
        assert one.page.locator("html").get_attribute("lang") == "vi"
        reach("input[name=CIV]")
        keyboard.press("Space")
        reach(".send")
        keyboard.press("Enter")
        one.expect_counted()
        row = one.office.received(code)
        assert row is not None
        assert row.answers == "4..5....-."


@SQLITE
def test_a_mistake_is_in_sight_and_leads_to_its_question(visit: Open) -> None:
    with visit() as one:
        one.open()
        one.enter(one.office.issue())
        one.page.locator(".send").click()
        expect(one.page.locator(".summary")).to_be_in_viewport()
        expect(one.page.locator(".summary")).to_be_focused()
        one.page.locator(".summary a").click()
        expect(one.page.locator("#OV")).to_be_in_viewport()
        one.page.keyboard.press("Tab")
        assert one.page.locator("input[name=OV]:focus").count() == 1


@SQLITE
def test_the_code_of_a_slip_leaves_the_address(visit: Open) -> None:
    with visit() as one:
        for code in (one.office.issue(), one.office.issue()):  # a second slip read into the same page, too
            one.open(fragment=f"#{code}")
            expect(one.page.locator("#code")).to_have_value(code)
            assert one.page.url == f"{one.address}/rate"
        one.page.locator(".send").click()
        expect(one.page.locator("#OV")).to_be_visible()
    with visit(java_script_enabled=False) as one:
        one.open(fragment=f"#{code}")
        expect(one.page.locator("#code")).to_have_value("")
        one.enter(code)
        expect(one.page.locator("#OV")).to_be_visible()


@SQLITE
@pytest.mark.parametrize("fragment", ["#12345", "#main", "#1234567890123456", "#<b>", "#12345678901234x"])
def test_only_a_code_is_taken_from_the_address(visit: Open, fragment: str) -> None:
    with visit() as one:
        one.open(fragment=fragment)
        expect(one.page.locator("#code")).to_have_value("")


@SQLITE
def test_the_question_about_an_apology_waits_for_late(visit: Open) -> None:
    with visit(java_script_enabled=False) as one:
        one.open()
        one.enter(one.office.issue())
        expect(one.page.locator("#F3")).to_be_hidden()
        one.choose("F2", "l")
        expect(one.page.locator("#F3")).to_be_visible()
        one.choose("F2", "o")
        expect(one.page.locator("#F3")).to_be_hidden()


@SQLITE
def test_back_and_again_counts_once(visit: Open) -> None:
    with visit() as one:
        code = one.office.issue()
        one.open()
        one.enter(code)
        one.choose("OV", "5")
        one.page.locator(".send").dblclick()
        one.expect_counted()
        one.page.reload()
        one.expect_counted()
        assert one.office.count() == 1
        assert one.office.count(OneTimeCode) == 1


@SQLITE
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_everybody_can_use_every_page(visit: Open, lang: str, scheme: str) -> None:
    with visit(lang, color_scheme=scheme) as one:
        for name in walk(one):
            found = Axe().run(one.page, options={"runOnly": TAGS})
            assert not found.response["violations"], f"{name}: {found.generate_report()}"
        assert [text for text in one.said if not STATUS.match(text)] == []


@SQLITE
def test_a_page_that_shuts_somebody_out_would_be_found(visit: Open) -> None:
    with visit() as one:
        one.open()
        one.page.evaluate("document.querySelector('label').remove(); document.body.style.color = '#ddd'")
        found = Axe().run(one.page, options={"runOnly": TAGS})
        assert {each["id"] for each in found.response["violations"]} >= {"label", "color-contrast"}
        one.page.evaluate("document.body.appendChild(document.createElement('style')).textContent = 'p {}'")
        assert any("Content Security Policy" in text for text in one.said), "and so would a broken policy"


@SQLITE
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_fits_a_small_screen_and_a_thick_finger(visit: Open, lang: str) -> None:
    with visit(lang, **NARROW) as one:
        for name in walk(one):
            width = one.page.evaluate("document.documentElement.scrollWidth")
            assert width <= 320, f"{name} scrolls sideways"
            low = one.page.evaluate(
                """smallest => [...document.querySelectorAll('a, button, select, .code, .choice')]
                    .filter(each => each.getClientRects().length && !each.matches('.skip'))
                    .filter(each => each.getBoundingClientRect().height < smallest)
                    .map(each => each.outerHTML)""",
                SMALLEST_TARGET,
            )
            assert not low, f"{name}: {low}"


@SQLITE
def test_letters_twice_as_large_still_fit(visit: Open) -> None:
    with visit() as one:
        for name in walk(one):
            one.page.evaluate("document.documentElement.style.fontSize = '200%'")
            width = one.page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, f"{name} scrolls sideways"
