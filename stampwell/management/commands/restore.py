"""`stampwell restore FILE`: most of it happens before Django is loaded, whose settings would make keys in the empty
folder (`management.restoring`). Here is its last step, and what `stampwell help` tells."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.backups import BackupTrouble
from stampwell.management.maintenance import lift_statement_limit
from stampwell.management.settling import settle


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Bring a backup back into an empty data folder and an empty database, after everything was checked."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", nargs="?")
        parser.add_argument("--settle", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["settle"]:
            raise CommandError("Run it from a shell: stampwell restore FILE")
        lift_statement_limit()
        try:
            settle()
        except BackupTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
