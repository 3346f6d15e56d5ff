"""POST /vouchers/{id}/redemption, POST /redemptions/{id}/reversal."""

from collections.abc import Callable

from django.http import HttpResponse
from dmr import Path, validate
from msgspec.structs import replace

from stampwell.cards.refusals import CardVoid
from stampwell.counter.handing_over import GivenBackFacts, HandedOverFacts, ask_to_hand_over, give_back, hand_over_asked
from stampwell.ids import wanted_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.locations import LocationClosed
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.refusals import (
    BasketDoesNotFit,
    BasketTooSmall,
    NoDiscountTold,
    OneRewardPerBasket,
    OtherCurrency,
    PartTooLarge,
    RedemptionAlreadyReversed,
    ReservationOver,
    VoucherAlreadyRedeemed,
    VoucherExpired,
    VoucherNotReady,
    VoucherReserved,
    VoucherVoid,
    WrongLocation,
    WrongTime,
)
from stampwell.vouchers.returning import Part
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import RedemptionPath, VoucherPath, actor_at
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import link_card, link_voucher
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.refusals import LocationNotAllowed
from stampwell.web.api.shapes import (
    PLAINLY,
    RedemptionAsked,
    RedemptionReversalAsked,
    basket_of,
    clean_reason,
    part_of,
    reservation_of,
)

TAGS = ["Redemptions"]
WHY_NOT_USE: tuple[type[Refusal], ...] = (
    NotFound,
    LocationClosed,
    LocationNotAllowed,
    VoucherAlreadyRedeemed,
    VoucherReserved,
    VoucherExpired,
    VoucherNotReady,
    VoucherVoid,
    WrongLocation,
    WrongTime,
    OtherCurrency,
    BasketTooSmall,
    BasketDoesNotFit,
    OneRewardPerBasket,
)


class VoucherRedemption(ApiController):
    @validate(
        *writing(HandedOverFacts, *WHY_NOT_USE, ReservationOver),
        auth=[KeyWith(Scope.VOUCHERS_REDEEM)],
        summary="Redeem a voucher",
        description="Uses the voucher, once. Of any number of callers exactly one gets 201.",
        operation_id="redeemVoucher",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[VoucherPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[RedemptionAsked] = PLAINLY,
    ) -> HttpResponse:
        if parsed_body.reservation is not None:
            reservation_of(parsed_body.reservation)  # a mistake uses up no key
        return self.answer_once(idempotency_key, lambda: _redeem(self.caller, parsed_path.voucher_id, parsed_body))


class RedemptionReversal(ApiController):
    @validate(
        *writing(GivenBackFacts, NotFound, CardVoid, RedemptionAlreadyReversed, PartTooLarge, NoDiscountTold),
        auth=[KeyWith(Scope.VOUCHERS_REDEEM)],
        summary="Take a redemption back",
        description=(
            "Gives the voucher back with the days that it had left when it was used. Of a part of what it took off a"
            " basket it stays used, until all parts together are the whole."
        ),
        operation_id="reverseRedemption",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[RedemptionPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[RedemptionReversalAsked],
    ) -> HttpResponse:
        reason, part = clean_reason(parsed_body.reason), part_of(parsed_body)
        return self.answer_once(idempotency_key, lambda: _reverse(self.caller, parsed_path.redemption_id, reason, part))


def _redeem(caller: ApiCaller, voucher: str, asked: RedemptionAsked) -> HandedOverFacts:
    with merchant_transaction(caller.merchant.id) as tx:
        return ask_to_redeem(tx, voucher, asked)(caller)


def ask_to_redeem(tx: Statements, voucher: str, asked: RedemptionAsked) -> Callable[[ApiCaller], HandedOverFacts]:
    """Asks the database for what the step needs, and returns a function that redeems for a caller who may."""
    reservation = reservation_of(asked.reservation) if asked.reservation is not None else None
    held = ask_to_hand_over(tx, wanted_id("vch", voucher))

    def redeem(caller: ApiCaller) -> HandedOverFacts:
        actor = actor_at(caller, asked.location_id)
        done = hand_over_asked(
            tx,
            caller.merchant,
            held,
            actor=actor,
            receipt_id=asked.receipt_id,
            reservation=reservation,
            basket=basket_of(asked.basket),
        )
        return replace(
            done.facts,
            voucher=link_voucher(done.facts.voucher, done.voucher, caller),
            card=link_card(done.facts.card, done.card, done.vouchers, caller),
        )

    return redeem


def _reverse(caller: ApiCaller, redemption: str, reason: str, part: Part | None) -> GivenBackFacts:
    redemption_id = wanted_id("rdm", redemption)
    done = give_back(caller.merchant, redemption_id, reason=reason, actor=caller.actor, part=part)
    return replace(
        done.facts,
        voucher=link_voucher(done.facts.voucher, done.voucher, caller),
        card=link_card(done.facts.card, done.card, done.vouchers, caller),
    )
