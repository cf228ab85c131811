"""Adapters for estimates of survey designs: means, totals, shares, contrasts, quantiles, tests, weights."""

import ast
from typing import Any

import numpy as np

import analysis
from analysis import Estimates
from analysis import student_quantile
from analysis.reference.case import ENDS
from analysis.reference.case import EXACT
from analysis.reference.case import ITERATIVE
from analysis.reference.case import Case
from analysis.reference.case import Mismatch
from analysis.reference.case import Statistic
from analysis.reference.case import compare
from analysis.reference.case import numbers
from analysis.reference.designs import Sample
from analysis.reference.designs import labels

TOLERANCES = {"rake": ITERATIVE, "raking": ITERATIVE, "logit": ITERATIVE}
"""Adjustments that the other program stopped iterating: a word in their name, and the tolerance."""

LIKELIHOOD = 1e-3
"""Absolute tolerance of the ends of `likelihood`: R interpolates the profile between a few of its points."""


def tolerance(case: Case) -> float:
    """The relative tolerance of a case's estimates and standard errors."""
    adjust = case.design.get("adjust", "")
    method = str(adjust["method"] if isinstance(adjust, dict) else adjust)
    return next((known for word, known in TOLERANCES.items() if word in method), EXACT)


def figures(estimates: Estimates, df: Any) -> list[dict[str, Any]]:
    """Rows as the reference has them: the variance as R has it, also where one answer makes it 0."""
    assert estimates.statistic is not None
    error = np.sqrt(np.maximum(estimates.statistic.variance, 0.0))
    freedom = np.broadcast_to(df, error.shape)
    rows = []
    for place, (value, se, d) in enumerate(zip(estimates.value, error, freedom, strict=True)):
        row = {"est": value, "se": se, "df": d, "n": int(estimates.n[place])}
        for key, t in (("ci_t95", student_quantile(d)), ("ci_z95", analysis.normal_quantile())):
            low, high = analysis.wald(value, se, quantile=t)
            row[key] = [low, high]
        rows.append(row)
    return rows


def check_rows(
    case: Case, found: list[dict[str, Any]], expected: list[Any], place: str = ""
) -> list[Mismatch]:
    """Rows against rows: estimates and errors relative, ends absolute (relative where they are large)."""
    relative = tolerance(case)
    rows = [row for row in expected if "est" in row]
    if len(found) != len(rows):
        return [Mismatch(f"{place}rows", len(found), len(rows))]
    mismatches = []
    for one, row in zip(found, rows, strict=True):
        at = f"{place}{row.get('label', '')}"
        scale = max(1.0, abs(row["est"] or 0.0))
        for key in ("est", "se", "df", "n", "deff", "deff_wr", "df_full_design"):
            if key in row and key in one:
                # A standard error of 0 is 0 up to the rounding of its estimate.
                floor = 1e-12 * scale if key == "se" else 1e-14
                mismatches += compare(f"{at}.{key}", one[key], row[key], relative=relative, absolute=floor)
        for key in ("ci_t95", "ci_z95"):
            if key in row:
                mismatches += compare(
                    f"{at}.{key}", one[key], row[key], relative=max(relative, EXACT), absolute=ENDS
                )
    return mismatches


def _rows_of(expected: Any) -> list[Any]:
    return list(expected["rows"] if isinstance(expected, dict) else expected)


