"""GET and POST /code-pools, GET /code-pools/{id}, its codes, and the release and revocation of a batch of them."""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpResponse
from dmr import Path, Query, validate
from msgspec import Meta

from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.languages.patterns import whole
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.access import Scope
from stampwell.redeem_codes.describing import (
    CodeImportFacts,
    CodePoolFacts,
    PoolCodeFacts,
    describe_code,
    describe_pool,
)
from stampwell.redeem_codes.formats import LONGEST_CODE, PLACEHOLDER, TEMPLATE, CodeDoesNotFit, FormatName
from stampwell.redeem_codes.making import MOST_AT_ONCE, ask_to_make
from stampwell.redeem_codes.pools import LONGEST_NAME, MOST_LOW, PoolChoices, make_pool
from stampwell.redeem_codes.recipes import LEAST_SIGNS, LONGEST_PREFIX, MOST_SIGNS, USUAL_SIGNS, Recipe
from stampwell.redeem_codes.refusals import CodesNotWritten, CodesTooEasy, CodesUnderWay, PoolArchived, TooManyPools
from stampwell.redeem_codes.releasing import release_batch
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.rows import HandOutAt, next_codes, next_pools, read_pool
from stampwell.redeem_codes.stock import stock_of
from stampwell.refusal import NotFound
from stampwell.sheets.receiving import LONGEST_NAME as LONGEST_FILE_NAME
from stampwell.transactions import merchant_reads, merchant_transaction
from stampwell.web.api.answering import ApiController, asking, reading, writing
from stampwell.web.api.asking import CodePoolPath
from stampwell.web.api.code_imports import shown_batch
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.paging import Page, PageAsked, cursor_id, next_of
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import InvalidRequest
from stampwell.web.api.shapes import Asked, Id, final

TAGS = ["Redeem codes"]
Template = Annotated[
    str,
    whole(
        TEMPLATE,
        most=300,
        told="What the barcode contains, where the till reads more than people type.",
    ),
]


class CodePoolAsked(Asked, frozen=True, kw_only=True):
    """`hand_out` says when a voucher gets its code: as it is shown at the till, or with the voucher."""

    name: Annotated[str, Meta(min_length=1), final(LONGEST_NAME, "For yourself.")]
    format: FormatName = "text"
    barcode_template: Template = PLACEHOLDER
    hand_out: HandOutAt = "reveal"
    low_at: Annotated[int, Meta(ge=0, le=MOST_LOW, description="How many free codes are few.")] = 50
    fallback_code: Annotated[str, final(LONGEST_CODE, "Shown where no code is left.")] = ""


class BatchOfCodesAsked(Asked, frozen=True, kw_only=True):
    """`batch_id` is the id of the import."""

    batch_id: Id


class CodesAsked(Asked, frozen=True, kw_only=True):
    """`length` is how many random characters there are, behind the prefix and before the check character. Barcodes that
    have a certain length, such as EAN-13, are filled up to that, and end with their own check digit.
    """

    count: Annotated[int, Meta(ge=1, le=MOST_AT_ONCE)]
    prefix: Annotated[
        str, whole(f"[0-9A-Z]{{0,{LONGEST_PREFIX}}}", most=LONGEST_PREFIX, told="Capitals and digits.")
    ] = ""
    length: Annotated[int, Meta(ge=LEAST_SIGNS, le=MOST_SIGNS)] = USUAL_SIGNS
    check_character: bool = False
    location_id: Id | None = None
    name: Annotated[str, final(LONGEST_FILE_NAME, "What the codes are called at the desk.")] = ""


