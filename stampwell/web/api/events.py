"""GET /events: everything that happened, in order, as often as one likes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, cast, get_args
from uuid import UUID

import msgspec
from django.http import HttpResponse
from dmr import Query, validate
from msgspec import Meta
from msgspec.structs import replace

from stampwell.brought.secrets import plain_issue
from stampwell.cards.describing import CardFacts
from stampwell.events.actors import Source
from stampwell.events.draining import put_in_order
from stampwell.events.recording import EventType
from stampwell.events.rows import EventRow
from stampwell.ids import private_id, public_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.names import names_of
from stampwell.programs.describing import without_redeem_codes
from stampwell.transactions import Statements, merchant_transaction
from stampwell.transactions.row_classes import columns_of
from stampwell.vouchers.describing import VoucherFacts
from stampwell.web.api.answering import ApiController, reading
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import issues_of, link_card_alone, link_past_voucher, without_links
from stampwell.web.api.paging import Limit
from stampwell.web.api.refusals import InvalidRequest

VOUCHER_LISTS = ("vouchers_issued", "vouchers_recalled")
TYPES: tuple[str, ...] = get_args(EventType)
# Only the document says which there are: a wrong one is refused here, in a sentence that names them all.
TypesAsked = Annotated[str, Meta(max_length=1000, extra_json_schema={"enum": TYPES})]


class EventsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `sequence` of the last event that you have; `type` may be there several times."""

    __dmr_force_list__: ClassVar[frozenset[str]] = frozenset({"type"})

    after: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    limit: Limit = 50
    type: Annotated[list[TypesAsked], Meta(max_length=100, description="Only these; commas may be between them.")] = []


class ActorFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it. `source` is api, scanner, owner (at the desk), card (the customer's phone), wallet, clock,
    operator (whoever runs the server) or import (a file that somebody brought in).

    `name` is what the person is called by now; where there is none, the device or the key.
    """

    source: Source
    staff_member_id: str | None
    station_id: str | None
    key_id: str | None
    name: str | None


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`data` holds the objects as they were then, shown as the API shows them.

    `actor` is null in old events of which nobody wrote down who did them.
    """

    id: str
    type: EventType
    happened_at: datetime
    merchant_id: str
    location_id: str | None
    actor: ActorFacts | None
    sequence: int
    data: dict[str, Any]


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
            stored = [row.facts for row in shown]
            names = names_of(tx, (id for row in shown for id in _ids_of_actor(row)))
            cards = (row.card_id for row in shown if row.card_id)
            issues = issues_of(tx, cards=cards, vouchers=(id for data in stored for id in _vouchers_in(data)))
        items = [
            _describe(row, link_data(row, data, issues, caller), names, caller)
            for row, data in zip(shown, stored, strict=True)
        ]
        return self.answer(EventPageFacts(items, str(items[-1].sequence if items else asked.after)))


def _types_of(asked: EventsAsked) -> list[str]:
    """Refuses: InvalidRequest for one that there is not, as a misspelt one would be silent for ever."""
    types = [type for part in asked.type for type in part.split(",")]
    if not set(types) <= set(TYPES):
        raise InvalidRequest("?type", "unknown_event_type", types=", ".join(TYPES))
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


def _describe(row: EventRow, data: dict[str, Any], names: Mapping[UUID, str], caller: ApiCaller) -> EventFacts:
    assert row.sequence is not None, "read in order"
    return EventFacts(
        id=public_id("evt", row.id),
        type=cast(EventType, row.type),  # written by `record`, which takes no other
        happened_at=row.at,
        merchant_id=public_id("mer", caller.merchant.id),
        location_id=public_id("loc", row.location_id) if row.location_id else None,
        actor=_describe_actor(row, names) if row.source else None,
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
        source=cast(Source, row.source),
        staff_member_id=public_id("stf", row.staff_member_id) if row.staff_member_id else None,
        station_id=public_id("stn", row.station_id) if row.station_id else None,
        key_id=public_id("key", row.api_key_id) if row.api_key_id else None,
        name=called[0] if called else None,
    )


def _vouchers_in(data: dict[str, Any]) -> Iterator[UUID]:
    """Of every voucher that the event holds: it has one column for an id, and may hold several."""
    told = [data["voucher"]] if "voucher" in data else []
    for name in VOUCHER_LISTS:
        told += data.get(name, [])
    if "card" in data:
        told += data["card"]["vouchers"]
    for voucher in told:
        if voucher_id := private_id("vch", voucher["id"]):
            yield voucher_id


def link_data(row: EventRow, data: dict[str, Any], issues: Mapping[UUID, int], caller: ApiCaller) -> dict[str, Any]:
    """The objects of an event with the links and codes that they have by now, as this caller may see them."""
    linked = dict(data)
    if "card" in data:
        linked["card"] = _link_past_card(data["card"], row.card_id, issues, caller)
    if "voucher" in data:
        linked["voucher"] = _link_past_voucher(data["voucher"], issues, caller)
    for name in VOUCHER_LISTS:
        if name in data:
            linked[name] = [_link_past_voucher(voucher, issues, caller) for voucher in data[name]]
    if "program" in data:
        linked["program"] = without_redeem_codes(data["program"])
    return linked


def _link_past_card(stored: Any, card_id: UUID | None, issues: Mapping[UUID, int], caller: ApiCaller) -> CardFacts:
    card = without_links(msgspec.convert(stored, CardFacts))
    if card_id is None or card_id not in issues:
        return card
    issue = issues[card_id]
    card = link_card_alone(replace(card, issue=plain_issue(issue)), card_id, issue, caller)
    return replace(card, vouchers=[_link_voucher_of_event(voucher, issues, caller) for voucher in card.vouchers])


def _link_past_voucher(stored: Any, issues: Mapping[UUID, int], caller: ApiCaller) -> VoucherFacts:
    return _link_voucher_of_event(msgspec.convert(stored, VoucherFacts), issues, caller)


def _link_voucher_of_event(voucher: VoucherFacts, issues: Mapping[UUID, int], caller: ApiCaller) -> VoucherFacts:
    voucher_id = private_id("vch", voucher.id)
    return link_past_voucher(voucher, voucher_id, issues.get(voucher_id, 0), caller) if voucher_id else voucher
