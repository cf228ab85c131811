"""What every answer tells the browser: where anything may come from, and what may be kept."""

import base64
import hashlib
from functools import lru_cache

from flask import Flask
from flask import Response
from flask import request

from survey import paths
from survey.web.problems import FOREIGN_FORM

# The style of an empty element: plotly.js makes some, and draws a broken figure where they are refused.
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


@lru_cache
def citizen_style() -> str:
    """The style of citizens' pages; it stands in the page, so that a phone asks only once.

    Read once per process, as the policy is: the two must agree.
    """
    return (paths.STATIC / "citizen.css").read_text(encoding="utf-8")


def content_policy() -> str:
    """The Content-Security-Policy of every page: nothing from elsewhere, nothing inline but the one style."""
    digest = base64.b64encode(hashlib.sha256(citizen_style().encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"style-src-elem 'self' 'sha256-{digest}' {_EMPTY_STYLE}",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def require_own_origin() -> None:
    """Refuse a form sent by another site; citizens carry no cookie, so the origin is what there is to check.

    Browsers say where a form comes from, over HTTPS in Sec-Fetch-Site, else in Origin. The scheme is not
    compared: a proxy may have ended the encryption.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        origin = request.headers.get("Origin")
        own = origin is None or origin.partition("://")[2] == request.host
    else:
        own = site in ("same-origin", "none")
    if not own:
        raise FOREIGN_FORM


def set_up_headers(app: Flask) -> None:
    policy = content_policy()

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")  # "no-referrer" would make Origin null
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response
