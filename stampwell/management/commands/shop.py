"""`stampwell shop`: which shops this installation serves, how large they are, and whether they are open."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.cards.models import Card
from stampwell.merchants.access import find_merchant
from stampwell.merchants.closing import StillUnderWay, close_shop, open_again
from stampwell.merchants.models import Location, Merchant, StaffMember


class Command(BaseCommand):
    requires_system_checks = ()
    help = "List the shops: since when, how many locations, people and cards. Close one, or open it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="each shop with its size")
        closing = acts.add_parser("close", help="nobody joins, collects or uses anything there; everything is kept")
        opening = acts.add_parser("open", help="a closed shop goes on where it was")
        for one in (closing, opening):
            one.add_argument("slug", help="as the list tells it")

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

    def _list(self) -> None:
        for merchant in Merchant.objects.order_by("slug"):
            counts = (model.objects.filter(merchant=merchant).count() for model in (Location, StaffMember, Card))
            locations, people, cards = counts
            self.stdout.write(
                f"{merchant.slug:<32} since {merchant.created:%Y-%m-%d}  locations: {locations}  people: {people}  "
                f"cards: {cards}  {merchant.name}{'  (closed)' if merchant.closed else ''}"
            )


def _shop(slug: str) -> Merchant:
    shop = find_merchant(slug)
    if shop is None:
        raise CommandError(f"There is no shop {slug}. `stampwell shop list` shows them all.")
    return shop
