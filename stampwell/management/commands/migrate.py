"""`stampwell migrate`: Django's own, without a limit for its statements and without holding up the shops for long."""

from typing import Any, override

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db.migrations import Migration

from stampwell.management.maintenance import LocksTaken, limit_waits, take_locks_in_moments
from stampwell.management.pooling import find_wrong_address


class Command(migrate.Command):
    """What is done is written down migration by migration, so it can be begun again."""

    def handle(self, *args: Any, **options: Any) -> None:
        if trouble := find_wrong_address():
            raise CommandError(trouble)
        try:
            take_locks_in_moments(lambda: super(Command, self).handle(*args, **options), say=self.stderr.write)
        except LocksTaken:
            raise CommandError(
                "A table that is to be changed was never free. Stop what works with the database for long, such as a"
                " backup or a report, and run this again: what is done stays done."
            ) from None

    @override
    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        """The one before may have set other limits, such as around an index."""
        if action == "apply_start":
            limit_waits()
        super().migration_progress_callback(action, migration, fake)
