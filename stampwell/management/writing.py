"""Writing a file of the system, whole or not at all, with what stood there before kept beside it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from stampwell.management.settings_file import SettingsTrouble


def write_whole(file: Path, text: str, *, mode: int = 0o600, group: int | None = None) -> None:
    """For its owner alone, or for a group as well, which may only read it."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            if group is not None:
                os.fchown(handle, -1, group)
            os.fchmod(handle, mode | (0o040 if group is not None else 0))
            stream.flush()
            os.fsync(handle)
        _keep_former(file)
        fresh.replace(file)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise SettingsTrouble(
            f"{file} cannot be written: {error.strerror}. Choose another place with --file."
        ) from error


def _keep_former(file: Path) -> None:
    if file.exists():
        former = file.with_name(f"{file.name}.before")
        former.unlink(missing_ok=True)
        os.link(file, former)
