"""Key files that lie sealed on the disk: whoever copies one without the installation's own key has nothing.

A sealed file stands in the place of the clear one, under the same name; readers find out which it is.
"""

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext as _

from stampwell.findings import Finding, Level
from stampwell.tokens import seal, unseal
from stampwell.whole_files import written_whole

MARK = b"stampwell sealed file 1\n"


class SealedElsewhere(ValueError):
    """The file was sealed with another installation's key, or is damaged."""


class NothingToSeal(ValueError):
    """The file is empty: a key that went missing is better noticed now."""


def read_secret_file(path: Path) -> bytes:
    """The clear content of a file, sealed or not. Raises OSError and SealedElsewhere."""
    data = path.read_bytes()
    if not data.startswith(MARK):
        return data
    try:
        return unseal(base64.b64decode(data[len(MARK) :]))
    except (InvalidTag, ValueError):
        raise SealedElsewhere from None


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


def seal_file(path: Path) -> bool:
    """Puts a sealed file in the place of a clear one; False where it was sealed already.

    It belongs to the same owner and group, and is for its owner alone where everybody could read the clear one.
    Raises OSError, and NothingToSeal for an empty file.
    """
    path = path.resolve(strict=True)  # a link would be replaced, and the clear file stay where it is
    if is_sealed(path):
        return False
    clear, was = path.read_bytes(), path.stat()
    if not clear.strip():
        raise NothingToSeal
    with written_whole(path, mode=0o600 if was.st_mode & 0o007 else was.st_mode & 0o770) as file:
        file.write(MARK + base64.encodebytes(seal(clear)))
        # The server may be another user than the one who seals.
        os.fchown(file.fileno(), was.st_uid, was.st_gid)
    return True


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
    return [Finding(Level.AMBER, text)]
