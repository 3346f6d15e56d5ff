"""Card reads a second over HTTP, against pgbench with the leanest SELECT of the same card and its open voucher."""

from pathlib import Path

from bench.figures import LIMITS, Figure, alternate
from bench.loading import Load, write_get
from bench.pgbench import Yardstick
from bench.serving import come_to_rest, fresh_database, program, served
from bench.shop import Shop
from stampwell.cards.rows import COLUMNS as CARD_COLUMNS
from stampwell.ids import public_id

CARDS = 20_000
REQUESTS = 120_000

_STATEMENT = """
    SELECT {columns}, v.id, v.card_id, v.program_id, v.reward_id, v.version_id, v.state, v.issued, v.ready, v.expires,
           v.revealed, v.reserved_until, v.redeemed, v.reversals
    FROM card c LEFT JOIN voucher v ON v.merchant_id = '{merchant}' AND v.card_id = c.id
        AND v.state IN ('pending', 'ready', 'reserved')
    WHERE c.merchant_id = '{merchant}' AND c.id = {row_id}
"""


def measure_reads(url: str, folder: Path) -> Figure:
    url = fresh_database(url, "bench_reads")
    shop = Shop(url, "Reads")
    shop.give_cards(CARDS, with_voucher=True)
    statement = _STATEMENT.format(
        columns=CARD_COLUMNS, merchant=shop.merchant.id, row_id=shop.row_id_sql(f"(:n % {CARDS})")
    )
    with served(url, folder) as product:
        requests = shop.requests(REQUESTS, lambda number, key: _request(shop, number, key))
        load = Load(product, folder, requests, wanted="crd_")
        yardstick = Yardstick(program("pgbench"), url, folder / "read.sql", statement)
        come_to_rest(url)
        ours, theirs = alternate(load.run, yardstick.run)
    assert load.statuses == {"200": len(load.answers)}, load.statuses
    for number, card in load.told("200").items():
        assert card == public_id("crd", shop.row_id(number % CARDS))
    remarks = f"{load.remarks} Each answer was the card asked for."
    return Figure("card reads", ours, theirs, "/s", "pgbench, 8 clients", LIMITS["reads"], remarks=remarks)


def _request(shop: Shop, number: int, key: str) -> bytes:
    return write_get(f"/api/v1/cards/{public_id('crd', shop.row_id(number % CARDS))}", key)
