"""POST /vouchers/{id}/reservation, POST /vouchers/{id}/release."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from dmr import Path, validate
from msgspec import Meta
from msgspec.structs import replace

from stampwell.ids import wanted_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.refusal import NotFound
from stampwell.vouchers.refusals import VoucherAlreadyRedeemed
from stampwell.vouchers.reserving import (
    MOST_SECONDS,
    USUAL_SECONDS,
    ReleasedFacts,
    ReservedFacts,
    release_voucher,
    reserve_voucher,
)
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import VoucherPath, actor_at
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import link_voucher
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.redemptions import TAGS, WHY_NOT_USE
from stampwell.web.api.shapes import Asked, BasketAsked, Id, basket_of, reservation_of


class ReservationAsked(Asked, frozen=True, kw_only=True):
    seconds: Annotated[int, Meta(ge=1, le=MOST_SECONDS, description="How long the till needs; then it ends.")] = (
        USUAL_SECONDS
    )
    location_id: Id | None = None
    basket: BasketAsked | None = None


class ReleaseAsked(Asked, frozen=True, kw_only=True):
    reservation: Annotated[str, Meta(description="The id that the reservation was given.")]


USUALLY = ReservationAsked()


class VoucherReservation(ApiController):
    @validate(
        *writing(ReservedFacts, *WHY_NOT_USE),
        auth=[KeyWith(Scope.VOUCHERS_REDEEM)],
        summary="Hold a voucher for a purchase",
        description="Until it is used, released or the time is up, nobody can use it without this reservation's id.",
        operation_id="reserveVoucher",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[VoucherPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[ReservationAsked] = USUALLY,
    ) -> HttpResponse:
        return self.answer_once(idempotency_key, lambda: _reserve(self.caller, parsed_path.voucher_id, parsed_body))


class VoucherRelease(ApiController):
    @validate(
        *writing(ReleasedFacts, NotFound, VoucherAlreadyRedeemed),
        auth=[KeyWith(Scope.VOUCHERS_REDEEM)],
        summary="Release a voucher",
        description="Ends a reservation before its time: the purchase was not made. One that is over changes nothing.",
        operation_id="releaseVoucher",
        tags=TAGS,
    )
    def post(
        self, parsed_path: Path[VoucherPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[ReleaseAsked]
    ) -> HttpResponse:
        reservation = reservation_of(parsed_body.reservation)
        return self.answer_once(idempotency_key, lambda: _release(self.caller, parsed_path.voucher_id, reservation))


def _reserve(caller: ApiCaller, voucher: str, asked: ReservationAsked) -> ReservedFacts:
    voucher_id, actor = wanted_id("vch", voucher), actor_at(caller, asked.location_id)
    basket = basket_of(asked.basket)
    done = reserve_voucher(caller.merchant, voucher_id, seconds=asked.seconds, actor=actor, basket=basket)
    return replace(done.facts, voucher=link_voucher(done.facts.voucher, done.voucher, caller))


def _release(caller: ApiCaller, voucher: str, reservation: UUID) -> ReleasedFacts:
    done = release_voucher(caller.merchant, wanted_id("vch", voucher), reservation, actor=caller.actor)
    return replace(done.facts, voucher=link_voucher(done.facts.voucher, done.voucher, caller))
