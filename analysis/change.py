"""Change from one period to another, when some persons answered in both.

Whoever answers in both periods ties the two figures together: with steady persons the true error of the
change is smaller than if the periods were independent, with swinging ones larger. Reference: Kish (1965),
Survey Sampling, section 12.4; the covariance is the linearised one of R's `survey`, persons as clusters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import FloatArray
from analysis.arrays import IntArray
from analysis.arrays import read_only
from analysis.arrays import whole_numbers
from analysis.comparison import Comparison
from analysis.comparison import bounded_difference
from analysis.comparison import tested
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.estimate import Estimates
from analysis.linearization import row_codes
from analysis.multiplicity import Adjustment

READINGS = {"higher": "rose", "lower": "fell"}


@dataclass(frozen=True, eq=False)
class PeriodMeans:
    """Means of D agencies in P periods with their covariance.

    `value` (D × P), `covariance` (D × P × P), `n` answers (D × P), `persons` of each agency over all periods
    (D). NaN where an agency has no answer in a period; the degrees of freedom are the persons - 1.
    """

    value: FloatArray
    covariance: FloatArray
    n: IntArray
    persons: IntArray

    def __post_init__(self) -> None:
        for array in (self.value, self.covariance, self.n, self.persons):
            read_only(array)

    def correlation(self, later: int, earlier: int) -> FloatArray:
        """Correlation of the figures of two periods, by agency; 0 where one of them does not vary."""
        own = self.covariance[:, later, later] * self.covariance[:, earlier, earlier]
        varied = own > 0
        found = self.covariance[:, later, earlier] / np.sqrt(np.where(varied, own, 1.0))
        return np.clip(np.where(varied, found, np.where(np.isnan(own), np.nan, 0.0)), -1.0, 1.0)

    def change(self, later: int, earlier: int, *, confidence_level: float = 0.95) -> Comparison:
        """`later` less `earlier` with Student's t, as R's `svycontrast`; bounded figures: see `changes`."""
        v = self.covariance
        variance = v[:, later, later] + v[:, earlier, earlier] - 2.0 * v[:, later, earlier]
        gap = self.value[:, later] - self.value[:, earlier]
        return tested(gap, variance, self.persons - 1.0, confidence_level, "change")


def period_means(
    score: ArrayLike,
    domain: ArrayLike,
    domains: int,
    period: ArrayLike,
    periods: int,
    person: ArrayLike,
) -> PeriodMeans:
    """Means of `score` by agency and period, and the covariance from persons who come again.

    A row a response: `score` (NaN for a blank, which stays in the design), `domain`, `period` codes from 0,
    `person` any whole number that tells persons of one agency apart. With u = (y - mean)/n summed over the
    rows of a person in a period, cov = m/(m-1)·Σ u_p·u_q over the m persons of the agency in all periods
    given. Persons who answered once make the periods independent.

    >>> means = period_means([1, 0, 1, 1, 0, 1], [0] * 6, 1, [0, 0, 0, 1, 1, 1], 2, [7, 8, 9, 7, 8, 5])
    >>> means.value.round(3).tolist(), means.correlation(1, 0).round(3).tolist()
    ([[0.667, 0.667]], [0.833])
    """
    y = np.asarray(score, dtype=np.float64)
    if y.ndim != 1 or np.isinf(y).any():
        raise AnalysisError(
            "score", "is not one axis of finite numbers", "give one score a row, NaN for blank"
        )
    codes, months = row_codes(domain, domains, len(y), "domain"), row_codes(period, periods, len(y), "period")
    _, who = np.unique(whole_numbers(person, "person"), return_inverse=True)
    if who.shape != y.shape:
        raise CountError("person", f"has shape {who.shape} for {len(y)} rows", "give one person a row")
    people = int(who.max(initial=-1)) + 1
    members, member = np.unique(codes * max(people, 1) + who, return_inverse=True)
    agency = members // max(people, 1)
    answered = ~np.isnan(y)
    cell = codes * periods + months
    shape = (domains, periods)
    n = np.bincount(cell[answered], minlength=domains * periods)
    total = np.bincount(cell[answered], y[answered], domains * periods)
    mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    influence = np.where(answered, (np.where(answered, y, 0.0) - mean[cell]) / np.maximum(n[cell], 1), 0.0)
    place = member * periods + months
    table = np.bincount(place, influence, len(members) * periods).reshape(len(members), periods)
    persons = np.bincount(agency, minlength=domains)
    factor = np.where(persons > 1, persons / np.maximum(persons - 1, 1), np.nan)
    covariance = np.empty((domains, periods, periods))
    for p in range(periods):
        for q in range(p, periods):
            covariance[:, p, q] = factor * np.bincount(agency, table[:, p] * table[:, q], domains)
            covariance[:, q, p] = covariance[:, p, q]
    known = n.reshape(shape) > 0
    covariance[~(known[:, :, np.newaxis] & known[:, np.newaxis, :])] = np.nan
    return PeriodMeans(mean.reshape(shape), covariance, n.reshape(shape), persons)


def changes(
    later: Estimates,
    earlier: Estimates,
    *,
    correlation: ArrayLike = 0.0,
    bounds: tuple[float, float] = (0.0, 1.0),
    adjustment: Adjustment = "holm",
) -> Comparison:
    """Change of each agency's published figure, `later` - `earlier`, with p-values adjusted over all.

    MOVER on the two published intervals (`bounded_difference`) with the `correlation` of `period_means`, 0
    where nobody is recognised twice. The year's change is the one against the same month of last year.

    >>> from analysis import FIVE_LEVEL, Tally, satisfied_share
    >>> may = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 20, 40, 40], [0, 0, 5, 10, 10]]))
    >>> june = satisfied_share(Tally(FIVE_LEVEL, [[0, 0, 4, 40, 56], [0, 0, 4, 10, 11]]))
    >>> found = changes(june, may)
    >>> found.value.round(2).tolist(), found.adjusted_p_value.round(4).tolist(), directions(found).tolist()
    ([0.16, 0.04], [0.0016, 0.713], ['rose', 'cannot tell'])
    """
    return bounded_difference(later, earlier, correlation=correlation, bounds=bounds).adjusted(adjustment)


def directions(found: Comparison) -> NDArray[np.str_]:
    """`rose`, `fell`, `cannot tell` or `not available` for differences that are changes.

    >>> one = tested(np.array([2.0]), np.array([0.1]), np.inf, 0.95, "change")
    >>> directions(one).tolist()
    ['rose']
    """
    reading = found.reading
    return np.asarray(
        np.select([reading == said for said in READINGS], list(READINGS.values()), default=reading)
    )
