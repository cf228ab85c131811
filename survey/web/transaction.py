"""The database of the running app, and what day it is in Vietnam."""

from contextlib import AbstractContextManager
from datetime import date
from datetime import datetime

from flask import Flask
from flask import current_app
from sqlalchemy.orm import Session

from survey.settings import Settings
from survey.store.base import Database
from survey.store.periods import TIME_ZONE

_NAME = "hailong"


def attach(app: Flask, settings: Settings, database: Database) -> None:
    app.extensions[_NAME] = (settings, database)


def settings() -> Settings:
    return current_app.extensions[_NAME][0]


def database() -> Database:
    return current_app.extensions[_NAME][1]


def reading() -> AbstractContextManager[Session]:
    return database().reading()


def writing() -> AbstractContextManager[Session]:
    return database().writing()


def today() -> date:
    return datetime.now(TIME_ZONE).date()
