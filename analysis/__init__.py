"""Honest figures from ratings: shares, means and indices with their n, interval and method. Numbers in,
values out.

Pure: numpy and scipy.special, no database, no web. `docs/methods.md` tells what each figure estimates and how
to recompute it.
"""

from analysis.casemix import CaseMix
from analysis.casemix import case_mix
from analysis.change import PeriodMeans
from analysis.change import changes
from analysis.change import directions
from analysis.change import period_means
from analysis.collapsing import CollapsedCells
from analysis.collapsing import collapse_cells
from analysis.comparison import Comparison
from analysis.comparison import bounded_difference
from analysis.comparison import differences_from_mean
from analysis.comparison import mover
from analysis.comparison import pairwise_differences
from analysis.composite import equal_factor_weights
from analysis.composite import mean_of_criteria
from analysis.composite import pooled_index
from analysis.composite import respondent_mean
from analysis.contrasts import contrast
from analysis.contrasts import covariance
from analysis.contrasts import differences
from analysis.contrasts import nonlinear
from analysis.control import ControlChart
from analysis.control import Cusum
from analysis.control import Funnel
from analysis.control import arcsine_limits
from analysis.control import cusum
from analysis.control import ewma
from analysis.control import exact_limits
from analysis.control import funnel
from analysis.control import laney_chart
from analysis.control import p_chart
from analysis.design import SurveyDesign
from analysis.designeffect import DesignEffects
from analysis.designeffect import design_effects
from analysis.designeffect import pooled_design_effect
from analysis.disclosure import PublicationStatus
from analysis.disclosure import may_total
from analysis.disclosure import publication_status
from analysis.drivers import Drivers
from analysis.drivers import driver_shares
from analysis.effectiveinterval import arcsine
from analysis.effectiveinterval import effective_n
from analysis.effectiveinterval import korn_graubard
from analysis.effectiveinterval import likelihood_interval
from analysis.effectiveinterval import logit_interval
from analysis.effectiveinterval import wald
from analysis.errors import AnalysisError
from analysis.errors import CodeError
from analysis.errors import CountError
from analysis.errors import DesignError
from analysis.errors import DisclosureError
from analysis.errors import PopulationError
from analysis.errors import ScaleError
from analysis.estimate import Estimate
from analysis.estimate import Estimates
from analysis.estimate import Interval
from analysis.estimate import Target
from analysis.estimators import deff
from analysis.estimators import index
from analysis.estimators import population_variance
from analysis.estimators import ratio
from analysis.estimators import total
from analysis.grouping import Grouping
from analysis.grouping import grouping
from analysis.independence import IndependenceTest
from analysis.independence import rao_scott
from analysis.indexmethod import MEAN5
from analysis.indexmethod import POMP
from analysis.indexmethod import TOP1
from analysis.indexmethod import TOP2
from analysis.indexmethod import IndexMethod
from analysis.interval import agresti_coull
from analysis.interval import clopper_pearson
from analysis.interval import hypergeometric
from analysis.interval import jeffreys
from analysis.interval import mid_p
from analysis.interval import normal_quantile
from analysis.interval import student_quantile
from analysis.interval import wilson
from analysis.interval import wilson_corrected
from analysis.linearization import ratio_moments
from analysis.linearization import variance
from analysis.mean import mean
from analysis.mean import mean_score
from analysis.moments import Moments
from analysis.moments import pooled_moments
from analysis.multiplicity import Adjustment
from analysis.multiplicity import adjusted_p_values
from analysis.nonresponse import Representativeness
from analysis.nonresponse import defect_effective_n
from analysis.nonresponse import representativeness
from analysis.nonresponse import tipping_point
from analysis.nonresponse import worst_case_bounds
from analysis.proportion import satisfied_share
from analysis.proportion import share
from analysis.proportion import very_satisfied_share
from analysis.publication import NchsFlags
from analysis.publication import PublicationDecision
from analysis.publication import PublicationProfile
from analysis.publication import PublicationStandard
from analysis.publication import nchs_2017
from analysis.publication import publication_standard
from analysis.quantiles import quantile
from analysis.ranking import RankProbabilities
from analysis.ranking import RankSets
from analysis.ranking import rank_changes
from analysis.ranking import rank_probabilities
from analysis.ranking import rank_sets
from analysis.ranking import recovered_variance
from analysis.reliability import Reliability
from analysis.reliability import StraightLines
from analysis.reliability import scale_reliability
from analysis.reliability import straight_lines
from analysis.replication import ReplicateDesign
from analysis.replication import brr
from analysis.replication import canty_davison
from analysis.replication import jackknife
from analysis.replication import rao_wu
from analysis.samplesize import cost_allocation
from analysis.samplesize import group_size
from analysis.samplesize import neyman_allocation
from analysis.samplesize import overlapping_size
from analysis.samplesize import power_allocation
from analysis.samplesize import proportional_allocation
from analysis.samplesize import sample_size
from analysis.samplesize import stratified_error
from analysis.samplesize import whole_allocation
from analysis.samplesize import within_population
from analysis.samplesize import yamane
from analysis.scale import FIVE_LEVEL
from analysis.scale import THREE_LEVEL
from analysis.scale import RatingScale
from analysis.sharedifference import DifferenceMethod
from analysis.sharedifference import share_difference
from analysis.shares import category_shares
from analysis.shares import event_share
from analysis.shrinkage import BetaBinomial
from analysis.shrinkage import PoolingLadder
from analysis.shrinkage import Shrunken
from analysis.shrinkage import fit_beta_binomial
from analysis.shrinkage import pooling_ladder
from analysis.shrinkage import shrunken_share
from analysis.simulate import clustered_outcomes
from analysis.simulate import leave_blank
from analysis.simulate import ordinal_ratings
from analysis.simulate import polarized_ratings
from analysis.simulate import repeated_people
from analysis.simulate import respond
from analysis.simulate import response_chance
from analysis.smallarea import FayHerriot
from analysis.smallarea import fay_herriot
from analysis.suppression import AdditiveSystem
from analysis.suppression import DisclosureAudit
from analysis.suppression import complementary_suppression
from analysis.suppression import disclosure_audit
from analysis.suppression import with_margins
from analysis.tally import Tally
from analysis.trend import Trend
from analysis.trend import linear_trend
from analysis.trend import rolling_sums
from analysis.trend import year_on_year
from analysis.verdict import Goal
from analysis.verdict import Verdict
from analysis.verdict import verdicts
from analysis.weighting import calibrate
from analysis.weighting import kish_design_effect
from analysis.weighting import post_stratify
from analysis.weighting import rake
from analysis.weighting import stratified_share
from analysis.weighting import trim

