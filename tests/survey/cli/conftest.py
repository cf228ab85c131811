"""The command line on an instance of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result
from sqlalchemy import select

from survey.cli.commands import main
from survey.settings import Settings
from survey.store.audit import AuditEntry
from survey.store.base import Database

AGENCIES = """\
code,parent,kind,name_vi,valid_from
tinh,,organisation,Tỉnh,2020-01-01
so,tinh,department,Sở,2020-01-01
quay-1,so,service_point,Quầy số 1,2020-01-01
"""
COUNTS = """\
period,agency,grade,mode,instrument,item,option,forms
2026-10,so,D,paper,ptx-1/1,OV,5,12
2026-10,so,D,paper,ptx-1/1,OV,2,8
"""

Hailong = Callable[..., Result]


@pytest.fixture
def hailong(settings: Settings) -> Hailong:
    """Runs `hailong …`; bad input says so on stderr and nothing on stdout, and no error is a traceback."""

    def run(*arguments: object, code: int = 0, home: Path = settings.home) -> Result:
        environment = {"HAILONG_HOME": str(home), "HAILONG_DATABASE": settings.database}
        result = CliRunner().invoke(main, [str(each) for each in arguments], env=environment)
        assert result.exit_code == code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert bool(result.stderr) is (code != 0)
        if code == 2:
            assert result.stdout == ""
        return result

    return run


@pytest.fixture
def log(database: Database) -> Callable[[], list[tuple[str, str, str]]]:
    """Who did what to what, in order."""

    def read() -> list[tuple[str, str, str]]:
        with database.reading() as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [(entry.staff, entry.act, entry.subject) for entry in entries]

    return read


@pytest.fixture
def sent(file: Callable[..., Path]) -> dict[str, Path]:
    """Files that the province sent."""
    texts = {"agencies": AGENCIES, "counts": COUNTS}
    return {name: file(text, f"{name}.csv") for name, text in texts.items()}


@pytest.fixture
def province(hailong: Hailong, sent: dict[str, Path]) -> Hailong:
    """A province with one office and an open month."""
    hailong("agencies", "import", sent["agencies"], "--by", "an")
    hailong("period", "open", "2026-10", "--by", "an")
    return hailong


@pytest.fixture
def closed(province: Hailong, sent: dict[str, Path]) -> Hailong:
    """Its month is counted and closed."""
    province("counts", "import", sent["counts"], "--by", "an")
    province("period", "close", "2026-10", "--by", "an")
    return province
