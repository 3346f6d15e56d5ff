"""A passphrase that somebody types, unseen."""

import getpass
import sys

from stampwell.backups.trouble import BackupTrouble


def ask_passphrase() -> str:
    _require_terminal()
    return getpass.getpass("Passphrase of the archive: ")


def ask_new_passphrase() -> str:
    """Twice, for nobody can open an archive with a slip of the finger."""
    _require_terminal()
    passphrase = getpass.getpass("Passphrase for the archive: ")
    if getpass.getpass("Once more: ") != passphrase:
        raise BackupTrouble("The two passphrases differ. Nothing was written.")
    return passphrase


def _require_terminal() -> None:
    if not sys.stdin.isatty():
        raise BackupTrouble("Nobody is there to type a passphrase. Give it with --passphrase-file.")
