"""POST /customers/{id}/erasure and GET /customers/{id}/export: a person's right to be forgotten, and to know."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Path, validate

from stampwell.cards.erasing import erase_customer
from stampwell.cards.exporting import CustomerExport, export_customer
from stampwell.ids import public_id, wanted_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.refusal import NotFound
from stampwell.web.api.answering import ApiController, reading, writing
from stampwell.web.api.asking import CustomerPath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import Asked

TAGS = ["Customers"]


class ErasureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`cards` counts the customer's cards: none of them can be used any more."""

    customer_id: str
    erased_at: datetime
    cards: int


class ErasureAsked(Asked, frozen=True, kw_only=True):
    """Nothing is to be said."""


PLAINLY = ErasureAsked()


class CustomerErasure(ApiController):
    @validate(
        *writing(ErasureFacts, NotFound),
        auth=[KeyWith(Scope.CUSTOMERS_WRITE)],
        summary="Erase a customer",
        description=(
            "Forgets who the customer is, for good (201). Their cards and vouchers end, passes in phones become void;"
            " what was collected and handed out stays in the figures. The customer is not found any more. Erased once"
            " more, they stay as they are."
        ),
        operation_id="eraseCustomer",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[CustomerPath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[ErasureAsked] = PLAINLY,
    ) -> HttpResponse:
        return self.answer_once(idempotency_key, lambda: erase(self.caller, wanted_id("cus", parsed_path.customer_id)))


class ExportOfCustomer(ApiController):
    @validate(
        *reading(CustomerExport, NotFound),
        auth=[KeyWith(Scope.CUSTOMERS_READ)],
        summary="Export a customer",
        description=(
            "All that is known of a customer, for the customer: contact data, what they agreed to in the words that"
            " stood there, and each card with its stamps, vouchers and events. Links and codes are not in it."
        ),
        operation_id="exportCustomer",
        tags=TAGS,
    )
    def get(self, parsed_path: Path[CustomerPath]) -> HttpResponse:
        return self.answer(export_customer(self.caller.merchant, wanted_id("cus", parsed_path.customer_id)))


def erase(caller: ApiCaller, customer_id: UUID) -> ErasureFacts:
    """Refuses: NotFound."""
    erased = erase_customer(caller.merchant, customer_id, actor=caller.actor)
    return ErasureFacts(customer_id=public_id("cus", erased.customer_id), erased_at=erased.at, cards=erased.cards)
