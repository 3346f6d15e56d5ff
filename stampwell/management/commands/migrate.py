"""`stampwell migrate`: Django's own, without a limit for its statements and without holding up the shops for long."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from stampwell.management.maintenance import LocksTaken, take_locks_in_moments


class Command(migrate.Command):
    """What is done is written down migration by migration, so it can be begun again."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            take_locks_in_moments(lambda: super(Command, self).handle(*args, **options), say=self.stderr.write)
        except LocksTaken:
            raise CommandError(
                "A table that is to be changed was never free. Stop what works with the database for long, such as a"
                " backup or a report, and run this again: what is done stays done."
            ) from None
