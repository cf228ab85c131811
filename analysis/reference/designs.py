"""From the keys of a case to a design, a domain and variables of this package."""

import re
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import Grouping
from analysis import ReplicateDesign
from analysis import SurveyDesign
from analysis import calibrate
from analysis import grouping
from analysis import jackknife
from analysis import post_stratify
from analysis import rake
from analysis import trim
from analysis.reference.case import Case
from analysis.reference.case import numbers

Table = Mapping[str, NDArray[np.str_]]


class Sample:
    """The rows of a case with its design; `table` holds the rows that are left in it."""

    table: Table
    design: SurveyDesign | ReplicateDesign

    def __init__(self, case: Case) -> None:
        self.case = case
        self.table = case.table(case.design.get("data"))
        adjust = case.design.get("adjust")
        if isinstance(adjust, str) and "as above" in adjust:
            adjust = _above(case)
        if "dossiers" in case.design:
            self.dossiers = case.table(case.design["dossiers"])
            self.table, self.design = _ratings_design(case, self.table, self.dossiers, adjust)
        elif "replicate_type" in case.design:
            self.design = _replicate_design(case, self.table)
        else:
            self.design = _plain_design(case, self.table)
        if adjust:
            self.design = self._adjusted(self.design, adjust)

    def __len__(self) -> int:
        return len(self.design)

    def _adjusted(self, design: Any, adjust: Any) -> Any:
        if isinstance(adjust, str):
            columns = _crossed_names(re.search(r"poststratify to (.*?) counts", adjust).group(1))  # type: ignore[union-attr]
            cells = grouping(*(self.table[name] for name in columns))
            frame = grouping(*(self.dossiers[name] for name in columns))
            counts = np.bincount(frame.codes, numbers(self.dossiers["N"]))
            known = dict(zip(frame.levels, counts.tolist(), strict=True))
            return post_stratify(design, cells, {level: known[level] for level in cells.levels})
        known = self.case.source.content.get("population", {})
        method = adjust["method"]
        if method == "poststratify":
            columns = adjust["cells"]
            labels = np.array(["|".join(row) for row in zip(*(self.table[c] for c in columns), strict=True)])
            return post_stratify(design, labels, known["|".join(columns)])
        if method in ("rake", "rake then trim"):
            given = adjust.get("margins") or [name for name in known if name in self.table]
            margins = [(self.table[m], known[m]) if isinstance(m, str) else self._margin(m) for m in given]
            design = rake(design, margins, tolerance=1e-12, residual_weights="equal")
            if "trim" in method:
                return trim(design, lower=adjust["lower"], upper=adjust["upper"], strict=adjust["strict"])
            return design
        variables = {name: _model_column(self.table, name) for name in adjust["totals"]}
        bounds = tuple(adjust["bounds"]) if "bounds" in adjust else None
        kind = method.removeprefix("calibrate_")
        return calibrate(design, variables, adjust["totals"], method=kind, bounds=bounds)

    def _margin(self, totals: Mapping[str, float]) -> tuple[Any, Mapping[str, float]]:
        """The column whose values are the cells of the totals."""
        name = next(name for name, column in self.table.items() if set(column.tolist()) == set(totals))
        return self.table[name], totals

    def variable(self, name: str) -> NDArray[np.float64]:
        """A column of numbers; `1[q1>=4]`, `q1>=4`: an indicator; `index…`: the respondents' own index."""
        event = re.fullmatch(r"(?:1\[)?(\w+)>=(\d+)\]?", name)
        if event:
            given = numbers(self.table[event[1]])
            return np.where(np.isnan(given), np.nan, given >= float(event[2]))
        if name.startswith("index"):
            return self.respondent_index()
        return numbers(self.table[name])

    def event(self, event: Any) -> NDArray[np.float64]:
        """The event of a share, as 0 and 1."""
        if isinstance(event, str):
            return self.variable(event)
        return np.asarray(self.table[event["variable"]] == str(event["equals"]), dtype=np.float64)

    @property
    def config(self) -> Mapping[str, Any]:
        """Items, factors and the top answers of the questionnaire."""
        found: Mapping[str, Any] = self.case.source.content["config"]
        return found

    def respondent_index(self) -> NDArray[np.float64]:
        """Mean over factors of the mean over answered items: half a factor's items needed, every factor."""
        factors = self.config["factor_of"]
        scores = []
        for factor in dict.fromkeys(factors.values()):
            items = np.stack([numbers(self.table[item]) for item in factors if factors[item] == factor])
            answered = np.count_nonzero(~np.isnan(items), axis=0)
            enough = (2 * answered >= len(items)) & (answered > 0)
            scores.append(np.where(enough, np.nansum(items, axis=0) / np.maximum(answered, 1), np.nan))
        return np.asarray(np.mean(scores, axis=0))

    def criteria(self, kind: str) -> list[NDArray[np.float64]]:
        """Scores of the items, or 1 where the answer is among the top ones."""
        items = [numbers(self.table[item]) for item in self.config["items"]]
        if "share" not in kind:
            return items
        top = [float(option) for option in self.config["top_box"]]
        return [np.where(np.isnan(item), np.nan, np.isin(item, top)) for item in items]

    def inside(self) -> NDArray[np.bool_]:
        """The rows of the case's domain."""
        domain = self.case.estimate.get("domain")
        everybody = np.ones(len(self), dtype=np.bool_)
        if domain is None:
            return everybody
        if isinstance(domain, str):
            names = [self.case.estimate.get(key) for key in ("y", "rows")]
            text = " ".join([*(str(name) for name in names), domain])
            items = [item for item in self.config["items"] if re.search(rf"\b{item}\b", text)]
            return np.asarray(np.all([self.table[item] != "" for item in items], axis=0))
        if "variable" in domain:
            return np.asarray(self.table[domain["variable"]] == str(domain["equals"]))
        for name, value in domain.items():
            held = self.table[value] != "" if name == "answered" else self.table[name] == value
            everybody &= held
        return everybody

    def domain(self) -> Grouping:
        """The domain as one group, or the groups of `by` within it."""
        by = self.case.estimate.get("by")
        columns = [self.table[name] for name in by] if by else [np.zeros(len(self), dtype=np.int64)]
        return grouping(*columns).where(self.inside())

    def groups(self, name: str) -> Grouping:
        """The values of a column within the case's domain."""
        inside = self.inside()
        return grouping(np.where(inside, self.table[name], self.table[name][inside][0])).where(inside)

    def whole_domain(self) -> Grouping:
        """The domain as one group."""
        return grouping(np.zeros(len(self), dtype=np.int64)).where(self.inside())


