"""The document of a release: everything published about a period, as plain data in a fixed order.

`docs/release-format.md` describes it. Numbers carry 12 significant digits: enough for a recomputation, and
the same from every database and machine.
"""

import json
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from survey.estimation.figures import Block
from survey.estimation.figures import Figure
from survey.estimation.figures import OfficeFigures
from survey.instrument.definition import Instrument
from survey.instrument.definition import Item
from survey.store.agencies import AgencyAsOf
from survey.store.periods import Period

FORMAT = "hailong-release/1"
SIGNIFICANT = 12

Document = dict[str, Any]


def release_document(
    *,
    organisation: AgencyAsOf,
    period: Period,
    version: int,
    draft: bool,
    minimum_n: int,
    confidence_level: float,
    offices: Iterable[AgencyAsOf],
    populations: Mapping[int, int],
    headlines: Mapping[int, tuple[int, str]],
    instruments: Mapping[int, Instrument],
    blocks: Iterable[Block],
) -> Document:
    """The whole document of a closed period. `headlines`: instrument and grade of each office's headline."""
    blocks = list(blocks)
    return _head(organisation, period, version=version, draft=draft) | {
        "rules": {"minimum_n": minimum_n, "confidence_level": confidence_level},
        "instruments": {
            instruments[key].identifier: _instrument(instruments[key]) for key in sorted(instruments)
        },
        "blocks": [
            {
                "instrument": instruments[block.instrument_id].identifier,
                "grade": block.grade,
                "pooled_design_effects": dict(sorted(block.pooled.items())),
                "total": [_figure(figure) for figure in block.total],
            }
            for block in blocks
        ],
        "offices": [
            _office(office, populations.get(office.id), headlines.get(office.id), instruments, blocks)
            for office in offices
        ],
    }


def open_document(
    *,
    organisation: AgencyAsOf,
    period: Period,
    version: int,
    offices: Iterable[AgencyAsOf],
    populations: Mapping[int, int],
    responses: Mapping[int, int],
) -> Document:
    """The draft of a period that is still open: numbers of responses, never scores."""
    return _head(organisation, period, version=version, draft=True) | {
        "open": True,
        "offices": [
            {
                "agency": office.code,
                "names": office.names,
                "population": populations.get(office.id),
                "responses": responses.get(office.id, 0),
            }
            for office in offices
        ],
    }


def canonical_json(document: Document) -> bytes:
    """The document's bytes: UTF-8, no spaces, numbers of 12 significant digits, one final line feed."""
    text = json.dumps(_rounded(document), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def _head(organisation: AgencyAsOf, period: Period, *, version: int, draft: bool) -> Document:
    return {
        "format": FORMAT,
        "organisation": {
            "code": organisation.code,
            "names": organisation.names,
            "notices": organisation.notices,
        },
        "period": {
            "label": period.label,
            "kind": period.kind,
            "starts": period.starts.isoformat(),
            "ends": period.ends.isoformat(),
        },
        "version": version,
        "draft": draft,
    }


def _instrument(instrument: Instrument) -> Document:
    index = instrument.index
    return {
        "title": dict(instrument.title.texts),
        "source": dict(instrument.source.texts),
        "headline": instrument.headline,
        "index": None
        if index is None
        else {
            "method": index.method,
            "aggregation": index.aggregation,
            "beside": index.beside,
            "items": list(index.items),
        },
        "factors": {factor.code: dict(factor.label.texts) for factor in instrument.factors},
        "items": {item.code: _item(item) for item in instrument.items if item.kind == "rating"},
    }


def _item(item: Item) -> Document:
    return {
        "label": dict(item.label.texts),
        "text": dict(item.text.texts),
        "about": item.about,
        "factor": item.factor,
        "options": {option.code: dict(option.label.texts) for option in item.scale.options},
        "rated": [option.code for option in item.scale.rating_options],
        "satisfied": list(item.scale.satisfied),
        "very_satisfied": list(item.scale.very_satisfied),
    }


def _office(
    office: AgencyAsOf,
    population: int | None,
    headline: tuple[int, str] | None,
    instruments: Mapping[int, Instrument],
    blocks: Iterable[Block],
) -> Document:
    results = [
        _result(figures, block, instruments[block.instrument_id], population)
        for block in blocks
        for figures in block.offices
        if figures.agency_id == office.id and figures.n
    ]
    return {
        "agency": office.code,
        "kind": office.kind,
        "parent": office.parent_code,
        "names": office.names,
        "population": population,
        "headline": None
        if headline is None
        else {"instrument": instruments[headline[0]].identifier, "grade": headline[1]},
        "results": results,
    }


def _result(figures: OfficeFigures, block: Block, instrument: Instrument, population: int | None) -> Document:
    shown = figures.status == "publish"
    # That few forms are all dissatisfied is itself what each of them said: outside it is "too few" as well.
    status = figures.status if shown else "too_few"
    return {
        "instrument": instrument.identifier,
        "grade": block.grade,
        "status": status,
        # Nothing of a hidden office leaves the house, not even how many answered.
        "n": figures.n if shown else None,
        "coverage": figures.n / population if shown and population else None,
        "levels": {levels.item: levels.counts for levels in figures.levels},
        "figures": [_figure(figure) for figure in figures.figures],
    }


def _figure(figure: Figure) -> Document:
    estimate = figure.estimate.as_dict()
    estimate["flags"] = list(estimate["flags"])
    shown = {"name": figure.name, "subject": figure.subject, **estimate}
    if figure.moments is not None:
        names = ("n", "sum_k", "sum_s", "sum_kk", "sum_ks", "sum_ss")
        shown["moments"] = dict(zip(names, figure.moments, strict=True))
    return shown


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT}g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