def check_estimates(case: Case) -> list[Mismatch]:
    """Means, totals and variances, of one or several variables, in one domain or by domains."""
    expected = case.expected
    if isinstance(expected, dict) and expected.get("error"):
        return _check_error(case)
    sample = Sample(case)
    rows = _rows_of(expected)
    names = case.estimate["y"] if isinstance(case.estimate["y"], list) else [case.estimate["y"]]
    domain = sample.domain()
    df = sample.design.degrees_of_freedom(domain)
    if case.estimate.get("domain") and "rake" in str(case.design.get("adjust")):
        # There the reference took the degrees of freedom of the whole design.
        df = sample.design.degrees_of_freedom()
    estimator = {"total": analysis.total, "variance": analysis.population_variance}.get(
        case.statistic, analysis.mean
    )
    found, parts = [], []
    for name in names:
        y = sample.variable(name)
        parts.append(estimator(sample.design, y, domain=domain))
        found += figures(parts[-1], df)
        if any("deff" in row for row in rows):
            for key, replacement in (("deff", False), ("deff_wr", True)):
                effect = analysis.deff(
                    sample.design, y, domain=domain, statistic=case.statistic, replacement=replacement
                )
                found[-1][key] = effect[0]
    for one in found:
        one["df_full_design"] = sample.design.degrees_of_freedom()[0]
    mismatches = check_rows(case, found, rows)
    if case.estimate.get("by"):
        mismatches += compare("labels", labels(domain.levels), [row["label"] for row in rows])
    mismatches += _check_covariance(case, parts)
    for row in rows:
        if "total" in row:
            sums = [figures(analysis.total(sample.design, sample.variable(name)), df)[0] for name in names]
            mismatches += check_rows(case, sums, row["total"], "total.")
    return mismatches + _check_counts(case, sample, found)


def _check_error(case: Case) -> list[Mismatch]:
    try:
        sample = Sample(case)
        names = case.estimate["y"] if isinstance(case.estimate["y"], list) else [case.estimate["y"]]
        for name in names:
            analysis.mean(sample.design, sample.variable(name))
    except analysis.AnalysisError:
        return []
    return [Mismatch("error", "none", "an error")]


def _check_counts(case: Case, sample: Sample, found: list[dict[str, Any]]) -> list[Mismatch]:
    """Counts beside the rows, and the rows on the scale of 0 to 100."""
    expected = case.expected
    if not isinstance(expected, dict):
        return []
    inside = sample.inside()
    counts: dict[str, Any] = {"n": np.count_nonzero(inside)}
    if "N" in expected:
        counts["N"] = round(float(sample.design.weights[inside].sum()))
    counts |= {"n_answered": found[0]["n"], "n_used": found[0]["n"]}
    if "n_citizens" in expected:
        counts["n_citizens"] = len(set(sample.table[case.design["ids"][0]][inside].tolist()))
    mismatches = [m for key in counts if key in expected for m in compare(key, counts[key], expected[key])]
    if "rows100" in expected:
        scaled = (sample.variable(case.estimate["y"]) - 1) / 4 * 100
        domain = sample.domain()
        estimates = analysis.mean(sample.design, scaled, domain=domain)
        rows = figures(estimates, sample.design.degrees_of_freedom(domain))
        mismatches += check_rows(case, rows, expected["rows100"], "rows100.")
    return mismatches


def _check_covariance(case: Case, parts: list[Estimates]) -> list[Mismatch]:
    expected = case.expected
    table = expected.get("vcov") if isinstance(expected, dict) else None
    if table is None:
        table = next((row["vcov"] for row in _rows_of(expected) if "vcov" in row), None)
    if table is None:
        return []
    found = analysis.covariance(*parts)
    largest = float(np.diag(np.array(table)).max())
    return compare("vcov", found, table, relative=tolerance(case), absolute=tolerance(case) * largest)


def check_ratio(case: Case) -> list[Mismatch]:
    """Ratios of two totals."""
    sample = Sample(case)
    domain = sample.domain()
    y, x = (sample.variable(case.estimate[key]) for key in "yx")
    found = analysis.ratio(sample.design, y, x, domain=domain)
    return check_rows(case, figures(found, sample.design.degrees_of_freedom(domain)), _rows_of(case.expected))


def check_proportions(case: Case) -> list[Mismatch]:
    """Shares of every category."""
    sample = Sample(case)
    found = analysis.category_shares(sample.design, sample.table[case.estimate["y"]], domain=sample.domain())
    df = sample.design.degrees_of_freedom()[0]
    return check_rows(case, figures(found, df), _rows_of(case.expected))


