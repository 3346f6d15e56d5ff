"""What of an installation lies in files: keys, and what the operator put there. Everything else can be made anew."""

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from stampwell.backups.archive import NAMES, SMALL
from stampwell.backups.trouble import BackupTrouble
from stampwell.environment import is_secret, without_credentials

# In the data folder. Drawn pictures, collected files, tools and the cluster itself are made anew.
KEPT = ("keys", "wallet", "demo.json")
# Settings that name a file outside, which is lost with the machine as well.
NAMING_FILES = (
    "STAMPWELL_APPLE_CERTIFICATE",
    "STAMPWELL_APPLE_KEY",
    "STAMPWELL_APPLE_INTERMEDIATE",
    "STAMPWELL_APPLE_VOUCHER_CERTIFICATE",
    "STAMPWELL_APPLE_VOUCHER_KEY",
    "STAMPWELL_APPLE_PUSH_KEY",
    "STAMPWELL_GOOGLE_ACCOUNT",
)


def kept_files(data_dir: Path) -> Iterator[tuple[str, bytes]]:
    """By their names in the archive."""
    for top in KEPT:
        place = data_dir / top
        found = sorted(place.rglob("*")) if place.is_dir() else [place] if place.exists() else []
        for file in found:
            if file.is_file() and not file.name.startswith("."):  # locks, and what is just being written
                yield _named(f"data/{file.relative_to(data_dir).as_posix()}", file)


def configured_files(settings: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for name in NAMING_FILES:
        if given := settings.get(name):
            yield _named(f"configured/{name}", Path(given))


def settings_without_secrets(settings: Mapping[str, str]) -> bytes:
    """Ours alone, as lines of a settings file."""
    lines = ["# The settings at the time of the backup. Passwords and keys are left out."]
    for name in sorted(settings):
        if not name.startswith("STAMPWELL_"):
            continue
        value = without_credentials(settings[name])
        lines.append(f"# {name} was set." if is_secret(name, value) else f"{name}={value}")
    return "\n".join([*lines, ""]).encode()


def _named(name: str, file: Path) -> tuple[str, bytes]:
    if not NAMES.fullmatch(name):
        raise BackupTrouble(
            f"The name of the file {file} cannot be kept in a backup. Give it plain letters and digits."
        )
    try:
        state = file.stat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > SMALL:
            raise BackupTrouble(f"The file {file} is no key and no certificate: it is not a small plain file.")
        return name, file.read_bytes()
    except OSError as error:
        raise BackupTrouble(
            f"The file {file} cannot be read ({error.strerror}), so the backup would lack it."
        ) from error
