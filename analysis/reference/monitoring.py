"""Cases of monitoring, small offices, publication, disclosure, reliability, drivers and sample sizes."""

from typing import Any

import numpy as np

from analysis.control import arcsine_limits
from analysis.control import cusum
from analysis.control import ewma
from analysis.control import exact_limits
from analysis.control import funnel
from analysis.control import p_chart
from analysis.drivers import driver_shares
from analysis.publication import nchs_2017
from analysis.reference.case import ENDS
from analysis.reference.case import ITERATIVE
from analysis.reference.case import Case
from analysis.reference.case import Mismatch
from analysis.reference.case import Statistic
from analysis.reference.case import compare
from analysis.reference.case import numbers
from analysis.reliability import scale_reliability
from analysis.samplesize import cost_allocation
from analysis.samplesize import group_size
from analysis.samplesize import neyman_allocation
from analysis.samplesize import overlapping_size
from analysis.samplesize import proportional_allocation
from analysis.samplesize import sample_size
from analysis.samplesize import stratified_error
from analysis.shrinkage import BetaBinomial
from analysis.shrinkage import fit_beta_binomial
from analysis.shrinkage import shrunken_share
from analysis.smallarea import fay_herriot
from analysis.suppression import disclosure_audit
from analysis.suppression import with_margins

SAE_PRECISION = 1e-4
"""Where the reference's small-area program stops iterating (its documented default)."""

FLAT = 1e-3
"""Relative distance of hyper-parameters at which a likelihood differs by rounding."""


def _funnel(case: Case) -> list[Mismatch]:
    expected = case.expected
    found = funnel(expected["x"], expected["n"])
    numbers_found = {
        "target": found.target,
        "z": found.score,
        "z_winsorised": found.winsorized,
        "phi": found.dispersion,
        "tau2": found.between_variance,
    }
    wrong = compare("", numbers_found, {key: expected[key] for key in numbers_found})
    sizes = np.array(expected["n_sorted"])
    for key, level in (("95", 0.95), ("998", 0.998)):
        chance = arcsine_limits(found.target, sizes, confidence_level=level)
        wide = arcsine_limits(found.target, sizes, found.between_variance, confidence_level=level)
        exact = exact_limits(found.target, sizes, confidence_level=level)
        for kind, interval in (("limits", chance), ("od_limits", wide), ("exact_limits", exact)):
            for side, end in (("l", interval.low), ("u", interval.high)):
                wanted = np.array(expected[kind][side + key], dtype=np.float64)
                # At 0 and 1 the arcsine scale has no limit: the other program may turn round there.
                bound = (end <= 0.0) | (end >= 1.0)
                wrong += compare(f"{kind}.{side}{key}", end[~bound], wanted[~bound].tolist(), absolute=ENDS)
    return wrong


def _charts(case: Case) -> list[Mismatch]:
    expected = case.expected
    chart = p_chart(expected["x"], expected["n"], baseline=len(expected["n"]))
    spread, centre = expected["sd"], expected["center"]
    sums = cusum(expected["y"], centre, spread)
    smooth = ewma(expected["y"], centre, spread)
    beyond = np.flatnonzero(chart.signal) + 1
    found = {
        "p_center": chart.centre,
        "p_lower": chart.lower,
        "p_upper": chart.upper,
        "p_beyond": beyond
        if isinstance(expected["p_beyond"], list)
        else beyond[0]
        if len(beyond) == 1
        else None,
        "center": np.mean(expected["y"][:12]),
        "sd": np.std(expected["y"][:12], ddof=1),
        "cusum_pos": sums.rising,
        "cusum_neg": sums.falling,
        "ewma": smooth.value,
        "ewma_lower": smooth.lower,
        "ewma_upper": smooth.upper,
    }
    return compare("", found, {key: expected[key] for key in found}, absolute=1e-12)


