"""Codes of a list handed out over HTTP as customers show their vouchers, 32 at once.

Against pgbench with the same lasting effect; and from a list that had five hundred batches against one that has one.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from bench.figures import LIMITS, Figure, alternate
from bench.loading import Load
from bench.pgbench import Yardstick
from bench.serving import Served, come_to_rest, fresh_database, program, require_durable, served
from bench.shop import CARDS, CUSTOMERS, Shop
from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.publishing import publish_program
from stampwell.programs.terms import Terms, terms_of
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.pools import PoolChoices, make_pool

OURS, THEIRS = 30_000, 250_000  # vouchers of each of our lists; pgbench takes as many as a quiet machine can
HOLDERS = 1_000  # cards that have them
BATCHES, OF_EACH = 500, 20  # of the other list all but the last are used up; the codes of each
OWNER = Actor(source="owner")
KINDS = ("code.handed_out", "voucher.revealed")
CSRF = "a" * 32  # what a browser is given with the page

_VOUCHERS = """
    INSERT INTO voucher (merchant_id, id, card_id, program_id, reward_id, version_id, state, issued, ready, expires,
                         due, code_hash, token_hash, reversals, source)
    SELECT {{merchant}}, {{row_id}}, {card}, '{program}', {reward}, '{version}', 'ready', now(), now(),
           now() + interval '90 days', now() + interval '90 days', sha256(('c' || n)::bytea), sha256(('t' || n)::bytea),
           0, 'milestone' FROM generate_series(0, %(count)s - 1) AS n
"""
_CODES = """
    INSERT INTO pool_code (merchant_id, id, pool_id, batch_id, code)
    SELECT {{merchant}}, {{row_id}}, {pool}, {batch}, 'KAFE-' || lpad(n::text, 8, '0')
    FROM generate_series(0, %(count)s - 1) AS n
"""
_STATEMENT = """
    WITH done AS (
        UPDATE voucher SET state = 'reserved', revealed = now(), reserved_until = now() + interval '15 minutes',
            due = now() + interval '15 minutes'
        WHERE merchant_id = '{merchant}' AND id = {row_id} AND state = 'ready' RETURNING id, card_id
    ), given AS (
        UPDATE pool_code c SET voucher_id = done.id, given = now() FROM done
        WHERE c.merchant_id = '{merchant}' AND c.id = {row_id} AND c.given IS NULL
    ), told AS (
        INSERT INTO event (merchant_id, at, id, type, source, card_id, voucher_id, data)
        SELECT '{merchant}', now(), uuidv7(), 'code.handed_out', 'card', card_id, id, '{handed_out}' FROM done
    )
    INSERT INTO event (merchant_id, at, id, type, source, card_id, voucher_id, data)
    SELECT '{merchant}', now(), uuidv7(), 'voucher.revealed', 'card', card_id, id, '{revealed}' FROM done
