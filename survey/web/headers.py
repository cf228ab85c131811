"""What every answer tells the browser: where anything may come from, and what may be kept."""

import base64
import hashlib

from flask import Flask
from flask import Response
from flask import request

from survey import paths
from survey.web.problems import FOREIGN_FORM

# The style of an empty element: plotly.js makes some, and draws a broken figure where they are refused.
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


def citizen_style() -> str:
    """The style of citizens' pages; it stands in the page, so that a phone asks only once."""
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
    """Refuse a form sent by another site; citizens carry no cookie, so the origin is what there is to check."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    foreign = origin is not None and origin.rstrip("/") != request.host_url.rstrip("/")
    if foreign or site not in ("same-origin", "none"):
        raise FOREIGN_FORM


def set_up_headers(app: Flask) -> None:
    policy = content_policy()

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Permissions-Policy", "interest-cohort=()")
        return response
