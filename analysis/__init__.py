"""Honest figures from ratings: shares, means and indices with their n, interval and method. Numbers in,
values out.

Pure: numpy and scipy.special, no database, no web. `docs/methods.md` tells what each figure estimates and how
to recompute it.
"""

from analysis.composite import equal_factor_weights
from analysis.composite import mean_of_criteria
from analysis.composite import pooled_index
from analysis.composite import respondent_mean
from analysis.designeffect import DesignEffects
from analysis.designeffect import design_effects
from analysis.designeffect import pooled_design_effect
from analysis.disclosure import PublicationStatus
from analysis.disclosure import may_total
from analysis.disclosure import publication_status
from analysis.errors import AnalysisError
from analysis.errors import CountError
from analysis.errors import DisclosureError
from analysis.errors import PopulationError
from analysis.errors import ScaleError
from analysis.estimate import Estimate
from analysis.estimate import Estimates
from analysis.estimate import Interval
from analysis.estimate import Target
from analysis.indexmethod import MEAN5
from analysis.indexmethod import POMP
from analysis.indexmethod import TOP1
from analysis.indexmethod import TOP2
from analysis.indexmethod import IndexMethod
from analysis.interval import clopper_pearson
from analysis.interval import normal_quantile
from analysis.interval import student_quantile
from analysis.interval import wilson
from analysis.linearization import ratio_moments
from analysis.linearization import variance
from analysis.mean import mean_score
from analysis.moments import Moments
from analysis.moments import pooled_moments
from analysis.proportion import satisfied_share
from analysis.proportion import share
from analysis.proportion import very_satisfied_share
from analysis.scale import FIVE_LEVEL
from analysis.scale import THREE_LEVEL
from analysis.scale import RatingScale
from analysis.tally import Tally
from analysis.weighting import stratified_share

__all__ = [
    "FIVE_LEVEL",
    "MEAN5",
    "POMP",
    "THREE_LEVEL",
    "TOP1",
    "TOP2",
    "AnalysisError",
    "CountError",
    "DesignEffects",
    "DisclosureError",
    "Estimate",
    "Estimates",
    "IndexMethod",
    "Interval",
    "Moments",
    "PopulationError",
    "PublicationStatus",
    "RatingScale",
    "ScaleError",
    "Tally",
    "Target",
    "clopper_pearson",
    "design_effects",
    "equal_factor_weights",
    "may_total",
    "mean_of_criteria",
    "mean_score",
    "normal_quantile",
    "pooled_design_effect",
    "pooled_index",
    "pooled_moments",
    "publication_status",
    "ratio_moments",
    "respondent_mean",
    "satisfied_share",
    "share",
    "stratified_share",
    "student_quantile",
    "variance",
    "very_satisfied_share",
    "wilson",
]
