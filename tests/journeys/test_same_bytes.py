"""The same responses give the same bytes from SQLite and from PostgreSQL."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from survey.demo.instance import make_demo
from survey.settings import Settings
from survey.store.base import Database
from survey.store.releases import Release
from survey.store.releases import ReleaseFile
from tests.postgres import Server


def files(database: Database) -> dict[tuple[str, str, str], str]:
    """Hash of every file of every release, by organisation, period and name."""
    with database.reading() as session:
        rows = session.execute(
            select(Release.organisation, Release.period, ReleaseFile.name, ReleaseFile.content).join(
                ReleaseFile, ReleaseFile.release_id == Release.id
            )
        )
        return {
            (root, label, name): hashlib.sha256(content).hexdigest() for root, label, name, content in rows
        }


@pytest.mark.postgresql
def test_both_databases_publish_the_same_bytes(
    migrated_sqlite: Path, migrated_postgresql: str, postgresql_server: Server, tmp_path: Path
) -> None:
    today = date(2026, 11, 23)
    published = []
    for name, url in (("sqlite", ""), ("postgresql", postgresql_server.create(template=migrated_postgresql))):
        home = tmp_path / name
        home.mkdir()
        if not url:
            shutil.copy(migrated_sqlite, home / "hailong.sqlite")
        database = make_demo(Settings(home=home, database=url), today, lambda _: None)
        published.append(files(database))
        database.dispose()
    sqlite, postgresql = published
    assert len(sqlite) == 2 * (18 + 1 + 6)
    assert sqlite == postgresql
