"""Takes in responses of another system by a mapping file: all or nothing."""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from survey.fieldwork.mapping import Lookup
from survey.fieldwork.mapping import Mapping
from survey.fieldwork.mapping import Uncovered
from survey.fieldwork.periods import PeriodProblem
from survey.fieldwork.periods import open_period
from survey.fieldwork.periods import the_organisation
from survey.fieldwork.tables import BadFile
from survey.fieldwork.tables import Fault
from survey.fieldwork.tables import Row
from survey.fieldwork.tables import Table
from survey.fieldwork.tables import read_table
from survey.instrument.definition import NOT_ASKED
from survey.instrument.definition import SKIPPED
from survey.integrity.dayclose import random_id
from survey.store.agencies import Agency
from survey.store.agencies import AgencyAsOf
from survey.store.agencies import agencies_between
from survey.store.audit import record
from survey.store.columns import Standing
from survey.store.imports import remember_import
from survey.store.imports import was_imported
from survey.store.instruments import freeze_instrument
from survey.store.instruments import store_instrument
from survey.store.periods import Period
from survey.store.periods import month_bounds
from survey.store.procedures import find_field
from survey.store.responses import add_responses

_RANDOM = secrets.SystemRandom()


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do: numbers, and every row that deserves a look."""

    rows: int
    responses: int
    skipped: Counter[str]
    notes: tuple[Fault, ...]
    periods: dict[str, int]


@dataclass(frozen=True)
class _Read:
    """A row as the mapping reads it; months, agencies and field still by their names."""

    number: int
    month: str
    agency: str
    receiving: str
    field: str | None
    facts: dict[str, Any]
    answers: str


def import_responses(session: Session, path: Path, mapping: Mapping, *, by: str) -> ImportReport:
    """Store every response of the file in the caller's transaction; raises BadFile, then nothing changed.

    Months that the file speaks of are opened where they do not exist. The order of rows is not kept.
    """
    table = read_table(path)
    if was_imported(session, table.sha256):
        raise BadFile(table.name, [Fault(None, None, "this very file was taken in before; nothing to do")])
    _require_columns(table, mapping)
    read, skipped, notes, faults = _read_rows(table, mapping)
    organisation = the_organisation(session, mapping.organisation)
    periods, closed = _periods(session, organisation, mapping, read, by=by)
    agencies = {
        month: {each.code: each for each in agencies_between(session, organisation.id, *month_bounds(month))}
        for month in periods
    }
    fields = _field_keys(session, read)
    faults += closed + _unknown_agencies(mapping, read, agencies) + _unknown_fields(mapping, read, fields)
    if faults:
        raise BadFile(table.name, sorted(faults, key=lambda fault: fault.row or 0))
    instrument_id = store_instrument(session, mapping.instrument).id
    rows = [
        {
            **each.facts,
            "id": random_id(),
            "period_id": periods[each.month].id,
            "instrument_id": instrument_id,
            "competent_id": agencies[each.month][each.agency].id,
            "receiving_id": agencies[each.month][each.receiving].id,
            "service_point_id": None,
            "device": None,
            "field_id": fields.get(each.field),
            "standing": Standing.counted,
            "nonce": secrets.token_bytes(16),
            "answers": each.answers,
        }
        for each in read
    ]
    _RANDOM.shuffle(rows)
    add_responses(session, rows)
    if rows:
        freeze_instrument(session, instrument_id)
    remember_import(session, sha256=table.sha256, name=table.name, responses=len(rows))
    subject = f"{table.name} ({len(rows)} responses)"
    record(session, staff=by, act="responses.import", subject=subject, reason=table.sha256)
    counted = Counter(each.month for each in read)
    return ImportReport(len(table.rows), len(rows), skipped, tuple(notes), dict(sorted(counted.items())))


def _require_columns(table: Table, mapping: Mapping) -> None:
    faults = [
        Fault(1, name, "the mapping names this column, the file has none")
        for name in sorted(mapping.columns - set(table.columns))
    ]
    faults += [
        Fault(1, name, "no rule of the mapping speaks of this column; map it or name it in `ignore`")
        for name in table.columns
        if name not in mapping.columns
    ]
    if faults:
        raise BadFile(table.name, faults)


def _read_rows(table: Table, mapping: Mapping) -> tuple[list[_Read], Counter[str], list[Fault], list[Fault]]:
    read: list[_Read] = []
    skipped: Counter[str] = Counter()
    notes: list[Fault] = []
    faults: list[Fault] = []
    for row in table.rows:
        rule = next((rule for rule in mapping.skips if rule.matches(row)), None)
        if rule is not None:
            skipped[rule.reason] += 1
            continue
        found = _read_row(row, mapping, faults)
        if found is not None:
            read.append(found)
            notes += _notes(row, mapping)
    return read, skipped, notes, faults


def _read_row(row: Row, mapping: Mapping, faults: list[Fault]) -> _Read | None:
    """The row, or None where some column is at fault; every one of them is named."""
    before = len(faults)

    def value(lookup: Lookup | None) -> Any:
        try:
            return lookup.value(row) if lookup else None
        except Uncovered as error:
            faults.append(Fault(row.number, error.column, str(error)))
            return None

    agency, receiving = value(mapping.agency), value(mapping.receiving_agency)
    field = value(mapping.field)
    facts = {name: value(lookup) for name, lookup in mapping.facts.items()}
    answers = {item: value(lookup) for item, lookup in mapping.items.items()}
    try:
        month = mapping.dates.month(row)
    except Uncovered as error:
        faults.append(Fault(row.number, error.column, str(error)))
    if len(faults) > before:
        return None
    form = mapping.instrument
    given = {item: option for item, option in answers.items() if option not in (SKIPPED, NOT_ASKED)}
    left_out = [item.code for item in form.items if answers.get(item.code, NOT_ASKED) == NOT_ASKED]
    encoded = form.encode(given, left_out=left_out)
    return _Read(row.number, month, agency, receiving or agency, field, facts, encoded)


def _notes(row: Row, mapping: Mapping) -> list[Fault]:
    found = [Fault(row.number, rule.column, rule.reason) for rule in mapping.notes if rule.matches(row)]
    swapped = mapping.dates.ambiguous(row)
    return found + ([Fault(row.number, mapping.dates.column, swapped)] if swapped else [])


def _periods(
    session: Session, organisation: Agency, mapping: Mapping, read: Iterable[_Read], *, by: str
) -> tuple[dict[str, Period], list[Fault]]:
    """The months of the rows, opened where they are not there yet; and those that take no response."""
    periods, faults = {}, []
    for month, number in sorted(Counter(each.month for each in read).items()):
        try:
            periods[month] = open_period(session, organisation, month, mapping.instrument, by=by)
        except PeriodProblem as error:
            faults.append(Fault(None, mapping.dates.column, f"{number} row(s): {error}"))
    return periods, faults


def _unknown_agencies(
    mapping: Mapping, read: Iterable[_Read], agencies: dict[str, dict[str, AgencyAsOf]]
) -> list[Fault]:
    faults = []
    receiving = mapping.receiving_agency or mapping.agency
    for each in read:
        if each.month not in agencies:
            continue
        there = agencies[each.month]
        for code, lookup in {each.receiving: receiving, each.agency: mapping.agency}.items():
            if code not in there:
                message = f"the agency {code!r} did not exist in {each.month}"
                faults.append(Fault(each.number, lookup.place, message))
        if each.agency in there and not there[each.agency].rated:
            message = f"the agency {each.agency!r} is not rated, so no figure would show it"
            faults.append(Fault(each.number, mapping.agency.place, message))
    return faults


def _field_keys(session: Session, read: Iterable[_Read]) -> dict[str | None, int]:
    found = (find_field(session, code) for code in {each.field for each in read} if code is not None)
    return {field.code: field.id for field in found if field is not None}


def _unknown_fields(mapping: Mapping, read: Iterable[_Read], keys: dict[str | None, int]) -> list[Fault]:
    place = mapping.field.place if mapping.field else None
    return [
        Fault(each.number, place, f"there is no field {each.field!r}; import procedures first")
        for each in read
        if each.field is not None and each.field not in keys
    ]
