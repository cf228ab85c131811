"""How numbers and periods are written: the only place that rounds, and the only one that says per cent."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup

from survey.web.locale import gettext
from survey.web.locale import language

_NO_BREAK = "\u00a0"
_MONTH = re.compile(r"([1-9]\d{3})-(0[1-9]|1[0-2])", re.ASCII)


def number(value: float, digits: int = 0, *, scale: int = 1) -> str:
    """A number in the page's language, times `scale`: 1.234,5 or 1,234.5. Halves go up."""
    # As decimals from the first: 100 * 0.285 would be 28.499999999999996.
    rounded = (Decimal(str(value)) * scale).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(rounded + 0, pattern, locale=language()))  # + 0: never "-0"


def percent(share: float | None, digits: int = 1) -> str:
    """A share as per cent: 0.8714 is 87,1 %."""
    return gettext("no data") if share is None else number(share, digits, scale=100) + _NO_BREAK + "%"


def interval(low: float, high: float, *, scale: int = 100, digits: int = 1) -> str:
    """Both ends of an interval: 82,6–85,6."""
    return f"{number(low, digits, scale=scale)}–{number(high, digits, scale=scale)}"


def month(label: str) -> str:
    """`2026-11` as people say it."""
    match = _MONTH.fullmatch(label)
    if match is None:
        return label
    day = date(int(match[1]), int(match[2]), 1)
    if language() == "vi":
        return f"tháng {day.month}{_NO_BREAK}năm {day.year}"
    return format_date(day, "MMMM yyyy", locale=language())


def sentence(text: str) -> str:
    """The same text beginning with a capital letter."""
    return text[:1].upper() + text[1:]


def folded(text: str) -> str:
    """For finding: without case, tone marks or the stroke of đ."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def json_script(text: str) -> Markup:
    """JSON that is safe inside a script element."""
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def set_up_filters(app: Flask) -> None:
    for function in (number, percent, interval, month, sentence, folded):
        app.jinja_env.filters[function.__name__] = function
