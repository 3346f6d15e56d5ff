"""Bringing a card at Google up to date: its class, itself, the offers beside it. What has not changed is not sent."""

import hashlib
import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

import httpx
import msgspec

from stampwell.merchants.models import Merchant
from stampwell.wallet.google.asking import GoogleRefused
from stampwell.wallet.google.calling import GoogleCalls, Kind
from stampwell.wallet.google.gathering import Wanted, WantedOffer, gather
from stampwell.wallet.google.objects import Json, balance, object_id, ready_message, retired_object
from stampwell.wallet.google.storing import (
    Shown,
    Standing,
    remember,
    take_notice,
    write_gone,
    write_refused,
    write_shown,
    write_taken,
)

LINK = b"linked"  # stands in `wanted` of a voucher that was taken, but not beside its card
UNFIT = (400, 422)  # what was sent is wrong, and will be next time

log = logging.getLogger(__name__)


def bring_up_to_date(calls: GoogleCalls, merchant: Merchant, row: Standing) -> None:
    """The card and its vouchers as they are now. Raises GoogleProblem; what was taken until then is written down."""
    assert row.card_id is not None, "a card's row"
    if not row.object_id.startswith(f"{calls.account.issuer}."):
        return  # it stands at another issuer, from before the account was changed
    shown = row.what_is_shown
    wanted = gather(merchant, row.card_id, calls.account.issuer, linked=shown.linked)
    if row.object_id == object_id(calls.account.issuer, wanted.card):
        shown = place_card(calls, merchant.id, row, wanted, shown)
        _place_offers(calls, merchant.id, row, wanted, shown)
    elif row.sent is not None:
        _retire(calls, merchant.id, row)


def place_card(calls: GoogleCalls, merchant_id: UUID, row: Standing, wanted: Wanted, shown: Shown) -> Shown:
    """The card without its offers. The phone notifies when a reward has become ready, three times a day at most."""
    place_class = partial(_place_class, calls, merchant_id, "program_class", wanted.version_id, wanted.program_class)
    standing = place_class()
    now_shown = Shown(balance=balance(wanted.card), ready=wanted.ready, linked=shown.linked)
    is_counted = now_shown.balance != shown.balance
    has_news = row.sent is not None and bool(set(wanted.ready) - set(shown.ready))
    changed = row.sent != _digest(wanted.card_object)
    rings = has_news and (changed or not is_counted) and _may_ring(merchant_id, row, shown, wanted.ready)
    notice = rings and is_counted
    place = partial(_place, calls, merchant_id, row, "loyaltyObject", wanted.card_object, notice=notice)
    if _in_class(merchant_id, standing, place_class, place):
        now_shown = msgspec.structs.replace(now_shown, linked=[])
    if has_news and not is_counted:
        _announce(calls, row.object_id, wanted, rings=rings)
    if rings or now_shown != shown:
        write_shown(merchant_id, row, now_shown)
    return now_shown


def _may_ring(merchant_id: UUID, row: Standing, shown: Shown, ready: list[str]) -> bool:
    """Counted once for the same rewards, however often Google has to be told."""
    return set(ready) <= {*shown.ready, *shown.announcing} or take_notice(merchant_id, row, ready)


def _retire(calls: GoogleCalls, merchant_id: UUID, row: Standing) -> None:
    """A card that was replaced by another; where Google does not have it, nothing shows it."""
    document = retired_object(row.object_id)
    if row.sent == _digest(document):
        return
    if calls.patch("loyaltyObject", document):
        write_taken(merchant_id, row, _digest(document))
    else:
        write_gone(merchant_id, row)


def _place_offers(calls: GoogleCalls, merchant_id: UUID, row: Standing, wanted: Wanted, shown: Shown) -> None:
    """An offer that Google does not want is left out: the card shows the reward all the same."""
    placed = {one.id.hex: _place_offer(calls, merchant_id, one, row) for one in wanted.offers}
    linked = [one.id.hex for one in wanted.offers if placed[one.id.hex] and one.is_usable]
    if linked == shown.linked:
        return
    ids = {one.id.hex: str(one.offer_object["id"]) for one in wanted.offers}
    new = [name for name in linked if name not in shown.linked]
    gone = [name for name in shown.linked if name not in linked]
    try:
        if new or gone:
            _link(calls, row.object_id, add=[ids[name] for name in new], remove=[ids[name] for name in gone])
    except GoogleRefused as refused:
        _leave_out(refused, "the link between a card and its vouchers")
        for offer in filter(None, (placed[name] for name in new)):
            write_refused(merchant_id, offer, LINK, str(refused))
        return
    write_shown(merchant_id, row, msgspec.structs.replace(shown, linked=linked))


