"""What can be wrong with the arguments of a statistic: each error names the argument and the remedy."""


class AnalysisError(ValueError):
    """An argument no estimate can be made from.

    `argument` is the name of the argument at fault, `problem` says what is wrong with it, `remedy` what to
    do.

    >>> str(AnalysisError("confidence_level", "95 is not between 0 and 1", "give 0.95 for 95 %"))
    'confidence_level: 95 is not between 0 and 1; give 0.95 for 95 %'
    """

    def __init__(self, argument: str, problem: str, remedy: str) -> None:
        super().__init__(f"{argument}: {problem}; {remedy}")
        self.argument = argument
        self.problem = problem
        self.remedy = remedy


class ScaleError(AnalysisError):
    """A rating scale, option or index method that does not fit what is asked of it."""


class CountError(AnalysisError):
    """Counts, ratings or codes that are not the whole numbers they must be."""


class CodeError(AnalysisError):
    """Codes that are blank, unknown, or not one for every row."""


class DesignError(AnalysisError):
    """A sampling design that cannot be: weights, units, replicates or calibration totals that do not fit."""


class PopulationError(AnalysisError):
    """A finite population that is missing, or does not fit the cells."""


class DisclosureError(AnalysisError):
    """A publication rule weakened without saying why."""
