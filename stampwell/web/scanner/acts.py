"""What staff do at the scanner: each sent with a key made on the phone, done once, answered with a panel."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import AmountNotUsed, BelowMinimumSpend, CodeAlreadyUsed, TooManyStamps
from stampwell.cards.rows import CardRow, holder_of, read_card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import SCANNER_UNDO, undo_stamp
from stampwell.counter.guessing import a_device, recognise_for
from stampwell.counter.handing_over import give_back, hand_over, why_not_hand_over
from stampwell.counter.receipt_scans import ScannedReceipt
from stampwell.counter.scanning import Recognised, ScannedVoucher, note_refusal, take_scan
from stampwell.ids import private_id, public_id, wanted_id
from stampwell.merchants.managers import NeedsManager
from stampwell.merchants.pins import PinLocked, WrongPin
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound, Refusal
from stampwell.requests.once import fingerprint
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.checking import check_own_use
from stampwell.vouchers.refusals import VoucherAlreadyRedeemed
from stampwell.vouchers.rows import VoucherRow
from stampwell.web.scanner import panels
from stampwell.web.scanner.agreeing import read_agreement
from stampwell.web.scanner.amounts import AmountUnclear, read_amount
from stampwell.web.scanner.asking_purchases import ask_again
from stampwell.web.scanner.discounts import reader_of
from stampwell.web.scanner.guarding import acting
from stampwell.web.scanner.named_cards import Named, came_by, named_by, named_text, read_named
from stampwell.web.scanner.panels import Panel
from stampwell.web.scanner.presence import Shift
from stampwell.web.scanner.same_scans import Scan, fingerprint_of_scan, offer, saying_anew
from stampwell.web.scanner.taps import Tapped, read_form
from stampwell.web.stations.answering import answer_act, not_understood, read_json
from stampwell.web.stations.presence import note_scan

ASKED_OF_MANAGER = (NeedsManager, WrongPin, PinLocked)
UNTIL_A_MANAGER_CAME = timedelta(minutes=10)
ASKED_AGAIN = (AmountUnclear, AmountNotUsed, BelowMinimumSpend, TooManyStamps)  # another amount may be right


@acting
def scan(request: HttpRequest, shift: Shift) -> HttpResponse:
    """A card is stamped, a voucher is offered; whatever is refused is written down for the owner."""
    scanned = read_json(request, Scan)
    if scanned is None:
        return not_understood()
    found = recognise_for(shift.merchant, a_device(shift.counter.station), scanned.code)
    purchase = Purchase(count=scanned.count, amount=scanned.amount)
    asked = fingerprint_of_scan(shift.counter.station, scanned)
    return answer_scan(request, shift, scanned.key, found, purchase, asked=asked)


def answer_scan(
    request: HttpRequest, shift: Shift, key: str, found: Recognised, purchase: Purchase, *, asked: bytes = b""
) -> HttpResponse:
    named = named_by(found)

    def explain(refusal: Refusal) -> Panel:
        card = _find_scanned_card(shift, found)
        note_refusal(shift.merchant, found, refusal, actor=shift.actor, card=card)
        if card and isinstance(refusal, NeedsManager):
            action = reverse("scanner_stamps", args=[public_id("crd", card.id)])
            fields = {"count": purchase.count, "named": named_text(card.id, named)}
            return panels.ask_manager(shift, refusal, card, action=action, fields=fields)
        return panels.show_refusal(shift, refusal, card, named=named)

    answer = answer_act(
        request,
        shift.counter,
        key,
        act=lambda: _take_scan(shift, found, purchase, named),
        explain=explain,
        say=lambda refusal: panels.show_refusal(shift, refusal),
        asked=asked,
        say_anew=saying_anew(shift, found),
    )
    note_scan(shift.counter)
    return answer


@acting
def stamp(request: HttpRequest, shift: Shift, card_id: str) -> HttpResponse:
    """More stamps on the card that was just scanned: one or several more, an amount, or one given anyway."""
    tapped = read_form(request)
    if tapped is None:
        return not_understood()

    agreement = read_agreement(shift, tapped.key, tapped.person, tapped.pin)

    def act() -> Panel:
        return _stamp(shift, wanted_id("crd", card_id), tapped, agreed_by=agreement.who())

    def explain(refusal: Refusal) -> Panel:
        if isinstance(refusal, ASKED_OF_MANAGER):
            return _ask_manager(request, shift, private_id("crd", card_id), tapped, refusal)
        return _explain_stamp(shift, private_id("crd", card_id), tapped, refusal)

    return _answer(request, shift, tapped.key, act, explain, asked=_fingerprint_of_tap(request, shift, tapped))


@acting
def undo(request: HttpRequest, shift: Shift, stamp_id: str) -> HttpResponse:
    tapped = read_form(request)
    if tapped is None:
        return not_understood()

    def act() -> Panel:
        known_id, reason = wanted_id("stp", stamp_id), say_mistake(shift)
        undone = undo_stamp(shift.merchant, known_id, reason=reason, actor=shift.actor, within=SCANNER_UNDO)
        return panels.show_undone(shift, undone)

    return _answer(request, shift, tapped.key, act, lambda refusal: panels.show_refusal(shift, refusal))


@acting
def redeem(request: HttpRequest, shift: Shift, voucher_id: str) -> HttpResponse:
    """Hands the reward over, once; where it needs a manager, with a PIN that comes with the same tap."""
    tapped = read_form(request)
    if tapped is None:
        return not_understood()

    agreement = read_agreement(shift, tapped.key, tapped.person, tapped.pin)

    def act() -> Panel:
        known_id, manager = wanted_id("vch", voucher_id), agreement.who()
        done = hand_over(
            shift.merchant,
            known_id,
            path="staff_scan",
            actor=shift.actor,
            how_named=lambda card_id: came_by(tapped.named, card_id),
            agreed_by=manager,
            bought=reader_of(tapped.amount),
        )
        named = read_named(tapped.named, done.card.id)
        return panels.show_handed_over(shift, done, named, amount=tapped.amount)

    def explain(refusal: Refusal) -> Panel:
        if panel := ask_again(shift, voucher_id, tapped, refusal):
            return panel
        found = Recognised(voucher_id=private_id("vch", voucher_id))
        card = _find_scanned_card(shift, found)
        if isinstance(refusal, ASKED_OF_MANAGER):
            fields = {"named": tapped.named, "amount": tapped.amount}
            return panels.ask_manager(shift, refusal, card, action=request.path, fields=fields, person=tapped.person)
        if found.voucher_id:
            note_refusal(shift.merchant, found if card else Recognised(), refusal, actor=shift.actor, card=card)
        return panels.show_refusal(shift, refusal, card, named=_named_before(tapped, card, refusal))

    return _answer(request, shift, tapped.key, act, explain, asked=_fingerprint_of_tap(request, shift, tapped))


@acting
def take_back(request: HttpRequest, shift: Shift, redemption_id: str) -> HttpResponse:
    """Gives the voucher back, within a minute of handing the reward over; five where its customer used it alone."""
    tapped = read_form(request)
    if tapped is None:
        return not_understood()

    agreement = read_agreement(shift, tapped.key, tapped.person, tapped.pin)

    def act() -> Panel:
        known_id, reason, manager = wanted_id("rdm", redemption_id), say_mistake(shift), agreement.who()
        within = UNTIL_A_MANAGER_CAME if manager else panels.TAKE_BACK
        given = give_back(shift.merchant, known_id, reason=reason, actor=shift.actor, within=within, agreed_by=manager)
        return panels.show_given_back(shift, given)

    def explain(refusal: Refusal) -> Panel:
        if isinstance(refusal, ASKED_OF_MANAGER):
            return panels.ask_manager(shift, refusal, action=request.path, person=tapped.person)
        return panels.show_refusal(shift, refusal)

    return _answer(request, shift, tapped.key, act, explain, asked=_fingerprint_of_tap(request, shift, tapped))


def _answer(
    request: HttpRequest,
    shift: Shift,
    key: str,
    act: Callable[[], Panel],
    explain: Callable[[Refusal], Panel],
    *,
    asked: bytes = b"",
) -> HttpResponse:
    return answer_act(
        request,
        shift.counter,
        key,
        act=act,
        explain=explain,
        say=lambda refusal: panels.show_refusal(shift, refusal),
        asked=asked,
    )


def say_mistake(shift: Shift) -> str:
    """The owner reads it, so it is kept in the shop's language and not in that of whoever works here."""
    with translation.override(shift.merchant.locale):
        return _("Mistake at the counter")


