"""`stampwell mail check|list|retry|drop`: whether mail can be sent, and what waits or was refused."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from stampwell.ids import private_id
from stampwell.mail.checking import find_trouble, has_mail_server, send_trial
from stampwell.mail.models import Mail
from stampwell.mail.queue import MOST_LISTED, QueuedMail, drop_mail, list_mail, retry_mail


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Look whether mail can be sent, list what waits or was refused, and have it tried again or thrown away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        checking = acts.add_parser("check", help="looks whether the mail server lets us in")
        checking.add_argument("address", nargs="?", help="who gets a trial")
        listing = acts.add_parser("list", help=f"the latest {MOST_LISTED}, the latest first")
        listing.add_argument("--state", choices=Mail.State.values, help="in this state only")
        retrying = acts.add_parser("retry", help="has a mail that has failed sent now")
        retrying.add_argument("mail", metavar="ID", help="as the list tells it")
        dropping = acts.add_parser("drop", help="throws away a mail that was not sent")
        dropping.add_argument("mail", metavar="ID", help="as the list tells it")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "check":
                self._check(options["address"])
            case "list":
                for mail in list_mail(state=options["state"]):
                    self.stdout.write(_line(mail))
            case "retry":
                self._retry(options["mail"])
            case "drop":
                self._drop(options["mail"])

    def _check(self, address: str | None) -> None:
        if not has_mail_server():
            self.stdout.write("No mail server is set (STAMPWELL_MAIL_HOST): mail is written to the terminal.")
            return
        if trouble := find_trouble() or (address and send_trial(address)):
            raise CommandError(trouble)
        self.stdout.write(f"The mail for {address} was taken." if address else "The mail server lets us in.")

    def _retry(self, text: str) -> None:
        if not retry_mail(_wanted(text)):
            raise CommandError(f"{text} has not failed, or what it leads to has ended.")
        self.stdout.write(f"{text} waits for the worker.")

    def _drop(self, text: str) -> None:
        if not drop_mail(_wanted(text)):
            raise CommandError(f"{text} does not wait, nor has it failed.")
        self.stdout.write(f"{text} was thrown away.")


def _wanted(text: str) -> UUID:
    mail_id = private_id("mai", text)
    if mail_id is None or not Mail.objects.filter(id=mail_id).exists():
        raise CommandError(f"There is no mail {text}.")
    return mail_id


def _line(mail: QueuedMail) -> str:
    """Tab-separated, so that other programs can cut it."""
    kept = mail.created.isoformat(timespec="seconds")
    known = [mail.id, mail.kind, mail.state, mail.recipient, kept, f"tries: {mail.claims}", mail.problem]
    return "\t".join(known).rstrip("\t")
