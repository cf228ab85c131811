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

_NARROW = "\u00a0"


def number(value: float, digits: int = 0) -> str:
    """A number in the page's language: 1.234,5 or 1,234.5."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(rounded, pattern, locale=language()))


def percent(share: float | None, digits: int = 1) -> str:
    """A share as per cent: 0.8714 is 87,1 %."""
    return gettext("no data") if share is None else number(share * 100, digits) + _NARROW + "%"


def interval(low: float, high: float, *, scale: float = 100, digits: int = 1) -> str:
    """Both ends of an interval: 82,6–85,6."""
    return f"{number(low * scale, digits)}–{number(high * scale, digits)}"


def month(label: str) -> str:
    """`2026-11` as people say it."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", label)
    if match is None:
        return label
    day = date(int(match[1]), int(match[2]), 1)
    if language() == "vi":
        return f"tháng {day.month}{_NARROW}năm {day.year}"
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
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def set_up_filters(app: Flask) -> None:
    for function in (number, percent, interval, month, sentence, folded):
        app.jinja_env.filters[function.__name__] = function
