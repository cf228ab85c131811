"""Takes in responses of another system by a mapping file: all or nothing."""

import secrets
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

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
from survey.instrument.definition import AnswerError
from survey.instrument.definition import NOT_ASKED
from survey.instrument.definition import SKIPPED
from survey.integrity.dayclose import random_id
from survey.store.agencies import Agency
from survey.store.agencies import agencies_between
from survey.store.audit import record
from survey.store.columns import Standing
from survey.store.imports import remember_import
from survey.store.imports import was_imported
from survey.store.instruments import freeze_instrument
from survey.store.instruments import store_instrument
from survey.store.periods import month_bounds
from survey.store.periods import month_label
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


@dataclass
class _Read:
    """A row as it will be stored, before its period and agencies have keys."""

    month: str
    agency: str
    receiving: str
    values: dict[str, object]


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
    instrument_id = store_instrument(session, mapping.instrument).id
    periods = {}
    for month in sorted({each.month for each in read}):
        try:
            periods[month] = open_period(session, organisation, month, mapping.instrument, by=by)
        except PeriodProblem as error:
            faults.append(Fault(None, mapping.dates.column, str(error)))
    keys = {month: _agency_keys(session, organisation, month) for month in periods}
    faults += _unknown_agencies(read, keys)
    if faults:
        raise BadFile(table.name, faults)
    fields = _field_keys(session, read, table)
    rows = [
        {
            **each.values,
            "id": random_id(),
            "period_id": periods[each.month].id,
            "instrument_id": instrument_id,
            "competent_id": keys[each.month][each.agency],
            "receiving_id": keys[each.month][each.receiving],
            "field_id": fields.get(each.values["field_id"]),
            "nonce": secrets.token_bytes(16),
        }
        for each in read
    ]
    _RANDOM.shuffle(rows)
    add_responses(session, rows)
    freeze_instrument(session, instrument_id)
    remember_import(session, sha256=table.sha256, name=table.name, responses=len(rows))
    record(session, staff=by, act="responses.import", subject=f"{table.name} ({len(rows)} responses)", reason=table.sha256)
    counted = Counter(each.month for each in read)
    return ImportReport(len(table.rows), len(rows), skipped, tuple(notes), dict(sorted(counted.items())))


def _require_columns(table: Table, mapping: Mapping) -> None:
    faults = [Fault(1, name, "the mapping names this column, the file has none") for name in sorted(mapping.columns - set(table.columns))]
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
        try:
            read.append(_read_row(row, mapping))
            notes += _notes(row, mapping)
        except Uncovered as error:
            faults.append(Fault(row.number, error.column, str(error)))
        except AnswerError as error:
            faults.append(Fault(row.number, None, str(error)))
    return read, skipped, notes, faults


def _read_row(row: Row, mapping: Mapping) -> _Read:
    agency = mapping.agency.value(row)
    answers = {item: lookup.value(row) for item, lookup in mapping.items.items()}
    given = {item: option for item, option in answers.items() if option not in (SKIPPED, NOT_ASKED)}
    left_out = [item.code for item in mapping.instrument.items if answers.get(item.code, NOT_ASKED) == NOT_ASKED]
    values: dict[str, object] = {name: lookup.value(row) for name, lookup in mapping.facts.items()}
    values |= {
        "answers": mapping.instrument.encode(given, left_out=left_out),
        "standing": Standing.counted,
        "service_point_id": None,
        "device": None,
        "field_id": _value(mapping.field, row),
    }
    return _Read(month_label(mapping.dates.day(row)), agency, _value(mapping.receiving_agency, row) or agency, values)


def _value(lookup: Lookup | None, row: Row) -> str | None:
    return lookup.value(row) if lookup else None


def _notes(row: Row, mapping: Mapping) -> list[Fault]:
    found = [Fault(row.number, rule.column, rule.reason) for rule in mapping.notes if rule.matches(row)]
    swapped = mapping.dates.ambiguous(row)
    return found + ([Fault(row.number, mapping.dates.column, swapped)] if swapped else [])


def _agency_keys(session: Session, organisation: Agency, month: str) -> dict[str, int]:
    """Keys of the agencies that lived in the month."""
    lived = agencies_between(session, organisation.id, *month_bounds(month))
    return {agency.code: agency.id for agency in lived}


def _unknown_agencies(read: list[_Read], keys: dict[str, dict[str, int]]) -> list[Fault]:
    missing = Counter(
        (code, each.month)
        for each in read
        for code in {each.agency, each.receiving}
        if each.month in keys and code not in keys[each.month]
    )
    return [
        Fault(None, None, f"{number} row(s) of {month} name the agency {code!r}, which does not exist then")
        for (code, month), number in sorted(missing.items())
    ]


def _field_keys(session: Session, read: list[_Read], table: Table) -> dict[object, int]:
    keys = {}
    for code in {each.values["field_id"] for each in read} - {None}:
        field = find_field(session, str(code))
        if field is None:
            raise BadFile(table.name, [Fault(None, None, f"there is no field {code!r}; import procedures first")])
        keys[code] = field.id
    return keys

