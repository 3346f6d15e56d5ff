"""Settings that nobody reads: most are misspelt ones, and without effect where somebody counts on them."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from stampwell.backups import configuration as backups
from stampwell.environment import Environment
from stampwell.findings import Finding, amber
from stampwell.mail import configuration as mail

PACKAGE = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"STAMPWELL_[A-Z_]+")
# Their names are put together where they are read.
_FAMILIES = {
    "STAMPWELL_MAIL_": mail.NAMES,
    "STAMPWELL_BACKUP_": backups.NAMES,
    "STAMPWELL_": ("SECRET_KEY", "TOKEN_KEY"),
}


def known_settings() -> set[str]:
    """Every name that stands in the code."""
    written = {name for file in PACKAGE.rglob("*.py") for name in _NAME.findall(file.read_text("utf-8"))}
    return written | {family + name for family, names in _FAMILIES.items() for name in names}


def look_at_names(environment: Environment) -> Iterator[Finding]:
    known = known_settings()
    for name in sorted(environment):
        if name.startswith("STAMPWELL_") and name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            yield amber(f"{name} is set, and nothing reads it.{meant}")
