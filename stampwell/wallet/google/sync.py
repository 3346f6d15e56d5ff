"""Bringing a card at Google up to date: its class, itself, the offers beside it. What has not changed is not sent."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.wallet.google.http import GoogleBusy, GoogleRefused
from stampwell.wallet.google.objects import Json, balance, ready_message, retired_object
from stampwell.wallet.google.rest import GoogleCalls, Kind
from stampwell.wallet.google.table import (
    LEASE,
    Shown,
    Standing,
    keep_claim,
    offers_there,
    remember,
    take_notice,
    write_gone,
    write_refused,
    write_shown,
    write_taken,
    write_unknown,
    write_unsure,
)
from stampwell.wallet.google.wanted import Wanted, WantedOffer, gather

LINK = b"linked"  # stands in `wanted` of a voucher that was taken, but not beside its card
DENIED = (401, 403)  # about the account; any other refusal is about what was sent

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visit:
    """One card's turn. What Google does not want of it is `left_out`, and the rest goes on."""

    calls: GoogleCalls
    merchant_id: UUID
    card: Standing
    left_out: list[GoogleRefused] = field(default_factory=list)

    def go_on(self) -> GoogleCalls:
        """For the next request: with many rewards and a slow Google a turn takes longer than its claim lasts."""
        if self.card.tries and self.card.due and self.card.due < now() + LEASE / 2:
            keep_claim(self.merchant_id, self.card)
        return self.calls

    def leave_out(self, refused: GoogleRefused, what: str) -> None:
        """Raises what is not about this one thing, such as no access."""
        if refused.status in DENIED:
            raise refused
        log.warning("Google refused %s: %s", what, refused)
        self.left_out.append(refused)


def bring_up_to_date(calls: GoogleCalls, merchant: Merchant, row: Standing) -> None:
    """The card and its vouchers as they are now; of a card that a phone has removed only what has ended.

    Raises GoogleProblem; what was taken until then is written down.
    """
    assert row.card_id is not None, "a card's row"
    issuer = calls.account.issuer
    if not row.object_id.startswith(f"{issuer}."):
        return  # it stands at another issuer, from before the account was changed
    visit = Visit(calls, merchant.id, row)
    wanted = gather(merchant, row.card_id, issuer, there=offers_there(merchant.id, row.card_id))
    is_followed = row.removed is None and row.object_id == wanted.card_object["id"]
    for offer in wanted.ended:
        _end(visit, offer.row, "offerObject", offer.offer_object)
    if is_followed:
        _place_offers(visit, wanted, place_card(visit, wanted))
    else:
        _end_card(visit, wanted)
    if visit.left_out:
        raise visit.left_out[0]


def place_card(visit: Visit, wanted: Wanted) -> Shown:
    """The card without its offers. The phone notifies when a reward has become ready, three times a day at most."""
    row, before = visit.card, visit.card.what_is_shown
    is_counted = balance(wanted.card) != before.balance
    has_news = row.sent is not None and not wanted.card.voided and not set(wanted.ready) <= set(before.ready)
    rings = has_news and _may_ring(visit, before, wanted.ready)
    told = replace(before, balance=balance(wanted.card), ready=wanted.ready, announcing=[], refusals=0)
    after = told
    if has_news and not is_counted:  # it is told by a message, after the card
        after = replace(told, ready=before.ready, announcing=wanted.ready if rings else [])
    notice = rings and is_counted
    place = partial(_place, visit, row, "loyaltyObject", wanted.card_object, after, notice=notice)
    placed = _in_class(visit, "program_class", wanted.version_id, wanted.program_class, place)
    told = replace(told, names=placed.names, linked=placed.linked)
    if has_news and not is_counted and _announce(visit, wanted, rings=rings):
        told = replace(told, names=sorted({*told.names, "messages"}))
    if told != placed:
        write_shown(visit.merchant_id, row, told)
    return told


def _may_ring(visit: Visit, before: Shown, ready: list[str]) -> bool:
    """Counted once for the same rewards, however often Google has to be told."""
    return set(ready) <= {*before.ready, *before.announcing} or take_notice(visit.merchant_id, visit.card, ready)


def _end_card(visit: Visit, wanted: Wanted) -> None:
    """A void card, and one that was replaced by another: its class goes first, for it may have moved."""
    row, document = visit.card, wanted.card_object
    if row.object_id != document["id"]:
        document = retired_object(row.object_id, str(document["classId"]))
    elif not wanted.card.voided:
        return
    if row.sent not in (None, _digest(document)):
        _place_class(visit, "program_class", wanted.version_id, wanted.program_class)
        _end(visit, row, "loyaltyObject", document)


def _place_offers(visit: Visit, wanted: Wanted, shown: Shown) -> None:
    """An offer that Google does not want is left out: the card shows the reward all the same."""
    placed = [row for row in (_place_offer(visit, one) for one in wanted.offers) if row]
    linked = [row.object_id for row in placed]
    if linked == shown.linked:
        return
    new = [row for row in placed if row.object_id not in shown.linked]
    gone = [name for name in shown.linked if name not in linked]
    try:
        if new or gone:
            _link(visit, add=[row.object_id for row in new], remove=gone)
    except GoogleRefused as refused:
        visit.leave_out(refused, "the link between a card and its vouchers")
        for row in new:
            write_refused(visit.merchant_id, row, LINK, str(refused))
            if refused.status == HTTPStatus.BAD_REQUEST:  # Google may have lost it
                write_unknown(visit.merchant_id, row)
        return
    write_shown(visit.merchant_id, visit.card, replace(shown, linked=linked))


