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
from stampwell.events.rows import EventRow
from stampwell.ids import private_id, public_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements, merchant_transaction
from stampwell.transactions.row_classes import columns_of
from stampwell.vouchers.describing import VoucherFacts
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import issues_of, link_card_alone, link_past_voucher
from stampwell.web.api.paging import Limit, Page

VOUCHER_LISTS = ("vouchers_issued", "vouchers_recalled")


class EventsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `sequence` of the last event that you have; `type` may name several, with commas."""

    after: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    limit: Limit = 50
    type: Annotated[str, Meta(max_length=500, pattern=r"^[a-z]+\.[a-z_]+(,[a-z]+\.[a-z_]+)*$(?!\n)")] | None = None


class ActorFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it. `source` is api, scanner, owner (at the desk), card (the customer's phone), wallet or clock.

    `name` is what the person is called by now; where there is none, the device or the key.
    """

    source: str
    staff_member_id: str | UnsetType = UNSET
    station_id: str | UnsetType = UNSET
    key_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`data` holds the objects as they were then, shown as the API shows them.

    `actor` is missing in old events of which nobody wrote down who did them.
    """

    id: str
    type: str
    happened_at: datetime
    merchant_id: str
    location_id: str | UnsetType = UNSET
    actor: ActorFacts | UnsetType = UNSET
    sequence: int
    data: dict[str, Any]


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
            stored = [row.facts for row in shown]
            names = names_of(tx, (id for row in shown for id in _ids_of_actor(row)))
            issues = issues_of(tx, {row.card_id for row, data in zip(shown, stored, strict=True) if "card" in data})
        items = [
            _describe(row, link_data(row, data, issues, caller), names, caller)
            for row, data in zip(shown, stored, strict=True)
        ]
        return self.answer(Page(items, str(items[-1].sequence) if len(rows) > asked.limit else None))


def _read_events(tx: Statements, asked: EventsAsked) -> list[EventRow]:
    """One more than the page holds, if there is one more."""
    types = "AND type = ANY(%(types)s)" if asked.type else ""
    return tx.rows(
        EventRow,
        f"SELECT {columns_of(EventRow)} FROM event"
        f" WHERE merchant_id = %(merchant)s AND sequence > %(after)s {types} ORDER BY sequence LIMIT %(most)s",
        {
            "merchant": tx.merchant_id,
            "after": asked.after,
            "types": (asked.type or "").split(","),
            "most": asked.limit + 1,
        },
    )


def _describe(row: EventRow, data: dict[str, Any], names: Mapping[UUID, str], caller: ApiCaller) -> EventFacts:
    assert row.sequence is not None, "read in order"
    return EventFacts(
        id=public_id("evt", row.id),
        type=row.type,
        happened_at=row.at,
        merchant_id=public_id("mer", caller.merchant.id),
        location_id=public_id("loc", row.location_id) if row.location_id else UNSET,
        actor=_describe_actor(row, names) if row.source else UNSET,
        sequence=row.sequence,
        data=data,
    )


def _ids_of_actor(row: EventRow) -> tuple[UUID | None, ...]:
    """The one to be called by its name first."""
    return row.staff_member_id, row.station_id, row.api_key_id


def _describe_actor(row: EventRow, names: Mapping[UUID, str]) -> ActorFacts:
    assert row.source is not None, "asked only where it is known"
    called = [names[id] for id in _ids_of_actor(row) if id and id in names]
    return ActorFacts(
        source=row.source,
        staff_member_id=public_id("stf", row.staff_member_id) if row.staff_member_id else UNSET,
        station_id=public_id("stn", row.station_id) if row.station_id else UNSET,
        key_id=public_id("key", row.api_key_id) if row.api_key_id else UNSET,
        name=called[0] if called else UNSET,
    )


def link_data(row: EventRow, data: dict[str, Any], issues: Mapping[UUID, int], caller: ApiCaller) -> dict[str, Any]:
    """The objects of an event with the links and codes that they have by now, as this caller may see them."""
    linked = dict(data)
    if "card" in data:
        linked["card"] = _link_past_card(data["card"], row.card_id, issues, caller)
    if "voucher" in data:
        linked["voucher"] = _link_past_voucher(data["voucher"], caller)
    for name in VOUCHER_LISTS:
        if name in data:
            linked[name] = [_link_past_voucher(voucher, caller) for voucher in data[name]]
    return linked


def _link_past_card(stored: Any, card_id: UUID | None, issues: Mapping[UUID, int], caller: ApiCaller) -> CardFacts:
    card = msgspec.convert(stored, CardFacts)
    if card_id and card_id in issues:
        card = link_card_alone(replace(card, issue=issues[card_id]), card_id, issues[card_id], caller)
    return replace(card, vouchers=[_link_voucher_of_event(voucher, caller) for voucher in card.vouchers])


def _link_past_voucher(stored: Any, caller: ApiCaller) -> VoucherFacts:
    return _link_voucher_of_event(msgspec.convert(stored, VoucherFacts), caller)


def _link_voucher_of_event(voucher: VoucherFacts, caller: ApiCaller) -> VoucherFacts:
    """An event holds several vouchers but one column for an id, so they are known by what was stored of them."""
    voucher_id = private_id("vch", voucher.id)
    return link_past_voucher(voucher, voucher_id, caller) if voucher_id else voucher
