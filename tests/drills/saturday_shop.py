"""Run by `stampwell shell`: the shop of the Saturday, with everybody who comes on that day."""

from datetime import timedelta
from pathlib import Path

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.merchants.enrolling import invite_station
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption
from tests.world import HeldCard, Shop

NAME = "Café Saturday"
CASHIER = "Bo"
KINDS = ("scanner", "autopilot", "kiosk")
BISCUIT = {"stamps": 5, "reward": {"name": "A biscuit", "path": "staff_scan"}}
COFFEE = {"stamps": 10, "reward": {"name": "A free coffee", "path": "staff_scan"}}
EVERY = 6  # each sixth customer comes with a reward


class Visitor(msgspec.Struct):
    """A customer with a card; `voucher` is the code of the reward that they come for, where they have one."""

    card: str
    code: str
    number: str
    link: str
    voucher: str


class Saturday(msgspec.Struct):
    slug: str
    stations: dict[str, str]
    visitors: list[Visitor]


class Told(msgspec.Struct):
    """What the ledger says of one card: the stamps of today, those on the card, the rewards handed out today."""

    today: int
    in_all: int
    handed_out: int


def open_shop(file: str, customers: int) -> None:
    shop = Shop(NAME, "ada@saturday.example")
    shop.hire(CASHIER)
    offer = shop.publish(earning={"by": "visit", "cooldown_seconds": 4 * 3600}, milestones=[BISCUIT, COFFEE])
    with stopped_at(now() - timedelta(days=1)):
        cards = [offer.card() for _ in range(customers)]
        for number, card in enumerate(cards):
            if number % EVERY == 0:
                add_stamp(shop.merchant, card.id, Purchase(count=5), actor=shop.actor)
    told = Saturday(shop.merchant.slug, _invitations(shop), [_visitor(card) for card in cards])
    Path(file).write_bytes(msgspec.json.encode(told))


def _invitations(shop: Shop) -> dict[str, str]:
    return {kind: invite_station(shop.merchant, shop.location, kind=kind, name=f"The {kind}")[1] for kind in KINDS}


def _visitor(card: HeldCard) -> Visitor:
    ready = [voucher_code(voucher.id, 0) for voucher in card.open_vouchers]
    row = card.row
    return Visitor(public_id("crd", card.id), card.code, row.short_number, card.url, ready[0] if ready else "")


def read_ledger(file: str) -> None:
    """By card: what is written of this day, whatever the devices say."""
    since = now() - timedelta(hours=12)
    ledger = {
        public_id("crd", card.id): Told(
            today=sum(Stamp.objects.filter(card_id=card.id, at__gt=since).values_list("count", flat=True)),
            in_all=sum(Stamp.objects.filter(card_id=card.id).values_list("count", flat=True)),
            handed_out=Redemption.objects.filter(voucher__card_id=card.id).count(),
        )
        for card in Card.objects.filter(merchant__name=NAME)
    }
    Path(file).write_bytes(msgspec.json.encode(ledger))
