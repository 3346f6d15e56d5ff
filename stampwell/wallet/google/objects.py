"""Writes a program as Google's loyaltyClass, and a card as its loyaltyObject, with the field names of the REST API.

REST takes the whole documents. `lean_class` and `lean_object` hold only what a new card needs: they fit into a link.
"""

import re

from stampwell.cards.rotating import STEP_SECONDS, rotating_text
from stampwell.languages.offered import choose_locale
from stampwell.languages.texts import Texts, text_in
from stampwell.wallet.look.card_pass import CardFace, CardPass
from stampwell.wallet.look.design import palette_of
from stampwell.wallet.look.phrases import (
    cut_line,
    end_label_texts,
    label_texts,
    ready_texts,
    reward_list_texts,
    shop_paragraphs,
    shop_texts,
)

type Json = dict[str, object]

MOST_PLACES = 10
SHOWN_NAME = 20  # characters of a name that fit on a small phone
CODE_DIGITS = 8
LONGEST_LABEL = 9  # characters of the label over the points
_ID_SAFE = re.compile(r"[A-Za-z0-9._-]+\Z")


def class_id(issuer: str, face: CardFace) -> str:
    return google_id(issuer, face.program_id)


def object_id(issuer: str, card: CardPass) -> str:
    return google_id(issuer, card.serial)


def loyalty_class(issuer: str, face: CardFace, *, logo_url: str, callback_url: str = "") -> Json:
    """The whole class of a program version, in every language; Google calls back to https addresses only."""
    language, name = base_language(face), shop_texts(face.program, face)
    whole = lean_class(issuer, face, logo_url=logo_url)
    whole |= {
        "localizedProgramName": localized(name, language),
        "programLogo": picture(logo_url, in_all_languages(cut_line(face.organisation), name), language),
        "accountIdLabel": label_texts("number")[language],
        "localizedAccountIdLabel": localized(label_texts("number"), language),
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        "textModulesData": _class_texts(face, language),
    }
    if callback_url.startswith("https://"):
        whole["callbackOptions"] = {"url": callback_url}
    if face.places:
        whole["merchantLocations"] = [
            {"latitude": spot.latitude, "longitude": spot.longitude} for spot in face.places[:MOST_PLACES]
        ]
    return whole | privacy_link(face, language)


def loyalty_object(issuer: str, card: CardPass, *, hero_url: str) -> Json:
    """The whole object of a card, in every language, with a static code."""
    face, language = card.face, base_language(card.face)
    whole = lean_object(issuer, card, hero_url=hero_url)
    whole["loyaltyPoints"] = {
        "label": label_texts("stamps")[language][:LONGEST_LABEL],
        "localizedLabel": localized(label_texts("stamps"), language, cut_to=LONGEST_LABEL),
        "balance": {"string": balance(card)},
    }
    whole["heroImage"] = picture(hero_url, in_all_languages(balance(card), shop_texts(face.program, face)), language)
    whole["textModulesData"] = _object_texts(card, language)
    if card.web_url.startswith("https://"):
        whole["linksModuleData"] = {"uris": [web_link(card.web_url, language)]}
    if card.expires:
        whole["validTimeInterval"] = {"end": {"date": card.expires.replace(microsecond=0).isoformat()}}
    return whole


def live_object(issuer: str, card: CardPass, *, hero_url: str, secret: bytes) -> Json:
    """The whole object, with a code that changes every half minute. Only REST may carry it, for it holds the secret.

    It has no fixed code as well: an old phone would show that, and a photograph of it would be as good as the card.
    """
    whole = loyalty_object(issuer, card, hero_url=hero_url)
    if whole.pop("barcode", None):
        whole["rotatingBarcode"] = _rotating_barcode(card.short_number, secret)
        whole["passConstraints"] = {"screenshotEligibility": "INELIGIBLE"}
    return whole


def ready_message(card: CardPass, name: str, *, notifies: bool) -> Json:
    """Says that a reward can be used now, or ends soon. It is for a change that leaves the balance as it is: that
    notifies nobody.
    """
    language = base_language(card.face)
    header = end_label_texts() if card.announces_end else label_texts("ready")
    text = _module(name, header, ready_texts(card.face, card.ready), language)
    return text | {"messageType": "TEXT_AND_NOTIFY" if notifies else "TEXT"}


def retired_object(object_id: str, class_id: str) -> Json:
    """The whole object of a card that another one has replaced. It says nothing, and shows no code."""
    return {"id": object_id, "classId": class_id, "state": "INACTIVE"}


def lean_class(issuer: str, face: CardFace, *, logo_url: str) -> Json:
    """Only what Google requires of a class, in the shop's language."""
    return {
        "id": class_id(issuer, face),
        "issuerName": cut_line(face.organisation),
        "programName": cut_line(text_in(face.program, face.locale, face.locale)),
        "programLogo": {"sourceUri": {"uri": logo_url}},
        "hexBackgroundColor": palette_of(face.design).background,
        "reviewStatus": "UNDER_REVIEW",  # the only one, besides DRAFT, that an issuer may send
    }


