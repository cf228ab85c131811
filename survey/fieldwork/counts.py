"""Takes in counts by option: forms that were counted elsewhere, by agency and month."""

from collections import Counter
from pathlib import Path

from sqlalchemy.orm import Session

from survey.fieldwork.frames import agency_and_period
from survey.fieldwork.tables import Checker
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import read_table
from survey.fieldwork.tables import require_columns
from survey.instrument.definition import SKIPPED
from survey.instrument.definition import AnswerError
from survey.instrument.definition import Instrument
from survey.instrument.definition import InstrumentError
from survey.instrument.load import instrument
from survey.store.audit import record
from survey.store.columns import Grade
from survey.store.columns import Mode
from survey.store.columns import PeriodState
from survey.store.instruments import freeze_instrument
from survey.store.instruments import store_instrument
from survey.store.tallies import replace_counts

REQUIRED = {"period", "agency", "grade", "mode", "instrument", "item", "option", "forms"}


def import_counts(session: Session, path: Path, *, by: str) -> int:
    """Put the file's counts in the place of those of its agencies and periods. Raises BadFile.

    Within one agency, period, grade, mode and instrument no item may have more answers than the overall item:
    a form is counted by its overall answer.
    """
    table = read_table(path)
    require_columns(table, REQUIRED)
    checker = Checker(table.name)
    taken: dict[int, list[dict[str, object]]] = {}
    answers: Counter[tuple[object, ...]] = Counter()
    for row in table.rows:
        agency, period = agency_and_period(session, checker, row)
        form = _instrument(checker, row)
        forms = checker.whole(row, "forms")
        grade, mode = checker.word(row, "grade", Grade), checker.word(row, "mode", Mode)
        if forms is None:
            checker.text(row, "forms")
        if None in (agency, period, form, forms, grade, mode):
            continue
        assert agency is not None
        assert period is not None
        assert form is not None
        if period.state is PeriodState.closed:
            checker.fault(row, "period", f"{period.label} is closed and stays as it is")
        answers[(agency.code, period.label, grade, mode, form, row.texts["item"])] += forms or 0
        if forms:
            stored = store_instrument(session, form)
            freeze_instrument(session, stored.id)
            taken.setdefault(period.id, []).append(
                {
                    "period_id": period.id,
                    "agency_id": agency.id,
                    "grade": grade,
                    "mode": mode,
                    "instrument_id": stored.id,
                    "item": row.texts["item"],
                    "option": row.texts["option"],
                    "forms": forms,
                }
            )
    _compare_with_headline(checker, answers)
    checker.finish()
    for period_id, rows in taken.items():
        replace_counts(session, period_id, {int(str(each["agency_id"])) for each in rows}, rows)
    record(session, staff=by, act="counts.import", subject=f"{table.name} ({len(table.rows)} rows)")
    return len(table.rows)


def _instrument(checker: Checker, row: Row) -> Instrument | None:
    """The row's instrument, once its item and option are known to be in it."""
    code, _, version = row.texts["instrument"].partition("/")
    try:
        form = instrument(code, int(version) if version.isdigit() else None)
    except InstrumentError as error:
        checker.fault(row, "instrument", str(error))
        return None
    try:
        item = form.item(row.texts["item"])
    except AnswerError as error:
        checker.fault(row, "item", str(error))
        return None
    try:
        if row.texts["option"] != SKIPPED:
            item.scale.option(row.texts["option"])
    except AnswerError as error:
        checker.fault(row, "option", str(error))
        return None
    return form


def _compare_with_headline(checker: Checker, answers: Counter[tuple[object, ...]]) -> None:
    for (agency, period, grade, mode, form, item), number in answers.items():
        assert isinstance(form, Instrument)
        forms = answers[(agency, period, grade, mode, form, form.headline)]
        if number > forms:
            checker.fault(
                None, "forms", f"{agency} {period}: {number} answers to {item}, but {forms} forms by {form.headline}"
            )
