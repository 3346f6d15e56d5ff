"""Which release this program is, and which form of the tables it knows."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_MIGRATIONS = Path(__file__).parent / "migrations"


def our_version() -> str:
    """Empty where the program runs from a folder that was copied, not installed."""
    try:
        return version("stampwell")
    except PackageNotFoundError:
        return ""


def known_migrations() -> list[str]:
    """In their order: they are one chain. Read without Django."""
    return sorted(file.stem for file in _MIGRATIONS.glob("[0-9]*.py"))
