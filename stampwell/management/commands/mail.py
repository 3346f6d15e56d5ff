"""`stampwell mail check [ADDRESS]`: whether the mail server lets us in, and whether a mail arrives."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.mail.checking import chosen_backend, find_trouble, send_trial
from stampwell.mail.terminal import Terminal


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Look whether mail can be sent; with an address, send a trial there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check"])
        parser.add_argument("address", nargs="?", help="who gets a mail that says that it arrived")

    def handle(self, *args: Any, **options: Any) -> None:
        address: str | None = options["address"]
        if isinstance(chosen_backend(), Terminal):
            self.stdout.write("No mail server is set (STAMPWELL_MAIL_HOST): mail is written to the terminal.")
            return
        if trouble := find_trouble() or (address and send_trial(address)):
            raise CommandError(trouble)
        self.stdout.write(f"The mail for {address} was taken." if address else "The mail server lets us in.")
