"""What the tests of the customer's pages share: cards that have come some way, and their addresses."""

from datetime import timedelta
from urllib.parse import urlsplit

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.clock import now
from stampwell.customers.describing import read_customer
from stampwell.customers.joining import ConsentGiven, add_consent
from stampwell.customers.messages import write_to_customer
from stampwell.mail.queue import Content
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.links import voucher_url
from tests.world import HeldCard, Offer

AT_ONCE = {"cooldown_seconds": 0}
NOBODY = "0" * 32


def give_stamps(card: HeldCard, count: int) -> Stamped:
    return add_stamp(card.shop.merchant, card.id, Purchase(count=count), actor=card.shop.actor)


def agree_and_write(card: HeldCard) -> None:
    """Its customer has agreed to messages, taken that back and agreed again; and a mail waits for them."""
    shop, customer_id = card.shop, card.row.customer_id
    said = ConsentGiven(wording="⟦…⟧", source="join page", reason="⟦…⟧")
    with merchant_transaction(shop.merchant.id) as tx:
        for granted in (True, False, True):
            add_consent(tx, customer_id, said, granted=granted, locale="en", at=now(), actor=shop.actor)
    write(card, "new_terms")


def write(card: HeldCard, kind: str) -> None:
    """A mail to the card's customer waits."""
    with merchant_transaction(card.shop.merchant.id) as tx:
        known, later = read_customer(tx, card.row.customer_id), now() + timedelta(days=1)
        write_to_customer(tx, known, Content("…", "…"), kind=kind, expires=later)


def path_of(card: HeldCard) -> str:
    return urlsplit(card.url).path


def voucher_path(card: HeldCard, place: int = 0) -> str:
    """Where the card's open voucher is shown; the oldest is number 0."""
    return urlsplit(voucher_url(card.shop.merchant.slug, card.open_vouchers[place].id, 0)).path


def card_with_reward(offer: Offer) -> HeldCard:
    """A card whose goal was just reached."""
    card = offer.card()
    give_stamps(card, offer.terms.goal)
    return card


def one_reward(path: str, **changes: object) -> dict[str, object]:
    """A program of two stamps that give one reward by this path."""
    reward = {"name": "A free coffee", "path": path, **changes}
    if path == "redeem_code":
        reward.setdefault("redeem_code", {"kind": "static", "code": "FREECOFFEE", "format": "qr"})
    return {"goal": 2, "milestones": [{"stamps": 2, "reward": reward}], "earning": AT_ONCE}