def _plain_design(case: Case, table: Table) -> SurveyDesign:
    keys = case.design
    strata = grouping(*(table[name] for name in keys["strata"])) if keys.get("strata") else None
    clusters = [table[name] for name in keys["ids"]] if keys.get("ids") else None
    population = [numbers(table[name]) for name in keys["fpc"]] if keys.get("fpc") else None
    if population and clusters is None:
        population = population[:1]
    weights = numbers(table[keys["weights"]]) if keys.get("weights") else None
    rule = keys.get("lonely_psu", "fail")
    return SurveyDesign(
        weights=weights,
        strata=strata,
        clusters=clusters,
        population=population,
        single_psu=rule,
        adjust_domains=bool(keys.get("adjust_domain_lonely")),
    )


def _crossed_names(text: str) -> list[str]:
    return re.split(r"\s*(?:,|\bx\b)\s*", text.strip())


def _ratings_design(case: Case, table: Table, dossiers: Table, adjust: Any) -> tuple[Table, SurveyDesign]:
    keys = case.design
    rows = np.ones(len(next(iter(table.values()))), dtype=np.bool_)
    if isinstance(adjust, Mapping) and "rows" in adjust:
        name, value = str(adjust["rows"]).split(" ", 1)
        rows = table[name] == value
    elif isinstance(adjust, str):
        names = _crossed_names(re.search(r"poststratify to (.*?) counts", adjust).group(1))  # type: ignore[union-attr]
        present = set(zip(*(table[name] for name in names), strict=True))
        wanted = set(zip(*(dossiers[name] for name in names), strict=True))
        outer = len(keys["strata"])
        empty = {cell[:outer] for cell in wanted - present}
        rows = np.array([cell not in empty for cell in zip(*(table[n] for n in keys["strata"]), strict=True)])
    table = {name: column[rows] for name, column in table.items()}
    cells = re.search(r"N\((.*?)\)|of (.*)", str(keys["weights"]))
    names = _crossed_names((cells[1] or cells[2]) if cells else "")
    frame, own = grouping(*(dossiers[n] for n in names)), grouping(*(table[n] for n in names))
    counts = dict(zip(frame.levels, np.bincount(frame.codes, numbers(dossiers["N"])).tolist(), strict=True))
    size = np.array([counts[level] for level in own.levels])[own.codes]
    weights = size / np.bincount(own.codes)[own.codes]
    strata = grouping(*(table[name] for name in keys["strata"]))
    clusters = [table[name] for name in keys["ids"]] if keys.get("ids") else None
    population = size if keys.get("fpc") else None
    return table, SurveyDesign(weights=weights, strata=strata, clusters=clusters, population=population)


def _above(case: Case) -> Mapping[str, Any]:
    """The last adjustment in full before this case."""
    adjustments = [one.design.get("adjust") for one in case.siblings() if one.place < case.place]
    return next(one for one in reversed(adjustments) if isinstance(one, Mapping))


def _replicate_design(case: Case, table: Table) -> ReplicateDesign:
    keys = case.design
    if "scale" not in keys:
        same = ("data", "replicate_type")
        given = [one for one in case.siblings() if one.design.get("factors_file") and "scale" in one.design]
        keys = next(
            one.design
            for one in given
            if one.content["data"] == case.content["data"] and one.design[same[1]] == case.design[same[1]]
        )
    weights = numbers(table[keys["base_weights"]])
    if keys.get("factors_file"):
        columns = case.table(keys["factors_file"])
        factors = np.stack([numbers(column) for column in columns.values()], axis=1)
        return ReplicateDesign(
            weights, factors, scale=keys["scale"], rscales=keys["rscales"], mse=keys["mse"]
        )
    # Rows left out one by one, strata being the rows of equal weight; with or without their population.
    strata = grouping(weights)
    size = (weights * np.bincount(strata.codes)[strata.codes]).round()
    for population in (None, size):
        design = jackknife(
            SurveyDesign(weights=weights, strata=strata, population=population), mse=keys["mse"]
        )
        if np.allclose(
            np.sort(design.rscales), np.sort(np.ravel(keys["rscales"])) * keys["scale"], rtol=1e-6
        ):
            return design
    raise ValueError("the scales of the replicates fit no jackknife of the weights' strata")


def _model_column(table: Table, name: str) -> NDArray[np.float64]:
    """A column of a linear model: the intercept, a number, or the dummy `variablelevel`."""
    if name == "(Intercept)":
        return np.ones(len(next(iter(table.values()))))
    if name in table:
        return numbers(table[name])
    variable = next(v for v in table if name.startswith(v) and name[len(v) :] in set(table[v].tolist()))
    return np.asarray(table[variable] == name[len(variable) :], dtype=np.float64)


def labels(levels: Sequence[Any]) -> list[str]:
    """Names of groups as the reference writes them."""
    return ["|".join(level) if isinstance(level, tuple) else str(level) for level in levels]
