"""What it costs to keep what the figures, the journal and the lists read: each follower, for one stamp."""

import time
from pathlib import Path

from bench.figures import LIMITS, Figure
from bench.serving import fresh_database
from bench.shop import Shop
from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.events.actors import Actor
from stampwell.events.draining import put_in_order
from stampwell.events.reader import Follower, follow, rewind
from stampwell.reactions import FOLLOWERS

CARDS, STAMPS = 1_000, 4_000
TIMES = 3
PROMISE = 1_000.0  # µs for all of them: a worker keeps up with a thousand stamps a second
NOT_KEPT = ("apple", "google")  # they note what is to be sent, and keep nothing


def measure_followers(url: str, _folder: Path) -> Figure:
    shop = Shop(fresh_database(url, "bench_followers"), "Followers")
    shop.give_cards(CARDS, with_voucher=False)
    for number in range(STAMPS):
        add_stamp(shop.merchant, shop.row_id(number * 7 % CARDS), Purchase(), actor=Actor(source="scanner"))
    put_in_order(shop.merchant.id)
    costs = {follower.name: _cost(shop, follower) for follower in FOLLOWERS if follower.name not in NOT_KEPT}
    told = ", ".join(f"{name} {cost:.0f}" for name, cost in costs.items())
    remarks = f"Of these: {told}."
    return Figure(
        "followers", sum(costs.values()), PROMISE, "µs", "the promise", LIMITS["followers"], grows=True, remarks=remarks
    )


def _cost(shop: Shop, follower: Follower) -> float:
    """Microseconds for an event, the database's work among them: the best of some, for others only add to it."""
    took: list[float] = []
    for _time in range(TIMES):
        rewind(shop.merchant.id, follower)
        begun = time.perf_counter()
        read = 0
        while some := follow(shop.merchant.id, follower):
            read += some
        took.append((time.perf_counter() - begun) * 1_000_000 / read)
    return min(took)