"""
_SAMPLES = "SELECT type, replace(data::text, '''', '''''') FROM event WHERE type = ANY(%s)"
_GIVEN = "SELECT voucher_id, id FROM pool_code WHERE merchant_id = %s AND given IS NOT NULL AND code LIKE 'KAFE-%%'"
_SHOWN = "SELECT count(*) FROM voucher WHERE merchant_id = %(merchant)s AND state = 'reserved' AND revealed IS NOT NULL"
_TOLD = "SELECT count(*) FROM event WHERE merchant_id = %(merchant)s AND type = '{}'"


def measure_handout(url: str, folder: Path) -> list[Figure]:
    require_durable(url)
    url = fresh_database(url, "bench_handout")
    shop = Shop(url, "Handout")
    _fill(shop)
    with served(url, folder) as product:
        one, many = _load(shop, product, folder / "one", first=0), _load(shop, product, folder / "many", first=OURS)
        one.run(1.0)
        yardstick = Yardstick(program("pgbench"), url, folder / "handout.sql", _statement(shop), next=2 * OURS)
        come_to_rest(url)
        ours, theirs = alternate(one.run, yardstick.run)
        alternate(many.run, one.run)
    _compare_rows(shop, one, many, yardstick)
    rows = f"{len(one.answers) + len(many.answers):,} answers, each with a code of its own"
    told = f"{one.remarks} Of {BATCHES} batches {many.spent}. {rows}."
    costs = many.spent.each, one.spent.each
    return [
        Figure("handout", ours, theirs, "/s", "pgbench, 8 clients", LIMITS["handout"], remarks=told),
        Figure("handout_batches", *costs, "µs", "of one batch", LIMITS["handout_batches"], grows=True),
    ]


def _fill(shop: Shop) -> None:
    """Three lists, each with a reward, and a voucher for every code."""
    pools = [make_pool(shop.merchant, PoolChoices(name=f"List {place}"), code_format="code128", actor=OWNER).id
             for place in range(3)]  # fmt: skip
    terms = _publish(shop, pools)
    counts = (1, BATCHES, 1)
    batches = [[_batch(shop, pool) for _number in range(count)] for pool, count in zip(pools, counts, strict=True)]
    for batch in batches[1][:-1]:
        PoolCode.objects.bulk_create(_used_up(batch))
    rewards = [milestone.reward.id for milestone in terms.milestones]
    card = shop.row_id_sql(f"n %% {HOLDERS}")
    vouchers = _VOUCHERS.format(program=terms.program_id, version=terms.version_id, card=card, reward=_by_list(rewards))
    codes = _CODES.format(pool=_by_list(pools), batch=_by_list([some[-1].id for some in batches]))
    shop.seed(HOLDERS, CUSTOMERS, CARDS)
    shop.seed(2 * OURS + THEIRS, vouchers, codes)


def _publish(shop: Shop, pools: list[UUID]) -> Terms:
    def milestone(place: int, pool_id: UUID) -> dict[str, Any]:
        code = {"kind": "pool", "pool_id": public_id("cdp", pool_id)}
        return {"stamps": 98 + place, "reward": {"name": "A tea", "path": "redeem_code", "redeem_code": code}}

    draft: dict[str, Any] = {
        "name": "Tea card",
        "goal": 100,
        "earning": {"by": "visit", "cooldown_seconds": 0},
        "milestones": [milestone(place, pool_id) for place, pool_id in enumerate(pools)],
    }
    published = publish_program(shop.merchant, msgspec.convert(draft, ProgramDraft), actor=OWNER)
    return terms_of(shop.merchant.id, published.program.current_version_id)


def _batch(shop: Shop, pool_id: UUID) -> CodeBatch:
    return CodeBatch.objects.create(
        merchant=shop.merchant, pool_id=pool_id, kind="file", digest=b"", size=0, codes=OF_EACH, written=now()
    )


def _used_up(batch: CodeBatch) -> list[PoolCode]:
    return [
        PoolCode(
            merchant_id=batch.merchant_id,
            pool_id=batch.pool_id,
            batch=batch,
            code=f"USED-{batch.id.hex}-{number}",
            voucher_id=new_id(),
            given=now(),
        )
        for number in range(OF_EACH)
    ]


def _by_list(ids: list[UUID]) -> str:
    """Of the list of the voucher or the code of number `n`: ours first, then pgbench's."""
    one, many, theirs = (f"'{id}'::uuid" for id in ids)
    return f"CASE WHEN n < {OURS} THEN {one} WHEN n < {2 * OURS} THEN {many} ELSE {theirs} END"


def _load(shop: Shop, product: Served, folder: Path, *, first: int) -> Load:
    folder.mkdir()
    return Load(product, folder, [_request(shop, first + number) for number in range(OURS)])


def _request(shop: Shop, number: int) -> bytes:
    return (
        f"POST /v/{shop.merchant.slug}/t{number}/code HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrf={CSRF}\r\n"
        f"X-CSRFToken: {CSRF}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def _statement(shop: Shop) -> str:
    with psycopg.connect(shop.url) as connection:
        samples: dict[str, str] = dict(connection.execute(_SAMPLES, (list(KINDS),)).fetchall())
    handed_out, revealed = (samples[kind] for kind in KINDS)
    return _STATEMENT.format(
        merchant=shop.merchant.id, row_id=shop.row_id_sql(":n"), handed_out=handed_out, revealed=revealed
    )


def _compare_rows(shop: Shop, one: Load, many: Load, yardstick: Yardstick) -> None:
    """Every answer has a code that nobody else has, and every code that was given its answer."""
    answered = [number for number, status, _told in one.answers if status == "303"]
    answered += [OURS + number for number, status, _told in many.answers if status == "303"]
    assert len(answered) == len(one.answers) + len(many.answers), (one.statuses, many.statuses)
    with psycopg.connect(shop.url) as connection:
        given = connection.execute(_GIVEN, (shop.merchant.id,)).fetchall()
    vouchers = {voucher_id for voucher_id, _code in given}
    assert len(vouchers) == len(given) == len({code for _voucher, code in given}) == len(answered) + yardstick.done
    assert {shop.row_id(number) for number in answered} <= vouchers
    assert shop.count(_SHOWN) == len(given)
    assert {shop.count(_TOLD.format(kind)) for kind in KINDS} == {len(given)}
