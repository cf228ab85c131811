"""Chromium for the tests that need eyes: the system's own, never downloaded, without a way to the network."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium is not installed"
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def find_browser(names: Iterable[str] = PROGRAMS) -> str | None:
    """The first that runs: Ubuntu's `chromium-browser` may be a note that the program is elsewhere."""
    for name in names:
        program = shutil.which(name)
        if program:
            told = subprocess.run([program, "--version"], capture_output=True, check=False)
            if told.returncode == 0:
                return program
    return None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.skip(MISSING)
    # Chromium has no sandbox for root.
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()
