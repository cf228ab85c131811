"""Take the cases that may be given away out of the full reference folder: `python make_cases.py FOLDER`.

FOLDER holds `data/` and `expected/` as they were computed. Taken are the cases on made-up data and on bare
numbers; those on data that belong to other packages stay behind. What is made has the same shape.
"""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OTHERS = re.compile(r"\bapi\w*\.csv|_(clus|strat|srs)\w*\.csv|pisa")
"""What a case on the data of other packages speaks of: their files, or files made from them."""


def given_away(case: dict[str, Any]) -> bool:
    """Whether everything in a case was made up."""
    return not OTHERS.search(json.dumps(case))


def vendored(source: dict[str, Any]) -> dict[str, Any]:
    """The file without the cases, and the totals, of others' data."""
    kept = {key: value for key, value in source.items() if key not in ("cases", "population", "n_cases")}
    cases = [case for case in source["cases"] if given_away(case)]
    return kept | {"n_cases": len(cases), "cases": cases}


def text(source: dict[str, Any]) -> str:
    """JSON with one case a line, so that a change can be read."""
    head = {key: value for key, value in source.items() if key != "cases"}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in source["cases"])
    return json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n"


def main(folder: Path) -> None:
    """Write `data/` and `expected/` beside this file."""
    for name in ("data", "expected"):
        (HERE / name).mkdir(exist_ok=True)
    texts = []
    for path in sorted((folder / "expected").glob("*.json")):
        chosen = vendored(json.loads(path.read_text(encoding="utf-8")))
        if chosen["cases"]:
            texts.append(text(chosen))
            (HERE / "expected" / path.name).write_text(texts[-1], encoding="utf-8")
    for path in sorted((folder / "data").glob("*.csv")):
        if any(path.name in one for one in texts):
            shutil.copyfile(path, HERE / "data" / path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
