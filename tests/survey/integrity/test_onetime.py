import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.integrity import onetime
from survey.integrity.onetime import LENGTH
from survey.integrity.onetime import check_digit
from survey.integrity.onetime import code_hash
from survey.integrity.onetime import draw_code
from survey.integrity.onetime import printed_code
from survey.integrity.onetime import read_code

CODES = [draw_code() for _ in range(60)]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def slips(code: str) -> set[str]:
    """Every code with one wrong digit, or with two unlike neighbours swapped."""
    wrong = {code[:i] + digit + code[i + 1 :] for i in range(LENGTH) for digit in "0123456789"}
    swapped = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(LENGTH - 1)}
    return (wrong | swapped) - {code}


def overlooked() -> int:
    return sum(read_code(slip) is not None for code in CODES for slip in slips(code))


def test_every_single_slip_is_found() -> None:
    assert all(read_code(code) == code for code in CODES)
    assert min(len(slips(code)) for code in CODES) >= 9 * LENGTH
    assert overlooked() == 0


@pytest.mark.parametrize("weights", [(1, 1), (1, 2)], ids=["sum of digits", "every second one doubled"])
def test_a_weaker_check_digit_would_overlook_some(
    weights: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both come out 0 over a whole code whose last digit is -sum, as the true one does.
    def weak(body: str) -> str:
        return str(sum(int(digit) * weights[i % 2] for i, digit in enumerate(reversed(body))) % 10)

    monkeypatch.setattr(onetime, "check_digit", weak)
    rounded = [body + str(-int(weak(body + "0")) % 10) for body in (code[:-1] for code in CODES)]
    assert all(read_code(code) == code for code in rounded)
    assert any(read_code(slip) is not None for code in rounded for slip in slips(code))


def test_the_table_is_a_weak_totally_anti_symmetric_quasigroup() -> None:
    table = [[int(digit) for digit in row] for row in onetime._QUASIGROUP]
    digits = list(range(10))
    assert all(sorted(row) == digits for row in table)
    assert all(sorted(column) == digits for column in zip(*table, strict=True))
    assert all(table[i][i] == 0 for i in digits), "so that the whole code checks to 0"
    for c in digits:
        for x in digits:
            for y in range(x):
                assert table[table[c][x]][y] != table[table[c][y]][x]


@pytest.mark.parametrize("between", ["", " ", "  ", ".", "-", "–", "—", "\u00a0", "\t", "\r\n", " - "])
@pytest.mark.parametrize("digits", ["ascii", "full width"])
def test_it_forgives_how_a_code_is_written(between: str, digits: str) -> None:
    for code in CODES:
        text = printed_code(code).replace(" ", between)
        if digits == "full width":
            text = text.translate(FULL_WIDTH)
        assert read_code(f" {text}\n") == code


def test_printed_in_three_groups() -> None:
    assert printed_code("123456789012345") == "12345 67890 12345"


@given(st.text(max_size=80))
def test_it_refuses_everything_else(text: str) -> None:
    found = read_code(text)
    digits = "".join(filter(str.isdigit, unicodedata.normalize("NFKC", text)))
    if len(digits) != LENGTH:
        assert found is None
    else:
        assert found in (None, digits)


@given(st.sampled_from(CODES), st.integers(0, LENGTH), st.characters(exclude_characters=" .-–—\u00a0\t\r\n"))
def test_one_sign_too_many_is_refused(code: str, place: int, sign: str) -> None:
    normal = unicodedata.normalize("NFKC", code[:place] + sign + code[place:])
    if normal.replace(" ", "") != code:  # some signs are nothing but a space
        assert read_code(code[:place] + sign + code[place:]) is None


@pytest.mark.parametrize(
    "text",
    ["", "0" * 14, "0" * 16, "²" * 15, "٣" * 15, "一" * 15, " " * 200 + "0" * 15, "0" * 10**6, "\0" * 15],
    ids=["none", "14", "16", "superscript", "Arabic", "Chinese", "long", "huge", "NUL"],
)
def test_it_refuses(text: str) -> None:
    assert read_code(text) is None


def test_codes_are_random_in_every_place() -> None:
    assert len(set(CODES)) == len(CODES)
    for place in range(LENGTH):
        assert len({code[place] for code in CODES}) > 5


def test_the_hash_needs_the_key() -> None:
    code = CODES[0]
    key, other = b"k" * 32, b"o" * 32
    assert code_hash(key, code) == code_hash(key, code)
    assert len(code_hash(key, code)) == 32
    assert code_hash(key, code) != code_hash(other, code)
    assert code_hash(key, code) != code_hash(key, CODES[1])


def test_the_check_digit_of_a_known_number() -> None:
    assert check_digit("572") == "4"  # the example of Damm's thesis
