"""Which items are asked, given what has been answered so far."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from survey.instrument.definition import Item


def asked(items: Iterable[Item], answers: Mapping[str, str]) -> tuple[Item, ...]:
    """The items to ask, in order; an answer to an item that is not asked opens nothing."""
    opened: dict[str, Item] = {}
    for item in items:
        condition = item.asked_if
        if condition is None or (
            condition.item in opened and answers.get(condition.item) in condition.options
        ):
            opened[item.code] = item
    return tuple(opened.values())
