"""Published results in a real browser: readable for everybody, figures drawn, the policy kept."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from playwright.sync_api import expect

from survey.store.agencies import Agency
from survey.store.base import Database
from survey.store.columns import Channel
from survey.store.columns import Grade
from survey.store.columns import Outcome
from survey.store.columns import Timeliness
from survey.store.frames import FrameCell
from survey.store.frames import replace_frame
from tests.factories import agency
from tests.factories import period
from tests.factories import responses
from tests.journeys.test_rating_in_browser import TAGS
from tests.survey.publish.conftest import publish

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = (
    "/",
    "/?q=so",
    "/results/tinh/2026-10",
    "/results/tinh/2026-10/so-mot",
    "/results/tinh/2026-10/xa-it",
    "/results/tinh/2026-10/chart",
    "/results/tinh/2026-10/so-mot/chart",
    "/trust",
    "/results/nowhere",
)


def ended(month: int, office: Agency, dossiers: int) -> FrameCell:
    return FrameCell(
        period_id=month,
        agency_id=office.id,
        field="",
        channel=Channel.unstated,
        outcome=Outcome.unstated,
        timeliness=Timeliness.unstated,
        dossiers=dossiers,
    )


@pytest.fixture
def province(database: Database) -> None:
    """Two months of two offices, one of them with forms of two grades, and one with too few forms."""
    with database.writing() as session:
        root = agency(session, "tinh", vi="Tỉnh Thử", en="Trial Province")
        one = agency(session, "so-mot", parent=root, vi="Sở Một", en="Department One")
        two = agency(session, "so-hai", parent=root, vi="Sở Hai", en="Department Two")
        few = agency(session, "xa-it", parent=root, vi="Xã Ít Phiếu", en="Commune Few")
        for label in ("2026-09", "2026-10"):
            responses(session, one, {"554545": 30, "4x4.44": 8, "2": 2}, label=label)
            responses(session, one, {"5": 12}, label=label, grade=Grade.C)
            responses(session, two, {"555555": 15}, label=label)
            if label == "2026-10":
                responses(session, few, {"5": 9}, label=label)
            month = period(session, root, label).id
            replace_frame(session, month, [ended(month, one, 400), ended(month, two, 120)])
            publish(session, root, label)


@pytest.mark.usefixtures("province")
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_can_be_read_by_everybody(browser: Browser, address: str, lang: str, scheme: str) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme) as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for path in PAGES:
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{path} scrolls sideways"
        assert [text for text in said if "404" not in text] == []
        assert not context.cookies()


@pytest.mark.usefixtures("province")
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_chart_is_drawn_and_its_table_says_the_same(browser: Browser, address: str) -> None:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{address}/results/tinh/2026-10/chart")
        expect(page.locator("#chart .main-svg").first).to_be_visible()
        assert page.locator("#chart .point").count() == page.locator("tbody tr").count() == 2
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/results/tinh/2026-10/chart")
        assert page.locator("#chart .main-svg").count() == 0
        assert page.locator("tbody tr").count() == 2