def check_share_intervals(case: Case) -> list[Mismatch]:
    """A share with every interval of R's `svyciprop`."""
    sample, expected = Sample(case), case.expected
    share = analysis.event_share(sample.design, sample.event(case.estimate["event"]), domain=sample.domain())
    assert share.statistic is not None
    p, v = float(share.value[0]), float(share.statistic.variance[0])
    df, n = float(sample.design.degrees_of_freedom(sample.domain())[0]), int(share.n[0])
    found = {"est": p, "se": v**0.5, "n": n, "df": df, "neff": analysis.effective_n(p, v, rule="r")}
    wanted = {key: expected[key] for key in found}
    mismatches = compare("share", found, wanted, relative=2 * tolerance(case))
    for row in expected["intervals"]:
        if row.get("error"):
            continue
        ends = share_interval(row["method"], p, v, n, df, row["level"])
        near = LIKELIHOOD if row["method"] == "likelihood" else max(ENDS, tolerance(case))
        pair = [row["lower"], row["upper"]]
        mismatches += compare(f"{row['method']}.{row['level']}", list(ends), pair, relative=0, absolute=near)
    return mismatches


def share_interval(method: str, p: float, v: float, n: int, df: float, level: float) -> Any:
    """One of R's intervals from its parts."""
    t, se = student_quantile(df, level), v**0.5
    effective = analysis.effective_n(p, v, rule="r")
    match method:
        case "mean":
            return analysis.wald(p, se, quantile=t)
        case "logit" | "xlogit":
            return analysis.logit_interval(p, se, quantile=t)
        case "asin":
            return analysis.arcsine(p, se, quantile=t)
        case "wilson":
            return analysis.wilson(p, effective, quantile=t)
        case "beta":
            return analysis.korn_graubard(p, v, n, df, capped=False, confidence_level=level)
        case "likelihood":
            return analysis.likelihood_interval(p, effective * (n - 1) / n, quantile=t)
    raise ValueError(f"unknown interval {method!r}")


def check_contrasts(case: Case) -> list[Mismatch]:
    """Contrasts of means of several variables, with their covariance."""
    sample = Sample(case)
    parts = [analysis.mean(sample.design, sample.variable(name)) for name in case.estimate["y"]]
    given = case.estimate["contrasts"]
    found = analysis.contrast(parts, list(given.values()), labels=list(given))
    rows = figures(found, found.degrees_of_freedom)
    return check_rows(case, rows, _rows_of(case.expected)) + _check_covariance(case, parts)


def check_nonlinear(case: Case) -> list[Mismatch]:
    """A formula of means, such as `mean(a)/mean(b)`."""
    sample = Sample(case)
    tree = ast.parse(case.estimate["expression"], mode="eval").body
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "mean":
            names.append(ast.unparse(node.args[0]))
    parts = [analysis.mean(sample.design, sample.variable(name)) for name in names]
    found = analysis.nonlinear(parts, lambda m: _evaluated(tree, dict(zip(names, m, strict=True))))
    return check_rows(case, figures(found, found.degrees_of_freedom), _rows_of(case.expected))


def _evaluated(node: ast.expr, means: dict[str, Any]) -> Any:
    if isinstance(node, ast.Call):
        return means[ast.unparse(node.args[0])]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp):
        one, other = _evaluated(node.left, means), _evaluated(node.right, means)
        match node.op:
            case ast.Add():
                return one + other
            case ast.Sub():
                return one - other
            case ast.Mult():
                return one * other
            case ast.Div():
                return one / other
    raise ValueError(f"cannot read {ast.unparse(node)}")


