"""What the barcode scanner reads: done once and answered with a line; and the undo of what was just done here."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from msgspec import Meta

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.rows import CardRow, holder_of, read_card
from stampwell.cards.undoing import SCANNER_UNDO, undo_stamp
from stampwell.counter.guessing import a_device, recognise_for
from stampwell.counter.handing_over import hand_over, why_not_hand_over
from stampwell.counter.own_codes import UnknownCode
from stampwell.counter.receipt_scans import ReceiptCodeScanned, ScannedReceipt
from stampwell.counter.scanning import Recognised, ScannedVoucher, note_refusal, take_scan
from stampwell.counter.self_service import is_only_a_number
from stampwell.ids import wanted_id
from stampwell.merchants.enrolling import itself
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_transaction
from stampwell.web.autopilot import lines
from stampwell.web.autopilot.guarding import acting
from stampwell.web.autopilot.lines import Line
from stampwell.web.stations.answering import Key, answer_act, not_understood, read_json, same_scan
from stampwell.web.stations.presence import Counter, note_scan

USED_AT_ONCE = "staff_scan"  # the only path of which a scan by staff is all there is to it


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    key: Key
    code: Annotated[str, Meta(min_length=1, max_length=20_000)]


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    key: Key


@acting
def scan(request: HttpRequest, counter: Counter) -> HttpResponse:
    scanned = read_json(request, Scan)
    if scanned is None:
        return not_understood()
    is_product = is_only_a_number(scanned.code)
    found = Recognised(refusal=UnknownCode()) if is_product else _recognise(counter, scanned.code)

    def explain(refusal: Refusal) -> Line:
        card = _card_of(counter, found)
        if not is_product:  # the barcode of a product, scanned for the till: no refused scan of a customer's
            note_refusal(counter.merchant, found, refusal, actor=itself(counter.station), card=card)
        return lines.show_refusal(counter, refusal, card)

    answer = answer_act(
        request,
        counter,
        scanned.key,
        act=lambda: _take(counter, found),
        explain=explain,
        say=lambda refusal: lines.show_refusal(counter, refusal),
        asked=same_scan(counter.station, scanned.key, scanned.code),
        say_anew=lines.say_anew,
    )
    note_scan(counter)
    return answer


@acting
def undo(request: HttpRequest, counter: Counter, stamp_id: str) -> HttpResponse:
    """Of a stamp that this device gave, within a minute: whoever stands there scanned it."""
    asked = read_json(request, Undo)
    if asked is None:
        return not_understood()

    def act() -> Line:
        known_id = _own_stamp(counter, wanted_id("stp", stamp_id))
        undone = undo_stamp(
            counter.merchant, known_id, reason=_mistake(counter), actor=itself(counter.station), within=SCANNER_UNDO
        )
        return lines.show_undone(undone)

    def say(refusal: Refusal) -> Line:
        return lines.show_refusal(counter, refusal)

    return answer_act(request, counter, asked.key, act=act, explain=say, say=say)


def _recognise(counter: Counter, code: str) -> Recognised:
    return recognise_for(counter.merchant, a_device(counter.station), code)


def _take(counter: Counter, found: Recognised) -> Line:
    merchant, actor = counter.merchant, itself(counter.station)
    taken = take_scan(merchant, found, Purchase(), actor=actor)
    if isinstance(taken, ScannedReceipt):
        raise ReceiptCodeScanned
    if not isinstance(taken, ScannedVoucher):
        return lines.show_stamped(counter, taken.stamped) if taken.stamped else lines.ask_for_amount()
    if refusal := why_not_hand_over(merchant, taken.voucher, actor=actor):
        raise refusal
    is_doubtful = taken.voucher.handed_out is not None  # staff decide, who read it at the scanner too
    if counter.station.hands_over and not is_doubtful and taken.facts.voucher.reward.path == USED_AT_ONCE:
        return lines.show_handed_over(counter, hand_over(merchant, taken.voucher.id, path="staff_scan", actor=actor))
    return lines.show_ready(counter, taken.voucher)


def _own_stamp(counter: Counter, stamp_id: UUID) -> UUID:
    """Refuses: NotFound, also for what staff stamped elsewhere: they undo it where they are signed in."""
    if not Stamp.objects.filter(merchant=counter.merchant, id=stamp_id, station_id=counter.station.id).exists():
        raise NotFound
    return stamp_id


def _mistake(counter: Counter) -> str:
    """The owner reads it, so it is kept in the shop's language."""
    with translation.override(counter.merchant.locale):
        return _("Mistake at the counter")


def _card_of(counter: Counter, found: Recognised) -> CardRow | None:
    """Whose code it was, so that staff can tell the customer in their language."""
    with merchant_transaction(counter.merchant.id) as tx:
        if found.voucher_id:
            return holder_of(tx, found.voucher_id)[0].row()
        return read_card(tx, found.card.id)[0] if found.card else None