def _place_offer(visit: Visit, offer: WantedOffer) -> Standing | None:
    row = remember(visit.merchant_id, "voucher", offer.id, str(offer.offer_object["id"]), card_id=visit.card.card_id)
    place = partial(_place, visit, row, "offerObject", offer.offer_object, Shown())
    try:
        _in_class(visit, "voucher_class", offer.reward_id, offer.reward_class, place)
    except GoogleRefused as refused:
        visit.leave_out(refused, f"the voucher {offer.id}")
        return None
    return row


def _link(visit: Visit, *, add: list[str], remove: list[str]) -> None:
    """A visit that was interrupted may have linked some of them; where Google minds, the rest is named alone."""
    card = visit.card.object_id
    try:
        visit.go_on().link_offers(card, add=add, remove=remove)
    except GoogleRefused as refused:
        if refused.status in DENIED:
            raise
        there = visit.go_on().linked_offers(card)
        new, gone = [one for one in add if one not in there], [one for one in remove if one in there]
        if (new, gone) == (add, remove):
            raise
        if new or gone:
            visit.go_on().link_offers(card, add=new, remove=gone)


def _announce(visit: Visit, wanted: Wanted, *, rings: bool) -> bool:
    """False if Google does not want the notice; it is not sent again."""
    message = ready_message(wanted.card, f"ready_{wanted.ready[-1]}", rings=rings)
    try:
        visit.go_on().add_message(visit.card.object_id, message)
    except GoogleRefused as refused:
        if refused.status in DENIED:
            raise
        log.warning("Google refused a notice that a reward is ready: %s", refused)
        return False
    return True


def _in_class(visit: Visit, kind: str, subject_id: UUID, document: Json, place: Callable[[], Shown]) -> Shown:
    """An object of a class that stands. One that Google has lost is put there again first."""
    standing = _place_class(visit, kind, subject_id, document)
    try:
        return place()
    except GoogleRefused as refused:
        # 404 where the class is not found, by Google's list of error codes; it has been seen to be a 400 as well.
        if refused.status != HTTPStatus.NOT_FOUND and not _names_class(refused):
            raise
    write_gone(visit.merchant_id, standing)
    _place_class(visit, kind, subject_id, document)
    return place()


def _names_class(refused: GoogleRefused) -> bool:
    return refused.status == HTTPStatus.BAD_REQUEST and "class" in refused.said.lower()


def _place_class(visit: Visit, kind: str, subject_id: UUID, document: Json) -> Standing:
    row = remember(visit.merchant_id, kind, subject_id, str(document["id"]))
    _place(visit, row, "loyaltyClass" if kind == "program_class" else "offerClass", document, Shown())
    return row


def _place(visit: Visit, row: Standing, kind: Kind, document: Json, after: Shown, *, notice: bool = False) -> Shown:
    """Returns what is shown then: `after`, or what was where nothing had to be sent."""
    digest, before = _digest(document), row.what_is_shown
    if row.sent == digest:
        if row.wanted != digest:
            write_taken(visit.merchant_id, row, digest, before)  # what was refused in between is wanted no more
        return before
    is_whole = row.sent == b"" or not set(before.names) <= set(document)  # what is not named stays, unless all is
    try:
        is_whole = _bring(visit, row, kind, document, is_whole=is_whole, notice=notice)
    except GoogleRefused as refused:
        write_refused(visit.merchant_id, row, digest, str(refused))
        raise
    except GoogleBusy:
        if is_whole:
            write_unknown(visit.merchant_id, row)
        else:
            write_unsure(visit.merchant_id, row, sorted(document))
        raise
    after = replace(after, names=sorted(document), linked=[] if is_whole else after.linked)
    write_taken(visit.merchant_id, row, digest, after)
    return after


def _bring(visit: Visit, row: Standing, kind: Kind, document: Json, *, is_whole: bool, notice: bool) -> bool:
    """True if it was put there whole, so that nothing that hung on it is left."""
    if row.sent is not None:
        calls = visit.go_on()
        change = calls.replace if is_whole else calls.patch
        if change(kind, document, notice=notice):
            return is_whole
        write_gone(visit.merchant_id, row)
    # One that is there already may hold anything, such as the fixed code of a save link.
    if not visit.go_on().insert(kind, document) and not visit.go_on().replace(kind, document):
        raise GoogleBusy(HTTPStatus.NOT_FOUND, "there and not there")
    return True


def _end(visit: Visit, row: Standing, kind: Kind, document: Json) -> None:
    """Whole, so that no code stays; where Google does not have it, nothing shows it."""
    digest = _digest(document)
    if row.sent in (None, digest):
        return
    try:
        is_there = visit.go_on().replace(kind, document)
    except GoogleBusy:
        write_unknown(visit.merchant_id, row)
        raise
    except GoogleRefused as refused:
        write_refused(visit.merchant_id, row, digest, str(refused))
        visit.leave_out(refused, f"the end of {row.object_id}")
        return
    if is_there:
        write_taken(visit.merchant_id, row, digest, Shown(names=sorted(document), ended=True))
    else:
        write_gone(visit.merchant_id, row)


def _digest(document: Json) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(document, order="deterministic"), digest_size=16).digest()