def _sample_size(case: Case) -> list[Mismatch]:
    wrong = []
    for place, row in enumerate(case.expected):
        population = float(row["N"])
        given: dict[str, Any] = {"confidence_level": 1.0 - row["alpha"]}
        found = {"n": sample_size(row["p"], row["e"], population=population, **given)}
        endless = sample_size(row["p"], row["e"], method="log_odds", **given)
        # The other program divides by N/(N-1) where the variance of a finite population multiplies.
        turned = 1.0 if np.isinf(population) else population / (population - 1.0)
        found["n_logodds"] = 1.0 / (turned / endless + 1.0 / population)
        if row["n_wilson"] is not None:
            found["n_wilson"] = sample_size(
                row["p"], row["e"], method="wilson", population=population, **given
            )
        wrong += compare(f"[{place}]", found, {key: row[key] for key in found})
    return wrong


def _allocation(case: Case) -> list[Mismatch]:
    expected = case.expected
    people, deviation, cost = expected["Nh"], expected["Sh"], np.array(expected["ch"])
    asked = {key: np.array(expected[key]["nh"]) for key in ("prop", "neyman", "totcost", "totvar")}
    budget = float((cost * asked["totcost"]).sum())
    found = {
        "prop": proportional_allocation(asked["prop"].sum(), people),
        "neyman": neyman_allocation(asked["neyman"].sum(), people, deviation),
        "totcost": cost_allocation(people, deviation, cost, budget=budget),
        "totvar": cost_allocation(people, deviation, cost, variance=expected["totvar"]["se"] ** 2),
    }
    wrong = []
    for key, n in found.items():
        wrong += compare(f"{key}.nh", n, expected[key]["nh"])
        if expected[key]["se"] is not None:
            error = stratified_error(n, people, deviation)
            wrong += compare(f"{key}.se", error, expected[key]["se"])
    return wrong


def _group_size(case: Case) -> list[Mismatch]:
    found = [
        group_size(row["p1"], row["p2"], power=row["power"], confidence_level=1.0 - row["alpha"])
        for row in case.expected
    ]
    return compare("n_each", found, [row["n_each"] for row in case.expected], relative=ITERATIVE)


def _overlap(case: Case) -> list[Mismatch]:
    found = []
    for row in case.expected:
        first = overlapping_size(row["px"], row["py"], row["pxy"], row["overlap"], ratio=row["r"])
        found.append({"n1": np.ceil(first), "n2": np.ceil(first / row["r"])})
    return compare("", found, [{key: row[key] for key in ("n1", "n2")} for row in case.expected])


def _beta_binomial(case: Case) -> list[Mismatch]:
    expected = case.expected
    x, n = expected["x"], expected["n"]
    best = fit_beta_binomial(x, n)
    # The other program stops while the likelihood still rises in its last digits: it must not be above
    # `best`, and the posteriors are compared at its own hyper-parameters.
    wrong = compare("loglik", best.log_likelihood, expected["loglik"])
    if best.log_likelihood < expected["loglik"] - 1e-9:
        wrong.append(Mismatch("loglik", best.log_likelihood, expected["loglik"]))
    wrong += compare("mu", best.mean, expected["mu"], relative=FLAT)
    wrong += compare("rho", best.correlation, expected["rho"], relative=FLAT)
    model = BetaBinomial(expected["mu"], expected["alpha"] + expected["beta"])
    wrong += compare("rho at theirs", model.correlation, expected["rho"])
    found = shrunken_share(x, n, model=model)
    wrong += compare("post_mean", found.value, expected["post_mean"])
    wrong += compare("post_lower", found.low, expected["post_lower"], absolute=ENDS)
    return wrong + compare("post_upper", found.high, expected["post_upper"], absolute=ENDS)


