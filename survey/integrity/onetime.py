"""The digits of a one-time code: drawn, checked, printed, and turned into the keyed hash that is stored.

Fifteen digits in three groups, like a top-up card, because Vietnamese keyboards turn letters into others.
The last digit is Damm's check digit: it finds every single wrong digit and every swap of two neighbours.
"""

import hashlib
import hmac
import secrets
import unicodedata

LENGTH = 15
GROUP = 5

# A weak totally anti-symmetric quasigroup of order ten (H. M. Damm, 2004).
_QUASIGROUP = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def draw_code() -> str:
    """A new random code."""
    body = "".join(secrets.choice("0123456789") for _ in range(LENGTH - 1))
    return body + check_digit(body)


def check_digit(body: str) -> str:
    state = "0"
    for digit in body:
        state = _QUASIGROUP[int(state)][int(digit)]
    return state


def read_code(text: str) -> str | None:
    """The fifteen digits in what somebody typed, or None where it cannot be a code.

    Forgives spaces, dots, dashes and the full-width digits of Asian keyboards.
    """
    if len(text) > 60:
        return None
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(sign for sign in plain if sign not in " .-–—\u00a0\t\r\n")
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return None
    return digits if check_digit(digits) == "0" else None


def printed_code(code: str) -> str:
    """The code in three groups, as it stands on a slip."""
    return " ".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def code_hash(key: bytes, code: str) -> bytes:
    """What is stored in the place of the code; useless without the key."""
    return hmac.new(key, code.encode("ascii"), hashlib.sha256).digest()
