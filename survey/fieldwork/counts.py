"""Takes in counts by option: forms that were counted elsewhere, by agency and month."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from survey.fieldwork.frames import agency_and_period
from survey.fieldwork.mapping import stated_instrument
from survey.fieldwork.tables import Checker
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import read_table
from survey.fieldwork.tables import require_columns
from survey.instrument.definition import SKIPPED
from survey.instrument.definition import AnswerError
from survey.instrument.definition import Instrument
from survey.instrument.definition import InstrumentError
from survey.store.agencies import Agency
from survey.store.audit import record
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import PeriodState
from survey.store.instruments import freeze_instrument
from survey.store.instruments import store_instrument
from survey.store.periods import Period
from survey.store.periods import hold_period
from survey.store.tallies import CountCell
from survey.store.tallies import replace_counts

REQUIRED = {"period", "agency", "grade", "mode", "instrument", "item", "option", "forms"}


class _Batch(NamedTuple):
    """Forms that were counted together; objects of one session, so that each is itself."""

    period: Period
    agency: Agency
    grade: Grade
    mode: Mode
    form: Instrument


class _Cell(NamedTuple):
    batch: _Batch
    item: str
    option: str


def import_counts(session: Session, path: Path, *, by: str) -> int:
    """Put the file's counts in the place of those of its agencies and periods. Raises BadFile.

    A form is counted by its headline answer: within an agency, period, grade, mode and instrument no item may
    have more answers than that one.
    """
    table = read_table(path)
    require_columns(table, REQUIRED)
    checker = Checker(table.name)
    forms: dict[_Cell, int] = {}
    held: set[Period] = set()
    for row in table.rows:
        number, cell = checker.whole(row, "forms"), _cell(session, checker, row, held)
        if number is None or cell is None:
            continue
        if cell in forms:
            checker.fault(row, "option", "this count stands in an earlier row already")
        forms[cell] = number
    _compare_with_headline(checker, forms)
    checker.finish()
    _keep(session, forms)
    record(session, staff=by, act="counts.import", subject=f"{table.name} ({len(table.rows)} rows)")
    return len(table.rows)


def _cell(session: Session, checker: Checker, row: Row, held: set[Period]) -> _Cell | None:
    agency, period = agency_and_period(session, checker, row)
    form = _form(checker, row)
    grade, mode = checker.word(row, "grade", Grade), checker.word(row, "mode", Mode)
    if agency is not None and not agency.rated:
        checker.fault(row, "agency", f"{agency.code!r} is not rated, so no figure would show its forms")
    if period is not None:
        if period not in held:
            hold_period(session, period)
            held.add(period)
        if period.state is PeriodState.closed:
            checker.fault(row, "period", f"{period.label} is closed and stays as it is")
    if agency is None or period is None or form is None or grade is None or mode is None:
        return None
    return _Cell(_Batch(period, agency, grade, mode, form), row.texts["item"], row.texts["option"])


def _form(checker: Checker, row: Row) -> Instrument | None:
    """The row's instrument, once its item and option are known to be in it."""
    column = "instrument"
    try:
        form = stated_instrument(row.texts[column])
        column = "item"
        item = form.item(row.texts[column])
        column = "option"
        if row.texts[column] != SKIPPED:
            item.scale.option(row.texts[column])
    except (InstrumentError, AnswerError) as error:
        checker.fault(row, column, str(error))
        return None
    return form


def _compare_with_headline(checker: Checker, forms: dict[_Cell, int]) -> None:
    answers: Counter[tuple[_Batch, str]] = Counter()
    for cell, number in forms.items():
        answers[cell.batch, cell.item] += number
    for (batch, item), number in answers.items():
        headline = answers[batch, batch.form.headline]
        if number > headline:
            place = f"{batch.agency.code} {batch.period.label} {batch.grade.name} {batch.mode.name}"
            message = f"{number} answers to {item}, but {headline} forms by {batch.form.headline}"
            checker.fault(None, "forms", f"{place}: {message}")


def _keep(session: Session, forms: dict[_Cell, int]) -> None:
    instruments = {form: store_instrument(session, form).id for form in {cell.batch.form for cell in forms}}
    cells: dict[int, dict[int, list[CountCell]]] = {}
    for (batch, item, option), number in forms.items():
        kept = cells.setdefault(batch.period.id, {}).setdefault(batch.agency.id, [])
        if number:
            kept.append(
                CountCell(
                    period_id=batch.period.id,
                    agency_id=batch.agency.id,
                    grade=batch.grade,
                    mode=batch.mode,
                    instrument_id=instruments[batch.form],
                    item=item,
                    option=option,
                    forms=number,
                )
            )
            freeze_instrument(session, instruments[batch.form])
    for period_id, by_agency in cells.items():
        replace_counts(session, period_id, by_agency, [cell for kept in by_agency.values() for cell in kept])
