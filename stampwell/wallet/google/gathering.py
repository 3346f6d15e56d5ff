"""What should stand at Google for a card now: read from the rows, written as Google's JSON."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.conf import settings

from stampwell.cards.links import rotating_secret
from stampwell.cards.standing import read_card
from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.redeeming import read_voucher
from stampwell.vouchers.standing import VoucherRow, state_at
from stampwell.wallet.card_pass import CardPass
from stampwell.wallet.google.objects import Json, live_object, loyalty_class
from stampwell.wallet.google.offers import STATES, Offer, offer_class, offer_object
from stampwell.wallet.passes import face_of, fill_pass, picture_url, show_voucher

USABLE = ("ready", "reserved")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A card with everything that it needs at Google."""

    version_id: UUID
    card: CardPass
    logo_url: str
    hero_url: str
    program_class: Json
    card_object: Json
    ready: list[str]
    offers: list["WantedOffer"]


class WantedOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher that is usable, or was when Google last heard of it."""

    id: UUID
    reward_id: UUID
    reward_class: Json
    offer_object: Json
    is_usable: bool


def callback_url(merchant: Merchant) -> str:
    """Where Google tells that a card of this shop was saved or removed."""
    return f"{settings.BASE_URL}/wallet/google/callbacks/{merchant.slug}"


def gather(merchant: Merchant, card_id: UUID, issuer: str, *, linked: list[str]) -> Wanted:
    """`linked` are the vouchers that stand beside the card at Google, used or not. Refuses: NotFound."""
    at, card = now(), fill_pass(merchant, card_id)
    with merchant_transaction(merchant.id) as tx:
        row, vouchers = read_card(tx, card_id)
        done = [read_voucher(tx, UUID(name)) for name in linked if name not in {one.id.hex for one in vouchers}]
    shown = [one for one in vouchers if state_at(one, at) in USABLE or one.id.hex in linked] + done
    terms = terms_of(merchant.id, row.version_id)
    logo, hero = picture_url(merchant, terms, "logo"), picture_url(merchant, terms, f"stamps-{card.stamps}")
    return Wanted(
        version_id=row.version_id,
        card=card,
        logo_url=logo,
        hero_url=hero,
        program_class=loyalty_class(issuer, card.face, logo_url=logo, callback_url=callback_url(merchant)),
        card_object=live_object(issuer, card, hero_url=hero, secret=rotating_secret(card_id, row.issue)),
        ready=[one.id.hex for one in vouchers if state_at(one, at) == "ready"],
        offers=[_want_offer(merchant, one, issuer, at) for one in shown],
    )


def _want_offer(merchant: Merchant, voucher: VoucherRow, issuer: str, at: datetime) -> WantedOffer:
    """As the version says under which it was given: cards of several versions show the same reward."""
    terms, face = terms_of(merchant.id, voucher.version_id), face_of(merchant, voucher.version_id)
    state = state_at(voucher, at)
    offer = Offer(
        id=f"vch_{voucher.id.hex}",
        reward_id=f"rwd_{voucher.reward_id.hex}",
        voucher=show_voucher(merchant, voucher),
        state=STATES[state],
        barcode=voucher_code(voucher.id) if _is_scanned(terms, voucher) and state in USABLE else "",
    )
    return WantedOffer(
        id=voucher.id,
        reward_id=voucher.reward_id,
        reward_class=offer_class(issuer, face, offer, logo_url=picture_url(merchant, terms, "logo")),
        offer_object=offer_object(issuer, face, offer),
        is_usable=state in USABLE,
    )


def _is_scanned(terms: Terms, voucher: VoucherRow) -> bool:
    return terms.reward(voucher.reward_id).path == "staff_scan"
