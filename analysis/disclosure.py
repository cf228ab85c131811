"""When a figure may be shown: enough responses, no unanimous blame, nothing recoverable by subtraction."""

from typing import Literal
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from analysis.arrays import BoolArray
from analysis.arrays import fitted
from analysis.arrays import whole_numbers
from analysis.errors import CountError
from analysis.errors import DisclosureError

PublicationStatus: TypeAlias = Literal["publish", "too_few", "no_responses", "unanimous"]

MINIMUM_RESPONSES = 10
UNANIMITY_BELOW = 20

HIDDEN = ("too_few", "unanimous")


def publication_status(
    n: ArrayLike,
    *,
    negative: ArrayLike | None = None,
    minimum: int = MINIMUM_RESPONSES,
    reason: str | None = None,
) -> NDArray[np.str_]:
    """Whether the figures of each cell are shown: `publish`, or why not.

    `no_responses` where n = 0, `too_few` below `minimum`, `unanimous` where all answers are on the negative
    side (`negative` counts those) and n is below 20: publishing it would tell what each person said. A
    `minimum` under 10 needs a `reason`, to be shown with the figures.

    >>> publication_status([0, 9, 10, 12, 20], negative=[0, 0, 2, 12, 20]).tolist()
    ['no_responses', 'too_few', 'publish', 'unanimous', 'publish']
    """
    if minimum < 1 or (minimum < MINIMUM_RESPONSES and not (reason or "").strip()):
        raise DisclosureError(
            "minimum",
            f"{minimum} is below {MINIMUM_RESPONSES}",
            "give the reason, and show it with the figures",
        )
    responses = whole_numbers(n, "n")
    against = np.zeros_like(responses) if negative is None else fitted(negative, responses.shape, "negative")
    if np.any(against > responses):
        raise CountError("negative", "exceeds n", "count the negative answers among the n")
    unanimous = (against == responses) & (responses < UNANIMITY_BELOW)
    # The first rule that applies names the status.
    rules: list[tuple[BoolArray, PublicationStatus]] = [
        (responses == 0, "no_responses"),
        (responses < minimum, "too_few"),
        (unanimous, "unanimous"),
    ]
    return np.select([mask for mask, _ in rules], [status for _, status in rules], "publish")


def may_total(statuses: ArrayLike) -> NDArray[np.bool_]:
    """Whether a total over offices (last axis) may be shown beside the offices.

    Only when no office with responses is hidden: otherwise the hidden one is the total less the others. An
    office without responses hides nothing. The total needs its own `publication_status` besides.

    >>> may_total([["publish", "no_responses"], ["publish", "too_few"]]).tolist()
    [True, False]
    """
    given = np.asarray(statuses, dtype=np.str_)
    unknown = set(np.unique(given).tolist()) - {"publish", "no_responses", *HIDDEN}
    if unknown:
        raise DisclosureError(
            "statuses", f"{sorted(unknown)} are unknown", "give those of publication_status"
        )
    return np.asarray(~np.isin(given, HIDDEN).any(axis=-1))
