"""Writes a reward as Google's offerClass, and a voucher as its offerObject: a pass of its own, linked to the card.

The till's redeem code is never in it. Showing that code is a step of its own, which the web page records.
"""

from typing import Literal
from uuid import UUID

import msgspec

from stampwell.brought.secrets import plain_issue
from stampwell.wallet.google.objects import Json, base_language, google_id, localized, picture, privacy_link, web_link
from stampwell.wallet.look.card_pass import CardFace, ReadyVoucher
from stampwell.wallet.look.design import palette_of
from stampwell.wallet.look.phrases import cut_line, shop_paragraphs, shop_texts

LONGEST_PROVIDER = 12  # characters of a name that fit over an offer
LONGEST_TITLE = 60

type OfferState = Literal["COMPLETED", "EXPIRED", "INACTIVE"]

ENDINGS: dict[str, OfferState] = {"redeemed": "COMPLETED", "expired": "EXPIRED"}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One usable voucher as Google shows it. `barcode` is empty where the reward is not handed over by a scan."""

    id: str
    class_id: str
    voucher: ReadyVoucher
    barcode: str = ""


def offer_id(issuer: str, voucher_id: UUID, issue: int) -> str:
    """A card that replaces another one has other offers, so that an old phone keeps none that can still be used."""
    issue = plain_issue(issue)
    return google_id(issuer, f"vch_{voucher_id.hex}.{issue}" if issue else f"vch_{voucher_id.hex}")


def offer_class_id(issuer: str, reward_id: UUID) -> str:
    return google_id(issuer, f"rwd_{reward_id.hex}")


def offer_class(face: CardFace, offer: Offer, *, logo_url: str) -> Json:
    """The whole class of a reward, in every language."""
    language = base_language(face)
    title = {locale: cut_line(text, LONGEST_TITLE) for locale, text in shop_texts(offer.voucher.name, face).items()}
    details = shop_paragraphs(offer.voucher.what_to_do, face)
    return {
        "id": offer.class_id,
        "issuerName": cut_line(face.organisation),
        "provider": cut_line(face.organisation, LONGEST_PROVIDER),
        "title": title[language],
        "localizedTitle": localized(title, language),
        "details": details[language],
        "localizedDetails": localized(details, language),
        "titleImage": picture(logo_url, dict.fromkeys(title, cut_line(face.organisation)), language),
        "hexBackgroundColor": palette_of(face.design).background,
        "redemptionChannel": "INSTORE",
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        "reviewStatus": "UNDER_REVIEW",
    } | privacy_link(face, language)


def offer_object(face: CardFace, offer: Offer) -> Json:
    """The whole object of a voucher that can be used."""
    whole: Json = {
        "id": offer.id,
        "classId": offer.class_id,
        "state": "ACTIVE",
        "passConstraints": {"screenshotEligibility": "INELIGIBLE"},
    }
    if offer.barcode:
        whole["barcode"] = {"type": "QR_CODE", "value": offer.barcode}
    if offer.voucher.last_moment:  # Google shows its day
        whole["validTimeInterval"] = {"end": {"date": offer.voucher.last_moment.isoformat()}}
    if offer.voucher.web_url.startswith("https://"):
        whole["linksModuleData"] = {"uris": [web_link(offer.voucher.web_url, base_language(face))]}
    return whole


def ended_offer(offer_id: str, class_id: str, state: str) -> Json:
    """The whole object of a voucher that cannot be used any more, or not with this card. It shows no code."""
    return {"id": offer_id, "classId": class_id, "state": ENDINGS.get(state, "INACTIVE")}
