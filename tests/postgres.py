"""A PostgreSQL server of the tests' own: started once a session, thrown away after it.

The server refuses to run as root. Then it alone runs as another user, in a folder of that user's; the tests
stay who they are. It listens on a socket in that folder only: no port to collide on, nobody else to get in.

    template = postgresql_server.create()              # an empty database; migrate it once, then
    url = postgresql_server.create(template=template)  # copies of it take some 30 ms each
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

PROGRAMS = ("initdb", "pg_ctl", "postgres")
MISSING = "PostgreSQL's server programs are not installed"
# Nothing here has to survive a power cut.
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
PORT = 5432  # only a part of the socket's name


@dataclass(frozen=True)
class Server:
    """A running server; `create` makes databases, `url` names them as SQLAlchemy wants it."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://tests@/{database}?host={self.folder}&port={PORT}"

    def create(self, *, template: str = "template1") -> str:
        """Makes a fresh database, a copy of another where `template` is its URL or name; returns its URL.

        Nobody may be connected to a template: dispose of the engine that filled it first.
        """
        name = f"fresh_{next(self._numbers)}"
        source = urlsplit(template).path.removeprefix("/") if "://" in template else template
        place = {"host": str(self.folder), "port": PORT, "user": "tests", "dbname": "postgres"}
        with psycopg.connect(**place, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return self.url(name)


def candidates() -> Iterator[Path]:
    """Folders that may hold the server's programs: Debian's newest first, then what PATH leads to."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    if program := shutil.which("pg_config"):
        told = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
        if told.returncode == 0:
            yield Path(told.stdout.strip())
    if program := shutil.which("pg_ctl"):
        yield Path(program).resolve().parent


def version(program: Path) -> str | None:
    """What a program says of itself, as "15.18"; None where it does not run or is another thing."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\(PostgreSQL\) (\S+)", told.stdout)
    return found[1] if told.returncode == 0 and found else None


def find_programs(folders: Iterable[Path]) -> Path | None:
    """The first folder whose three programs run and are of one version."""
    for folder in folders:
        versions = {version(folder / program) for program in PROGRAMS}
        if len(versions) == 1 and None not in versions:
            return folder
    return None


def other_user() -> dict[str, object]:
    """Who runs the server, for `subprocess.run`: another user where the tests run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on Windows, where this module still has to load

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


@contextmanager
def serving(programs: Path) -> Iterator[Server]:
    """A server from these programs, running until the block ends."""
    # In /tmp, whatever TMPDIR says: another user has to reach it, and a socket's path is at most 107 letters.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    log = folder / "log"
    user = other_user()

    def run(program: str, *arguments: str) -> None:
        with log.open("a") as output:  # never a pipe: the server would hold it open
            done = subprocess.run(
                [programs / program, "--pgdata", folder / "data", *arguments],
                cwd=folder,
                env={"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **user,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{log.read_text(errors='replace')}")

    try:
        if user:
            os.chown(folder, user["user"], user["group"])
        run("initdb", "--username=tests", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"{OPTIONS} -c unix_socket_directories={folder} -p {PORT}"
        run("pg_ctl", "start", "--wait", "--options", options)
        try:
            yield Server(folder)
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    programs = find_programs(candidates()) if os.name != "nt" else None
    if programs is None:
        pytest.skip(MISSING)
    with serving(programs) as server:
        yield server
