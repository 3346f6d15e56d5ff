"""Writes the link behind “Add to Google Wallet”: a signed JWT that the phone opens.

Its holder can read it, so it carries only what the card shows anyway. A secret in it would be public.
"""

from collections.abc import Iterator, Sequence

from stampwell import clock
from stampwell.wallet.google.account import GoogleAccount, sign_claims
from stampwell.wallet.google.objects import (
    Json,
    balance,
    class_id,
    lean_class,
    lean_object,
    loyalty_class,
    loyalty_object,
    object_id,
    short_names,
    translated_name,
)
from stampwell.wallet.look.card_pass import CardPass

SAVE_URL = "https://pay.google.com/gp/v/save/"
LONGEST_URL = 1800  # characters; some browsers cut what is longer


def save_url(
    account: GoogleAccount, card: CardPass, *, logo_url: str, hero_url: str, origins: Sequence[str] = ()
) -> str:
    """A link that carries class and object, for a card that Google does not have.

    It says as much as fits into 1,800 characters: in all languages if possible, otherwise in the customer's.
    """
    for payload in _payloads(account, card, logo_url, hero_url):
        if len(link := _link(account, payload, origins)) <= LONGEST_URL:
            return link
    return _link(account, _barest(account.issuer, card, logo_url), ())


def save_url_of_known_card(account: GoogleAccount, card: CardPass, *, origins: Sequence[str] = ()) -> str:
    """A link with ids only, for a card that was already sent to Google by REST."""
    known = {"id": object_id(account.issuer, card), "classId": class_id(account.issuer, card.face)}
    return _link(account, {"loyaltyObjects": [known]}, origins)


def _payloads(account: GoogleAccount, card: CardPass, logo_url: str, hero_url: str) -> Iterator[Json]:
    """From the richest to the leanest."""
    issuer, face = account.issuer, card.face
    # The worker sends the class again, with its link: in here it would cost the card a language.
    whole = _without(loyalty_class(issuer, face, logo_url=logo_url), "linksModuleData")
    yield _payload(whole, loyalty_object(issuer, card, hero_url=hero_url))
    lean = lean_class(issuer, face, logo_url=logo_url)
    now = lean_object(issuer, card, hero_url=hero_url)
    yield _payload(lean | translated_name(face), now)
    yield _payload(lean, now)
    yield _payload(lean, _without(now, "textModulesData"))
    yield _payload(lean | short_names(face), _without(now, "textModulesData", "heroImage"))


def _barest(issuer: str, card: CardPass, logo_url: str) -> Json:
    """Just enough to save the card; the worker sends the rest. For a long address and names in wide letters."""
    face = card.face
    lean = lean_class(issuer, face, logo_url=logo_url) | short_names(face)
    shown = _without(lean_object(issuer, card, hero_url=""), "textModulesData", "heroImage", "accountId")
    shown["loyaltyPoints"] = {"balance": {"string": balance(card)}}
    if "barcode" in shown:
        shown["barcode"] = {"type": "QR_CODE", "value": card.barcode_message}
    return _payload(_without(lean, "hexBackgroundColor"), shown)


def _without(given: Json, *names: str) -> Json:
    return {name: value for name, value in given.items() if name not in names}


def _payload(loyalty_class: Json, loyalty_object: Json) -> Json:
    return {"loyaltyClasses": [loyalty_class], "loyaltyObjects": [loyalty_object]}


def _link(account: GoogleAccount, payload: Json, origins: Sequence[str]) -> str:
    claims: Json = {
        "iss": account.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(clock.now().timestamp()),
        "payload": payload,
    }
    # The web button needs to know where it stands; Google takes https addresses only.
    if secure := [origin for origin in origins if origin.startswith("https://")]:
        claims["origins"] = secure
    return SAVE_URL + sign_claims(account, claims)
