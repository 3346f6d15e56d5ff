"""The demo shop of `bin/dev`: Café Lume with a card, a ready voucher and a rival next door."""

import secrets
from datetime import timedelta
from typing import Any

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code, card_url
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.clock import now, stopped_at
from stampwell.customers.joining import ContactDetails
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.management.demo_history import DAYS, Cafe
from stampwell.management.demo_pool import lay_in_codes
from stampwell.merchants.access import Scope
from stampwell.merchants.changing import add_location
from stampwell.merchants.enrolling import enrol_station, invite_station
from stampwell.merchants.founding import found_merchant, issue_api_key
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location, Merchant, StaffMember, User
from stampwell.merchants.pins import set_pin
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.models import Program
from stampwell.programs.publishing import publish_program
from stampwell.programs.terms import terms_of
from stampwell.receipts.making import Wanted, code_of, code_url, make_receipt_code
from stampwell.vouchers.links import voucher_url

OWNER = "ada@lume.example"
SECOND_LOCATION = "Āgenskalns"
DEVICES = ("Counter phone", "Bar phone")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another
STATION_LINK_LASTS = timedelta(days=3650)

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

LUNCH = {
    "name": {
        "en": "Lunch card",
        "lv": "Pusdienu karte",
        "et": "Lõunakaart",
        "uz": "Tushlik kartasi",
        "kk": "Түскі ас картасы",
        "ja": "ランチカード",
    },
    "goal": 8,
    "earning": {"by": "visit", "cooldown_seconds": 3600, "daily_cap": None},
    "design": {"icon": "cup"},
    "milestones": [
        {
            "stamps": 8,
            "reward": {
                "name": {
                    "en": "A soup",
                    "lv": "Zupa",
                    "et": "Supp",
                    "uz": "Shoʻrva",
                    "kk": "Сорпа",
                    "ja": "スープ1杯",
                },
                "path": "staff_scan",
            },
        },
    ],
}


def seed_demo(base_url: str) -> tuple[dict[str, Any], Cafe]:
    """Opens the demo shop, six weeks ago; returns what a visitor may open and sign in with, and who can live there."""
    password, pin = new_password(), f"{secrets.randbelow(10_000):04d}"
    with stopped_at(now() - timedelta(days=DAYS + 1)):
        owner = User.objects.create_user(OWNER, password)
        merchant = found_merchant(name="Café Lume", locale="en", currency="EUR", time_zone="Europe/Riga", owner=owner)
        _, api_key = issue_api_key(merchant, name="Demo", scopes=list(Scope))
        ada, *others = _hire(merchant, pin)
        desk = Actor(source="owner", staff_member_id=ada.id)
        published = publish_program(merchant, msgspec.convert(PROGRAM, ProgramDraft), actor=desk)
        location = Location.objects.get(merchant=merchant)
        cafe = _furnish(merchant, published.program, desk, others)
    stamped = _stamp_a_card(merchant, published.program, desk)
    card, voucher = stamped.card, stamped.issued[0]
    web_url = card_url(merchant.slug, card.id, card.issue)
    demo = {
        "base_url": base_url,
        "owner": {"email": OWNER, "password": password},
        "api_key": api_key,
        "program_id": published.facts.id,
        "location_id": public_id("loc", location.id),
        "join_url": published.facts.join_url,
        "scanner_url": _station_link(merchant, base_url, "scanner", "Demo phone"),
        "kiosk_url": _station_link(merchant, base_url, "kiosk", "Demo tablet"),
        "autopilot_url": _station_link(merchant, base_url, "autopilot", "Demo till"),
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
        **lay_in_codes(merchant, actor=desk),
        "receipt_code_url": _receipt_code(merchant, published.program, desk),
        "rival_api_key": _rival(),
    }
    return demo, cafe


def _receipt_code(merchant: Merchant, program: Program, desk: Actor) -> str:
    wanted = Wanted(program_id=program.id, count=2)
    made = make_receipt_code(merchant, wanted, "2026-000123", actor=desk)
    return code_url(merchant.slug, code_of(made.batch))


def new_password() -> str:
    """Of each demo its own: what is published lets everybody in."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(5)) for _group in range(4))


def _hire(merchant: Merchant, pin: str) -> list[StaffMember]:
    """Ada, the owner, first."""
    ada = StaffMember.objects.get(merchant=merchant)
    StaffMember.objects.filter(merchant=merchant, id=ada.id).update(name="Ada")
    bo = StaffMember.objects.create(merchant=merchant, name="Bo", role=StaffMember.Role.CASHIER)
    ieva = StaffMember.objects.create(merchant=merchant, name="Ieva", role=StaffMember.Role.CASHIER)
    for member in (ada, bo, ieva):
        set_pin(merchant, member.id, pin)
    return [ada, bo, ieva]


def _furnish(merchant: Merchant, coffee: Program, desk: Actor, people: list[StaffMember]) -> Cafe:
    """A second location, a scanner at each, and a program for lunch."""
    lunch = publish_program(merchant, msgspec.convert(LUNCH, ProgramDraft), actor=desk).program
    place = LocationDraft(name=SECOND_LOCATION, time_zone=merchant.time_zone)
    locations = [Location.objects.get(merchant=merchant), add_location(merchant, place, actor=desk)]
    hands = []
    for location, name in zip(locations, DEVICES, strict=True):
        _, secret = invite_station(merchant, location, kind="scanner", name=name)
        station, _credential = enrol_station(merchant, secret)
        for person in people:
            hand = Actor(source="scanner", location_id=location.id, station_id=station.id, staff_member_id=person.id)
            hands.append(hand)
    return Cafe(merchant=merchant, coffee=coffee, lunch=lunch, owner=desk, hands=hands)


def _stamp_a_card(merchant: Merchant, program: Program, desk: Actor) -> Stamped:
    """Cy's, with a stamp more than its first voucher took."""
    terms = terms_of(merchant.id, program.current_version_id)
    cy = ContactDetails(name="Cy")
    issued = issue_card(merchant, terms, locale="en", actor=desk, details=cy, external_id="demo")
    return add_stamp(merchant, issued.card.id, Purchase(count=6), actor=desk)


def _station_link(merchant: Merchant, base_url: str, kind: str, name: str) -> str:
    location = Location.objects.filter(merchant=merchant).earliest("created")
    _, secret = invite_station(merchant, location, kind=kind, name=name, lasts=STATION_LINK_LASTS, invites_many=True)
    return f"{base_url}/{kind}/enrol/{merchant.slug}/{secret}"


def _rival() -> str:
    owner = User.objects.create_user("rossi@rossi.example", new_password())
    merchant = found_merchant(name="Rossi", locale="en", currency="EUR", time_zone="Europe/Riga", owner=owner)
    return issue_api_key(merchant, name="Demo", scopes=list(Scope))[1]
