"""A file has at most 400 lines, a function 60 without its docstring; only migrations may be longer."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE, FUNCTION = 400, 60
EXEMPT = ROOT / "survey" / "migrations" / "versions"


def too_long(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    lines = len(text.splitlines())
    if lines > FILE:
        yield f"{path}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            said = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
            docstring = said.end_lineno - said.lineno + 1 if said and said.end_lineno else 0
            length = node.end_lineno - node.lineno + 1 - docstring
            if length > FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines"


def sources() -> Iterator[Path]:
    yield ROOT / "run.py"
    for folder in ("analysis", "survey", "tests", "benchmarks"):
        yield from (path for path in (ROOT / folder).rglob("*.py") if path.parent != EXEMPT)


def test_no_file_and_no_function_is_too_long() -> None:
    assert [fault for path in sources() for fault in too_long(path)] == []


def test_longer_ones_would_be_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    head = 'def f() -> None:\n    """Words\n    of two lines."""\n'
    planted.write_text(head + "    pass\n" * (FUNCTION - 1) + "#\n" * (FILE - FUNCTION - 2))
    assert not list(too_long(planted))
    planted.write_text(head + "    pass\n" * FUNCTION + "#\n" * (FILE - FUNCTION - 2))
    assert [fault.removeprefix(f"{planted}:") for fault in too_long(planted)] == [
        " 401 lines",
        "1: f has 61 lines",
    ]
