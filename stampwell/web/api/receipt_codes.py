"""POST /receipt-codes; POST and GET /receipt-codes/batches, GET /receipt-codes/batches/{id}, codes, revocation."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Path, Query, validate
from msgspec import Meta

from stampwell.cards.refusals import (
    AmountNeeded,
    AmountNotUsed,
    BelowMinimumSpend,
    ReceiptAlreadyUsed,
    TooManyStamps,
)
from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.locations import LocationClosed
from stampwell.programs.course import ProgramOver, StampingPaused, is_over
from stampwell.programs.models import Program
from stampwell.receipts.describing import (
    NumberedCode,
    ReceiptBatchFacts,
    ReceiptCodeFacts,
    describe_batch,
    describe_batches,
    describe_code,
    number_codes,
)
from stampwell.receipts.making import (
    DAILY_LIMIT,
    LONGEST_NAME,
    MOST_A_DAY,
    MOST_IN_BATCH,
    Made,
    Wanted,
    make_batch,
    make_receipt_code,
)
from stampwell.receipts.refusals import ReceiptCodeTooLate, ReceiptHasOtherCode
from stampwell.receipts.revoking import revoke_batch
from stampwell.receipts.rows import list_batches_after, read_batch
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_reads, merchant_transaction
from stampwell.web.api.answering import ApiController, reading, writing
from stampwell.web.api.asking import ReceiptBatchPath, actor_at
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.paging import Limit, Page, PageAsked, cursor_id, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import InvalidRequest, LocationNotAllowed
from stampwell.web.api.shapes import Amount, Asked, Count, Currency, Id, ReceiptId, final

TAGS = ["Receipt codes"]
WHY_NO_CODE: tuple[type[Refusal], ...] = (
    NotFound,
    LocationClosed,
    LocationNotAllowed,
    StampingPaused,
    ProgramOver,
    AmountNeeded,
    AmountNotUsed,
    BelowMinimumSpend,
    TooManyStamps,
    ReceiptCodeTooLate,
)
End = Annotated[datetime, Meta(tz=True, description="Until when they can be claimed. RFC 3339 with a zone.")]
DailyLimit = Annotated[int, Meta(ge=1, le=MOST_A_DAY, description="How many codes a customer may use on a day.")]


class CodesAsked(Asked, frozen=True, kw_only=True):
    """`program_id` may be left out where the shop has one program."""

    program_id: Id | None = None
    location_id: Id | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    expires: End | None = None
    daily_limit: DailyLimit = DAILY_LIMIT


class ReceiptCodeAsked(CodesAsked, frozen=True, kw_only=True):
    """What the receipt is worth: a number of stamps or an amount; neither means one visit."""

    receipt_id: ReceiptId
    count: Count | None = None


class BatchAsked(CodesAsked, frozen=True, kw_only=True):
    """`count` codes, worth `each` stamps or the `amount`; neither means one visit."""

    count: Annotated[int, Meta(ge=1, le=MOST_IN_BATCH, description="How many codes.")]
    each: Count | None = None
    name: Annotated[str, final(LONGEST_NAME, "For yourself.")] = ""


class RevocationAsked(Asked, frozen=True, kw_only=True):
    """Nothing is to be said."""


PLAINLY = RevocationAsked()


class NumberedCodesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `next` of the page before."""

    after: Annotated[int, Meta(ge=0, le=MOST_IN_BATCH)] = 0
    limit: Limit = 50


class NumberedCodes(msgspec.Struct, frozen=True):
    """`next` is null on the last page."""

    items: list[NumberedCode]
    next: int | None


class ReceiptCodes(ApiController):
    @validate(
        *writing(ReceiptCodeFacts, *WHY_NO_CODE, ReceiptAlreadyUsed, ReceiptHasOtherCode, also=HTTPStatus.OK),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Make a code for a receipt",
        description=(
            "A code to print on the receipt; the customer scans it later and gets the stamps, once (201). The same"
            " `receipt_id` gives the same code again (200). It can be claimed for 30 days unless `expires` is given."
        ),
        operation_id="makeReceiptCode",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[ReceiptCodeAsked]) -> HttpResponse:
        _check(parsed_body, parsed_body.count)
        caller, known = self.caller, False

        def make() -> ReceiptCodeFacts:
            nonlocal known
            made = _make_one(caller, parsed_body)
            known = not made.is_new
            return describe_code(caller.merchant.slug, made.batch)

        return self.answer_once(
            idempotency_key, make, status=lambda _facts: HTTPStatus.OK if known else HTTPStatus.CREATED
        )


