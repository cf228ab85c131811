"""Addresses of static files that change with their content, so that a browser may keep them for ever."""

import hashlib
from functools import lru_cache

from flask import Flask
from flask import Response
from flask import request
from flask import url_for

from survey import paths


@lru_cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((paths.STATIC / name).read_bytes()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a static file with its fingerprint."""
    return url_for("static", filename=name, v=_fingerprint(name))


def set_up_static(app: Flask) -> None:
    app.jinja_env.globals["static_url"] = static_url

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code < 400:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
