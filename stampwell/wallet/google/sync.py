"""Brings a card at Google up to date: its class, the card itself, the offers beside it. Sends what has changed."""

import logging
from functools import partial
from http import HTTPStatus

from msgspec.structs import replace

from stampwell.merchants.models import Merchant
from stampwell.wallet.google.http import GoogleRefused
from stampwell.wallet.google.links import linked_offers, write_links
from stampwell.wallet.google.notices import is_news, may_notify, write_told
from stampwell.wallet.google.objects import balance, ready_message, retired_object
from stampwell.wallet.google.placement import digest_of, end, place, place_class, place_in_class
from stampwell.wallet.google.rest import GoogleCalls
from stampwell.wallet.google.states import write_refused, write_unknown
from stampwell.wallet.google.table import ObjectRow, Shown, offers_there, remember
from stampwell.wallet.google.visit import DENIED, Visit
from stampwell.wallet.google.wanted import Wanted, WantedOffer, gather

log = logging.getLogger(__name__)


def bring_up_to_date(calls: GoogleCalls, merchant: Merchant, row: ObjectRow) -> None:
    """One visit to Google for one card.

    1. Read the card and its vouchers as they are now, and say in Google's words what should stand there.
    2. End the offers that cannot be used any more. This also goes for a card that its phone has removed.
    3. Place the card, after the class of its program.
    4. Place each offer, after the class of its reward, and link it to the card; unlink what is not usable any more.
    5. Instead of 3 and 4: if the phone has removed the card, or if another card has replaced it, only end it.

    An offer, a link or an end that Google refuses is left out, and the rest goes on; it is raised at the end.
    Raises GoogleProblem. What Google took until then is written down.
    """
    assert row.card_id is not None, "a card's row"
    issuer = calls.account.issuer
    if not row.object_id.startswith(f"{issuer}."):
        return  # it stands at another issuer, from before the account was changed
    visit = Visit(calls, merchant.id, row)
    wanted = gather(merchant, row.card_id, issuer, there=offers_there(merchant.id, row.card_id))
    for offer in wanted.ended:
        end(visit, offer.row, "offerObject", offer.offer_object)
    if row.removed is None and row.object_id == wanted.card_object["id"]:
        place_card(visit, wanted)
        _place_offers(visit, wanted)
    else:
        _end_card(visit, wanted)
    if visit.left_out:
        raise visit.left_out[0]


def place_card(visit: Visit, wanted: Wanted) -> None:
    """Places the card without its offers, and lets the phone notify when a reward has become ready.

    Google notifies by itself where an update asks for it and the balance moves. Where the balance stays as it is,
    because the clock has made the reward ready, a message on the card notifies.

    1. Is there news, and does the balance move?
    2. Count a notice. This comes first, so that a try that fails does not notify once more.
    3. Send the card. Written with it: what the phone knows from the card alone.
    4. Send the message, if there is news and the balance stays.
    5. Write that the phone knows everything now.
    """
    card, news = visit.card, wanted.news
    has_news = card.is_there and not wanted.card.voided and is_news(card, news)
    needs_message = has_news and balance(wanted.card) == card.balance
    notifies = has_news and may_notify(visit.merchant_id, card, news)
    known = Shown(balance=balance(wanted.card), announced=news)
    known_from_card = known
    if needs_message:
        known_from_card = replace(known, announced=card.announced, announcing=news if notifies else [])
    place_object = partial(
        place,
        visit,
        card,
        "loyaltyObject",
        wanted.card_object,
        known_from_card,
        notifies=notifies and not needs_message,
    )
    shown = place_in_class(visit, "program_class", wanted.version_id, wanted.program_class, place_object)
    known = replace(known, fields=shown.fields)
    if needs_message and _send_message(visit, wanted, notifies=notifies):
        known = replace(known, fields=sorted({*known.fields, "messages"}))
    if known != shown or card.refusals:
        write_told(visit.merchant_id, card, known)


def _send_message(visit: Visit, wanted: Wanted, *, notifies: bool) -> bool:
    """False if Google refuses the message; it is not sent again."""
    message = ready_message(wanted.card, f"ready_{wanted.news[-1].hex}", notifies=notifies)
    try:
        visit.go_on().add_message(visit.card.object_id, message)
    except GoogleRefused as refused:
        if refused.status in DENIED:
            raise
        log.warning("Google refused a notice that a reward is ready: %s", refused)
        return False
    return True


def _end_card(visit: Visit, wanted: Wanted) -> None:
    """A card that is void, or that another one has replaced. Its class is placed first, for it may be a new one."""
    card, document = visit.card, wanted.card_object
    if card.object_id != document["id"]:
        document = retired_object(card.object_id, str(document["classId"]))
    elif not wanted.card.voided:
        return
    if card.is_there and card.digest != digest_of(document):
        place_class(visit, "program_class", wanted.version_id, wanted.program_class)
        end(visit, card, "loyaltyObject", document)


def _place_offers(visit: Visit, wanted: Wanted) -> None:
    """An offer that Google refuses is left out: the card names the reward all the same."""
    placed = [row for row in (_place_offer(visit, one) for one in wanted.offers) if row]
    linked = linked_offers(visit.merchant_id, visit.card)
    there, usable = {one.id for one in linked}, {row.id for row in placed}
    new, gone = [row for row in placed if row.id not in there], [one for one in linked if one.id not in usable]
    if not new and not gone:
        return
    try:
        _link(visit, add=[row.object_id for row in new], remove=[one.object_id for one in gone])
    except GoogleRefused as refused:
        visit.leave_out(refused, "the link between a card and its vouchers")
        for row in new:
            write_refused(visit.merchant_id, row, refused)
            if refused.status == HTTPStatus.BAD_REQUEST:  # Google may have lost the offer
                write_unknown(visit.merchant_id, row)
        return
    write_links(visit.merchant_id, visit.card, add=[row.id for row in new], remove=[one.id for one in gone])


def _place_offer(visit: Visit, offer: WantedOffer) -> ObjectRow | None:
    row = remember(visit.merchant_id, "voucher", offer.id, str(offer.offer_object["id"]), card_id=visit.card.card_id)
    place_object = partial(place, visit, row, "offerObject", offer.offer_object, Shown())
    try:
        place_in_class(visit, "voucher_class", offer.reward_id, offer.reward_class, place_object)
    except GoogleRefused as refused:
        visit.leave_out(refused, f"the voucher {offer.id}")
        return None
    return row


def _link(visit: Visit, *, add: list[str], remove: list[str]) -> None:
    """Google refuses to link what is linked, and to unlink what is not.

    A visit that was interrupted may have linked some of them. So after a refusal Google is asked what is linked, and
    only the difference is sent.
    """
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
