"""`stampwell shop`: which shops this installation serves, how large they are, whether they are open; and moving one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.backups import BackupTrouble
from stampwell.cards.models import Card
from stampwell.management.moving_shops import export_shop, import_shop
from stampwell.merchants.access import find_merchant
from stampwell.merchants.closing import StillUnderWay, close_shop, open_again
from stampwell.merchants.models import Location, Merchant, StaffMember
from stampwell.moving.arriving import discard, find_arriving
from stampwell.moving.models import ArrivingShop


class Command(BaseCommand):
    requires_system_checks = ()
    help = "List the shops; close one, or open it again; write one into an archive, or read one in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="each shop with its size")
        closing = acts.add_parser("close", help="nobody joins, collects or uses anything there; everything is kept")
        opening = acts.add_parser("open", help="a closed shop goes on where it was")
        export = acts.add_parser("export", help="write a shop into one file, to move it to another installation")
        arriving = acts.add_parser("import", help="read a shop in that another installation has written")
        discarding = acts.add_parser("discard", help="take away what is there of a shop that is being read in")
        for one in (closing, opening, export, discarding):
            one.add_argument("slug", help="as the list tells it")
        for one in (export, arriving):
            one.add_argument("file", type=Path, help="the archive")
            one.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line; else it is typed")
        arriving.add_argument("--closed", action="store_true", help="do not open a shop that was closed there")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "list":
                self._list()
            case "close":
                try:
                    was_open = close_shop(_shop(options["slug"]).id)
                except StillUnderWay as others:
                    raise CommandError(str(others)) from others
                self.stdout.write(f"{options['slug']} {'is closed now' if was_open else 'was closed before'}.")
            case "open":
                was_closed = open_again(_shop(options["slug"]).id)
                self.stdout.write(f"{options['slug']} {'is open again' if was_closed else 'was open'}.")
            case act:
                self._move(act, options)

    def _move(self, act: str, options: dict[str, Any]) -> None:
        try:
            match act:
                case "export":
                    said = export_shop(_shop(options["slug"]), options["file"], options["passphrase_file"])
                case "import":
                    said = import_shop(options["file"], options["passphrase_file"], stays_closed=options["closed"])
                case _:
                    discard(find_arriving(options["slug"]))
                    said = f"Nothing of {options['slug']} is left here."
        except BackupTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(said)

    def _list(self) -> None:
        for merchant in Merchant.objects.order_by("slug"):
            counts = (model.objects.filter(merchant=merchant).count() for model in (Location, StaffMember, Card))
            locations, people, cards = counts
            self.stdout.write(
                f"{merchant.slug:<32} since {merchant.created:%Y-%m-%d}  locations: {locations}  people: {people}  "
                f"cards: {cards}  {merchant.name}{_state_of(merchant)}"
            )


def _state_of(merchant: Merchant) -> str:
    if ArrivingShop.objects.filter(id=merchant.id).exists():
        return "  (being read in)"
    return "  (being deleted)" if merchant.deleting else "  (closed)" if merchant.closed else ""


def _shop(slug: str) -> Merchant:
    shop = find_merchant(slug)
    if shop is None:
        raise CommandError(f"There is no shop {slug}. `stampwell shop list` shows them all.")
    return shop
