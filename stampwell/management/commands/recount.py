"""`stampwell recount`: compares every counter with the rows that it counts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.cards.recounting import recount
from stampwell.merchants.models import Merchant


class Command(BaseCommand):
    help = "Recompute every counter from its rows and report what differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for merchant_id, slug in Merchant.objects.values_list("id", "slug"):
            for difference in recount(merchant_id):
                found += 1
                self.stdout.write(f"{slug}: {difference}")
        if found:
            raise CommandError(f"{found} counters differ from what they count")
        self.stdout.write("Every counter equals what it counts.")
