"""Scans of a shop with four phones that scan without a pause, and of a phone that hands in what it kept."""

import statistics
import time
from pathlib import Path
from uuid import uuid4

from bench.figures import LIMITS, Figure, alternate
from bench.loading import Load
from bench.phones import SCANS, Phone
from bench.serving import Served, come_to_rest, fresh_database, served
from bench.shop import Shop

STATIONS = 4
REQUESTS, CARDS = 30_000, 20_000  # for each side; so few stamps come on each card that none completes its round
LONGEST_WAIT = 100.0  # milliseconds: whoever waits for less calls it at once
KEPT, IN_A_BODY, ALONE = 10_000, 200, 2_000  # as many in a body as the page sends
_STAMPS = "SELECT count(*) FROM stamp WHERE merchant_id = %(merchant)s"
_KEPT = "SELECT count(*) FROM kept_scan WHERE merchant_id = %(merchant)s AND state = 'counted'"


def measure_stations(url: str, folder: Path) -> list[Figure]:
    """Against one of them alone: none waits for another where their cards are not the same."""
    url = fresh_database(url, "bench_stations")
    shop = Shop(url, "Stations")
    shop.give_cards(2 * CARDS, with_voucher=False)
    with served(url, folder) as product:
        four = _load(shop, product, folder / "four", STATIONS, first=0)
        alone = _load(shop, product, folder / "alone", 1, first=CARDS)
        come_to_rest(url)
        ours, theirs = alternate(four.run, alone.run)
    statuses = four.statuses | alone.statuses
    assert set(statuses) == {"200"}, statuses
    assert shop.count(_STAMPS) == len(four.answers) + len(alone.answers), "an answer without a stamp"
    wait = statistics.median(four.p99_ms)
    return [
        Figure("stations", ours, theirs, "/s", "one alone", LIMITS["stations"], remarks=four.remarks),
        Figure("stations_p99", wait, LONGEST_WAIT, "ms (p99)", "at once", LIMITS["stations_p99"], grows=True),
    ]


def _load(shop: Shop, product: Served, folder: Path, count: int, *, first: int) -> Load:
    """As many connections as phones; each request is that of the next phone."""
    folder.mkdir()
    phones = [Phone(shop, product, f"{folder.name} {number}") for number in range(count)]
    requests = [
        phones[number % count].request(SCANS, {"key": str(uuid4()), "code": f"C{first + number % CARDS}"})
        for number in range(REQUESTS)
    ]
    for phone in phones:
        phone.close()
    return Load(product, folder, requests, connections=count)


def measure_batches(url: str, folder: Path) -> Figure:
    """Ten thousand scans that a phone kept and signed, in bodies as large as its page's, against scans one by one."""
    url = fresh_database(url, "bench_batches")
    shop = Shop(url, "Batches")
    shop.give_cards(KEPT + ALONE, with_voucher=False)
    with served(url, folder) as product:
        phone = Phone(shop, product, "Kept")
        waiting, bodies = [phone.keep(f"C{number}") for number in range(KEPT)], 0
        come_to_rest(url)
        phone.close()  # the server does not wait for a connection that was silent so long; the next request opens one
        begun = time.perf_counter()
        for number in range(KEPT, KEPT + ALONE):
            assert phone.ask(SCANS, {"key": str(uuid4()), "code": f"C{number}"})["outcome"] == "stamped"
        alone = ALONE / (time.perf_counter() - begun)
        begun = time.perf_counter()
        while waiting:
            sent, bodies = waiting[:IN_A_BODY], bodies + 1
            results = phone.hand_in(sent, left=waiting[IN_A_BODY:])
            later = [scan for scan, result in zip(sent, results, strict=True) if result["state"] == "later"]
            assert len(later) < len(sent), "nothing was taken"
            waiting = later + waiting[IN_A_BODY:]
        seconds = time.perf_counter() - begun
        phone.close()
    assert shop.count(_KEPT) == shop.count(_STAMPS) - ALONE == KEPT, "a scan without its stamp"
    remarks = f"{KEPT:,} scans, each with its stamp, in {seconds:.1f} s and {bodies} bodies."
    return Figure("batches", KEPT / seconds, alone, "/s", "one by one", LIMITS["batches"], remarks=remarks)
