"""run.py: what it says, which environments it trusts, how it mends them. Without network and pip."""

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
assert spec is not None
assert spec.loader is not None
run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="absent by choice: the imitations are shell scripts")
PRODUCT = """
import os, sys
print(sys.argv[1:], os.getcwd(), sys.flags.utf8_mode, os.environ.get("PYTHONPATH"))
sys.exit(7)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a space in its name, and in it what run.py reads."""
    root = tmp_path / "new comer"
    root.mkdir()
    for name in ("run.py", "setup.cfg", run.RUN_LOCK, run.TEST_LOCK):
        shutil.copy(ROOT / name, root)
    (root / "survey").mkdir()
    (root / "survey" / "__main__.py").write_text(PRODUCT)
    return root


@pytest.fixture
def environment(checkout: Path) -> run.Environment:
    """A sound `.venv`, but without pip, and nothing installed in it."""
    environment = run.Environment(checkout)
    venv.create(environment.folder, with_pip=False, symlinks=True)
    return environment


def site(environment: run.Environment) -> Path:
    return next(environment.folder.glob("lib/python3*/site-packages"))


def host(folder: Path, *, ensurepip: bool, pip: bool) -> str:
    """An imitation of a system's Python: with or without what Debian packs separately."""
    script = folder / "host"
    script.write_text(
        f"""#!/bin/sh
case "$*" in
  *"--without-pip"*) exec '{run.HOST}' "$@" ;;
  *"-m venv"*) '{run.HOST}' -m venv --without-pip "$3"; exit {0 if ensurepip else 1} ;;
  *"-m pip"*) echo pip; exit {0 if pip else 1} ;;
  *) exec '{run.HOST}' "$@" ;;
esac
"""
    )
    script.chmod(0o755)
    return str(script)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What pip was asked for; it does as if it had done it."""
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(run, "run", lambda *command: commands.append(command))
    monkeypatch.setattr(run.Environment, "pip", lambda _: ["pip"])
    return commands


@pytest.mark.parametrize("arguments", [[], ["bogus"], ["install", "--tset"], ["install", "--test", "more"]])
def test_what_it_does_not_know_it_answers_with_help(
    arguments: list[str], checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(arguments, run.Environment(checkout)) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "demo [--port P]" in output.err
    assert not (checkout / ".venv").exists()


def test_help_is_no_error(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--help"], run.Environment(checkout)) == 0
    assert "test [ARGUMENTS]" in capsys.readouterr().out


def test_an_old_python_is_told_which_to_take(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ast.parse((ROOT / "run.py").read_text("utf-8"), feature_version=(3, 8))
    monkeypatch.setattr(run, "OLDEST", (99,))
    assert run.guarded(["demo"]) == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_a_fresh_environment_is_sound(environment: run.Environment) -> None:
    assert environment.sound()


def dangle(environment: run.Environment) -> None:
    Path(environment.python).unlink()
    Path(environment.python).symlink_to("/nowhere/python3")


def exchange(environment: run.Environment) -> None:
    """Another Python than the one that runs run.py."""
    Path(environment.python).unlink()
    Path(environment.python).write_text("#!/bin/sh\necho '(3, 8) /usr'\n")
    Path(environment.python).chmod(0o755)


def copy(environment: run.Environment) -> None:
    """As if it came from another checkout: its scripts still lead there."""
    activate = environment.folder / "bin" / "activate"
    activate.write_text(activate.read_text().replace("new comer", "old home"))


def halve(environment: run.Environment) -> None:
    """A package that was being installed when the power went."""
    (site(environment) / "scipy-1.17.1.dist-info").mkdir()


def never_finish(environment: run.Environment) -> None:
    (environment.folder / "bin" / "activate").unlink()


def empty(environment: run.Environment) -> None:
    shutil.rmtree(site(environment))


@pytest.mark.parametrize("damage", [dangle, exchange, copy, halve, never_finish, empty, shutil.rmtree])
def test_a_damaged_environment_is_made_again(
    damage: Callable[[run.Environment], None],
    environment: run.Environment,
    installed: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (environment.folder / "old").touch()
    damage(environment.folder if damage is shutil.rmtree else environment)
    assert not environment.sound()
    monkeypatch.setattr(run, "HOST", host(tmp_path, ensurepip=True, pip=False))
    environment.ensure(run.RUN_LOCK)
    assert environment.sound()
    assert environment.ready(run.RUN_LOCK)
    assert not (environment.folder / "old").exists()


def test_a_sound_environment_is_kept_and_completed(
    environment: run.Environment, installed: list[tuple[str, ...]]
) -> None:
    (environment.folder / "old").touch()
    environment.ensure(run.RUN_LOCK)
    assert (environment.folder / "old").exists()
    locked, project = installed
    assert "--require-hashes" in locked
    assert locked[-1] == str(environment.root / run.RUN_LOCK)
    assert project[-2:] == ("--editable", str(environment.root))


def test_a_symlink_is_replaced_and_its_target_left_alone(environment: run.Environment) -> None:
    moved = environment.folder.rename(environment.root / "elsewhere")
    environment.folder.symlink_to(moved)
    environment.remove()
    assert not environment.folder.is_symlink()
    assert (moved / "pyvenv.cfg").exists()


def test_where_ensurepip_is_missing_the_hosts_pip_is_lent(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "HOST", host(tmp_path, ensurepip=False, pip=True))
    environment = run.Environment(checkout)
    assert environment.make() == [run.HOST, "-m", "pip", "--python", environment.python]
    assert environment.sound()


def test_without_any_pip_it_names_the_one_line_that_helps_and_leaves_nothing(
    environment: run.Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "HOST", host(tmp_path, ensurepip=False, pip=False))
    with pytest.raises(SystemExit, match="sudo apt-get install -y python3-venv"):
        environment.ensure(run.RUN_LOCK)
    assert not environment.folder.exists()


def test_the_tests_environment_serves_the_product_but_not_the_other_way_round(
    environment: run.Environment, installed: list[tuple[str, ...]]
) -> None:
    environment.ensure(run.RUN_LOCK)
    assert environment.ready(run.RUN_LOCK)
    assert not environment.ready(run.TEST_LOCK)
    environment.ensure(run.TEST_LOCK)
    assert environment.ready(run.RUN_LOCK)
    assert environment.ready(run.TEST_LOCK)
    number = len(installed)
    environment.ensure(run.RUN_LOCK)
    assert len(installed) == number


@pytest.mark.parametrize(
    ("name", "old", "new", "still"),
    [
        (run.RUN_LOCK, "flask==", "flask==9", False),
        ("setup.cfg", "[options]\n", "[options]\nzip_safe = False\n", False),
        ("setup.cfg", "[tool:pytest]\n", "[tool:pytest]\nlog_cli = True\n", True),
    ],
)
def test_it_installs_again_when_what_it_needs_has_changed(
    name: str, old: str, new: str, still: bool, environment: run.Environment, installed: list[tuple[str, ...]]
) -> None:
    environment.ensure(run.RUN_LOCK)
    path = environment.root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert environment.ready(run.RUN_LOCK) is still


@pytest.mark.parametrize("attribute", ["python_version", "base_prefix"])
def test_another_python_is_not_ready(
    attribute: str,
    environment: run.Environment,
    installed: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment.ensure(run.RUN_LOCK)
    if attribute == "python_version":
        monkeypatch.setattr(run.platform, attribute, lambda: "3.99.0")
    else:
        monkeypatch.setattr(run.sys, attribute, "/opt/other")
    assert not environment.ready(run.RUN_LOCK)


def test_a_copied_or_dangling_environment_is_not_ready(
    environment: run.Environment, installed: list[tuple[str, ...]], tmp_path: Path
) -> None:
    environment.ensure(run.RUN_LOCK)
    copied = shutil.copytree(environment.root, tmp_path / "copy", symlinks=True)
    assert not run.Environment(copied).ready(run.RUN_LOCK)
    dangle(environment)
    assert not environment.ready(run.RUN_LOCK)


def test_an_installation_that_breaks_off_leaves_no_stamp(
    environment: run.Environment, installed: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.ensure(run.RUN_LOCK)

    def break_off(*_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "run", break_off)
    with pytest.raises(KeyboardInterrupt):
        environment.install(run.RUN_LOCK)
    assert not environment.ready(run.RUN_LOCK)


def test_when_pip_fails_its_words_are_shown(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    run.run("sh", "-c", "echo all is well")
    with pytest.raises(SystemExit, match="pip could not install"):
        run.run("sh", "-c", "echo no such package >&2; exit 1")
    output = capfdbinary.readouterr()
    assert output.err == b"no such package\n"
    assert output.out == b""


@pytest.mark.parametrize("locks", [True, False], ids=["with flock", "without"])
def test_a_second_run_waits_for_the_first(
    locks: bool, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not locks:
        monkeypatch.setattr(run, "fcntl", None)
    entered = threading.Event()

    def second() -> None:
        with run.Environment(checkout).alone():
            entered.set()

    thread = threading.Thread(target=second)
    with run.Environment(checkout).alone():
        thread.start()
        assert entered.wait(0.2) is not locks
    thread.join()
    assert entered.is_set()


def test_what_the_first_run_installed_the_second_does_not_install_again(
    environment: run.Environment, installed: list[tuple[str, ...]]
) -> None:
    second = threading.Thread(target=environment.ensure, args=[run.RUN_LOCK])
    with environment.alone():
        second.start()
        time.sleep(0.1)  # it has seen that nothing is ready, and waits
        environment.install(run.RUN_LOCK)
    second.join()
    assert len(installed) == 2


def test_a_pip_that_outlives_a_killed_run_still_keeps_others_waiting(checkout: Path) -> None:
    program = (
        "import run, pathlib\n"
        "with run.Environment(pathlib.Path.cwd()).alone():\n"
        "    run.run('sh', '-c', 'touch begun; sleep 0.5; touch done')\n"
    )
    first = subprocess.Popen([sys.executable, "-c", program], cwd=checkout)
    while not (checkout / "begun").exists():
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    assert not (checkout / "done").exists()
    with run.Environment(checkout).alone():
        assert (checkout / "done").exists()


@pytest.mark.parametrize(("command", "stays"), [(["demo"], False), (["hailong", "demo"], True)])
def test_a_ready_environment_runs_at_once_and_its_exit_code_passes(
    command: list[str], stays: bool, environment: run.Environment, tmp_path: Path
) -> None:
    environment.stamp.write_text(environment.fingerprint(run.RUN_LOCK))
    (site(environment) / "product.pth").write_text(str(environment.root))
    (tmp_path / "survey").mkdir()
    (tmp_path / "survey" / "__main__.py").write_text("raise SystemExit('the wrong survey')")
    done = subprocess.run(
        [sys.executable, environment.root / "run.py", *command, "--port", "1"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "0", "PYTHONPATH": "/opt/other"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (7, "")
    where = tmp_path if stays else environment.root
    assert done.stdout == f"['demo', '--port', '1'] {where} 1 None\n"
