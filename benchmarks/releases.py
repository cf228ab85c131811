"""How long, and with how much memory, months are closed and built."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.province import fill
from survey.keys import make_keys
from survey.store.base import Database
from survey.store.migration import upgrade


def measure(*, offices: int, months: str, responses: int) -> None:
    """Make the province, then close and build its months with the product's own commands."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_keys(home / "keys")
        database = Database(f"sqlite:///{home / 'hailong.sqlite'}")
        upgrade(database.engine)
        fill(database, offices=offices, months=months, responses=responses)
        database.dispose()
        for command in (("period", "close", months), ("release", "build", months, "--by", "an")):
            seconds, cpu, megabytes = _run(home, command)
            print(
                f"{responses:>9,} responses, {offices} offices, {months}: {' '.join(command[:2]):<14}"
                f"{seconds:6.1f} s, {cpu:5.1f} s CPU, peak {megabytes:.0f} MB",
                flush=True,
            )


def _run(home: Path, command: tuple[str, ...]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak megabytes of one command in a process of its own."""
    program = (
        "import resource, sys\n"
        "from survey.cli.commands import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n"
        "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    status = dict(line.split(':') for line in open('/proc/self/status'))\n"
        "    peak = int(status['VmHWM'].split()[0]) / 1024\n"  # ru_maxrss would remember the parent's
        "    print('USED', used.ru_utime + used.ru_stime, peak, file=sys.stderr)\n"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, "--home", str(home), *command],
        capture_output=True,
        text=True,
        check=True,
    )
    _, cpu, megabytes = next(line for line in done.stderr.splitlines() if line.startswith("USED")).split()
    return time.perf_counter() - start, float(cpu), float(megabytes)
