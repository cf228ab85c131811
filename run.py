#!/usr/bin/env python3
"""Makes the environment in `.venv` beside this file and runs Hai Long in it.

Needs Python alone: no pip, no make, no rights. Everything is written inside this folder, from the
hashed lock files; a second run starts at once, a damaged or copied environment is made again.
(Nothing here is newer than Python 3.8, so that an old one can still say what is missing.)
"""

from __future__ import annotations

import configparser
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: there, starting two installations at once is the user's own care
    fcntl = None

HELP = """\
usage: python3 run.py COMMAND [ARGUMENTS]

  demo [--port P]    makes a demo instance with real data and serves it
  test [ARGUMENTS]   runs the tests; the arguments go to pytest
  hailong ARGUMENTS  runs any command of the product, e.g. hailong --help
  install [--test]   only makes the environment, with the tests' tools where asked
"""
OLDEST = (3, 11)
PYTEST = ["-m", "pytest"]
PRODUCT = ["-P", "-m", "survey"]  # -P: a folder "survey" where the user stands is not meant
RUN_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"  # everything of the other one, too
LOCKS = {
    "demo": RUN_LOCK,
    "hailong": RUN_LOCK,
    "test": TEST_LOCK,
    "install": RUN_LOCK,
    "install --test": TEST_LOCK,
}
HOST = getattr(sys, "_base_executable", sys.executable)  # never the .venv that may be removed below
WHICH_PYTHON = "import sys; print(sys.version_info[:2], sys.base_prefix)"
NO_PIP = """\
this Python can neither put pip into an environment nor lend its own. Once, on Debian and Ubuntu:
  sudo apt-get install -y python3-venv"""
NOT_INSTALLED = """\
pip could not install; its words are above. The first run needs a way to the package index."""


def say(text: str) -> None:
    print(f"run.py: {text}", file=sys.stderr, flush=True)


