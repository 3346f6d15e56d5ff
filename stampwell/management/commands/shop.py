"""`stampwell shop`: which shops this installation serves, and how large they are."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from stampwell.cards.models import Card
from stampwell.merchants.models import Location, Merchant, StaffMember


class Command(BaseCommand):
    requires_system_checks = ()
    help = "List the shops: since when, how many locations, people and cards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_subparsers(dest="act", required=True).add_parser("list", help="each shop with its size")

    def handle(self, *args: Any, **options: Any) -> None:
        for merchant in Merchant.objects.order_by("slug"):
            counts = (model.objects.filter(merchant=merchant).count() for model in (Location, StaffMember, Card))
            locations, people, cards = counts
            self.stdout.write(
                f"{merchant.slug:<32} since {merchant.created:%Y-%m-%d}  locations: {locations}  people: {people}  "
                f"cards: {cards}  {merchant.name}"
            )