class CodePools(ApiController):
    @validate(
        *reading(Page[CodePoolFacts]),
        auth=[KeyWith(Scope.CODES_READ)],
        summary="List pools of codes",
        description="Each with its stock, oldest first. No answer shows a code.",
        operation_id="listCodePools",
        tags=TAGS,
    )
    def get(self, parsed_query: Query[PageAsked]) -> HttpResponse:
        asked = parsed_query
        with merchant_reads(self.caller.merchant.id) as tx:
            found = next_pools(tx, cursor_id("cdp", asked), most=asked.limit + 1)
            stock = stock_of(tx, found, at=now())
        items = [describe_pool(pool, stock[pool.id]) for pool in found[: asked.limit]]
        return self.answer(Page(items, next_of(len(found), items[-1].id if items else "", asked)))

    @validate(
        *writing(CodePoolFacts, TooManyPools, CodeDoesNotFit),
        auth=[KeyWith(Scope.CODES_WRITE)],
        summary="Make a pool of codes",
        description="An empty list of codes that the till takes once each. The desk alone changes how they are shown.",
        operation_id="makeCodePool",
        tags=TAGS,
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[CodePoolAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_body

        def make() -> CodePoolFacts:
            choices = PoolChoices(
                name=_fitting(asked.name, "/name", LONGEST_NAME, least=1),
                handed_out=asked.hand_out,
                low_at=asked.low_at,
                fallback_code=_fitting(asked.fallback_code, "/fallback_code", LONGEST_CODE),
            )
            with merchant_transaction(caller.merchant.id) as tx:
                pool = make_pool(
                    caller.merchant,
                    choices,
                    code_format=asked.format,
                    barcode_template=asked.barcode_template,
                    actor=caller.actor,
                )
                return describe_pool(pool, stock_of(tx, [pool], at=now())[pool.id])

        return self.answer_once(idempotency_key, make)


class OneCodePool(ApiController):
    @validate(
        *reading(CodePoolFacts, NotFound),
        auth=[KeyWith(Scope.CODES_READ)],
        summary="Read a pool of codes",
        description="With its stock, and how long that lasts at the pace of the last 28 days.",
        operation_id="readCodePool",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CodePoolPath]) -> HttpResponse:
        with merchant_reads(self.caller.merchant.id) as tx:
            pool = read_pool(tx, wanted_id("cdp", parsed_path.pool_id))
            return self.answer(describe_pool(pool, stock_of(tx, [pool], at=now())[pool.id]))


class CodesOfPool(ApiController):
    @validate(
        *reading(Page[PoolCodeFacts], NotFound),
        auth=[KeyWith(Scope.CODES_WRITE)],
        summary="List the codes of a pool",
        description=(
            "In the order in which they are handed out, with the voucher that has each. Whoever has a code can use it"
            " at the till, so this needs the right to add codes."
        ),
        operation_id="listPoolCodes",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CodePoolPath], parsed_query: Query[PageAsked]) -> HttpResponse:
        asked = parsed_query
        with merchant_reads(self.caller.merchant.id) as tx:
            pool = read_pool(tx, wanted_id("cdp", parsed_path.pool_id))
            found = next_codes(tx, pool.id, cursor_id("cde", asked), most=asked.limit + 1)
        items = [describe_code(code) for code in found[: asked.limit]]
        return self.answer(Page(items, next_of(len(found), items[-1].id if items else "", asked)))

    @validate(
        *asking(CodeImportFacts, NotFound, PoolArchived, CodeDoesNotFit, CodesTooEasy, CodesUnderWay),
        auth=[KeyWith(Scope.CODES_WRITE)],
        summary="Make codes",
        description=(
            "A job makes as many codes by lot, and adds them to the pool as a batch like one that was imported. None of"
            " them is one that the shop has, or ever had. No voucher gets one before the batch is released."
        ),
        operation_id="makeCodes",
        tags=TAGS,
    )
    def post(
        self, parsed_path: Path[CodePoolPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[CodesAsked]
    ) -> HttpResponse:
        caller, asked = self.caller, parsed_body

        def make() -> CodeImportFacts:
            batch = ask_to_make(
                caller.merchant,
                wanted_id("cdp", parsed_path.pool_id),
                Recipe(prefix=asked.prefix, signs=asked.length, has_check=asked.check_character),
                count=asked.count,
                name=_fitting(asked.name, "/name", LONGEST_FILE_NAME),
                location_id=wanted_id("loc", asked.location_id) if asked.location_id is not None else None,
                actor=caller.actor,
            )
            return shown_batch(self.request, caller, batch)

        return self.answer_once(idempotency_key, make, status=lambda _facts: HTTPStatus.ACCEPTED)


class CodePoolRelease(ApiController):
    @validate(
        *writing(CodeImportFacts, NotFound, CodesUnderWay),
        auth=[KeyWith(Scope.CODES_WRITE)],
        summary="Release a batch of codes",
        description=(
            "Says that the till has the codes of a batch that was made here: from now on vouchers get them. For a batch"
            " that came from the till, was released before or was withdrawn it changes nothing. Of one whose job failed"
            " it releases those that were made, and no more are made."
        ),
        operation_id="releaseCodes",
        tags=TAGS,
    )
    def post(
        self, parsed_path: Path[CodePoolPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[BatchOfCodesAsked]
    ) -> HttpResponse:
        caller = self.caller

        def release() -> CodeImportFacts:
            pool_id, batch_id = wanted_id("cdp", parsed_path.pool_id), wanted_id("cdb", parsed_body.batch_id)
            batch = release_batch(caller.merchant, pool_id, batch_id, actor=caller.actor)
            return shown_batch(self.request, caller, batch)

        return self.answer_once(idempotency_key, release)


class CodePoolRevocation(ApiController):
    @validate(
        *asking(CodeImportFacts, NotFound, CodesNotWritten, CodesUnderWay),
        auth=[KeyWith(Scope.CODES_WRITE)],
        summary="Revoke a batch of codes",
        description=(
            "No voucher gets a code of the batch any more; a job withdraws those that are free. A voucher that has one"
            " and is still unused shows another one. Revoked once more, it stays as it is; a job that failed is begun"
            " again."
        ),
        operation_id="revokeCodes",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[CodePoolPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[BatchOfCodesAsked],
    ) -> HttpResponse:
        caller = self.caller

        def revoke() -> CodeImportFacts:
            pool_id, batch_id = wanted_id("cdp", parsed_path.pool_id), wanted_id("cdb", parsed_body.batch_id)
            batch = revoke_batch(caller.merchant, pool_id, batch_id, actor=caller.actor)
            return shown_batch(self.request, caller, batch)

        return self.answer_once(idempotency_key, revoke, status=lambda _facts: HTTPStatus.ACCEPTED)


def _fitting(text: str, pointer: str, limit: int, *, least: int = 0) -> str:
    """Refuses: InvalidRequest. It is measured as it stays: some letters become two."""
    cleaned = clean_text(text[:LONGEST_GIVEN])
    if len(cleaned) > limit:
        raise InvalidRequest(pointer, "too_long", limit=limit)
    if len(cleaned) < least:
        raise InvalidRequest(pointer, "too_short", limit=least)
    return cleaned