class ReceiptBatches(ApiController):
    @validate(
        *reading(Page[ReceiptBatchFacts]),
        auth=[KeyWith(Scope.PROGRAMS_READ)],
        summary="List batches of receipt codes",
        description="All batches, oldest first, with how many of their codes were claimed. It does not show the codes.",
        operation_id="listReceiptBatches",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[PageAsked]) -> HttpResponse:
        asked = parsed_query
        with merchant_reads(self.caller.merchant.id) as tx:
            found = list_batches_after(tx, cursor_id("rcb", asked), most=asked.limit + 1)
            items = describe_batches(tx, found[: asked.limit])
        return self.answer(Page(items, next_of(len(found), items[-1].id if items else "", asked)))

    @validate(
        *writing(ReceiptBatchFacts, *WHY_NO_CODE),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Make many receipt codes",
        description=(
            "Codes for labels, bags or inserts, up to 10 000 at once. `/receipt-codes/batches/{id}/codes` lists them."
            " They can be claimed for a year unless `expires` is given."
        ),
        operation_id="makeReceiptCodes",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[BatchAsked]) -> HttpResponse:
        _check(parsed_body, parsed_body.each)
        return self.answer_once(idempotency_key, lambda: _make_many(self.caller, parsed_body))


class OneReceiptBatch(ApiController):
    @validate(
        *reading(ReceiptBatchFacts, NotFound),
        auth=[KeyWith(Scope.PROGRAMS_READ)],
        summary="Read a batch of receipt codes",
        description="How many codes it has and how many were claimed. It does not show the codes.",
        operation_id="readReceiptBatch",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[ReceiptBatchPath]) -> HttpResponse:
        batch_id = wanted_id("rcb", parsed_path.batch_id)
        with merchant_reads(self.caller.merchant.id) as tx:
            return self.answer(describe_batch(tx, read_batch(tx, batch_id)))


class CodesOfBatch(ApiController):
    @validate(
        *reading(NumberedCodes, NotFound),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="List the codes of a batch",
        description="Whoever has a code can claim its stamps, so this needs the right to add stamps.",
        operation_id="listReceiptCodes",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[ReceiptBatchPath], parsed_query: Query[NumberedCodesAsked]) -> HttpResponse:
        batch_id, asked, merchant = wanted_id("rcb", parsed_path.batch_id), parsed_query, self.caller.merchant
        with merchant_reads(merchant.id) as tx:
            batch = read_batch(tx, batch_id)
            items = number_codes(tx, merchant.slug, batch, first=asked.after, most=asked.limit)
        last = asked.after + len(items)
        return self.answer(NumberedCodes(items, last if last < batch.size else None))


class ReceiptBatchRevocation(ApiController):
    @validate(
        *writing(ReceiptBatchFacts, NotFound),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Revoke a batch of receipt codes",
        description="None of its codes is taken any more. What was claimed stays.",
        operation_id="revokeReceiptBatch",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[ReceiptBatchPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[RevocationAsked] = PLAINLY,
    ) -> HttpResponse:
        caller, batch_id = self.caller, wanted_id("rcb", parsed_path.batch_id)

        def revoke() -> ReceiptBatchFacts:
            with merchant_transaction(caller.merchant.id) as tx:
                return describe_batch(tx, revoke_batch(caller.merchant, batch_id, actor=caller.actor))

        return self.answer_once(idempotency_key, revoke)


def _check(asked: CodesAsked, stamps: int | None) -> None:
    """Refuses: InvalidRequest."""
    if stamps is not None and asked.amount is not None:
        raise InvalidRequest("/amount", "not_together")


def _make_one(caller: ApiCaller, asked: ReceiptCodeAsked) -> Made:
    actor, wanted = actor_at(caller, asked.location_id), _wanted(caller, asked, asked.count)
    return make_receipt_code(caller.merchant, wanted, asked.receipt_id, actor=actor)


def _make_many(caller: ApiCaller, asked: BatchAsked) -> ReceiptBatchFacts:
    actor, wanted = actor_at(caller, asked.location_id), _wanted(caller, asked, asked.each)
    with merchant_transaction(caller.merchant.id) as tx:
        batch = make_batch(caller.merchant, wanted, size=asked.count, name=_name(asked.name), actor=actor)
        return describe_batch(tx, batch)


def _name(text: str) -> str:
    """Refuses: InvalidRequest. It is measured as it stays: some letters become two."""
    name = clean_text(text[:LONGEST_GIVEN])
    if len(name) > LONGEST_NAME:
        raise InvalidRequest("/name", "too_long", limit=LONGEST_NAME)
    return name


def _wanted(caller: ApiCaller, asked: CodesAsked, stamps: int | None) -> Wanted:
    """Refuses: NotFound; InvalidRequest where the shop has several programs and none is named."""
    return Wanted(
        program_id=wanted_id("prg", asked.program_id) if asked.program_id is not None else _only_program(caller),
        count=stamps,
        amount=asked.amount,
        currency=asked.currency,
        expires=asked.expires,
        daily_limit=asked.daily_limit,
    )


def _only_program(caller: ApiCaller) -> UUID:
    at = now()
    running = [one for one in Program.objects.filter(merchant=caller.merchant, archived=None) if not is_over(one, at)]
    if len(running) != 1:
        raise InvalidRequest("/program_id", "missing")
    return running[0].id