def _place_offer(calls: GoogleCalls, merchant_id: UUID, offer: WantedOffer, card: Standing) -> Standing | None:
    row = remember(merchant_id, "voucher", offer.id, str(offer.offer_object["id"]), card_id=card.card_id)
    place_class = partial(_place_class, calls, merchant_id, "voucher_class", offer.reward_id, offer.reward_class)
    place = partial(_place, calls, merchant_id, row, "offerObject", offer.offer_object)
    try:
        _in_class(merchant_id, place_class(), place_class, place)
    except GoogleRefused as refused:
        _leave_out(refused, f"the voucher {offer.id}")
        return None
    return row


def _link(calls: GoogleCalls, card: str, *, add: list[str], remove: list[str]) -> None:
    """A visit that was interrupted may have linked some of them; where Google minds, the rest is named alone."""
    try:
        calls.link_offers(card, add=add, remove=remove)
    except GoogleRefused as refused:
        if refused.status not in UNFIT:
            raise
        there = calls.linked_offers(card)
        new, gone = [one for one in add if one not in there], [one for one in remove if one in there]
        if (new, gone) == (add, remove):
            raise
        if new or gone:
            calls.link_offers(card, add=new, remove=gone)


def _announce(calls: GoogleCalls, card: str, wanted: Wanted, *, rings: bool) -> None:
    try:
        calls.add_message(card, ready_message(wanted.card, f"ready_{wanted.ready[-1]}", rings=rings))
    except GoogleRefused as refused:
        _leave_out(refused, "a notice that a reward is ready")


def _leave_out(refused: GoogleRefused, what: str) -> None:
    """The card shows the reward all the same. Raises what is not about this one thing, such as no access."""
    if refused.status not in UNFIT:
        raise refused
    log.warning("Google refused %s: %s", what, refused)


def _in_class(
    merchant_id: UUID, standing: Standing, place_class: Callable[[], Standing], place: Callable[[], bool]
) -> bool:
    """An object of a class that stands. Google says 404 where it has lost the class: that is put there again first."""
    try:
        return place()
    except GoogleRefused as refused:
        if refused.status != httpx.codes.NOT_FOUND:
            raise
    write_gone(merchant_id, standing)
    place_class()
    return place()


def _place_class(calls: GoogleCalls, merchant_id: UUID, kind: str, subject_id: UUID, document: Json) -> Standing:
    row = remember(merchant_id, kind, subject_id, str(document["id"]))
    _place(calls, merchant_id, row, "loyaltyClass" if kind == "program_class" else "offerClass", document)
    return row


def _place(
    calls: GoogleCalls, merchant_id: UUID, row: Standing, kind: Kind, document: Json, *, notice: bool = False
) -> bool:
    """True if it was put there whole."""
    digest = _digest(document)
    if row.sent == digest:
        if row.wanted != digest:
            write_taken(merchant_id, row, digest)  # what was refused in between is wanted no more
        return False
    try:
        if is_whole := row.sent is None or not calls.patch(kind, document, notice=notice):
            _forget(merchant_id, row)
            _put_there(calls, kind, document)
    except GoogleRefused as refused:
        write_refused(merchant_id, row, digest, str(refused))
        raise
    write_taken(merchant_id, row, digest)
    return is_whole


def _forget(merchant_id: UUID, row: Standing) -> None:
    """It is not there, and so nothing is linked to it. Written down before it is put there: we may be killed."""
    if row.sent is not None:
        write_gone(merchant_id, row)
    if (shown := row.what_is_shown).linked:
        write_shown(merchant_id, row, msgspec.structs.replace(shown, linked=[]))


def _put_there(calls: GoogleCalls, kind: Kind, document: Json) -> None:
    """One that is there already may hold anything, such as the fixed code of a save link: it is replaced whole."""
    if not calls.insert(kind, document):
        calls.replace(kind, document)


def _digest(document: Json) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(document, order="deterministic"), digest_size=16).digest()
