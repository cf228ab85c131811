"""Languages of the pages: Vietnamese unless `?lang=en` asks for English; no cookie remembers it.

Message ids are English. The Vietnamese catalogue is read from its .po file once per process.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask
from flask import g
from flask import has_request_context
from flask import request

from survey import paths

DEFAULT = "vi"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
PARAMETER = "lang"
_CARRIED = ("q",)


def language() -> str:
    """The language of the page being made; Vietnamese outside a request."""
    return g.get("language", DEFAULT) if has_request_context() else DEFAULT


def gettext(message: str, /, **values: Any) -> str:
    """`message` in the page's language, `%(name)s` filled in."""
    text = _translations(language()).get(message) or message
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """Singular or plural in English; Vietnamese has one form."""
    if language() == "en":
        text = singular if number == 1 else plural
    else:
        text = _translations(language()).get(plural) or plural
    return text % {"num": number, **values}


def in_language(names: Mapping[str, str]) -> str:
    """One of the given texts: the page's language, else Vietnamese, else any."""
    return names.get(language()) or names.get(DEFAULT) or next(filter(None, names.values()), "")


@lru_cache
def catalogue(code: str) -> Catalog:
    """The .po catalogue of a language."""
    path = paths.TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=code)


@lru_cache
def _translations(code: str) -> dict[str, str]:
    if code == "en":
        return {}
    found = {}
    for message in catalogue(code):
        if isinstance(message.id, tuple):  # singular and plural; Vietnamese keys by the plural
            found[message.id[1]] = message.string[0]
        else:
            found[message.id] = str(message.string)
    return found


def set_up_languages(app: Flask) -> None:
    """Choose the language of each request, carry it through links, and give it to the templates."""

    @app.before_request
    def choose() -> None:
        asked = request.args.get(PARAMETER, DEFAULT)
        g.language = asked if asked in LANGUAGES else DEFAULT

    @app.url_defaults
    def carry(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" and language() != DEFAULT:
            values.setdefault(PARAMETER, language())

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        language=language, languages=LANGUAGES, in_language=in_language, same_page=same_page
    )


def same_page(code: str) -> str:
    """The address of this page in another language, with what was sought on it and nothing else."""
    asked = {name: request.args[name] for name in _CARRIED if name in request.args}
    return f"{request.path}?{urlencode({**asked, PARAMETER: code})}"
