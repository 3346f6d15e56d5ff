"""`stampwell distribute`: spreads the shops over the nodes of a Citus cluster, or finishes what was begun."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stampwell.management.distributing import ClusterTrouble, distribute, find_trouble


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ArgumentTypeError(f"{text} is no HOST:PORT")
    return host, int(port)


class Command(BaseCommand):
    help = "Spread the shops over the nodes of a Citus cluster. It may be run again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--node", type=_address, action="append", default=[], help="HOST:PORT of a node to add")
        parser.add_argument("--shards", type=int, default=32, help="into how many parts (default: 32); for ever")
        parser.add_argument("--check", action="store_true", help="change nothing, only say what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            try:
                for said in distribute(options["node"], shards=options["shards"]):
                    self.stdout.write(said)
            except ClusterTrouble as trouble:
                raise CommandError(str(trouble)) from trouble
        if found := find_trouble():
            raise CommandError("\n".join(found))
        self.stdout.write("Everything is where it belongs.")
