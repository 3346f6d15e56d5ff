"""A million codes: out of a file into a list, made here, and exported for the till, each in a process of its own."""

import io
import os
from pathlib import Path
from uuid import UUID

from bench.figures import LIMITS, Figure
from bench.importing import Took, work_on_queue
from bench.serving import fresh_database
from bench.shop import Shop
from stampwell.events.actors import Actor
from stampwell.redeem_codes.asking import Choice, ask_to_check, ask_to_stock, find_batch
from stampwell.redeem_codes.headings import Column
from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.pools import PoolChoices, make_pool
from stampwell.redeem_codes.receiving import receive_codes
from stampwell.redeem_codes.recipes import Recipe

ROWS = int(os.environ.get("STAMPWELL_BENCH_ROWS", "1000000"))  # fewer show where the processor's time goes
PROMISE = 60.0  # seconds, for looking at every code of a file and adding it; for making as many and exporting them
PROMISED_MEMORY = 300.0  # megabytes of each process
ACTOR = Actor(source="owner")
_COUNT = "SELECT count(*) FROM pool_code WHERE merchant_id = %(merchant)s"


def measure_codes(url: str, folder: Path, rows: int = ROWS) -> list[Figure]:
    shop = Shop(fresh_database(url, "bench_codes"), "Codes")
    pool = _pool(shop)
    batch = receive_codes(shop.merchant, pool, io.BytesIO(file_of(rows)), name="codes.csv", actor=ACTOR)
    one = find_batch(shop.merchant.id, pool, batch)
    choice = Choice(column=Column(0, has_heading=True), encoding=one.encoding, separator=one.separator)
    ask_to_check(shop.merchant, pool, batch, choice, actor=ACTOR)
    checking = work_on_queue(url, shop)
    ask_to_stock(shop.merchant, pool, batch, actor=ACTOR)
    adding = work_on_queue(url, shop)
    assert find_batch(shop.merchant.id, pool, batch).codes == shop.count(_COUNT) == rows
    making, exporting = _make(url, shop, folder, rows)
    return _figures(rows, checking, adding, making, exporting)


def _make(url: str, shop: Shop, folder: Path, rows: int) -> tuple[Took, Took]:
    pool = _pool(shop)
    made = ask_to_make(shop.merchant, pool, Recipe(signs=10), count=rows, actor=ACTOR)
    making = work_on_queue(url, shop)
    assert find_batch(shop.merchant.id, pool, made.id).codes == rows
    file = folder / "codes.csv"
    exporting = work_on_queue(url, shop, module="bench.export_worker", given=[shop.merchant.id, pool, file])
    codes = file.read_text().split()
    assert len(codes) == len(set(codes)) == rows + 1, "a heading, and each code once"
    return making, exporting


def _pool(shop: Shop) -> UUID:
    return make_pool(shop.merchant, PoolChoices(name="Coffee"), code_format="code128", actor=ACTOR).id


def file_of(rows: int) -> bytes:
    """In an order that is none, as a till draws them."""
    codes = (f"KA{number * 7_368_787 % 100_000_007:08}" for number in range(1, rows + 1))
    return "\n".join(["Code", *codes, ""]).encode()


def _figures(rows: int, checking: Took, adding: Took, making: Took, exporting: Took) -> list[Figure]:
    brought_in, made = checking.seconds + adding.seconds, making.seconds + exporting.seconds
    most = max(took.megabytes for took in (checking, adding, making, exporting))
    return [
        Figure(
            "codes", brought_in, PROMISE, "s", "the promise", LIMITS["codes"], grows=True,
            remarks=f"{rows:,} codes. Checked {checking}, added {adding}.",
        ),
        Figure(
            "codes_making", made, PROMISE, "s", "the promise", LIMITS["codes_making"], grows=True,
            remarks=f"{rows:,} codes. Made {making}, exported {exporting}.",
        ),
        Figure("codes_memory", most, PROMISED_MEMORY, "MB", "the promise", LIMITS["codes_memory"], grows=True),
    ]  # fmt: skip
