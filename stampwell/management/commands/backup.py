"""`stampwell backup FILE`: one archive with everything that cannot be made anew, while the shops go on."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stampwell.backups import BackupTrouble
from stampwell.backups.age import Recipient
from stampwell.backups.configuration import Plan, read_plan
from stampwell.backups.making import Installation, make_backup
from stampwell.backups.passphrases import ask_new_passphrase
from stampwell.backups.planned import back_up_by_plan
from stampwell.backups.progress import Progress
from stampwell.backups.record import note_success
from stampwell.backups.replacing import new_file
from stampwell.backups.sealing import read_passphrase, recipients
from stampwell.management.backup_source import this_installation
from stampwell.management.data_folder import FolderTrouble, require_owner
from stampwell.management.leaving import leave_in_order

GENTLY = 10  # of the 19 steps by which a process lets others go first


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Write a backup of everything into one file, while the shops go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="the archive to be made; “-” is standard output")
        parser.add_argument("--planned", action="store_true", help="as STAMPWELL_BACKUP_TO and its fellows say")
        seals = parser.add_mutually_exclusive_group()
        seals.add_argument(
            "--recipient", action="append", default=[], metavar="AGE1…", help="seal it to this public key"
        )
        seals.add_argument("--passphrase-file", type=Path, metavar="FILE", help="seal it with the first line of a file")
        seals.add_argument("--ask-passphrase", action="store_true", help="seal it with a passphrase that is typed now")
        seals.add_argument("--open", action="store_true", help="do not seal it, whatever the settings say")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["file"]) == options["planned"]:
            raise CommandError("Name the file to be written, or say --planned.", returncode=2)
        leave_in_order()
        try:
            plan = read_plan()
            if options["planned"]:
                # What the worker could not read of root's files, or not write over, is found out now and not at night.
                require_owner(settings.DATA_DIR)
                os.nice(GENTLY)
                self.stderr.write(f"Wrote {back_up_by_plan(plan, this_installation())}")
            else:
                _write(options["file"], _seals(options, plan), is_planned=bool(plan.to))
        except (BackupTrouble, FolderTrouble) as trouble:
            raise CommandError(str(trouble)) from trouble
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was kept.", returncode=130) from None


def _seals(options: dict[str, Any], plan: Plan) -> list[Recipient]:
    if options["open"]:
        return []
    if options["ask_passphrase"]:
        return recipients(public_keys=[], passphrase=ask_new_passphrase())
    if options["passphrase_file"]:
        return recipients(public_keys=[], passphrase=read_passphrase(options["passphrase_file"]))
    if options["recipient"]:
        return recipients(public_keys=options["recipient"], passphrase=None)
    return plan.recipients()


def _write(name: str, seals: list[Recipient], *, is_planned: bool) -> None:
    installation = this_installation()
    with Progress("written") as progress:
        if name == "-":
            _write_out(installation, seals, progress)
            return
        file = Path(name).absolute()
        with new_file(file) as stream:
            make_backup(installation, stream, recipients=seals, say=progress.add)
    if not is_planned:  # else it would hide that those of the plan fail
        note_success(installation.data_dir, place=str(file), size=file.stat().st_size)


def _write_out(installation: Installation, seals: list[Recipient], progress: Progress) -> None:
    """Nobody knows here whether it is kept where it goes, so it is not noted."""
    try:
        make_backup(installation, sys.stdout.buffer, recipients=seals, say=progress.add)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise BackupTrouble(f"Standard output takes no more ({error.strerror}).") from error