def _take_scan(shift: Shift, found: Recognised, purchase: Purchase, named: Named) -> Panel:
    taken = take_scan(shift.merchant, found, purchase, actor=shift.actor)
    if isinstance(taken, ScannedVoucher):
        if refusal := why_not_hand_over(shift.merchant, taken.voucher, actor=shift.actor):
            used = isinstance(refusal, VoucherAlreadyRedeemed)
            use = check_own_use(shift.merchant, taken.voucher.id, actor=shift.actor) if used else None
            if use is None:
                raise refusal
            return panels.show_own_use(shift, use, taken.voucher)
        return offer(shift, taken, named)
    if isinstance(taken, ScannedReceipt):
        return panels.show_receipt_code(shift, taken)
    live = None if found.entered else taken.facts.live
    if taken.stamped is None:
        return panels.ask_amount(shift, taken.card, taken.vouchers, live=live, named=named)
    return panels.show_stamped(shift, taken.stamped, live=live, named=named)


def _stamp(shift: Shift, card_id: UUID, tapped: Tapped, *, agreed_by: UUID | None) -> Panel:
    named = read_named(tapped.named, card_id)
    purchase = msgspec.structs.replace(_read_purchase(shift, card_id, tapped), agreed_by=agreed_by)
    stamped = add_stamp(shift.merchant, card_id, purchase, actor=shift.actor, step=named.step, entered=named.entered)
    return panels.show_stamped(shift, stamped, named=named)


