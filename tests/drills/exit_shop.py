"""Run by `stampwell shell`, in the installation that a shop leaves: opens one in which everything has happened."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from stampwell.cards.erasing import erase_customer
from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code, card_url, rotating_secret
from stampwell.cards.merging import merge_customers
from stampwell.cards.recovering import recover_card
from stampwell.cards.separating import undo_merge
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.customers.messages_link import no_messages_url
from stampwell.customers.noting import add_note
from stampwell.customers.tagging import tag_customer
from stampwell.events.actors import CUSTOMER
from stampwell.ids import public_id, wanted_id
from stampwell.programs.models import Program
from stampwell.programs.pausing import pause_program
from stampwell.vouchers.links import voucher_code, voucher_url
from stampwell.vouchers.revealing import reveal_code
from tests.imports.working import bring_in
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import BISCUIT, COFFEE, HeldCard, Offer, Shop

LATER = {"stamps": 1, "reward": {"name": "A cake", "path": "staff_scan", "active_after_seconds": 7 * 86_400}}
TEA = {"stamps": 10, "reward": {"name": "A tea", "path": "staff_scan"}}
SHORT = {**BISCUIT, "reward": {**BISCUIT["reward"], "valid_days": 1}}  # type: ignore[dict-item]
LINES = "name,email,stamps\nIna,ina@lume.example,3\nIlo,ilo@lume.example,7\n"


class HeldThing(msgspec.Struct):
    """A link and a code in somebody's hand; `secret` makes the codes that change."""

    id: str
    state: str
    link: str
    code: str
    number: str = ""
    secret: str = ""


class Everything(msgspec.Struct):
    slug: str
    key: str
    station: str
    cards: list[HeldThing]
    vouchers: list[HeldThing]
    old_links: list[str]
    no_messages: dict[str, str]


def open_shop(file: str) -> None:
    shop = Shop("Café Exit", "ada@exit.example")
    offer = shop.publish(earning=AT_ONCE, milestones=[BISCUIT, {**TEA, "stamps": 8}, COFFEE])
    held = fill(shop, offer)
    old_links = change_links(shop, offer)
    station, credential = shop.scanner()
    told = Everything(
        slug=shop.merchant.slug,
        key=shop.api_key(),
        station=f"{shop.merchant.slug}:{station.id.hex}:{credential}",
        cards=cards_of(shop),
        vouchers=vouchers_of(shop),
        old_links=old_links,
        no_messages={public_id("cus", one.row.customer_id): link_of(one) for one in held},
    )
    Path(file).write_bytes(msgspec.json.encode(told))


def fill(shop: Shop, offer: Offer) -> list[HeldCard]:
    """Cards and vouchers in all their states."""
    give_stamps(joined(offer, "Ann"), 3)
    second = joined(offer, "Ben")
    give_stamps(second, 12)
    tea = next(one for one in second.open_vouchers if one.reward_id == offer.terms.milestones[1].reward.id)
    hand_over(shop.merchant, tea.id, actor=shop.actor)
    given_back = joined(offer, "Bob")
    give_stamps(given_back, 8)
    used = hand_over(shop.merchant, given_back.open_vouchers[-1].id, actor=shop.actor)
    give_back(shop.merchant, wanted_id("rdm", used.facts.redemption.id), reason="By mistake", actor=shop.actor)
    revealed = joined(offer, "Cy")
    give_stamps(revealed, 10)
    reveal_code(shop.merchant, revealed.open_vouchers[-1].id)
    undone = joined(offer, "Dan")
    undo_stamp(shop.merchant, give_stamps(undone, 5).stamp.id, reason="Wrong card", actor=shop.actor)
    give_stamps(joined(shop.publish(name="Cake card", earning=AT_ONCE, milestones=[LATER, TEA]), "Eve"), 1)
    with stopped_at(now() - timedelta(days=2)):
        give_stamps(joined(shop.publish(name="Short card", earning=AT_ONCE, milestones=[SHORT, COFFEE]), "Fay"), 5)
    tag_customer(shop.merchant, second.row.customer_id, "regular")
    add_note(shop.merchant, second.row.customer_id, "No nuts", staff_member_id=shop.ada.id)
    bring_in(shop, offer, LINES)
    return [second, revealed]


def change_links(shop: Shop, offer: Offer) -> list[str]:
    """Recovered, merged, separated and erased; the links that open nothing any more."""
    lost = joined(offer, "Gil")
    give_stamps(lost, 6)
    old = [lost.url]
    for _time in range(2):
        recover_card(shop.merchant, lost.id, actor=shop.actor)
    kept, gone, parted, erased = (joined(offer, name) for name in ("Hal", "Ida", "Jim", "Kim"))
    for card in (gone, parted, erased):
        give_stamps(card, 6)
    merge = merge_customers(shop.merchant, kept.row.customer_id, parted.row.customer_id, actor=shop.actor)
    undo_merge(shop.merchant, merge.merge.id, actor=shop.actor)
    merge_customers(shop.merchant, kept.row.customer_id, gone.row.customer_id, actor=shop.actor)
    old.append(erased.url)
    erase_customer(shop.merchant, erased.row.customer_id, actor=shop.actor)
    paused = shop.publish(name="Paused card")
    joined(paused, "Lea")
    pause_program(shop.merchant, paused.program.id, stamping=True, actor=shop.actor)
    shop.publish(
        Program.objects.get(id=offer.program.id),
        name="Coffee card",
        goal=12,
        milestones=[BISCUIT, {**COFFEE, "stamps": 12}],
    )
    return old


def joined(offer: Offer, name: str) -> HeldCard:
    details = ContactDetails(name=name, email=f"{name.lower()}@exit.example")
    said = ConsentGiven(wording="Café Exit may write.", source="join page")
    issued = issue_card(offer.shop.merchant, offer.terms, locale="lv", actor=CUSTOMER, details=details, consent=said)
    return HeldCard(offer.shop, issued.card.id)


def link_of(card: HeldCard) -> str:
    return no_messages_url(card.shop.merchant.slug, card.row.customer_id)


def rows(shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, (shop.merchant.id,))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def cards_of(shop: Shop) -> list[HeldThing]:
    found = rows(shop, "SELECT id, issue, state, short_number FROM card WHERE merchant_id = %s ORDER BY id")
    slug = shop.merchant.slug
    return [
        HeldThing(
            id=public_id("crd", id),
            state=state,
            link=card_url(slug, id, issue),
            code=card_code(id, issue),
            number=number,
            secret=rotating_secret(id, issue).hex(),
        )
        for id, issue, state, number in found
    ]


def vouchers_of(shop: Shop) -> list[HeldThing]:
    found = rows(shop, "SELECT id, issue, state FROM voucher WHERE merchant_id = %s ORDER BY id")
    slug = shop.merchant.slug
    return [
        HeldThing(public_id("vch", id), state, voucher_url(slug, id, issue), voucher_code(id, issue))
        for id, issue, state in found
    ]


def die_after(members: int, *words: str) -> None:
    """`stampwell shop import`, ended by the machine after so many members; it says how many there were before."""
    from django.core.management import call_command  # noqa: PLC0415

    from stampwell.moving import arriving, inserting  # noqa: PLC0415

    left, insert = members, inserting.insert

    def insert_and_die(*told: Any) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), 9)
        left -= 1
        insert(*told)

    vars(arriving)["insert"] = insert_and_die
    call_command("shop", "import", *words, stdout=sys.stdout)
