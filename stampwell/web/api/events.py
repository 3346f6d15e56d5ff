"""GET /events: everything that happened, in order, as often as one likes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Query, validate
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from stampwell.cards.describing import CardFacts
from stampwell.events.draining import put_in_order
from stampwell.ids import private_id, public_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import VoucherFacts
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import issues_of, link_card, link_past_voucher
from stampwell.web.api.paging import Limit, Page

VOUCHER_LISTS = ("vouchers_issued", "vouchers_recalled")


class EventsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `sequence` of the last event that you have; `type` may name several, with commas."""

    after: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    limit: Limit = 50
    type: Annotated[str, Meta(max_length=500, pattern=r"^[a-z]+\.[a-z_]+(,[a-z]+\.[a-z_]+)*$(?!\n)")] | None = None


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`data` holds the objects as they were then, shown as the API shows them."""

    id: str
    type: str
    happened_at: datetime
    merchant_id: str
    location_id: str | UnsetType = UNSET
    sequence: int
    data: dict[str, Any]


class _EventRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    type: str
    at: datetime
    location_id: UUID | None
    sequence: int
    data: str  # Django leaves JSON to its fields, so a raw cursor gives its text


class Events(ApiController):
    @validate(
        *reading(Page[EventFacts]),
        auth=[KeyWith(Scope.EVENTS_READ)],
        summary="Read what happened",
        description=(
            "Events in order, without gaps. Keep the `sequence` of the last one and ask for what came after it;"
            " the same question always gets the same events."
        ),
        operation_id="listEvents",
        tags=["Events"],
    )
    def get(self, parsed_query: Query[EventsAsked]) -> HttpResponse:
        caller, asked = self.caller, parsed_query
        put_in_order(caller.merchant.id)
        with merchant_transaction(caller.merchant.id) as tx:
            rows = _read_events(tx, asked)
            shown = rows[: asked.limit]
            stored = [msgspec.json.decode(row.data, type=dict[str, Any]) for row in shown]
            issues = issues_of(tx, {card_id for data in stored if (card_id := _card_id(data))})
        items = [
            _describe(row, link_data(data, issues, caller), caller) for row, data in zip(shown, stored, strict=True)
        ]
        return self.answer(Page(items, str(items[-1].sequence) if len(rows) > asked.limit else None))


def _read_events(tx: Statements, asked: EventsAsked) -> list[_EventRow]:
    """One more than the page holds, if there is one more."""
    types = "AND type = ANY(%(types)s)" if asked.type else ""
    return tx.rows(
        _EventRow,
        "SELECT id, type, at, location_id, sequence, data FROM event"
        f" WHERE merchant_id = %(merchant)s AND sequence > %(after)s {types} ORDER BY sequence LIMIT %(most)s",
        {
            "merchant": tx.merchant_id,
            "after": asked.after,
            "types": (asked.type or "").split(","),
            "most": asked.limit + 1,
        },
    )


def _describe(row: _EventRow, data: dict[str, Any], caller: ApiCaller) -> EventFacts:
    return EventFacts(
        id=public_id("evt", row.id),
        type=row.type,
        happened_at=row.at,
        merchant_id=public_id("mer", caller.merchant.id),
        location_id=public_id("loc", row.location_id) if row.location_id else UNSET,
        sequence=row.sequence,
        data=data,
    )


def link_data(data: dict[str, Any], issues: Mapping[UUID, int], caller: ApiCaller) -> dict[str, Any]:
    """The objects of an event with the links and codes that they have by now, as this caller may see them."""
    linked = dict(data)
    if "card" in data:
        linked["card"] = _link_past_card(data["card"], issues, caller)
    if "voucher" in data:
        linked["voucher"] = _link_past_voucher(data["voucher"], caller)
    for name in VOUCHER_LISTS:
        if name in data:
            linked[name] = [_link_past_voucher(voucher, caller) for voucher in data[name]]
    return linked


def _link_past_card(stored: Any, issues: Mapping[UUID, int], caller: ApiCaller) -> CardFacts:
    card = msgspec.convert(stored, CardFacts)
    card_id = private_id("crd", card.id)
    bare = replace(card, vouchers=[])
    issue = issues.get(card_id) if card_id else None
    linked = link_card(replace(bare, issue=issue), caller) if issue is not None else bare
    return replace(linked, vouchers=[link_past_voucher(voucher, caller) for voucher in card.vouchers])


def _link_past_voucher(stored: Any, caller: ApiCaller) -> VoucherFacts:
    return link_past_voucher(msgspec.convert(stored, VoucherFacts), caller)


def _card_id(data: Mapping[str, Any]) -> UUID | None:
    return private_id("crd", data["card"]["id"]) if "card" in data else None
