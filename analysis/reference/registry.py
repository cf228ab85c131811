"""The adapters, and the check of one case by the first that applies."""

from importlib import import_module
from importlib.util import find_spec

from analysis.reference.case import Adapter
from analysis.reference.case import Case
from analysis.reference.case import Mismatch

MODULES = ("binomial", "estimating", "comparing", "monitoring")
"""Modules of this package with `ADAPTERS`, in the order they are asked."""


def adapters() -> tuple[Adapter, ...]:
    """Every adapter there is."""
    names = [f"analysis.reference.{name}" for name in MODULES]
    modules = [import_module(name) for name in names if find_spec(name)]
    return tuple(adapter for module in modules for adapter in module.ADAPTERS)


def check(case: Case, known: tuple[Adapter, ...]) -> list[Mismatch]:
    """What is wrong with a case: numbers that differ, an error, or nobody who knows this kind."""
    for adapter in known:
        if adapter.applies(case):
            try:
                return adapter.check(case)
            except Exception as error:
                return [Mismatch(f"{type(error).__name__}", error, "no error")]
    return [Mismatch("statistic", "no adapter", case.statistic or sorted(case.content))]
