"""Making codes here, for a till that takes in a file of them: a batch of the list like one that was brought in, whose
codes are handed out once somebody says that the till has them (`releasing`).

A job draws them by lot, piece by piece, each piece in one step with its cursor: after a worker was killed the next one
goes on behind the last piece. One that the shop has already, or ever had, is left out, and another is drawn in a later
piece, so a batch may draw more rows than it has codes.
"""

from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.jobs.asking import ask_for
from stampwell.jobs.run import Run
from stampwell.merchants.closing import hold_merchant, refuse_if_closed
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.pools import refuse_if_archived
from stampwell.redeem_codes.recipes import (
    Recipe,
    Wanted,
    codes_of_recipe,
    most_free,
    new_code,
    why_recipe_does_not_fit,
)
from stampwell.redeem_codes.refusals import CodesTooEasy, CodesUnderWay
from stampwell.redeem_codes.rows import (
    BatchRow,
    JoinedBatch,
    PoolRow,
    batch_of_job,
    lock_pool,
    read_batch,
    read_pool,
)
from stampwell.redeem_codes.stock import stock_of
from stampwell.redeem_codes.stocking import ADD_CODES, CODE, SET_WRITTEN, Stocked
from stampwell.sheets.line_ids import LineIds
from stampwell.transactions import merchant_transaction, plan_once

MAKE = "make_codes"  # the kind of the job
AT_ONCE = 10_000  # codes
MOST_AT_ONCE = 1_000_000  # codes of a batch
_COUNT = "UPDATE code_batch SET codes = %s, rows = %s WHERE merchant_id = %s AND id = %s"
_UNDER_WAY = """
    SELECT 1 FROM code_batch b JOIN job j ON (j.merchant_id, j.id) = (b.merchant_id, b.job_id)
    WHERE b.merchant_id = %s AND b.pool_id = %s AND b.kind = 'made' AND b.written IS NULL AND j.ended IS NULL
"""


def ask_to_make(
    merchant: Merchant,
    pool_id: UUID,
    recipe: Recipe,
    *,
    count: int,
    name: str = "",
    location_id: UUID | None = None,
    actor: Actor,
) -> JoinedBatch:
    """A batch of as many new codes, which a job makes. `location_id` is the only location whose till knows them.

    Refuses: NotFound, PoolArchived, CodeDoesNotFit, CodesTooEasy; CodesUnderWay while it makes others.
    """
    assert 0 < count <= MOST_AT_ONCE
    with merchant_transaction(merchant.id) as tx:
        pool = lock_pool(tx, pool_id)
        refuse_if_archived(pool)
        if location_id is not None:
            find_location(merchant.id, location_id)
        if refusal := why_recipe_does_not_fit(pool, recipe):
            raise refusal
        if tx.exists(_UNDER_WAY, (tx.merchant_id, pool_id)):
            raise CodesUnderWay
        stock = stock_of(tx, [pool], at=now())[pool_id]
        most = most_free(pool, recipe) - stock.free - stock.held
        if count > most:
            raise CodesTooEasy(most=max(most, 0))
        job_id = ask_for(tx, MAKE, asker=actor)
        batch = _batch(pool, recipe, count=count, name=name, location_id=location_id, job_id=job_id, actor=actor)
        tx.insert("code_batch", batch)
        changed(tx, "codes.made", by=actor, name=pool.name, subject_id=pool_id, after={"codes": count})
        return read_batch(tx, pool_id, batch.id)


def make_codes(run: Run) -> None:
    """Refuses: NotFound, ShopClosed."""
    with run.step() as tx:
        batch = batch_of_job(tx, run.job_id)
        pool = read_pool(tx, batch.pool_id)
        refuse_if_closed(hold_merchant(tx))
        if not run.cursor:
            run.note(tx, done=0, total=batch.has_found.good, cursor="0", report=Stocked())
    ids, wanted = LineIds(batch.id, batch.created), msgspec.json.decode(batch.found, type=Wanted)
    while run.done < wanted.good:
        _add_some(run, pool, batch, ids, wanted.recipe, most=min(AT_ONCE, wanted.good - run.done))
    with run.step() as tx:
        tx.write(SET_WRITTEN, (now(), tx.merchant_id, batch.id))


def _add_some(run: Run, pool: PoolRow, batch: BatchRow, ids: LineIds, recipe: Recipe, *, most: int) -> None:
    """As the job that adds files, in the order of the codes: of two that draw the same neither waits for the other."""
    begun = int(run.cursor)
    rows: dict[str, int] = {}  # in the order in which they are handed out, which tells nothing
    while len(rows) < most:
        rows.setdefault(new_code(pool, recipe), begun + len(rows) + 1)
    in_order = sorted(rows)
    facts = {
        "merchant": run.merchant_id,
        "pool": batch.pool_id,
        "batch": batch.id,
        "location": batch.location_id,
        "ids": [ids.of(rows[code], CODE) for code in in_order],
        "codes": in_order,
    }
    with run.step() as tx:
        plan_once(tx)
        added, before = len(tx.values(int, ADD_CODES, facts)), run.report_so_far(Stocked)
        stocked = Stocked(before.codes + added, before.skipped + most - added)
        tx.write(_COUNT, (stocked.codes, begun + most, tx.merchant_id, batch.id))
        run.note(tx, done=stocked.codes, cursor=str(begun + most), report=stocked)


def _batch(
    pool: PoolRow,
    recipe: Recipe,
    *,
    count: int,
    name: str,
    location_id: UUID | None,
    job_id: UUID,
    actor: Actor,
) -> BatchRow:
    at, length = now(), len(new_code(pool, recipe))
    different = codes_of_recipe(pool, recipe)
    wanted = Wanted(good=count, shortest=length, longest=length, recipe=recipe, different=different)
    return BatchRow(
        id=new_id(),
        pool_id=pool.id,
        kind="made",
        name=name,
        location_id=location_id,
        job_id=job_id,
        checked=at,
        found=msgspec.json.encode(wanted).decode(),
        wanted=True,
        created=at,
        source=actor.source,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )
