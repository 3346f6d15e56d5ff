"""A card is held up: stamped, or sent to staff, with words in the language of its customer."""

from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from msgspec import Meta

from stampwell.cards.earning import Purchase
from stampwell.cards.rows import CardRow, holder_of, read_card
from stampwell.clock import now
from stampwell.counter.guessing import a_device, recognise_for
from stampwell.counter.handing_over import why_not_hand_over
from stampwell.counter.own_codes import UnknownCode
from stampwell.counter.receipt_scans import ReceiptCodeScanned, ScannedReceipt
from stampwell.counter.scanning import Recognised, ScannedVoucher, note_refusal, take_scan
from stampwell.counter.self_service import is_only_a_number, why_not_alone
from stampwell.languages.offered import match_tag
from stampwell.merchants.enrolling import itself
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_transaction
from stampwell.web.kiosk import panels
from stampwell.web.kiosk.guarding import acting
from stampwell.web.kiosk.panels import Panel
from stampwell.web.stations.answering import Key, answer_act, not_understood, read_json, same_scan
from stampwell.web.stations.presence import Counter, note_scan


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """`locale` is of the sentence that was on the screen: for a code of nobody's."""

    key: Key
    code: Annotated[str, Meta(min_length=1, max_length=20_000)]
    locale: Annotated[str, Meta(max_length=20)] = ""


@acting
def scan(request: HttpRequest, counter: Counter) -> HttpResponse:
    scanned = read_json(request, Scan)
    if scanned is None:
        return not_understood()
    found = _recognise(counter, scanned.code)
    fallback = match_tag(scanned.locale) or counter.merchant.locale

    def act() -> Panel:
        return _take(counter, found)

    def explain(refusal: Refusal) -> Panel:
        card = _card_of(counter, found)
        note_refusal(counter.merchant, found, refusal, actor=itself(counter.station), card=card)
        with translation.override(card.locale if card else fallback):
            return panels.show_refusal(counter, refusal)

    def say(refusal: Refusal) -> Panel:
        with translation.override(fallback):
            return panels.show_refusal(counter, refusal)

    asked = same_scan(counter.station, scanned.key, scanned.code)
    answer = answer_act(request, counter, scanned.key, act=act, explain=explain, say=say, asked=asked)
    note_scan(counter)
    return answer


def _recognise(counter: Counter, code: str) -> Recognised:
    """A number alone is nobody's here, whatever card has it: it may be told by heart, and nobody looks."""
    if is_only_a_number(code):
        return Recognised(refusal=UnknownCode())
    return recognise_for(counter.merchant, a_device(counter.station), code)


def _take(counter: Counter, found: Recognised) -> Panel:
    merchant, actor = counter.merchant, itself(counter.station)
    taken = take_scan(
        merchant,
        found,
        Purchase(),
        actor=actor,
        why_not=lambda card: why_not_alone(merchant, counter.station, card, now()),
    )
    if isinstance(taken, ScannedReceipt):
        raise ReceiptCodeScanned
    if isinstance(taken, ScannedVoucher) and (refusal := why_not_hand_over(merchant, taken.voucher, actor=actor)):
        raise refusal
    with translation.override(taken.card.locale):
        if isinstance(taken, ScannedVoucher):
            return panels.send_reward_to_staff(counter, taken.voucher)
        if taken.stamped is None:
            return panels.send_amount_to_staff()
        return panels.show_stamped(counter, taken.stamped)


def _card_of(counter: Counter, found: Recognised) -> CardRow | None:
    """Whose code it was, so that the customer is answered in their language. Also of an old picture."""
    with merchant_transaction(counter.merchant.id) as tx:
        if found.voucher_id:
            return holder_of(tx, found.voucher_id)[0].row()
        return read_card(tx, found.card.id)[0] if found.card else None
