"""Where the parts that are not code lie, in a checkout and once installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE / "static"
TRANSLATIONS = PACKAGE / "translations"
MIGRATIONS = PACKAGE / "migrations"
DEMO_DATA = PACKAGE / "demo" / "data"


def templates() -> Path:
    """Inside the package once installed; beside it in a checkout or an editable install."""
    for folder in (PACKAGE / "templates", PACKAGE.parent / "templates"):
        if (folder / "layout" / "base.html").is_file():
            return folder
    raise RuntimeError("the page templates are missing; reinstall the package")
