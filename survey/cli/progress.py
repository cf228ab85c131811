"""A bar for long work, for people only."""

import sys
from collections.abc import Iterable
from collections.abc import Iterator
from typing import TypeVar

import click

Each = TypeVar("Each")


def progress(items: Iterable[Each], *, label: str, length: int) -> Iterator[Each]:
    """The items, with a bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        yield from bar