def check_differences(case: Case) -> list[Mismatch]:
    """Differences between domains; named pairs, or those of the labels."""
    sample, expected = Sample(case), case.expected
    domain = sample.domain()
    means = analysis.mean(sample.design, sample.variable(case.estimate["y"]), domain=domain)
    df = float(sample.design.degrees_of_freedom(sample.whole_domain())[0])
    rows = _rows_of(expected)
    wanted = [row["label"] for row in rows if "est" in row]
    place = labels(domain.levels)
    by_name = dict(zip(place, domain.levels, strict=True))
    pairs = case.estimate.get("pairs") or [label.split(" - ") for label in wanted]
    found = analysis.differences(
        means, [(by_name[one], by_name[other]) for one, other in pairs], degrees_of_freedom=df
    )
    mismatches = check_rows(case, figures(found, df), rows) + _check_covariance(case, [means])
    if isinstance(expected, dict):
        mismatches += check_rows(case, figures(means, df), expected["means"], "means.")
    return mismatches


def check_quantiles(case: Case) -> list[Mismatch]:
    """Quantiles with Woodruff's interval."""
    sample, rows = Sample(case), case.expected
    shares = [row["p"] for row in rows]
    y = sample.variable(case.estimate["y"])
    # R compares rounded shares where the distribution reaches p exactly.
    found = analysis.quantile(sample.design, y, shares, domain=sample.domain(), tie=0.0)
    pairs = {"est": found.value, "se": found.standard_error, "lower": found.low, "upper": found.high}
    return [m for key, column in pairs.items() for m in compare(key, column, [row[key] for row in rows])]


def check_independence(case: Case) -> list[Mismatch]:
    """Rao and Scott's test."""
    sample, expected = Sample(case), case.expected
    first, second = (sample.groups(case.estimate[key]) for key in ("rows", "cols"))
    test = analysis.rao_scott(sample.design, first, second, domain=sample.domain())
    found = {
        "F": test.f,
        "ndf": test.numerator_df,
        "ddf": test.denominator_df,
        "p": test.p_value,
        "X2": test.pearson,
        "p_chisq": test.p_value_chi_square,
    }
    return compare("test", {key: found[key] for key in expected}, expected, absolute=0.0)


def check_index(case: Case) -> list[Mismatch]:
    """The index of criterion means."""
    sample = Sample(case)
    kind = case.estimate["kind"]
    weights = analysis.equal_factor_weights(
        [sample.config["factor_of"][item] for item in sample.config["items"]]
    )
    bounds = (0.0, 1.0) if "share" in kind else (1.0, 5.0)
    domain = sample.domain()
    found = analysis.index(
        sample.design, sample.criteria(kind), weights=weights, bounds=bounds, domain=domain
    )
    rows = figures(found, sample.design.degrees_of_freedom(domain))
    return check_rows(case, rows, _rows_of(case.expected)) + _check_counts(case, sample, rows)


def check_weights(case: Case) -> list[Mismatch]:
    """Calibrated weights: their sums, the first ones, and all of them where a file has them."""
    sample, expected = Sample(case), case.expected
    weights = sample.design.weights
    found: dict[str, Any] = {
        "sum": weights.sum(),
        "min": weights.min(),
        "max": weights.max(),
        "sum_sq": (weights**2).sum(),
        "kish_deff": analysis.kish_design_effect(weights),
        "first10": weights[:10],
    }
    wanted = {key: expected[key] for key in found if key in expected}
    mismatches = compare("weights", found, wanted, relative=tolerance(case))
    if "all" in expected:
        file, _, column = expected["all"].partition(" column ")
        mismatches += compare(
            "all", weights, numbers(case.table(file)[column]).tolist(), relative=tolerance(case)
        )
    return mismatches


ADAPTERS = (
    Statistic(("mean", "total", "variance"), check_estimates),
    Statistic(("ratio",), check_ratio),
    Statistic(("proportions",), check_proportions),
    Statistic(("ciprop",), check_share_intervals),
    Statistic(("contrast_of_means",), check_contrasts),
    Statistic(("nonlinear",), check_nonlinear),
    Statistic(("domain_difference",), check_differences),
    Statistic(("quantile",), check_quantiles),
    Statistic(("rao_scott",), check_independence),
    Statistic(("index_of_criterion_means",), check_index),
    Statistic(("weights",), check_weights),
)
