"""A worker that deletes inactive customers of one shop, one in each run, and says so: to be killed in between."""

import sys
from datetime import datetime
from uuid import UUID

from stampwell.cards.erasing_inactive import erase_inactive_of
from stampwell.clock import stopped_at


def main() -> None:
    merchant, moment = sys.argv[1:]
    with stopped_at(datetime.fromisoformat(moment)):
        for _run in range(10_000):
            erase_inactive_of(UUID(merchant), most=1)
            print("looked", flush=True)
