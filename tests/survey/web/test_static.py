import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from survey import paths
from survey.web import static
from survey.web.static import set_up_static
from survey.web.static import static_url

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def app_of_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(paths, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("a{}")
    (tmp_path / "b.css").write_text("b{}")
    static._fingerprint.cache_clear()
    app = Flask("static", static_folder=str(tmp_path), static_url_path="/static")
    set_up_static(app)
    yield app
    static._fingerprint.cache_clear()


def test_the_address_changes_with_the_content(app_of_two: Flask) -> None:
    with app_of_two.test_request_context():
        one, other = static_url("a.css"), static_url("b.css")
        assert one == f"/static/a.css?v={hashlib.sha256(b'a{}').hexdigest()[:12]}"
        assert one.partition("=")[2] != other.partition("=")[2]
        assert static_url("a.css") == one
        (paths.STATIC / "a.css").write_text("a{color:red}")
        static._fingerprint.cache_clear()
        assert static_url("a.css") != one


def test_only_a_fingerprinted_address_is_kept_for_ever(app_of_two: Flask) -> None:
    client = app_of_two.test_client()
    with app_of_two.test_request_context():
        address = static_url("a.css")
    kept = [
        client.get(path, buffered=True).headers.get("Cache-Control", "")
        for path in (address, "/static/a.css", "/static/nothing.css?v=1")
    ]
    assert kept[0] == "public, max-age=31536000, immutable"
    assert "immutable" not in kept[1] + kept[2]


def test_a_file_that_is_not_there_has_no_address(app_of_two: Flask) -> None:
    with app_of_two.test_request_context(), pytest.raises(FileNotFoundError):
        static_url("nothing.css")


@SQLITE
@pytest.mark.parametrize("path", ["/", "/rate", "/trust", "/nowhere"])
def test_every_page_names_files_that_are_there(app: Flask, path: str) -> None:
    client = app.test_client()
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(path).text):
        assert "?v=" in address
        assert client.get(address.replace("&amp;", "&"), buffered=True).status_code == 200


@SQLITE
@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/%2fetc/passwd"])
def test_nothing_else_is_served(app: Flask, path: str) -> None:
    assert app.test_client().get(path, follow_redirects=True).status_code == 404
