from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from survey.settings import FILE_NAME
from survey.settings import PREFIX
from survey.settings import Settings
from survey.settings import SettingsError
from survey.settings import described
from survey.settings import read_settings

OTHERS = {
    "database": "sqlite:///x",
    "minimum_n": 11,
    "confidence_level": 0.8,
    "trusted_hosts": "a.vn",
    "threads": 1,
}
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def read(home: Path, text: str = "", **environment: str) -> Settings:
    (home / FILE_NAME).write_text(text, encoding="utf-8")
    return read_settings(home, environment)


def test_without_a_file_every_setting_has_its_default(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}) == Settings(home=tmp_path)
    assert read(tmp_path) == Settings(home=tmp_path)


def test_the_file_is_read(tmp_path: Path) -> None:
    text = 'minimum_n = 20\nconfidence_level = 0.9\ntrusted_hosts = "a.vn b.vn"\nthreads = 4\n'
    expected = Settings(
        home=tmp_path, minimum_n=20, confidence_level=0.9, trusted_hosts="a.vn b.vn", threads=4
    )
    assert read(tmp_path, text) == expected


def test_the_environment_wins(tmp_path: Path) -> None:
    given = {"HAILONG_THREADS": "3", "HAILONG_CONFIDENCE_LEVEL": "0.99", "HAILONG_HOME": "/x", "THREADS": "9"}
    found = read(tmp_path, "threads = 4\nminimum_n = 20\n", **given)
    assert found == Settings(home=tmp_path, minimum_n=20, confidence_level=0.99, threads=3)


@pytest.mark.parametrize("setting", described())
def test_each_can_be_set_in_both_ways(tmp_path: Path, setting: str) -> None:
    assert set(OTHERS) == set(described())
    value = OTHERS[setting]
    written = f'"{value}"' if isinstance(value, str) else str(value)
    from_file = read(tmp_path, f"{setting} = {written}\n")
    from_environment = read(tmp_path, "", **{PREFIX + setting.upper(): str(value)})
    assert from_file == from_environment != Settings(home=tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("minimun_n = 20", "there is no setting 'minimun_n'; see docs/settings.md"),
        ("home = '/x'", "there is no setting 'home'"),
        ("[database]\nurl = 'x'", "database is {'url': 'x'}; it must be of type str"),
        ("database = 5", "database is 5; it must be of type str"),
        ("minimum_n = '20'", "minimum_n is '20'; it must be of type int"),
        ("minimum_n = 10.7", "minimum_n is 10.7; it must be of type int"),
        ("threads = true", "threads is True; it must be of type int"),
        ("trusted_hosts = ['a.vn']", "trusted_hosts is ['a.vn']; it must be of type str"),
        ("confidence_level = '0.9'", "confidence_level is '0.9'; it must be of type float"),
        ("minimum_n = 9", "minimum_n is 9; it may be raised, but never below 10"),
        ("confidence_level = 0.79", "confidence_level is 0.79; give 0.8 to 0.999"),
        ("confidence_level = 1", "confidence_level is 1.0; give 0.8 to 0.999"),
        ("confidence_level = nan", "confidence_level is nan; give 0.8 to 0.999"),
        ("threads = 0", "threads is 0; give 1 or more"),
        ("threads =", "is not valid TOML"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as failure:
        read(tmp_path, text)
    assert message in str(failure.value)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("minimum_n", "ten", "int"),
        ("minimum_n", "10.5", "int"),
        ("minimum_n", "", "int"),
        ("confidence_level", "0,95", "float"),
    ],
)
def test_what_cannot_be_read_from_the_environment(tmp_path: Path, name: str, value: str, kind: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is '{value}'; it must be of type {kind}"):
        read(tmp_path, **{PREFIX + name.upper(): value})


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes('trusted_hosts = "tỉnh"'.encode("utf-16"))
    with pytest.raises(SettingsError, match=FILE_NAME):
        read_settings(tmp_path, {})


def test_the_database_and_the_keys_lie_in_the_instance_s_folder(tmp_path: Path) -> None:
    found = Settings(home=tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/hailong.sqlite"
    assert found.keys == tmp_path / "keys"
    elsewhere = Settings(home=tmp_path, database="postgresql+psycopg://db/hailong")
    assert elsewhere.database_url == "postgresql+psycopg://db/hailong"


def test_settings_stay_as_they_were_read(tmp_path: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        Settings(home=tmp_path).threads = 2


def documented() -> dict[str, tuple[str, str, str]]:
    """The rows of the table in docs/settings.md: type, default and meaning by name."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return {name.strip("`"): (kind, default.strip("`"), meaning) for name, kind, default, meaning in rows}


def test_the_document_lists_every_setting() -> None:
    kinds = {"str": "text", "int": "whole number", "float": "number"}
    assert documented() == {
        name: (
            kinds[type(setting.default).__name__],
            "empty" if setting.default == "" else str(setting.default),
            setting.metadata["help"],
        )
        for name, setting in described().items()
    }
