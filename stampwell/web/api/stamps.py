"""POST /cards/{id}/stamps, POST /stamps/{id}/reversal."""

from collections.abc import Callable

from django.http import HttpResponse
from dmr import Path, validate
from msgspec.structs import replace

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import (
    AmountNeeded,
    AmountNotUsed,
    BelowMinimumSpend,
    CardVoid,
    CoolingDown,
    DailyCapReached,
    DuplicateScan,
    OutsideHours,
    ReceiptAlreadyUsed,
    StampAlreadyReversed,
    TooManyStamps,
    VoucherAlreadyUsed,
)
from stampwell.cards.rows import ask_to_lock_card
from stampwell.cards.stamping import StampedFacts, stamp_asked
from stampwell.cards.undoing import UndoneFacts, undo_stamp
from stampwell.ids import wanted_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.locations import LocationClosed
from stampwell.merchants.managers import NeedsManager
from stampwell.programs.course import ProgramOver, StampingPaused
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.refusals import VoucherReserved
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import CardPath, StampPath, actor_at
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith, check_override
from stampwell.web.api.linking import link_all, link_card
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import LocationNotAllowed
from stampwell.web.api.shapes import (
    ONE_VISIT,
    PurchaseAsked,
    ReversalAsked,
    StampAsked,
    check_moment,
    check_purchase,
    clean_reason,
)

TAGS = ["Stamps"]
WHY_NO_STAMP: tuple[type[Refusal], ...] = (
    NotFound,
    LocationClosed,
    LocationNotAllowed,
    CardVoid,
    CoolingDown,
    DuplicateScan,
    DailyCapReached,
    OutsideHours,
    BelowMinimumSpend,
    ReceiptAlreadyUsed,
    AmountNeeded,
    AmountNotUsed,
    TooManyStamps,
    StampingPaused,
    ProgramOver,
    NeedsManager,
)


class CardStamps(ApiController):
    @validate(
        *writing(StampedFacts, *WHY_NO_STAMP),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Add stamps",
        description=(
            "Adds one stamp, `count` stamps, or what `amount` earns. Gives the vouchers of the milestones that are"
            " reached, and goes on with the next round after the goal."
        ),
        operation_id="addStamps",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[CardPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[StampAsked] = ONE_VISIT,
    ) -> HttpResponse:
        check_purchase(parsed_body)
        check_moment(parsed_body.occurred_at)
        check_override(self.caller, override=parsed_body.override)
        return self.answer_once(idempotency_key, lambda: _stamp(self.caller, parsed_path.card_id, parsed_body))


class StampReversal(ApiController):
    @validate(
        *writing(UndoneFacts, NotFound, CardVoid, StampAlreadyReversed, VoucherAlreadyUsed, VoucherReserved),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Undo a stamp",
        description="Takes the stamp back, and with it the vouchers that it unlocked, unless one was used.",
        operation_id="reverseStamp",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[StampPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[ReversalAsked],
    ) -> HttpResponse:
        reason = clean_reason(parsed_body.reason)
        return self.answer_once(idempotency_key, lambda: _undo(self.caller, parsed_path.stamp_id, reason))


def purchase_of(asked: PurchaseAsked) -> Purchase:
    return Purchase(
        count=asked.count,
        amount=asked.amount,
        currency=asked.currency,
        receipt_id=asked.receipt_id,
        override=asked.override,
    )


def _stamp(caller: ApiCaller, card: str, asked: StampAsked) -> StampedFacts:
    with merchant_transaction(caller.merchant.id) as tx:
        return ask_to_stamp(tx, card, asked)(caller)


def ask_to_stamp(tx: Statements, card: str, asked: StampAsked) -> Callable[[ApiCaller], StampedFacts]:
    """Asks the database for what the step needs, and returns a function that stamps for a caller who may."""
    held = ask_to_lock_card(tx, wanted_id("crd", card))

    def stamp(caller: ApiCaller) -> StampedFacts:
        actor, purchase = actor_at(caller, asked.location_id), purchase_of(asked)
        done = stamp_asked(tx, caller.merchant, held, purchase, actor=actor, occurred=asked.occurred_at)
        return replace(
            done.facts,
            card=link_card(done.facts.card, done.card, done.vouchers, caller),
            vouchers_issued=link_all(done.facts.vouchers_issued, done.issued, caller),
        )

    return stamp


def _undo(caller: ApiCaller, stamp: str, reason: str) -> UndoneFacts:
    stamp_id = wanted_id("stp", stamp)
    done = undo_stamp(caller.merchant, stamp_id, reason=reason, actor=caller.actor)
    return replace(
        done.facts,
        card=link_card(done.facts.card, done.card, done.vouchers, caller),
        vouchers_recalled=link_all(done.facts.vouchers_recalled, done.recalled, caller),
    )
