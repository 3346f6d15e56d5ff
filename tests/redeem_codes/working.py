"""Lists of codes, files of them, and a worker that adds them."""

import io
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from stampwell.clock import now
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.redeem_codes.asking import Choice, ask_to_bring_in, ask_to_check, ask_to_stock, find_batch
from stampwell.redeem_codes.headings import Column
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.pools import PoolChoices, make_pool
from stampwell.redeem_codes.receiving import receive_codes, received_codes
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.rows import Found, JoinedBatch, PoolRow
from stampwell.redeem_codes.stocking import CODE
from stampwell.sheets.line_ids import LineIds
from tests.world import Shop

CODES = ("KA7F-2PLM", "KB9X-4TQW", "KC3D-8NRV")


def pool_of(shop: Shop, *, code_format: str = "code128", **choices: Any) -> PoolRow:
    template = choices.pop("barcode_template", "{code}")
    return make_pool(
        shop.merchant,
        PoolChoices(**{"name": "Coffee codes", **choices}),
        code_format=code_format,
        barcode_template=template,
        actor=shop.actor,
    )


def file_of(codes: Sequence[str], heading: str = "Code") -> str:
    return "\n".join([heading, *codes]) + "\n"


def receive(shop: Shop, pool: PoolRow, content: bytes | str, name: str = "codes.csv") -> UUID:
    raw = content.encode() if isinstance(content, str) else content
    return receive_codes(shop.merchant, pool.id, io.BytesIO(raw), name=name, actor=shop.actor)


def found(shop: Shop, pool: PoolRow, batch_id: UUID) -> JoinedBatch:
    return find_batch(shop.merchant.id, pool.id, batch_id)


def work(shop: Shop, pool: PoolRow, batch_id: UUID, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """On its newest job."""
    job_id = found(shop, pool, batch_id).job_id
    assert job_id is not None
    job = Job.objects.get(id=job_id)
    assert job.place is not None
    work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=is_stopping)


def ask_check(
    shop: Shop, pool: PoolRow, batch_id: UUID, *, place: int | None = None, has_heading: bool = True, **more: Any
) -> None:
    one = found(shop, pool, batch_id)
    chosen = one.place if place is None else place
    assert chosen is not None, "no heading says that it holds codes"
    settings = {"encoding": one.encoding, "separator": one.separator, **more}
    ask_to_check(
        shop.merchant, pool.id, batch_id, Choice(column=Column(chosen, has_heading), **settings), actor=shop.actor
    )


def check(shop: Shop, pool: PoolRow, batch_id: UUID, **more: Any) -> Found:
    ask_check(shop, pool, batch_id, **more)
    work(shop, pool, batch_id)
    return found(shop, pool, batch_id).has_found


def stock(shop: Shop, pool: PoolRow, codes: Sequence[str] = CODES, **more: Any) -> UUID:
    batch_id = receive(shop, pool, file_of(codes))
    check(shop, pool, batch_id, **more)
    ask_to_stock(shop.merchant, pool.id, batch_id, actor=shop.actor)
    work(shop, pool, batch_id)
    return batch_id


def ask_as_program(shop: Shop, pool: PoolRow, content: str) -> UUID:
    """Its check goes on to the writing."""
    with received_codes(shop.merchant, io.BytesIO(content.encode())) as received:
        return ask_to_bring_in(shop.merchant, pool.id, received, is_dry_run=False, name="", actor=shop.actor).id


def revoke(shop: Shop, pool: PoolRow, batch_id: UUID) -> None:
    revoke_batch(shop.merchant, pool.id, batch_id, actor=shop.actor)
    work(shop, pool, batch_id)


def codes_in(pool: PoolRow) -> list[str]:
    """In the order in which they are handed out."""
    return list(PoolCode.objects.filter(pool_id=pool.id).order_by("id").values_list("code", flat=True))


def lay_in(shop: Shop, pool: PoolRow, codes: Sequence[str] = CODES, *, location_id: UUID | None = None) -> UUID:
    """As `stock`, without a file and without a worker."""
    batch = CodeBatch.objects.create(
        merchant=shop.merchant,
        pool_id=pool.id,
        kind="file",
        name="codes.csv",
        location_id=location_id,
        digest=b"",
        size=0,
        wanted=True,
        rows=len(codes),
        codes=len(codes),
        place=0,
        checked=now(),
        written=now(),
        source="owner",
    )
    ids = LineIds(batch.id, batch.created)
    PoolCode.objects.bulk_create(
        PoolCode(
            id=ids.of(row, CODE),
            merchant=shop.merchant,
            pool_id=pool.id,
            batch=batch,
            location_id=location_id,
            code=code,
        )
        for row, code in enumerate(codes, 2)  # the first row is the heading
    )
    return batch.id
