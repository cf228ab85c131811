"""The package as a whole: public names, examples, cost of importing, cost per row."""

import cProfile
import doctest
import importlib
import inspect
import pkgutil
import pstats
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analysis

ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.iter_modules(analysis.__path__))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    module = importlib.import_module(f"analysis.{name}")
    outcome = doctest.testmod(module, optionflags=FLAGS)
    assert outcome.failed == 0
    promised = ">>>" in Path(str(module.__file__)).read_text(encoding="utf-8")
    assert (outcome.attempted > 0) == promised


def test_worked_examples_in_the_methods_are_true() -> None:
    outcome = doctest.testfile(
        str(ROOT / "docs/methods.md"), module_relative=False, optionflags=FLAGS, encoding="utf-8"
    )
    assert outcome.failed == 0
    assert outcome.attempted > 40


def test_a_wrong_figure_in_the_methods_would_be_found() -> None:
    text = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    falsified = text.replace("(0.7149, 0.9166)", "(0.7149, 0.9266)")
    assert falsified != text
    examples = doctest.DocTestParser().get_doctest(falsified, {}, "methods", None, 0)
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    assert runner.run(examples, out=lambda _: None).failed > 0


@pytest.mark.parametrize("name", analysis.__all__)
def test_every_public_name_says_what_it_is(name: str) -> None:
    thing = getattr(analysis, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__
        assert not thing.__doc__.startswith(f"{name}(")


def test_importing_is_cheap() -> None:
    program = (
        "import sys, analysis; print([m for m in sys.modules if m.split('.')[0] in ('scipy', 'pandas')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def publication(table: np.ndarray, domain: np.ndarray) -> None:
    """Everything that walks over rows, once."""
    weights = analysis.equal_factor_weights("aabbc")
    analysis.pooled_index(analysis.pooled_moments(table, domain, 300))
    analysis.mean_of_criteria(table, domain, 300, weights=weights)
    analysis.respondent_mean(table, domain, 300, factors="aabbc")
    influence = table[:, 0] / len(table)
    analysis.variance(influence, domain, 300, strata=domain % 7)


def calls(work: Any, rows: int) -> int:
    random = np.random.default_rng(1)
    table = random.integers(0, 6, (rows, 5)).astype(np.int8)
    domain = random.integers(0, 300, rows)
    profile = cProfile.Profile()
    profile.runcall(work, table, domain)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def row_by_row(table: np.ndarray, domain: np.ndarray) -> None:
    for row in table:
        row.any()


def test_calls_do_not_grow_with_rows() -> None:
    publication(np.ones((2, 5), dtype=np.int8), np.zeros(2, dtype=int))
    assert calls(publication, 20_000) <= 1.1 * calls(publication, 2_000)
    # The control: a loop over rows is found.
    assert calls(row_by_row, 20_000) > 5 * calls(row_by_row, 2_000)