def child_environment() -> dict[str, str]:
    """The caller's variables, without those that would bring in other packages or another place."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    pip = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
    return {**kept, **pip, "PYTHONUTF8": "1"}


def answer(*command: str) -> bytes | None:
    """What a command prints; None where it fails or is not there."""
    try:
        return subprocess.run(command, env=child_environment(), check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


class Environment:
    """The `.venv` of one checkout; its stamp, written last, tells which locks are wholly installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = str(self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        self.stamp = self.folder / "installed"

    def fingerprint(self, lock: str) -> str:
        """Changes with the lock, the project's own needs, the Python and the place."""
        setup = configparser.ConfigParser(interpolation=None)
        setup.read(self.root / "setup.cfg", encoding="utf-8")
        needs = [(name, sorted(setup[name].items())) for name in setup if name.startswith("options")]
        python = (platform.python_version(), sys.base_prefix)
        parts = (needs, (self.root / lock).read_bytes(), python, str(self.root))
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def ready(self, lock: str) -> bool:
        try:
            installed = self.stamp.read_text("ascii").split()
            return self.fingerprint(lock) in installed and Path(self.python).exists()
        except (FileNotFoundError, NotADirectoryError):
            return False

    def sound(self) -> bool:
        """Whether it can be built on: of this Python, made for this place, no package half there."""
        site = Path(sysconfig.get_path("purelib", "venv", {"base": str(self.folder)}))
        activate = Path(self.python).with_name("activate")
        return (
            answer(self.python, "-c", WHICH_PYTHON) == answer(HOST, "-c", WHICH_PYTHON)
            and activate.is_file()
            and str(self.folder) in activate.read_text("utf-8", errors="replace")
            and site.is_dir()
            and all((package / "RECORD").exists() for package in site.glob("*.dist-info"))
        )

    def pip(self) -> list[str] | None:
        """The environment's own pip, else the host's working on it, else none."""
        own = [self.python, "-m", "pip"]
        lent = [HOST, "-m", "pip", "--python", self.python]
        return next((pip for pip in (own, lent) if answer(*pip, "--version")), None)

    def make(self) -> list[str]:
        """Makes `.venv` anew and returns the pip to install with."""
        say(f"making .venv with Python {platform.python_version()}")
        for options in ([], ["--without-pip"]):  # Debian may lack ensurepip and still have pip
            self.remove()
            made = answer(HOST, "-m", "venv", *options, str(self.folder)) is not None
            pip = self.pip() if made else None
            if pip:
                return pip
        self.remove()
        raise SystemExit(f"run.py: {NO_PIP}")

    def remove(self) -> None:
        if self.folder.is_symlink() or self.folder.is_file():
            self.folder.unlink()
        elif self.folder.exists():
            shutil.rmtree(self.folder)

    def install(self, lock: str) -> None:
        """Leaves everything in the lock and the project itself in `.venv`, whatever was there before."""
        pip = self.pip() if self.sound() else None
        if not pip and os.path.lexists(self.folder):
            say(".venv is not whole, or not of this Python and this folder")
        pip = pip or self.make()
        self.stamp.unlink(missing_ok=True)
        complete = [RUN_LOCK, TEST_LOCK] if lock == TEST_LOCK else [RUN_LOCK]
        stamp = "\n".join(map(self.fingerprint, complete))  # of what is read now, not of an edit meanwhile
        say(f"installing what {lock} names (half a minute the first time, or what the network takes)")
        quiet = [*pip, "install", "--quiet", "--no-compile"]  # Python compiles what it uses, when it does
        run(*quiet, "--require-hashes", "--only-binary=:all:", "-r", str(self.root / lock))
        run(*quiet, "--no-deps", "--no-build-isolation", "--editable", str(self.root))
        self.stamp.write_text(stamp, "ascii")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits for another run that is installing: two at once would damage the environment."""
        with (self.root / "run.py").open("r+b") as held:
            if fcntl:
                os.set_inheritable(held.fileno(), True)  # a pip that outlives a killed run holds it, too
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    say("waiting for another run.py, which is installing")
                    fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def ensure(self, lock: str) -> None:
        if not self.ready(lock):
            with self.alone():
                if not self.ready(lock):  # the other run may have done it
                    self.install(lock)

    def hand_over(self, *arguments: str) -> int:
        """Becomes the environment's Python, so that Ctrl-C and the exit code are its own."""
        command = [self.python, *arguments]
        if os.name != "nt":
            os.execve(self.python, command, child_environment())
        return subprocess.call(command, env=child_environment())


def run(*command: str) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "close_fds": False}
    done = subprocess.run(command, env=child_environment(), **pipes)
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        raise SystemExit(f"run.py: {NOT_INSTALLED}")


def main(arguments: Sequence[str], environment: Environment) -> int:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0
    if command == "install":
        command = " ".join(arguments)
    if command not in LOCKS:
        print(HELP, end="", file=sys.stderr)
        return 2
    environment.ensure(LOCKS[command])
    if command.startswith("install"):
        return 0
    if command == "hailong":  # the files it is given are named from where the user stands
        return environment.hand_over(*PRODUCT, *rest)
    os.chdir(environment.root)
    return environment.hand_over(*(PYTEST if command == "test" else [*PRODUCT, "demo"]), *rest)


def guarded(arguments: Sequence[str]) -> int:
    """Every way to fail ends with one line that helps."""
    if sys.version_info < OLDEST:
        names = [f"python3.{minor}" for minor in range(20, 10, -1)]
        newer = next(filter(shutil.which, names), "one")
        say(f"Python 3.11 or newer is needed, this is {platform.python_version()}; call run.py with {newer}")
        return 1
    try:
        return main(arguments, Environment(Path(__file__).resolve().parent))
    except OSError as error:
        say(f"{error}. This folder and its .venv must be yours to write")
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next run goes on from here")
        return 130


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))
