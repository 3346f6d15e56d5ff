"""The card as it stood right after something happened: what its customer saw then.

Events about the card and its stamps hold the whole card; what happened to its vouchers since then, until the event
that is asked for, is told by their own events.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString, mark_safe

from stampwell.events.rows import EventRow
from stampwell.ids import private_id
from stampwell.languages.offered import active_locale, direction_of
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import Statements
from stampwell.transactions.row_classes import columns_of
from stampwell.vouchers.state_words import STATE_WORDS
from stampwell.wallet.content import design_of
from stampwell.wallet.look.drawing import draw_card_strip_svg

HOLDS_THE_CARD = (
    *("card.issued", "card.terms_changed", "card.recovered", "card.merged", "card.separated", "card.voided"),
    *("stamp.added", "stamp.reversed"),
)
OPEN_STATES = ("pending", "ready", "reserved")


class SeenVoucher(msgspec.Struct, frozen=True):
    reward: str
    state: str
    state_words: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    program: str
    brand_url: str
    logo: str
    strip: SafeString
    stamps: int
    goal: int
    next_in: int
    next_reward: str
    vouchers: list[SeenVoucher]


class _Reward(msgspec.Struct, frozen=True):
    name: str | dict[str, str]


class _Voucher(msgspec.Struct, frozen=True):
    id: str
    reward: _Reward
    state: str
    ready_at: datetime
    expires_at: datetime | None
    reserved_until: datetime | None = None
    redeemed_at: datetime | None = None
    awaits_visit: bool = False


class _Card(msgspec.Struct, frozen=True):
    program_id: str
    program_version: int
    stamps: int
    goal: int
    state: str = "active"
    vouchers: list[_Voucher] = []


class _CardEvent(msgspec.Struct, frozen=True):
    card: _Card


class _VoucherEvent(msgspec.Struct, frozen=True):
    voucher: _Voucher


_BEFORE = f"""
    SELECT {columns_of(EventRow)} FROM event
    WHERE merchant_id = %(merchant)s AND card_id = %(card)s AND (at, id) <= (%(at)s, %(id)s) AND type = ANY(%(types)s)
    ORDER BY at DESC, id DESC LIMIT 1
"""
_OF_VOUCHERS = f"""
    SELECT {columns_of(EventRow)} FROM event
    WHERE merchant_id = %(merchant)s AND card_id = %(card)s AND (at, id) > (%(from_at)s, %(from_id)s)
      AND (at, id) <= (%(at)s, %(id)s) AND type LIKE 'voucher.%%'
    ORDER BY at, id
"""
_VERSION = "SELECT id FROM program_version WHERE merchant_id = %s AND program_id = %s AND number = %s"


def seen_after(tx: Statements, merchant: Merchant, event: EventRow) -> Seen | None:
    """None where it happened on no card, where the card could be used no more after it, or where what the card looked
    like then was not written down.
    """
    if event.card_id is None:
        return None
    facts = {"merchant": merchant.id, "card": event.card_id, "at": event.at, "id": event.id}
    base = tx.row(EventRow, _BEFORE, facts | {"types": list(HOLDS_THE_CARD)})
    if base is None:
        return None
    card = msgspec.json.decode(base.text, type=_CardEvent).card
    if card.state != "active":
        return None
    later = tx.rows(EventRow, _OF_VOUCHERS, facts | {"from_at": base.at, "from_id": base.id})
    version = tx.value(UUID, _VERSION, (merchant.id, private_id("prg", card.program_id), card.program_version))
    return _seen(merchant, terms_of(merchant.id, version), card, _vouchers(card, later, event.at)) if version else None


def _vouchers(card: _Card, later: list[EventRow], at: datetime) -> list[_Voucher]:
    """In the order in which they were given; only those that were still open."""
    known = {voucher.id: voucher for voucher in card.vouchers}
    for event in later:
        voucher = msgspec.json.decode(event.text, type=_VoucherEvent).voucher
        known[voucher.id] = voucher
    shown = (msgspec.structs.replace(voucher, state=_state(voucher, at)) for voucher in known.values())
    return [voucher for voucher in shown if voucher.state in OPEN_STATES]


def _state(voucher: _Voucher, at: datetime) -> str:
    """Time makes a voucher ready, ends it and what it is reserved for before anybody writes that down."""
    if voucher.state == "reserved":
        if not voucher.reserved_until or at < voucher.reserved_until:
            return "reserved"
        if voucher.redeemed_at:  # its countdown ended; a till that held it lets go
            return "redeemed"
    elif voucher.state not in OPEN_STATES:
        return voucher.state
    if voucher.expires_at and voucher.expires_at <= at:
        return "expired"
    return "pending" if voucher.awaits_visit or at < voucher.ready_at else "ready"


def _seen(merchant: Merchant, terms: Terms, card: _Card, vouchers: list[_Voucher]) -> Seen:
    design = design_of(merchant.id, terms.version_id)
    upcoming = [step for step in terms.milestones if step.stamps > card.stamps]
    counts = [step.stamps for step in terms.milestones]
    strip = draw_card_strip_svg(design, card.stamps, card.goal, counts, direction_of(active_locale()))
    return Seen(
        program=text_in(terms.name, active_locale(), terms.locale),
        brand_url=f"/brand/{merchant.slug}/{terms.version_id.hex}.css",
        logo=str(terms.design.get("logo") or "") if design.logo else "",
        strip=mark_safe(strip),  # noqa: S308 - made of numbers and checked colours
        stamps=card.stamps,
        goal=card.goal,
        next_in=upcoming[0].stamps - card.stamps if upcoming else 0,
        next_reward=text_in(upcoming[0].reward.name, active_locale(), terms.locale) if upcoming else "",
        vouchers=[_shown(voucher, terms) for voucher in vouchers],
    )


def _shown(voucher: _Voucher, terms: Terms) -> SeenVoucher:
    name = voucher.reward.name
    shown = name if isinstance(name, str) else text_in(name, active_locale(), terms.locale)
    return SeenVoucher(shown, voucher.state, str(STATE_WORDS[voucher.state]))
