"""Says what should stand at Google for a card now. It reads our rows and writes Google's JSON."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from django.conf import settings

from stampwell.brought.secrets import remembered
from stampwell.cards.links import rotating_secret
from stampwell.cards.rows import read_card
from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ending import ends_soon_since
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.rows import USABLE, VoucherRow, held_by_nobody, read_voucher, state_at
from stampwell.wallet.content import face_of, fill_pass, picture_url, show_voucher
from stampwell.wallet.google.objects import Json, live_object, loyalty_class
from stampwell.wallet.google.offers import (
    Offer,
    ended_offer,
    offer_class,
    offer_class_id,
    offer_id,
    offer_object,
)
from stampwell.wallet.google.table import ObjectRow
from stampwell.wallet.look.card_pass import CardPass


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A card, with everything that has to stand at Google for it. `news` are what its phone may be told of: the ready
    vouchers, and an id for each end of one that comes soon.
    """

    version_id: UUID
    card: CardPass
    logo_url: str
    hero_url: str
    program_class: Json
    card_object: Json
    news: list[UUID]
    offers: list["WantedOffer"]
    ended: list["EndedOffer"]


class WantedOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher that can be used. It becomes an offer beside the card."""

    id: UUID
    reward_id: UUID
    reward_class: Json
    offer_object: Json


class EndedOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer at Google whose voucher cannot be used any more."""

    row: ObjectRow
    offer_object: Json


def callback_url(merchant: Merchant) -> str:
    """The address that Google calls when a card of this shop was saved or removed."""
    return f"{settings.BASE_URL}/wallet/google/callbacks/{merchant.slug}"


@remembered()
def gather(merchant: Merchant, card_id: UUID, issuer: str, *, there: Sequence[ObjectRow] = ()) -> Wanted:
    """`there` are the offers of the card at Google that have not ended. Refuses: NotFound."""
    at, card = now(), fill_pass(merchant, card_id)
    with merchant_transaction(merchant.id) as tx:
        row, vouchers = read_card(tx, card_id)
        usable = [one for one in vouchers if state_at(one, at) in USABLE and not card.voided]
        names = {offer_id(issuer, one.id, row.issue) for one in usable}
        over = [(one, read_voucher(tx, one.subject_id)) for one in there if one.object_id not in names]
    terms = terms_of(merchant.id, row.version_id)
    logo, hero = picture_url(merchant, terms, "logo"), picture_url(merchant, terms, f"stamps-{card.stamps}")
    return Wanted(
        version_id=row.version_id,
        card=card,
        logo_url=logo,
        hero_url=hero,
        program_class=loyalty_class(issuer, card.face, logo_url=logo, callback_url=callback_url(merchant)),
        card_object=live_object(issuer, card, hero_url=hero, secret=rotating_secret(card_id, row.issue)),
        news=[one.id for one in vouchers if state_at(held_by_nobody(one), at) == "ready"]
        + [_id_of_end(one) for one in vouchers if ends_soon_since(merchant, one, at)],
        offers=[_want_offer(merchant, one, issuer, row.issue) for one in usable],
        ended=[_want_end(offer, voucher, issuer, at) for offer, voucher in over],
    )


def _id_of_end(voucher: VoucherRow) -> UUID:
    """Of a later end it is another one: the phone may be told anew."""
    return uuid5(voucher.id, str(voucher.expires))


def _want_offer(merchant: Merchant, voucher: VoucherRow, issuer: str, issue: int) -> WantedOffer:
    """In the words of the version under which the voucher was given, which may not be the card's present one."""
    terms, face = terms_of(merchant.id, voucher.version_id), face_of(merchant, voucher.version_id)
    # The words of an offer are those of all who have the reward; that this one waits for its code the card says.
    voucher = msgspec.structs.replace(voucher, waits_since=None)
    offer = Offer(
        id=offer_id(issuer, voucher.id, issue),
        class_id=offer_class_id(issuer, voucher.reward_id),
        voucher=show_voucher(merchant, voucher),
        barcode=voucher_code(voucher.id, voucher.issue) if _is_scanned(terms, voucher) else "",
    )
    return WantedOffer(
        id=voucher.id,
        reward_id=voucher.reward_id,
        reward_class=offer_class(face, offer, logo_url=picture_url(merchant, terms, "logo")),
        offer_object=offer_object(face, offer),
    )


def _want_end(offer: ObjectRow, voucher: VoucherRow, issuer: str, at: datetime) -> EndedOffer:
    class_id = offer_class_id(issuer, voucher.reward_id)
    return EndedOffer(row=offer, offer_object=ended_offer(offer.object_id, class_id, state_at(voucher, at)))


def _is_scanned(terms: Terms, voucher: VoucherRow) -> bool:
    return terms.reward(voucher.reward_id).path == "staff_scan"
