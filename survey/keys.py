"""Secret keys: files of their own beside the database, readable by their owner only."""

import os
import secrets
from pathlib import Path

NAMES = ("code", "web")
LENGTH = 32


class KeysMissing(Exception):
    """A key is not there or not safe; the message says what to do."""


def make_keys(folder: Path) -> list[str]:
    """Make the keys that are not there yet; returns their names. Existing ones are never touched."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name in NAMES:
        path = _path(folder, name)
        if path.exists():
            continue
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(LENGTH) + "\n")
        made.append(name)
    return made


def read_key(folder: Path, name: str) -> bytes:
    """The secret of one key; raises KeysMissing where it is absent, damaged or open to others."""
    path = _path(folder, name)
    if not path.is_file():
        raise KeysMissing(f"the key {path} is missing; `hailong db upgrade` makes it, or restore your copy")
    if path.stat().st_mode & 0o077:
        raise KeysMissing(f"the key {path} can be read by others; run `chmod 600` on it")
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != LENGTH:
        raise KeysMissing(f"the key {path} is damaged; restore your copy of it")
    return secret


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.key"
