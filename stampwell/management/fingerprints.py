"""Telling cheaply whether anything has changed since the last start, so that a second start is quick."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
LOCK = PACKAGE.parent / "uv.lock"


def fingerprint(paths: Iterable[Path], *also: object) -> str:
    """Changes when a file at or below these paths is added, removed or written, or when `also` differs."""
    sources = hashlib.sha256(repr([str(thing) for thing in also]).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.exists() and not _is_made(file):
                state = file.stat()
                sources.update(os.fsencode(file) + f" {state.st_mtime_ns} {state.st_size}\n".encode())
    return sources.hexdigest()


def matches(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _is_made(file: Path) -> bool:
    """Whether it comes into being by itself, or its time changes without its content (a folder)."""
    return file.is_dir() or file.suffix in (".mo", ".pyc")