def translated_name(face: CardFace) -> Json:
    """The program's name in the languages that the shop wrote it in, if there is more than one."""
    name, language = shop_texts(face.program, face), base_language(face)
    own = {locale: text for locale, text in name.items() if locale == language or text != name[language]}
    return {"localizedProgramName": localized(own, language)} if len(own) > 1 else {}


def short_names(face: CardFace) -> Json:
    """The names of a class as long as a small phone shows them, for links that are too long."""
    name = text_in(face.program, face.locale, face.locale)
    return {
        "issuerName": cut_line(face.organisation, SHOWN_NAME),
        "programName": cut_line(name, SHOWN_NAME),
    }


def lean_object(issuer: str, card: CardPass, *, hero_url: str) -> Json:
    """The card as it is now, in its customer's language."""
    language = choose_locale("", card.locale)
    lean: Json = {
        "id": object_id(issuer, card),
        "classId": class_id(issuer, card.face),
        "state": "INACTIVE" if card.voided else "ACTIVE",
        "accountId": card.short_number,
        "loyaltyPoints": {
            "label": label_texts("stamps")[language][:LONGEST_LABEL],
            "balance": {"string": balance(card)},
        },
        "heroImage": {"sourceUri": {"uri": hero_url}},
    }
    if card.ready:
        ready = ready_texts(card.face, card.ready)[language]
        header = label_texts("ready")[language]
        lean["textModulesData"] = [{"id": "ready", "header": header, "body": ready}]
    if not card.voided:
        lean["barcode"] = {
            "type": "QR_CODE",
            "value": card.barcode_message,
            "alternateText": card.short_number,
        }
    return lean


def balance(card: CardPass) -> str:
    return f"{card.stamps}/{card.face.goal}"


def in_all_languages(before: str, texts: Texts) -> Texts:
    """The description of a picture: a name or a count, which is the same in all languages, and what the card is."""
    return {locale: f"{before}, {text}" for locale, text in texts.items()}


def _rotating_barcode(short_number: str, secret: bytes) -> Json:
    """RFC 6238 as `cards.rotating` checks it: eight digits of SHA-1, a new one every 30 seconds since 1970."""
    number = "".join(short_number.split())
    return {
        "type": "QR_CODE",
        "valuePattern": rotating_text(number, "{totp_timestamp_seconds}:{totp_value_0}"),
        "alternateText": short_number,
        "totpDetails": {
            "algorithm": "TOTP_SHA1",
            "periodMillis": str(STEP_SECONDS * 1000),
            "parameters": [{"key": secret.hex().upper(), "valueLength": CODE_DIGITS}],
        },
    }


def _class_texts(face: CardFace, language: str) -> list[Json]:
    modules = [_module("rewards", label_texts("rewards"), reward_list_texts(face), language)]
    if face.terms:
        modules.append(_module("terms", label_texts("terms"), shop_paragraphs(face.terms, face), language))
    return modules


def _object_texts(card: CardPass, language: str) -> list[Json]:
    """First what is ready, then what to do for each. `ready` is always there, so that a template may name it."""
    face = card.face
    ready = ready_texts(face, card.ready) if card.ready else label_texts("none_ready")
    modules = [_module("ready", label_texts("ready"), ready, language)]
    if card.note:
        modules.append(_module("note", label_texts("note"), card.note, language))
    for place, voucher in enumerate(card.ready[:8]):  # ten modules at most
        name, what = shop_texts(voucher.name, face), shop_paragraphs(voucher.what_to_do, face)
        modules.append(_module(f"what_{place}", name, what, language))
    return modules


def privacy_link(face: CardFace, language: str) -> Json:
    """In the class, for it is the same for all cards. Nothing where the page is not open to everybody over https."""
    if not face.privacy_url.startswith("https://"):
        return {}
    return {"linksModuleData": {"uris": [_link("privacy", face.privacy_url, language)]}}


def web_link(url: str, language: str) -> Json:
    return _link("web", url, language)


def _link(name: str, url: str, language: str) -> Json:
    return {
        "id": name,
        "uri": url,
        "description": label_texts(name)[language],
        "localizedDescription": localized(label_texts(name), language),
    }


def _module(name: str, header: Texts, body: Texts, language: str) -> Json:
    return {
        "id": name,
        "header": header[language],
        "localizedHeader": localized(header, language),
        "body": body[language],
        "localizedBody": localized(body, language),
    }


def picture(url: str, described: Texts, language: str) -> Json:
    return {"sourceUri": {"uri": url}, "contentDescription": localized(described, language)}


def localized(texts: Texts, language: str, *, cut_to: int | None = None) -> Json:
    """A text in the shop's language, with Google's translations beside it: the text in all other languages."""
    values = [{"language": locale, "value": text[:cut_to]} for locale, text in texts.items()]
    default = next(value for value in values if value["language"] == language)
    return {"defaultValue": default, "translatedValues": [value for value in values if value != default]}


def base_language(face: CardFace) -> str:
    return choose_locale("", face.locale)


def google_id(issuer: str, suffix: str) -> str:
    assert _ID_SAFE.match(suffix), "Google refuses other characters in an id"
    return f"{issuer}.{suffix}"