def _read_purchase(shift: Shift, card_id: UUID, tapped: Tapped) -> Purchase:
    """The currency goes with the amount: until the card is stamped, a round in another one may have begun.

    Refuses: NotFound, AmountUnclear.
    """
    if not tapped.amount:
        return Purchase(count=tapped.count, override=tapped.override)
    with merchant_transaction(shift.merchant.id) as tx:
        card, _vouchers = read_card(tx, card_id)
    currency = terms_of(shift.merchant.id, card.version_id).currency
    amount = read_amount(tapped.amount, currency)
    return Purchase(count=tapped.count, amount=amount, currency=currency, override=tapped.override)


def _fingerprint_of_tap(request: HttpRequest, shift: Shift, tapped: Tapped) -> bytes:
    """Not of its PIN: what is kept of a request must not help anybody to find that out."""
    if not tapped.pin:
        return b""
    told = msgspec.json.encode(msgspec.structs.replace(tapped, pin=""))
    return fingerprint("scanner", shift.counter.station.id.hex, request.path, told)


def _ask_manager(request: HttpRequest, shift: Shift, card_id: UUID | None, tapped: Tapped, refusal: Refusal) -> Panel:
    """For the very same tap."""
    found = _find_card(shift, card_id)
    override = "true" if tapped.override else None
    fields = {"count": tapped.count, "amount": tapped.amount, "override": override, "named": tapped.named}
    card = found[0] if found else None
    return panels.ask_manager(shift, refusal, card, action=request.path, fields=fields, person=tapped.person)


def _explain_stamp(shift: Shift, card_id: UUID | None, tapped: Tapped, refusal: Refusal) -> Panel:
    found = _find_card(shift, card_id)
    if found is None:
        return panels.show_refusal(shift, refusal, amount=tapped.amount)
    card, vouchers = found
    named = _named_before(tapped, card, refusal)
    if tapped.amount and named and isinstance(refusal, ASKED_AGAIN):
        return panels.ask_amount(shift, card, vouchers, typed=tapped.amount, wrong=refusal, named=named)
    return panels.show_refusal(shift, refusal, card, amount=tapped.amount, named=named)


def _named_before(tapped: Tapped, card: CardRow | None, refusal: Refusal) -> Named | None:
    return None if card is None or isinstance(refusal, CodeAlreadyUsed) else read_named(tapped.named, card.id)


def _find_scanned_card(shift: Shift, found: Recognised) -> CardRow | None:
    """Whose code it was, so that the customer is answered in their language; None if nobody knows."""
    with merchant_transaction(shift.merchant.id) as tx:
        if found.voucher_id:
            return holder_of(tx, found.voucher_id)[0].row()
        return read_card(tx, found.card.id)[0] if found.card else None


def _find_card(shift: Shift, card_id: UUID | None) -> tuple[CardRow, list[VoucherRow]] | None:
    try:
        with merchant_transaction(shift.merchant.id) as tx:
            return read_card(tx, card_id) if card_id else None
    except NotFound:
        return None
