"""The system's Chromium shows a page to the tests, and reaches this machine alone."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error

from tests.browser import find_browser

PAGE = '<!doctype html><html lang="vi"><title>Trang thử</title><h1>Hài lòng</h1>'


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.browser
def test_it_shows_a_page_of_this_machine_and_finds_no_other(browser: Browser, port: int) -> None:
    with browser.new_context(locale="vi-VN") as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        assert page.locator("h1").inner_text() == "Hài lòng"
        assert page.evaluate("navigator.language") == "vi-VN"
        # Chromium leads every name under localhost here, unless it is told to look up none.
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(f"http://elsewhere.localhost:{port}/")


@pytest.mark.skipif(os.name == "nt", reason="absent by choice: the imitations are shell scripts")
def test_a_mere_name_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, code in (("chromium-browser", 1), ("google-chrome", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == str(tmp_path / "google-chrome")
    (tmp_path / "google-chrome").unlink()
    assert find_browser() is None
