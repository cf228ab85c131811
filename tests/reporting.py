"""Nothing is skipped in silence: the run ends with what was skipped, why, and how many.

With CI set, a skipped test is a failed one, unless its reason begins with "absent by choice:". So a machine
on which everything is to be tested cannot pass by lacking a part.
"""

import os
from collections import Counter
from collections.abc import Generator

import pytest

BY_CHOICE = "absent by choice:"
NOT_ALLOWED = "skipped, which CI does not allow: "
Report = pytest.TestReport | pytest.CollectReport


def reason(report: Report) -> str | None:
    """Why a test or a file was skipped; None where it was not."""
    if isinstance(report.longrepr, tuple):  # pytest's form of a skip: path, line, "Skipped: reason"
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    if isinstance(report.longrepr, str) and report.longrepr.startswith(NOT_ALLOWED):
        return report.longrepr.removeprefix(NOT_ALLOWED)
    return None


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


def refuse(report: Report) -> None:
    """Turns a skip into a failure where CI runs."""
    why = reason(report) if report.skipped and not hasattr(report, "wasxfail") else None
    if why is not None and in_ci() and not why.startswith(BY_CHOICE):
        report.outcome = "failed"
        report.longrepr = NOT_ALLOWED + why


def pytest_configure(config: pytest.Config) -> None:
    if in_ci():  # a file that skips itself must not hide what the others say
        config.option.continue_on_collection_errors = True


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after pytest's own, which tells an expected failure
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    refuse(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after pytest's own, which tells an expected failure
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    refuse(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    groups: Counter[tuple[str, str]] = Counter()
    for kind in ("skipped", "failed", "error"):
        for report in terminalreporter.getreports(kind):
            if (why := reason(report)) is not None:
                groups[why, "file" if report.when == "collect" else "test"] += 1
    if groups:
        terminalreporter.section("skipped")
    for (why, what), number in groups.most_common():
        terminalreporter.line(f"skipped: {why} — {number} {what}{'s' if number > 1 else ''}")
