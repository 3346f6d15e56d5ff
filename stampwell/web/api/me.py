"""GET /me: who am I, and what may I do."""

from django.http import HttpResponse
from dmr import validate
from msgspec import Struct

from stampwell.ids import public_id
from stampwell.merchants.describing import LocationFacts, MerchantFacts, describe_location, describe_merchant
from stampwell.merchants.models import Location
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.keys import KeyWith


class KeyFacts(Struct, frozen=True):
    """`location_id`: the only location at which this key acts, if it is bound to one."""

    id: str
    location_id: str | None


class MeFacts(Struct, frozen=True):
    merchant: MerchantFacts
    key: KeyFacts
    scopes: list[str]
    locations: list[LocationFacts]


class Me(ApiController):
    @validate(
        *reading(MeFacts),
        auth=[KeyWith()],
        summary="Who am I",
        description="Which merchant the key belongs to, what it may do, and the merchant's locations.",
        operation_id="readMe",
        tags=["Me"],
    )
    def get(self) -> HttpResponse:
        caller = self.caller
        merchant, bound = caller.merchant, caller.actor.location_id
        locations = Location.objects.filter(merchant_id=merchant.id).order_by("id")[:200]
        return self.answer(
            MeFacts(
                merchant=describe_merchant(merchant),
                key=KeyFacts(caller.key_id, public_id("loc", bound) if bound else None),
                scopes=sorted(caller.scopes),
                locations=[describe_location(row) for row in locations],
            )
        )
