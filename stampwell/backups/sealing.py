"""For whom an archive is sealed, and what opens it, as the settings and the command line name them."""

from collections.abc import Sequence
from pathlib import Path

from stampwell.backups.age import Identity, Passphrase, PublicKey, Recipient, SecretKey
from stampwell.backups.trouble import BackupTrouble

SHORTEST = 12


def recipients(*, public_keys: Sequence[str], passphrase: str | None) -> list[Recipient]:
    """None: nothing is sealed. A passphrase stands alone in an age file, which has room for it or for keys."""
    if public_keys and passphrase is not None:
        raise BackupTrouble("An archive is sealed with a passphrase or to keys, not both. Choose one.")
    if passphrase is not None:
        if len(passphrase) < SHORTEST:
            raise BackupTrouble(f"The passphrase has fewer than {SHORTEST} characters. Take several words.")
        return [Passphrase(passphrase)]
    return [PublicKey(key) for key in public_keys]


def identities(*, key_file: Path | None, passphrase: str | None) -> list[Identity]:
    found: list[Identity] = [] if passphrase is None else [Passphrase(passphrase)]
    return [*found, *(_read_keys(key_file) if key_file else [])]


def read_passphrase(file: Path) -> str:
    """The first line."""
    words = _read(file).partition("\n")[0].strip("\r")
    if not words:
        raise BackupTrouble(f"The file {file} holds no passphrase: its first line is empty.")
    return words


def _read_keys(file: Path) -> list[Identity]:
    lines = [line.strip() for line in _read(file).splitlines()]
    keys: list[Identity] = [SecretKey(line) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise BackupTrouble(f"The file {file} holds no key: a line of it begins with AGE-SECRET-KEY-1.")
    return keys


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise BackupTrouble(f"The file {file} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise BackupTrouble(f"The file {file} is not a text in UTF-8.") from None
