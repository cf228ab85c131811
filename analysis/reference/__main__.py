"""`python -m analysis.reference FOLDER`: one line a failure, then `N passed, N failed`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.reference.case import cases
from analysis.reference.registry import adapters
from analysis.reference.registry import check


def run(folder: Path) -> int:
    """Check every case of `folder`, print, and return the exit code: 1 where anything failed."""
    known = adapters()
    passed = failed = 0
    for case in cases(folder):
        mismatches = check(case, known)
        if not mismatches:
            passed += 1
            continue
        failed += 1
        more = f" (and {len(mismatches) - 1} more)" if len(mismatches) > 1 else ""
        print(f"FAILED {case.name}: {mismatches[0]}{more}"[:400])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m analysis.reference", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds data/ and expected/")
    folder = parser.parse_args(arguments).folder
    if not (folder / "expected").is_dir():
        parser.error(f"{folder} has no folder expected/: name the folder that holds data/ and expected/")
    return run(folder)


if __name__ == "__main__":
    sys.exit(main())
