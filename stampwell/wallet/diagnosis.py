"""What a look at a wallet found, and how bad it is."""

from enum import IntEnum
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from stampwell.wallet.sealed_files import is_sealed


class Level(IntEnum):
    FINE = 0
    WARNING = 1
    TROUBLE = 2


class Finding(msgspec.Struct, frozen=True):
    """`text` says what it means and what to do now; `quoted` is what the other side said, in its own English; `more`
    tells at length how to get what is missing.
    """

    level: Level
    text: str
    quoted: str = ""
    more: str = ""


def clear_key(file: Path) -> list[Finding]:
    """A warning where a key lies on the disk for everybody who copies it."""
    try:
        if is_sealed(file):
            return []
    except OSError:
        return []  # whoever reads it says that it cannot be read
    text = _("The key %(file)s is stored unencrypted on the disk. Seal it: stampwell wallet seal %(file)s") % {
        "file": file
    }
    return [Finding(Level.WARNING, text)]
