"""Designs and variables from the keys of a case; a made-up folder stands for another of the same shape."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import ReplicateDesign
from analysis import SurveyDesign
from analysis.reference.case import Case
from analysis.reference.case import Source
from analysis.reference.designs import Sample

DATA = {
    "rates.csv": "id,office,month,field,q1,q2\n"
    "1,A,1,land,5,4\n2,A,1,civil,4,\n3,A,1,civil,1,2\n"
    "4,B,1,land,3,3\n5,B,1,land,,5\n6,B,2,civil,5,5\n7,B,2,civil,4,4\n",
    "frame.csv": "office,month,field,N\nA,1,land,4\nA,1,civil,8\n"
    "B,1,land,6\nB,1,civil,0\nB,2,civil,3\nB,2,land,5\n",
    "plain.csv": "w,kind,x\n2,a,1\n2,a,2\n3,b,3\n3,b,5\n3,b,4\n",
    "factors.csv": "r1,r2\n0,2\n0,2\n2,0\n2,0\n2,0\n",
}
RATES = {
    "data": "rates.csv",
    "dossiers": "frame.csv",
    "ids": None,
    "strata": ["office", "month"],
    "fpc": None,
}
WEIGHTS = {"weights": "N(office,month)/n(office,month)"}
CONFIG = {"items": ["q1", "q2"], "factor_of": {"q1": "a", "q2": "b"}, "top_box": ["4", "5"]}


@pytest.fixture
def sample(tmp_path: Path) -> Any:
    (tmp_path / "data").mkdir()
    for name, text in DATA.items():
        (tmp_path / "data" / name).write_text(text, encoding="utf-8")

    def make(design: dict[str, Any], estimate: dict[str, Any] | None = None, **source: Any) -> Sample:
        content = {"data": design.get("data", "plain.csv"), "design": design, "estimate": estimate or {}}
        return Sample(Case(Source(tmp_path, "x.json", {"config": CONFIG, "cases": []} | source), content, 0))

    return make


def test_weights_come_from_the_frame(sample: Any) -> None:
    found = sample(RATES | WEIGHTS | {"fpc": "N(office,month)"})
    assert found.design.weights.tolist() == [4.0, 4.0, 4.0, 3.0, 3.0, 4.0, 4.0]
    assert found.design.finite
    clustered = sample(RATES | {"strata": ["office"], "ids": ["id"], "weights": "N/n of office x month"})
    assert clustered.design.weights.tolist() == found.design.weights.tolist()
    assert not clustered.design.finite


def test_strata_with_an_empty_cell_are_left_out_before_post_stratifying(sample: Any) -> None:
    found = sample(
        RATES | WEIGHTS | {"adjust": "poststratify to office x month x field counts; the rest left out"}
    )
    # Of B, month 2, nobody answered about land; of month 1 nobody could about civil (N = 0, yet listed).
    assert sorted(set(found.table["office"].tolist())) == ["A"]
    assert found.design.weights.tolist() == [4.0, 4.0, 4.0]


def test_margins_are_found_by_their_cells(sample: Any) -> None:
    adjust = {"method": "rake", "rows": "month 1", "margins": [{"land": 10, "civil": 8}, {"A": 12, "B": 6}]}
    found = sample(RATES | WEIGHTS | {"adjust": adjust})
    assert found.design.weights[found.table["field"] == "land"].sum() == pytest.approx(10)
    assert found.design.weights[found.table["office"] == "B"].sum() == pytest.approx(6)


def test_variables_and_domains(sample: Any) -> None:
    found = sample(RATES | WEIGHTS, {"y": "q1", "domain": {"office": "B", "answered": "q1"}})
    assert found.inside().tolist() == [False, False, False, True, False, True, True]
    np.testing.assert_array_equal(found.variable("1[q1>=4]"), [1, 1, 0, 0, np.nan, 1, 1])
    np.testing.assert_array_equal(found.variable("index of factors"), [4.5, np.nan, 1.5, 3, np.nan, 5, 4])
    np.testing.assert_array_equal(found.criteria("top-two-box share")[1], [1, np.nan, 0, 0, 1, 1, 1])
    named = sample(RATES | WEIGHTS, {"y": ["q1", "q2"], "domain": "both answered"})
    assert named.inside().sum() == 5


def test_plain_and_replicate_designs(sample: Any) -> None:
    plain = sample({"ids": None, "strata": ["kind"], "weights": "w", "fpc": None, "lonely_psu": "remove"})
    assert isinstance(plain.design, SurveyDesign)
    assert plain.design.single_psu == "remove"
    keys = {"base_weights": "w", "replicate_type": "JKn", "scale": 1.0, "mse": False}
    given = sample(keys | {"rscales": 0.5, "factors_file": "data/factors.csv"})
    assert isinstance(given.design, ReplicateDesign)
    assert given.design.replicate_weights[:, 0].tolist() == [0, 0, 6, 6, 6]
    rscales = [0.5] * 2 + [2 / 3] * 3
    made = sample(keys | {"rscales": rscales, "factors_file": None})
    np.testing.assert_allclose(made.design.rscales, rscales)
    finite = sample(
        keys
        | {
            "rscales": [r * (1 - 1 / w) for r, w in zip(rscales, [2] * 2 + [3] * 3, strict=True)],
            "factors_file": None,
        }
    )
    assert finite.design.rscales.sum() < made.design.rscales.sum()
    with pytest.raises(ValueError, match="fit no jackknife"):
        sample(keys | {"rscales": 0.1, "factors_file": None})


def test_calibration_by_the_terms_of_a_model(sample: Any) -> None:
    adjust = {"method": "calibrate_linear", "totals": {"(Intercept)": 20, "kindb": 12, "x": 60}}
    found = sample({"ids": None, "strata": None, "weights": "w", "fpc": None, "adjust": adjust})
    assert found.design.weights.sum() == pytest.approx(20)
    assert (found.design.weights * found.variable("x")).sum() == pytest.approx(60)
