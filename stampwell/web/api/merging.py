"""POST /customers/{id}/merge, POST /merges/{id}/reversal: two customers who turned out to be one."""

from django.http import HttpResponse
from dmr import Path, validate

from stampwell.cards.merged_cards import MergeFacts
from stampwell.cards.merging import merge_customers
from stampwell.cards.separating import (
    LaterMergeFirst,
    MergeAlreadyUndone,
    MergedRewardUsed,
    MergeFinal,
    undo_merge,
)
from stampwell.customers.merging import SameCustomer
from stampwell.ids import wanted_id
from stampwell.merchants.access import Scope
from stampwell.refusal import NotFound
from stampwell.vouchers.refusals import VoucherReserved
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import CustomerPath, MergePath
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import Asked, Id

TAGS = ["Customers"]


class MergeAsked(Asked, frozen=True, kw_only=True):
    """Who goes into the customer of the address, and is gone then."""

    other_customer_id: Id


class UndoAsked(Asked, frozen=True, kw_only=True):
    """Nothing is to be said."""


PLAINLY = UndoAsked()


class CustomerMerging(ApiController):
    @validate(
        *writing(MergeFacts, NotFound, SameCustomer),
        auth=[KeyWith(Scope.CUSTOMERS_WRITE)],
        summary="Merge two customers",
        description=(
            "The other customer goes into this one (201) and is not found any more. Of two cards of a program one is"
            " left, with the stamps and vouchers of both; what they reach together becomes ready. It can be undone for"
            " 30 days."
        ),
        operation_id="mergeCustomers",
        tags=TAGS,
    )
    def post(
        self, parsed_path: Path[CustomerPath], idempotency_key: IdempotencyKey, parsed_body: JsonBody[MergeAsked]
    ) -> HttpResponse:
        return self.answer_once(
            idempotency_key,
            lambda: (
                merge_customers(
                    self.caller.merchant,
                    wanted_id("cus", parsed_path.customer_id),
                    wanted_id("cus", parsed_body.other_customer_id),
                    actor=self.caller.actor,
                ).facts
            ),
        )


class MergeReversal(ApiController):
    @validate(
        *writing(
            MergeFacts, NotFound, MergeAlreadyUndone, MergeFinal, LaterMergeFirst, MergedRewardUsed, VoucherReserved
        ),
        auth=[KeyWith(Scope.CUSTOMERS_WRITE)],
        summary="Undo a merge",
        description=(
            "Makes two customers again (201), each with what was theirs. What was collected since stays on its card;"
            " rewards that only both together earned are withdrawn, and if one was used the merge stays."
        ),
        operation_id="undoMerge",
        tags=TAGS,
    )
    def post(
        self,
        parsed_path: Path[MergePath],
        idempotency_key: IdempotencyKey,
        parsed_body: JsonBody[UndoAsked] = PLAINLY,
    ) -> HttpResponse:
        return self.answer_once(
            idempotency_key,
            lambda: (
                undo_merge(self.caller.merchant, wanted_id("mrg", parsed_path.merge_id), actor=self.caller.actor).facts
            ),
        )
