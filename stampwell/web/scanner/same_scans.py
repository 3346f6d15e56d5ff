"""A scan that is sent once more: how it is known, and what it is answered in another language."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from django.template.loader import render_to_string
from django.urls import reverse
from msgspec import Meta

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE, Purchase
from stampwell.cards.rows import read_card
from stampwell.counter.handing_over import why_not_hand_over
from stampwell.counter.scanning import Recognised, ScannedVoucher, take_scan
from stampwell.merchants.models import Station
from stampwell.offline.waiting_rewards import waiting_reward_of
from stampwell.programs.limits import MOST_MONEY
from stampwell.refusal import Refusal
from stampwell.requests.once import fingerprint
from stampwell.transactions import merchant_transaction
from stampwell.web.scanner import panels
from stampwell.web.scanner.named_cards import Named, named_by
from stampwell.web.scanner.panels import Panel
from stampwell.web.scanner.presence import Shift
from stampwell.web.stations.answering import Key, Told
from stampwell.web.stations.kept_scans import Result, is_good, said_again


class Scan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`amount` is in minor units."""

    key: Key
    code: Annotated[str, Meta(min_length=1, max_length=20_000)]
    count: Annotated[int, Meta(ge=1, le=MOST_STAMPS_AT_ONCE)] | None = None
    amount: Annotated[int, Meta(ge=1, le=MOST_MONEY)] | None = None


def fingerprint_of_scan(station: Station, scanned: Scan) -> bytes:
    """Of what it says, not of its bytes: the same scan may come again in a batch."""
    return fingerprint("scanner", station.id.hex, reverse("scanner_scans"), msgspec.json.encode(scanned))


def show_kept(result: Result, told: Told) -> Panel:
    """A scan that had been answered otherwise, or in another language, and was sent alone once more."""
    html = render_to_string("scanner/panels/kept.html", {"result": result}).strip()
    return Panel(outcome="stamped" if is_good(result) else "refused", tone=result.tone, html=html, told=told)


def saying_anew(shift: Shift, found: Recognised) -> Callable[[str, Told], Panel | None]:
    """Of what was only shown the card or the voucher as it is now; nothing is done once more."""

    def say_anew(outcome: str, told: Told) -> Panel | None:
        match outcome:
            case "offer":
                return _offer_again(shift, found)
            case "needs_amount" if found.card:
                with merchant_transaction(shift.merchant.id) as tx:
                    card, vouchers = read_card(tx, found.card.id)
                return panels.ask_amount(shift, card, vouchers, named=named_by(found))
        result = said_again(outcome, told)
        return show_kept(result, told) if result else None

    return say_anew


def _offer_again(shift: Shift, found: Recognised) -> Panel | None:
    try:
        taken = take_scan(shift.merchant, found, Purchase(), actor=shift.actor)
        if not isinstance(taken, ScannedVoucher):
            return None
        if refusal := why_not_hand_over(shift.merchant, taken.voucher, actor=shift.actor):
            raise refusal
    except Refusal as refusal:
        return panels.show_refusal(shift, refusal)
    return offer(shift, taken, named_by(found))


def offer(shift: Shift, taken: ScannedVoucher, named: Named) -> Panel:
    """With what is known of a hand-out of this voucher that waits for the owner."""
    is_marked = taken.voucher.handed_out is not None  # without it no other wait in the queue at noon
    waiting = waiting_reward_of(shift.merchant.id, taken.voucher.id) if is_marked else None
    return panels.show_offer(shift, taken, named, waiting=waiting)