def _small_area(case: Case) -> list[Mismatch]:
    expected = case.expected
    fits = expected.get("fits") or [expected["fit"] | {"method": "REML"}]
    wrong = []
    for fit in fits:
        found = fay_herriot(
            expected["y"],
            expected["vardir"],
            expected.get("x"),
            method=fit["method"],
            tolerance=SAE_PRECISION,
        )
        beta = found.coefficients
        numbers_found = {
            "beta": beta if isinstance(fit["beta"], list) else beta[0],
            "beta_se": found.coefficient_errors,
            "refvar": found.between_variance,
            "eblup": found.shrunken.value,
            "mse": found.mean_squared_error,
        }
        wanted = {key: fit[key] for key in numbers_found if key in fit}
        wrong += compare(fit["method"], numbers_found, wanted, relative=ITERATIVE)
    return wrong


def _drivers(case: Case) -> list[Mismatch]:
    table = case.table()
    items = np.column_stack([numbers(table[name]) for name in case.estimate["x"]])
    found = driver_shares(numbers(table[case.estimate["y"]]), items)
    shown = {
        "R2": found.r_squared,
        "lmg": found.lmg,
        "johnson": found.johnson,
        "first": found.first,
        "last": found.last,
    }
    return compare("", shown, case.expected)


def _reliability(case: Case) -> list[Mismatch]:
    table = case.table()
    items = np.column_stack([numbers(table[name]) for name in case.estimate["items"]])
    found = scale_reliability(np.nan_to_num(items).astype(np.int64))
    shown = {
        "alpha": found.alpha,
        "std_alpha": found.standardized_alpha,
        "alpha_if_dropped": found.alpha_without,
        "corrected_item_total": found.item_rest,
    }
    return compare("", shown, case.expected)


def _nchs(case: Case) -> list[Mismatch]:
    rows = case.expected
    x, n, v, df = (np.array([row[key] for row in rows], dtype=np.float64) for key in ("x", "n", "var", "df"))
    found = nchs_2017(x / n, v, n, df)
    marks = (
        ("Px", found.suppress),
        ("Pc", found.complement),
        ("Pdf", found.review_degrees),
        ("P0", found.review_unvaried),
    )
    flags = [" ".join(name for name, mask in marks if mask[place]) for place in range(len(rows))]
    wrong = compare("flags", flags, [row["flags"] for row in rows])
    wrong += compare("lower", found.interval.low, [row["lower"] for row in rows], absolute=ENDS)
    return wrong + compare("upper", found.interval.high, [row["upper"] for row in rows], absolute=ENDS)


def _disclosure(case: Case) -> list[Mismatch]:
    wrong = []
    for place, table in enumerate(case.expected):
        counts = np.array(table["table"])
        hidden = np.zeros(np.array(counts.shape) + 1, dtype=np.bool_)
        hidden[:-1, :-1] = table["suppressed"]
        audit = disclosure_audit(with_margins(counts), ~hidden.ravel(), sensitive=hidden.ravel())
        cells = (np.array(table["audit"][key]) - 1 for key in ("row", "col"))
        order = np.searchsorted(audit.places, np.ravel_multi_index(tuple(cells), hidden.shape))
        ends = {"lower": audit.lower[order], "upper": audit.upper[order]}
        wrong += compare(f"[{place}]", ends, {key: table["audit"][key] for key in ends})
        exact = int((audit.lower == audit.upper).sum())
        wrong += compare(f"[{place}].exactly_recoverable", exact, table["exactly_recoverable"])
    return wrong


ADAPTERS = (
    Statistic(("funnel",), _funnel),
    Statistic(("control charts",), _charts),
    Statistic(("sample size for a half width e",), _sample_size),
    Statistic(("allocation",), _allocation),
    Statistic(("n per group",), _group_size),
    Statistic(("n with overlapping samples",), _overlap),
    Statistic(("empirical Bayes, beta-binomial",), _beta_binomial),
    Statistic(("EBLUP", "EBLUP without covariates"), _small_area),
    Statistic(("relative importance",), _drivers),
    Statistic(("Cronbach alpha",), _reliability),
    Statistic(("NCHS 2017 presentation standard",), _nchs),
    Statistic(("feasibility interval of suppressed cells",), _disclosure),
)
"""One adapter for each kind of case."""
