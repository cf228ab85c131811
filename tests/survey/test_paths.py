from pathlib import Path

import pytest

from survey import paths


@pytest.mark.parametrize("name", ["PACKAGE", "STATIC", "TRANSLATIONS", "MIGRATIONS", "DEMO_DATA"])
def test_the_folders_are_there(name: str) -> None:
    folder = getattr(paths, name)
    assert folder.is_absolute()
    assert any(folder.iterdir())


def test_templates_lie_beside_a_checkout_and_inside_once_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paths.templates() == Path(__file__).resolve().parents[2] / "templates"
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "site" / "survey")
    with pytest.raises(RuntimeError, match="reinstall"):
        paths.templates()
    (tmp_path / "site" / "templates").mkdir(parents=True)
    with pytest.raises(RuntimeError, match="reinstall"):
        paths.templates()  # somebody else's folder of that name
    for folder in (tmp_path / "site" / "templates", tmp_path / "site" / "survey" / "templates"):
        (folder / "layout").mkdir(parents=True)
        (folder / "layout" / "base.html").touch()
        assert paths.templates() == folder, "its own before a neighbour's"
