import pytest

# The smallest instrument with every part: a factor, an exit, a fact, a condition, an index, a bridge.
SMALL = """
code = "small"
version = 2
languages = ["vi", "en"]
valid_from = 2026-01-01
valid_to = 2027-01-01
headline = "OV"
verified = false
comparable_with = { "small/1" = "same" }

[title]
vi = "Phiếu nhỏ"
en = "Small form"

[source]
vi = "Thử nghiệm"
en = "Test"

[verification]
vi = "Chưa"
en = "None"

[stem]
vi = "Hài lòng về …?"
en = "Satisfied with …?"

[scales.levels]
satisfied = ["5", "4"]
very_satisfied = ["5"]
options = [
    { code = "5", role = "scored", score = 5, label = { vi = "Năm", en = "Five" } },
    { code = "4", role = "scored", score = 4, label = { vi = "Bốn", en = "Four" } },
    { code = "3", role = "scored", score = 3, label = { vi = "Ba", en = "Three" } },
    { code = "2", role = "scored", score = 2, label = { vi = "Hai", en = "Two" } },
    { code = "1", role = "scored", score = 1, label = { vi = "Một", en = "One" } },
    { code = "x", role = "not_applicable", label = { vi = "Không dùng", en = "Not used" } },
]

[scales.yes_no]
options = [
    { code = "y", role = "category", label = { vi = "Có", en = "Yes" } },
    { code = "n", role = "category", label = { vi = "Không", en = "No" } },
    { code = "r", role = "refused", label = { vi = "Không nói", en = "Not said" } },
]

[[factors]]
code = "STAFF"
label = { vi = "Người", en = "Staff" }

[[items]]
code = "OV"
kind = "rating"
scale = "levels"
about = "competent"
required = true
label = { vi = "Chung", en = "Overall" }
text = { vi = "Nhìn chung?", en = "Overall?" }

[[items]]
code = "ST"
kind = "rating"
scale = "levels"
about = "receiving"
factor = "STAFF"
label = { vi = "Thái độ", en = "Manner" }
text = { vi = "thái độ", en = "the manner" }

[[items]]
code = "LATE"
kind = "fact"
scale = "yes_no"
about = "competent"
label = { vi = "Trễ", en = "Late" }
text = { vi = "Có trễ không?", en = "Was it late?" }

[[items]]
code = "SORRY"
kind = "fact"
scale = "yes_no"
about = "competent"
required = true
asked_if = { item = "LATE", options = ["y"] }
label = { vi = "Xin lỗi", en = "Apology" }
text = { vi = "Có xin lỗi không?", en = "Was there an apology?" }

[[items]]
code = "AGAIN"
kind = "fact"
scale = "yes_no"
about = "competent"
asked_if = { item = "SORRY", options = ["n", "r"] }
label = { vi = "Hỏi lại", en = "Asked" }
text = { vi = "Có hỏi lại không?", en = "Did you ask?" }

[index]
method = "mean5"
aggregation = "pooled"
beside = "equal_factor"
items = ["ST"]
"""


@pytest.fixture(scope="session")
def small_text() -> str:
    return SMALL
