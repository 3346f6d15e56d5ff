"""The world of the tests: Café Lume (Ada owns it, Bo is its cashier, Cy its customer) and its rival Rossi."""

from typing import Any
from uuid import UUID

import msgspec

from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code, card_url
from stampwell.cards.rows import CardRow, read_card
from stampwell.customers.joining import ContactDetails
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.merchants.access import Scope
from stampwell.merchants.enrolling import enrol_station, invite_station
from stampwell.merchants.founding import found_merchant, issue_api_key
from stampwell.merchants.models import Location, Merchant, StaffMember, Station, User
from stampwell.merchants.pins import set_pin
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.models import Program
from stampwell.programs.publishing import publish_program
from stampwell.programs.terms import Terms, terms_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.rows import VoucherRow

PASSWORD = "ten stamps make a coffee"
PIN = "2580"

BISCUIT = {"stamps": 5, "reward": {"name": "A biscuit", "path": "self_redeem", "valid_days": 30}}
COFFEE = {
    "stamps": 10,
    "reward": {
        "name": {"en": "A free coffee", "lv": "Kafija bez maksas"},
        "path": "redeem_code",
        "redeem_code": {"kind": "static", "code": "FREECOFFEE", "format": "qr"},
    },
}


class Shop:
    """A merchant with its people, its devices and its keys, each made when first asked for."""

    def __init__(self, name: str, owner_email: str, *, locale: str = "en") -> None:
        self.owner = User.objects.create_user(owner_email, PASSWORD)
        self.merchant: Merchant = found_merchant(
            name=name, locale=locale, currency="EUR", time_zone="Europe/Riga", owner=self.owner
        )
        self.location = Location.objects.get(merchant=self.merchant)
        self.ada = StaffMember.objects.get(merchant=self.merchant)
        self.actor = Actor(source="owner", staff_member_id=self.ada.id)

    def api_key(self, *scopes: Scope) -> str:
        """The text of a new key; with every scope unless some are named."""
        return issue_api_key(self.merchant, name="Test", scopes=list(scopes or Scope))[1]

    def hire(self, name: str, role: StaffMember.Role = StaffMember.Role.CASHIER) -> StaffMember:
        member = StaffMember.objects.create(merchant=self.merchant, name=name, role=role)
        set_pin(self.merchant, member.id, PIN)
        return member

    def scanner(self, name: str = "Counter phone") -> tuple[Station, str]:
        """An enrolled scanner and the credential that its device keeps."""
        _, secret = invite_station(self.merchant, self.location, kind="scanner", name=name)
        return enrol_station(self.merchant, secret)

    def publish(self, program: Program | None = None, /, **changes: Any) -> "Offer":
        """A coffee card of ten stamps with a biscuit at five, changed as said."""
        draft = {"name": "Coffee card", "goal": 10, "milestones": [BISCUIT, COFFEE], **changes}
        published = publish_program(
            self.merchant, msgspec.convert(draft, ProgramDraft), actor=self.actor, program=program
        )
        return Offer(self, published.program)


class Offer:
    """A published program."""

    def __init__(self, shop: Shop, program: Program) -> None:
        self.shop, self.program = shop, program

    @property
    def terms(self) -> Terms:
        return terms_of(self.shop.merchant.id, self.program.current_version_id)

    def card(self, **details: Any) -> "HeldCard":
        """A new card; `external_id` and `locale` may be given, the rest is contact details."""
        locale, external_id = details.pop("locale", "en"), details.pop("external_id", None)
        issued = issue_card(
            self.shop.merchant,
            self.terms,
            locale=locale,
            actor=CUSTOMER,
            details=ContactDetails(**details) if details else None,
            external_id=external_id,
        )
        return HeldCard(self.shop, issued.card.id)


class HeldCard:
    """A card in somebody's hand."""

    def __init__(self, shop: Shop, card_id: UUID) -> None:
        self.shop, self.id = shop, card_id

    @property
    def code(self) -> str:
        return card_code(self.id, 0)

    @property
    def url(self) -> str:
        return card_url(self.shop.merchant.slug, self.id, 0)

    @property
    def row(self) -> CardRow:
        return self._read()[0]

    @property
    def open_vouchers(self) -> list[VoucherRow]:
        return self._read()[1]

    def _read(self) -> tuple[CardRow, list[VoucherRow]]:
        with merchant_transaction(self.shop.merchant.id) as tx:
            return read_card(tx, self.id)


def open_lume(name: str = "Café Lume") -> Shop:
    return Shop(name, "ada@lume.example")


def open_rossi(name: str = "Rossi") -> Shop:
    return Shop(name, "rossi@rossi.example")
