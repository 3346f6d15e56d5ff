"""GET /events: everything that happened, in order, as often as one likes."""

from typing import Annotated, ClassVar

import msgspec
from django.http import HttpResponse
from dmr import Query, validate
from msgspec import Meta

from stampwell.events.draining import put_in_order
from stampwell.events.rows import EventRow
from stampwell.journal.event_facts import EventFacts, describe_events
from stampwell.merchants.access import Scope
from stampwell.transactions import Statements, merchant_transaction
from stampwell.transactions.row_classes import columns_of
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.event_types import TYPES, refuse_unknown_type
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.paging import Limit

# Only the document says which there are: a wrong one is refused here, in a sentence that names them all.
TypesAsked = Annotated[str, Meta(max_length=1000, extra_json_schema={"enum": TYPES})]


class EventsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `sequence` of the last event that you have; `type` may be there several times."""

    __dmr_force_list__: ClassVar[frozenset[str]] = frozenset({"type"})

    after: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    limit: Limit = 50
    type: Annotated[list[TypesAsked], Meta(max_length=100, description="Only these; commas may be between them.")] = []


class EventPageFacts(msgspec.Struct, frozen=True):
    """`next` is there on the last page too: keep it, and ask with it for what comes later."""

    items: list[EventFacts]
    next: str


class Events(ApiController):
    @validate(
        *reading(EventPageFacts),
        auth=[KeyWith(Scope.EVENTS_READ)],
        summary="Read the history of events",
        description=(
            "Events in order, without gaps. Keep `next` and ask with it for what came after; it is there on the last"
            " page too. The same question always gets the same events."
        ),
        operation_id="listEvents",
        tags=["Events"],
    )
    def get(self, parsed_query: Query[EventsAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_query
        put_in_order(caller.merchant.id)
        with merchant_transaction(caller.merchant.id) as tx:
            shown = _read_events(tx, asked)
            items = describe_events(tx, shown, caller)
        return self.answer(EventPageFacts(items, str(items[-1].sequence if items else asked.after)))


def _types_of(asked: EventsAsked) -> list[str]:
    """Refuses: InvalidRequest for one that there is not."""
    types = [type for part in asked.type for type in part.split(",")]
    refuse_unknown_type(types, "?type")
    return types


def _read_events(tx: Statements, asked: EventsAsked) -> list[EventRow]:
    types = "AND type = ANY(%(types)s)" if asked.type else ""
    return tx.rows(
        EventRow,
        f"SELECT {columns_of(EventRow)} FROM event"
        f" WHERE merchant_id = %(merchant)s AND sequence > %(after)s {types} ORDER BY sequence LIMIT %(most)s",
        {
            "merchant": tx.merchant_id,
            "after": asked.after,
            "types": _types_of(asked),
            "most": asked.limit,
        },
    )
