"""Lists of codes as the API shows them."""

from datetime import datetime
from typing import Literal

import msgspec
from django.conf import settings

from stampwell.ids import public_id
from stampwell.redeem_codes.fault_words import say_fault
from stampwell.redeem_codes.recipes import guesses_for
from stampwell.redeem_codes.rows import BatchKind, CodeRow, Found, HandOutAt, JoinedBatch, PoolRow, Step
from stampwell.redeem_codes.stock import Stock

FIRST = 20  # rows that are told in an answer; the file has them all
CodeState = Literal["free", "handed_out", "leaked", "withdrawn"]


class FreeCodesFacts(msgspec.Struct, frozen=True):
    """`location_id` is null for the codes that every location's till knows."""

    location_id: str | None
    free: int


class StockFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting_for_till` were made here and are not handed out yet; `leaked` were used at the till, as its report says,
    before anybody had seen them. `days_left` goes by the last 28 days, and is null
    where they do not tell.
    """

    free: int
    waiting_for_till: int
    handed_out: int
    leaked: int
    withdrawn: int
    total: int
    by_location: list[FreeCodesFacts]
    is_low: bool
    days_left: int | None


class CodePoolFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`hand_out` says when a voucher gets its code: as it is shown at the till, or with the voucher.

    The fallback code itself is never shown: only whether there is one.
    """

    id: str
    name: str
    format: str
    barcode_template: str
    hand_out: HandOutAt
    low_at: int
    has_fallback: bool
    stock: StockFacts
    created_at: datetime
    archived_at: datetime | None


class WrongCodeFacts(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do, from 1 on."""

    row: int
    code: str
    message: str


class CodesFoundFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the check has found. `left_out` rows are not added; `wrong_rows` are the first of them.

    `shortest` and `longest` count the signs of the good codes. From `unreadable_from_row` on the file cannot be read:
    then nothing of it is added.
    """

    codes: int
    left_out: int
    by_code: dict[str, int]
    wrong_rows: list[WrongCodeFacts]
    shortest: int
    longest: int
    unreadable_from_row: int | None


class CodeImportFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`done` and `total` are rows, of what `state` says. `problem` is the code of the refusal that ended it.

    `kind` is `made` where the codes were made here: then `done` and `total` are codes, and `guesses` is how many
    somebody needs on average to hit one of them. `column` counts from 1. `found` is null until the check is done.
    `codes` were added until now, `withdrawn` of them while they were free. `in_till_at` is when somebody said that the
    till has the codes that were made here.
    """

    id: str
    pool_id: str
    kind: BatchKind
    name: str
    state: Step
    problem: str | None
    location_id: str | None
    column: int | None
    dry_run: bool
    done: int
    total: int | None
    found: CodesFoundFacts | None
    codes: int
    withdrawn: int
    guesses: int | None
    created_at: datetime
    written_at: datetime | None
    in_till_at: datetime | None
    withdrawn_at: datetime | None
    job_id: str | None
    report_url: str | None


class PoolCodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`confirmed_at` is when the till's own report said that it was used."""

    id: str
    code: str
    state: CodeState
    batch_id: str
    location_id: str | None
    voucher_id: str | None
    handed_out_at: datetime | None
    confirmed_at: datetime | None


def describe_pool(pool: PoolRow, stock: Stock) -> CodePoolFacts:
    return CodePoolFacts(
        id=public_id("cdp", pool.id),
        name=pool.name,
        format=pool.format,
        barcode_template=pool.barcode_template,
        hand_out=pool.handed_out,
        low_at=pool.low_at,
        has_fallback=bool(pool.fallback_code),
        stock=_describe_stock(pool, stock),
        created_at=pool.created,
        archived_at=pool.archived,
    )


def describe_batch(batch: JoinedBatch) -> CodeImportFacts:
    """In the language that is active."""
    pool_id, id = public_id("cdp", batch.pool_id), public_id("cdb", batch.id)
    report = f"{settings.BASE_URL}/api/v1/code-pools/{pool_id}/imports/{id}/report"
    is_checked = batch.checked is not None and batch.kind == "file"
    return CodeImportFacts(
        id=id,
        pool_id=pool_id,
        kind=batch.kind,
        name=batch.name,
        state=batch.step,
        problem=batch.problem or None,
        location_id=public_id("loc", batch.location_id) if batch.location_id else None,
        column=None if batch.place is None else batch.place + 1,
        dry_run=not batch.wanted,
        done=batch.done or 0,
        total=batch.total,
        found=_describe_found(batch.has_found) if is_checked else None,
        codes=batch.codes,
        withdrawn=batch.withdrawn,
        guesses=guesses_for(batch),
        created_at=batch.created,
        written_at=batch.written,
        in_till_at=batch.in_till,
        withdrawn_at=batch.revoked,
        job_id=public_id("job", batch.job_id) if batch.job_id else None,
        report_url=report if is_checked else None,
    )


def describe_code(code: CodeRow) -> PoolCodeFacts:
    return PoolCodeFacts(
        id=public_id("cde", code.id),
        code=code.code,
        state=_state_of(code),
        batch_id=public_id("cdb", code.batch_id),
        location_id=public_id("loc", code.location_id) if code.location_id else None,
        voucher_id=public_id("vch", code.voucher_id) if code.voucher_id else None,
        handed_out_at=code.given,
        confirmed_at=code.confirmed,
    )


def _state_of(code: CodeRow) -> CodeState:
    if code.revoked or code.withdrawn:
        return "leaked" if code.confirmed and not code.given else "withdrawn"
    return "handed_out" if code.given else "free"


def _describe_stock(pool: PoolRow, stock: Stock) -> StockFacts:
    places = sorted(stock.by_location.items())
    anywhere = [FreeCodesFacts(None, stock.anywhere)] if stock.anywhere else []
    return StockFacts(
        free=stock.free,
        waiting_for_till=stock.held,
        handed_out=stock.handed_out,
        leaked=stock.leaked,
        withdrawn=stock.withdrawn,
        total=stock.total,
        by_location=[*anywhere, *(FreeCodesFacts(public_id("loc", place), count) for place, count in places)],
        is_low=stock.is_low(pool),
        days_left=stock.days_left,
    )


def _describe_found(found: Found) -> CodesFoundFacts:
    return CodesFoundFacts(
        codes=found.good,
        left_out=found.bad,
        by_code=found.faults,
        wrong_rows=[WrongCodeFacts(row, fault, say_fault(fault)) for row, fault in found.first[:FIRST]],
        shortest=found.shortest,
        longest=found.longest,
        unreadable_from_row=found.broken_at or None,
    )
