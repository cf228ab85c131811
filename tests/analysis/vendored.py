"""The reference values that the project carries, for tests that want some of them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"


def vendored(*names: str) -> list[dict[str, Any]]:
    """The cases of these files of `expected/`."""
    texts = [(FOLDER / "expected" / f"{name}.json").read_text(encoding="utf-8") for name in names]
    return [case for text in texts for case in json.loads(text)["cases"]]
