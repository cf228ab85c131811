from tests.page import Page


def test_an_empty_instance_says_that_nothing_is_published(page: Page) -> None:
    page.get("/")
    page.get("/?lang=en")
    assert "Nothing has been published yet." in page.text("/?lang=en")
    page.get("/results/nowhere/2026-11", status=404)
