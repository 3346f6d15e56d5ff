"""A reward as Google's offerClass and a voucher as its offerObject: a pass beside the card, linked to it.

The redeem code of the till is never in it: showing that code is an act of its own, which the web page records.
"""

from typing import Literal

import msgspec

from stampwell.wallet.card_pass import CardFace, ReadyVoucher
from stampwell.wallet.design import palette_of
from stampwell.wallet.google.objects import Json, base_language, google_id, localized, picture, web_link
from stampwell.wallet.wording import cut_line, shop_paragraphs, shop_texts

LONGEST_PROVIDER = 12  # characters of a name that fit over an offer
LONGEST_TITLE = 60

type OfferState = Literal["ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"]

# A voucher that is being used at the till is still one; only its end is told.
STATES: dict[str, OfferState] = {
    "ready": "ACTIVE",
    "reserved": "ACTIVE",
    "redeemed": "COMPLETED",
    "expired": "EXPIRED",
    "void": "INACTIVE",
    "pending": "INACTIVE",
}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One voucher as Google shows it. `barcode` is empty where the reward is not handed over by a scan."""

    id: str  # of the voucher, as it may stand in an id
    reward_id: str
    voucher: ReadyVoucher
    state: OfferState
    barcode: str = ""


def offer_class(issuer: str, face: CardFace, offer: Offer, *, logo_url: str) -> Json:
    """The whole class of a reward, in every language."""
    language = base_language(face)
    title = {locale: cut_line(text, LONGEST_TITLE) for locale, text in shop_texts(offer.voucher.name, face).items()}
    details = shop_paragraphs(offer.voucher.what_to_do, face)
    return {
        "id": google_id(issuer, offer.reward_id),
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
    }


def offer_object(issuer: str, face: CardFace, offer: Offer) -> Json:
    whole: Json = {
        "id": google_id(issuer, offer.id),
        "classId": google_id(issuer, offer.reward_id),
        "state": offer.state,
        "passConstraints": {"screenshotEligibility": "INELIGIBLE"},
    }
    if offer.barcode:
        whole["barcode"] = {"type": "QR_CODE", "value": offer.barcode}
    if offer.voucher.expires:
        whole["validTimeInterval"] = {"end": {"date": offer.voucher.expires.replace(microsecond=0).isoformat()}}
    if offer.voucher.web_url.startswith("https://"):
        whole["linksModuleData"] = {"uris": [web_link(offer.voucher.web_url, base_language(face))]}
    return whole
