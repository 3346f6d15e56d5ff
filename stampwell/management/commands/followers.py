"""`stampwell followers`: who follows the events, how far behind each is, and reading them once more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.clock import now
from stampwell.events.reader import Follower, follow, lag_of, rewind
from stampwell.merchants.models import Merchant
from stampwell.reactions import FOLLOWERS, find_follower


class Command(BaseCommand):
    help = "Show how far behind each follower of the events is, or let one read them all again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rewind", metavar="NAME", help="this follower reads every event once more, at once")
        parser.add_argument("--shop", metavar="SLUG", help="with --rewind: only the events of this shop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rewind"] is None:
            for follower in FOLLOWERS:
                self.stdout.write(_say_lag(follower))
            return
        chosen = find_follower(options["rewind"])
        if chosen is None:
            names = ", ".join(each.name for each in FOLLOWERS)
            raise CommandError(f"Nobody of this name follows the events. There are: {names}.")
        self._read_again(chosen, options["shop"])

    def _read_again(self, follower: Follower, slug: str | None) -> None:
        shops = Merchant.objects.filter(slug=slug) if slug else Merchant.objects.order_by("slug")
        if slug and not shops:
            raise CommandError(f"There is no shop {slug}.")
        for shop in shops:
            rewind(shop.id, follower)
            read = 0
            while more := follow(shop.id, follower):
                read += more
            self.stdout.write(f"{shop.slug}: {follower.name} has read {read} events.")


def _say_lag(follower: Follower) -> str:
    lag = lag_of(follower)
    if lag.since is None:
        return f"{follower.name}: has read everything."
    seconds = max(0, round((now() - lag.since).total_seconds()))
    return f"{follower.name}: {lag.events} events behind at {lag.shops} shops, the oldest of {seconds} seconds ago."
