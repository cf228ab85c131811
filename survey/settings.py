"""Every setting of an instance: its name, type, default and help, checked at the start.

A setting comes from the environment (`HAILONG_` and its name in capitals) or from `hailong.toml` in the
instance's folder; the environment wins. `docs/settings.md` lists them and a test keeps it true.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from pathlib import Path
from typing import Any

FILE_NAME = "hailong.toml"
PREFIX = "HAILONG_"


class SettingsError(Exception):
    """A setting is unknown or has an impossible value; the message names it and the remedy."""


def _setting(default: Any, explanation: str) -> Any:
    return field(default=default, metadata={"help": explanation})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one instance, immutable once read."""

    home: Path
    database: str = _setting(
        "", "SQLAlchemy URL of the database; empty: SQLite in the instance's folder (hailong.sqlite)"
    )
    minimum_n: int = _setting(10, "an office with fewer responses shows no figure; never below 10")
    confidence_level: float = _setting(0.95, "confidence level of every published interval, 0.8 to 0.999")
    trusted_hosts: str = _setting(
        "", "host names the pages may be asked under, separated by spaces; empty: any"
    )
    threads: int = _setting(8, "threads of the built-in server")

    def __post_init__(self) -> None:
        if self.minimum_n < 10:
            raise SettingsError(f"minimum_n is {self.minimum_n}; it may be raised, but never below 10")
        if not 0.8 <= self.confidence_level <= 0.999:
            raise SettingsError(f"confidence_level is {self.confidence_level}; give 0.8 to 0.999")
        if self.threads < 1:
            raise SettingsError(f"threads is {self.threads}; give 1 or more")

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'hailong.sqlite'}"

    @property
    def keys(self) -> Path:
        """The folder of secret keys: beside the database, never in it."""
        return self.home / "keys"


def described() -> dict[str, Field[Any]]:
    """The settings an operator may change, by name."""
    return {each.name: each for each in fields(Settings) if "help" in each.metadata}


def read_settings(home: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of the instance in `home`; raises SettingsError."""
    values: dict[str, Any] = {}
    path = home / FILE_NAME
    if path.is_file():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:  # not TOML, or not UTF-8
            raise SettingsError(f"{path} is not valid TOML: {error}") from None
    known = described()
    for name, value in values.items():
        if name not in known:
            raise SettingsError(f"{path}: there is no setting {name!r}; see docs/settings.md")
        values[name] = _typed(known[name], value)
    for name, setting in known.items():
        given = environment.get(PREFIX + name.upper())
        if given is not None:
            values[name] = _parsed(setting, given)
    return Settings(home=home, **values)


def _typed(setting: Field[Any], value: Any) -> Any:
    """A value from the file, which has a type of its own; a whole number will do for a fraction."""
    kind = type(setting.default)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise _wrong_type(setting, value)
    return value


def _parsed(setting: Field[Any], value: str) -> Any:
    """A value from the environment, which knows text only."""
    try:
        return type(setting.default)(value)
    except ValueError:
        raise _wrong_type(setting, value) from None


def _wrong_type(setting: Field[Any], value: Any) -> SettingsError:
    return SettingsError(f"{setting.name} is {value!r}; it must be of type {type(setting.default).__name__}")