__all__ = [
    "FIVE_LEVEL",
    "MEAN5",
    "POMP",
    "THREE_LEVEL",
    "TOP1",
    "TOP2",
    "AdditiveSystem",
    "Adjustment",
    "AnalysisError",
    "BetaBinomial",
    "CaseMix",
    "CodeError",
    "CollapsedCells",
    "Comparison",
    "ControlChart",
    "CountError",
    "Cusum",
    "DesignEffects",
    "DesignError",
    "DifferenceMethod",
    "DisclosureAudit",
    "DisclosureError",
    "Drivers",
    "Estimate",
    "Estimates",
    "FayHerriot",
    "Funnel",
    "Goal",
    "Grouping",
    "IndependenceTest",
    "IndexMethod",
    "Interval",
    "Moments",
    "NchsFlags",
    "PeriodMeans",
    "PoolingLadder",
    "PopulationError",
    "PublicationDecision",
    "PublicationProfile",
    "PublicationStandard",
    "PublicationStatus",
    "RankProbabilities",
    "RankSets",
    "RatingScale",
    "Reliability",
    "ReplicateDesign",
    "Representativeness",
    "ScaleError",
    "Shrunken",
    "StraightLines",
    "SurveyDesign",
    "Tally",
    "Target",
    "Trend",
    "Verdict",
    "adjusted_p_values",
    "agresti_coull",
    "arcsine",
    "arcsine_limits",
    "bounded_difference",
    "brr",
    "calibrate",
    "canty_davison",
    "case_mix",
    "category_shares",
    "changes",
    "clopper_pearson",
    "clustered_outcomes",
    "collapse_cells",
    "complementary_suppression",
    "contrast",
    "cost_allocation",
    "covariance",
    "cusum",
    "defect_effective_n",
    "deff",
    "design_effects",
    "differences",
    "differences_from_mean",
    "directions",
    "disclosure_audit",
    "driver_shares",
    "effective_n",
    "equal_factor_weights",
    "event_share",
    "ewma",
    "exact_limits",
    "fay_herriot",
    "fit_beta_binomial",
    "funnel",
    "group_size",
    "grouping",
    "hypergeometric",
    "index",
    "jackknife",
    "jeffreys",
    "kish_design_effect",
    "korn_graubard",
    "laney_chart",
    "leave_blank",
    "likelihood_interval",
    "linear_trend",
    "logit_interval",
    "may_total",
    "mean",
    "mean_of_criteria",
    "mean_score",
    "mid_p",
    "mover",
    "nchs_2017",
    "neyman_allocation",
    "nonlinear",
    "normal_quantile",
    "ordinal_ratings",
    "overlapping_size",
    "p_chart",
    "pairwise_differences",
    "period_means",
    "polarized_ratings",
    "pooled_design_effect",
    "pooled_index",
    "pooled_moments",
    "pooling_ladder",
    "population_variance",
    "post_stratify",
    "power_allocation",
    "proportional_allocation",
    "publication_standard",
    "publication_status",
    "quantile",
    "rake",
    "rank_changes",
    "rank_probabilities",
    "rank_sets",
    "rao_scott",
    "rao_wu",
    "ratio",
    "ratio_moments",
    "recovered_variance",
    "repeated_people",
    "representativeness",
    "respond",
    "respondent_mean",
    "response_chance",
    "rolling_sums",
    "sample_size",
    "satisfied_share",
    "scale_reliability",
    "share",
    "share_difference",
    "shrunken_share",
    "straight_lines",
    "stratified_error",
    "stratified_share",
    "student_quantile",
    "tipping_point",
    "total",
    "trim",
    "variance",
    "verdicts",
    "very_satisfied_share",
    "wald",
    "whole_allocation",
    "wilson",
    "wilson_corrected",
    "with_margins",
    "within_population",
    "worst_case_bounds",
    "yamane",
    "year_on_year",
]
