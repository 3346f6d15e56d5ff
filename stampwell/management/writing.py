"""Writing a file of the system, with what stood there before kept beside it."""

import os
from pathlib import Path

from stampwell.management.settings_file import SettingsTrouble
from stampwell.whole_files import written_whole


def write_for(file: Path, text: str, *, mode: int = 0o600, group: int | None = None) -> None:
    """For its owner alone, or for a group as well, which may only read it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(file, mode=mode | (0o040 if group is not None else 0)) as stream:
            stream.write(text.encode())
            if group is not None:
                os.fchown(stream.fileno(), -1, group)
            _keep_former(file)
    except OSError as error:
        raise SettingsTrouble(
            f"{file} cannot be written: {error.strerror}. Choose another place with --file."
        ) from error


def _keep_former(file: Path) -> None:
    if file.exists():
        former = file.with_name(f"{file.name}.before")
        former.unlink(missing_ok=True)
        os.link(file, former)
