"""`stampwell wallet check` and `stampwell wallet seal`: for who runs the installation."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.findings import MARKS, Finding, Level
from stampwell.management.installation_checks import look_at_wallets
from stampwell.merchants.models import Merchant
from stampwell.wallet.apple import health as apple
from stampwell.wallet.google import health as google
from stampwell.wallet.sealed_files import NothingToSeal, seal_file


class Command(BaseCommand):
    help = "Check what phones' wallets need, or seal a key file with this installation's key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("check", help="certificates, accounts, cards, phones; ends with 0, 1 (amber) or 2 (red)")
        sealing = acts.add_parser("seal", help="puts a sealed file in the place of a key file")
        sealing.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "seal":
            self._seal(options["files"])
        else:
            self._check()

    def _check(self) -> None:
        worst = self._show("", [*look_at_wallets()])
        for merchant in Merchant.objects.order_by("slug"):
            found = [*apple.check_shop(apple.count_wallet(merchant.id))]
            found += google.check_shop(merchant)
            worst = max(worst, self._show(f"{merchant.slug}: ", found))
        if worst:
            raise SystemExit(worst.value)

    def _show(self, shop: str, findings: Iterable[Finding]) -> Level:
        worst = Level.GOOD
        for finding in findings:
            self.stdout.write(f"{MARKS[finding.level]}{shop}{finding.text}")
            if finding.quoted:
                self.stdout.write(f"{' ' * len(MARKS[finding.level])}“{finding.quoted}”")
            worst = max(worst, finding.level)
        return worst

    def _seal(self, files: list[Path]) -> None:
        for file in files:
            try:
                is_new = seal_file(file)
            except OSError as problem:
                raise CommandError(f"{file} cannot be sealed: {problem.strerror}") from problem
            except NothingToSeal:
                raise CommandError(f"{file} is empty: there is nothing to seal.") from None
            self.stdout.write(f"{file} is sealed." if is_new else f"{file} was sealed already.")
