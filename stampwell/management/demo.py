"""The demo shop of `bin/dev`: Café Lume with a card, a ready voucher and a rival next door."""

import secrets
from datetime import timedelta
from typing import Any

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code, card_url
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.customers.joining import ContactDetails
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.merchants.enrolling import invite_station, set_pin
from stampwell.merchants.founding import found_merchant, issue_api_key
from stampwell.merchants.models import Location, Merchant, StaffMember, User
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.models import Program
from stampwell.programs.publishing import publish_program
from stampwell.programs.terms import terms_of
from stampwell.vouchers.links import voucher_url

OWNER = "ada@lume.example"
BY_HAND = Actor(source="owner")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another
SCANNER_LINK_LASTS = timedelta(days=3650)

PROGRAM = {
    "name": {
        "en": "Coffee card",
        "lv": "Kafijas karte",
        "et": "Kohvikaart",
        "uz": "Qahva kartasi",
        "kk": "Кофе картасы",
        "ja": "コーヒーカード",
    },
    "offer": {
        "en": "Collect ten stamps and the next coffee is on us.",
        "lv": "Sakrājiet desmit zīmogus, un nākamā kafija būs no mums.",
        "et": "Kogu kümme templit ja järgmine kohv on meie poolt.",
        "uz": "Oʻnta muhr yigʻing — keyingi qahva bizdan.",
        "kk": "Он мөр жинаңыз — келесі кофе бізден.",
        "ja": "スタンプ10個で、次のコーヒーを1杯プレゼント。",
    },
    "goal": 10,
    "earning": {"by": "visit", "cooldown_seconds": 30, "daily_cap": None},
    "asks_for": ["name", "birthday"],
    "design": {"icon": "cup"},
    "milestones": [
        {
            "stamps": 5,
            "reward": {
                "name": {
                    "en": "A biscuit",
                    "lv": "Cepums",
                    "et": "Küpsis",
                    "uz": "Pechenye",
                    "kk": "Печенье",
                    "ja": "クッキー1枚",
                },
                "path": "self_redeem",
                "valid_days": 30,
            },
        },
        {
            "stamps": 10,
            "reward": {
                "name": {
                    "en": "A free coffee",
                    "lv": "Kafija bez maksas",
                    "et": "Tasuta kohv",
                    "uz": "Bepul qahva",
                    "kk": "Тегін кофе",
                    "ja": "コーヒー1杯無料",
                },
                "path": "redeem_code",
                "redeem_code": {"kind": "static", "code": "FREECOFFEE", "format": "qr"},
            },
        },
    ],
}


def seed_demo(base_url: str) -> dict[str, Any]:
    """Opens the demo shop; returns what a visitor may open and sign in with."""
    password, pin = new_password(), f"{secrets.randbelow(10_000):04d}"
    owner = User.objects.create_user(OWNER, password)
    merchant = found_merchant(name="Café Lume", locale="en", currency="EUR", time_zone="Europe/Riga", owner=owner)
    _, api_key = issue_api_key(merchant, name="Demo", scopes=list(Scope))
    published = publish_program(merchant, msgspec.convert(PROGRAM, ProgramDraft), actor=BY_HAND)
    location = Location.objects.get(merchant=merchant)
    _hire(merchant, pin)
    stamped = _stamp_a_card(merchant, published.program)
    card, voucher = stamped.card, stamped.issued[0]
    web_url = card_url(merchant.slug, card.id, card.issue)
    return {
        "base_url": base_url,
        "owner": {"email": OWNER, "password": password},
        "api_key": api_key,
        "program_id": published.facts.id,
        "location_id": public_id("loc", location.id),
        "join_url": published.facts.join_url,
        "scanner_url": _scanner_link(merchant, base_url),
        "staff_pin": pin,
        "card": {
            "id": public_id("crd", card.id),
            "code": card_code(card.id, card.issue),
            "web_url": web_url,
            "apple_pass_url": f"{web_url}/apple",
        },
        "voucher": {
            "id": public_id("vch", voucher.id),
            "web_url": voucher_url(merchant.slug, voucher.id, voucher.issue),
        },
        "rival_api_key": _rival(),
    }


def new_password() -> str:
    """Of each demo its own: what is published lets everybody in."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(5)) for _group in range(4))


def _hire(merchant: Merchant, pin: str) -> None:
    for member in StaffMember.objects.filter(merchant=merchant):
        StaffMember.objects.filter(merchant=merchant, id=member.id).update(name="Ada")
        set_pin(merchant, member.id, pin)
    bo = StaffMember.objects.create(merchant=merchant, name="Bo", role=StaffMember.Role.CASHIER)
    set_pin(merchant, bo.id, pin)


def _stamp_a_card(merchant: Merchant, program: Program) -> Stamped:
    """Cy's, with a stamp more than its first voucher took."""
    terms = terms_of(merchant.id, program.current_version_id)
    cy = ContactDetails(name="Cy")
    issued = issue_card(merchant, terms, locale="en", actor=BY_HAND, details=cy, external_id="demo")
    return add_stamp(merchant, issued.card.id, Purchase(count=6), actor=BY_HAND)


def _scanner_link(merchant: Merchant, base_url: str) -> str:
    location = Location.objects.filter(merchant=merchant).earliest("created")
    _, secret = invite_station(
        merchant, location, kind="scanner", name="Demo phone", lasts=SCANNER_LINK_LASTS, invites_many=True
    )
    return f"{base_url}/scanner/enrol/{merchant.slug}/{secret}"


def _rival() -> str:
    owner = User.objects.create_user("rossi@rossi.example", new_password())
    merchant = found_merchant(name="Rossi", locale="en", currency="EUR", time_zone="Europe/Riga", owner=owner)
    return issue_api_key(merchant, name="Demo", scopes=list(Scope))[1]
