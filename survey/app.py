"""The web application: wiring only."""

from flask import Flask
from flask import jsonify
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from sqlalchemy.exc import SQLAlchemyError

from survey import paths
from survey.keys import read_key
from survey.publish import pages as publish_pages
from survey.respond import pages as respond_pages
from survey.settings import Settings
from survey.store.base import Database
from survey.store.migration import current
from survey.store.migration import head
from survey.web import transaction
from survey.web.filters import set_up_filters
from survey.web.headers import set_up_headers
from survey.web.locale import set_up_languages
from survey.web.problems import set_up_problems
from survey.web.static import set_up_static

_LARGEST_REQUEST = 64 * 1024


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The application of one instance."""
    app = Flask("survey", template_folder=str(paths.templates()), static_folder=str(paths.STATIC))
    app.config.update(
        SECRET_KEY=read_key(settings.keys, "web"),
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=_LARGEST_REQUEST,
        TRUSTED_HOSTS=settings.trusted_hosts.split() or None,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    transaction.attach(app, settings, database or Database(settings.database_url))
    for set_up in (set_up_languages, set_up_filters, set_up_headers, set_up_problems, set_up_static):
        set_up(app)
    app.register_blueprint(respond_pages.blueprint)
    app.register_blueprint(publish_pages.blueprint)
    app.add_url_rule("/health", view_func=health)
    return app


def health() -> ResponseReturnValue:
    """Whether responses can be taken: the database answers and has the shape the program expects."""
    try:
        state = "ok" if current(transaction.database().engine) == head() else "out of date"
    except SQLAlchemyError:
        state = "database out of reach"
    return jsonify(status=state), 200 if state == "ok" else 503
