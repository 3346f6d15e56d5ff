"""Scans of a shop with four stations that scan without a pause, and of a till that hands in what it kept."""

import http.client
import json
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.figures import LIMITS, Figure, alternate
from bench.loading import Load, write_post
from bench.serving import Served, come_to_rest, fresh_database, served
from bench.shop import Shop
from stampwell.clock import now

STATIONS = 4
REQUESTS, CARDS = 30_000, 20_000  # for each side; so few stamps come on each card that none completes its round
LONGEST_WAIT = 100.0  # milliseconds: whoever waits for less calls it at once
KEPT, IN_A_BODY, ALONE = 10_000, 500, 2_000
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
    assert set(statuses) == {"201"}, statuses
    assert shop.count(_STAMPS) == len(four.answers) + len(alone.answers), "an answer without a stamp"
    wait = statistics.median(four.p99_ms)
    return [
        Figure("stations", ours, theirs, "/s", "one alone", LIMITS["stations"], remarks=four.remarks),
        Figure("stations_p99", wait, LONGEST_WAIT, "ms (p99)", "at once", LIMITS["stations_p99"], grows=True),
    ]


def _load(shop: Shop, product: Served, folder: Path, connections: int, *, first: int) -> Load:
    folder.mkdir()
    requests = shop.requests(REQUESTS, lambda number, key: _scan(key, first + number % CARDS, f"{first}-{number:020}"))
    return Load(product, folder, requests, connections=connections)


def _scan(key: str, card: int, idempotency_key: str) -> bytes:
    return write_post("/api/v1/scans", key, idempotency_key, b'{"code": "C%d"}' % card)


def measure_batches(url: str, folder: Path) -> Figure:
    """Ten thousand scans that a till kept, five hundred in a body, against as many answers to scans one by one."""
    url = fresh_database(url, "bench_batches")
    shop = Shop(url, "Batches")
    shop.give_cards(KEPT + ALONE, with_voucher=False)
    with served(url, folder) as product:
        come_to_rest(url)
        link = http.client.HTTPConnection("127.0.0.1", product.port, timeout=60)
        begun = time.perf_counter()
        for number in range(ALONE):
            code = {"code": f"C{KEPT + number}"}
            assert _post(link, "/api/v1/scans", shop.key_for(number), code)["stamp"], "no stamp"
        alone = ALONE / (time.perf_counter() - begun)
        waiting, bodies, begun = [_kept_scan(number) for number in range(KEPT)], 0, time.perf_counter()
        while waiting:
            sent, bodies = waiting[:IN_A_BODY], bodies + 1
            results = _post(link, "/api/v1/scans/batch", shop.key_for(0), {"scans": sent})["results"]
            later = [scan for scan, result in zip(sent, results, strict=True) if result["state"] == "later"]
            assert len(later) < len(sent), "nothing was taken"
            waiting = later + waiting[IN_A_BODY:]
        seconds = time.perf_counter() - begun
        link.close()
    assert shop.count(_KEPT) == shop.count(_STAMPS) - ALONE == KEPT, "a scan without its stamp"
    remarks = f"{KEPT:,} scans, each with its stamp, in {seconds:.1f} s and {bodies} bodies."
    return Figure("batches", KEPT / seconds, alone, "/s", "one by one", LIMITS["batches"], remarks=remarks)


def _kept_scan(number: int) -> dict[str, str]:
    at = now() - timedelta(hours=6) + timedelta(seconds=number)
    return {"key": str(uuid4()), "code": f"C{number}", "scanned_at": at.isoformat()}


def _post(link: http.client.HTTPConnection, path: str, key: str, body: object) -> Any:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    link.request("POST", path, json.dumps(body), headers)
    answer = link.getresponse()
    told = json.loads(answer.read())
    assert answer.status in (200, 201), told
    return told
