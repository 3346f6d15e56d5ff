"""Six weeks in the life of the demo shop, so that its pages have something to show on the first day.

Everything is done by the product's own steps, each at the moment at which it happens: so the ledger, the events and the
counters agree as they do anywhere. It is the same café in every demo, and it ends today.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from stampwell.cards.earning import Purchase
from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code
from stampwell.cards.merging import merge_customers
from stampwell.cards.rows import CardRow, read_card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.counter.scanning import note_refusal, recognise, take_scan
from stampwell.customers.joining import ContactDetails
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.ids import slug_of
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Program
from stampwell.programs.pausing import pause_program
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.rows import VoucherRow, state_at

DAYS = 42
VISITS = (13, 12, 13, 14, 17, 11, 6)  # on each day of the week, from Monday on
# How much goes on in each hour from seven on: before work, at noon, after work.
BUSY = (3, 8, 6, 3, 3, 6, 5, 3, 3, 5, 4, 2)
OPENS = 7
LUNCH_PAUSED, MERGED = timedelta(days=4), timedelta(days=6)  # ago
TWICE = ("Līga Ozola", "Liga Ozola")  # one person with two cards
REASONS = ("Wrong card", "Scanned twice", "The customer changed their mind")
NAMES = (
    "Jānis Bērziņš, Anna Kalniņa, Līga Ozola, Mārtiņš Ozoliņš, Ilze Liepiņa, Andris Krūmiņš, Kristīne Balode,"
    "Roberts Eglītis, Inese Zariņa, Pēteris Vītols, Zane Pētersone, Toms Āboliņš, Elīna Jansone, Edgars Kļaviņš,"
    "Dace Vanaga, Raivis Siliņš, Laura Dumpe, Artūrs Grīnbergs, Sanita Lāce, Kaspars Rozītis, Agnese Krastiņa,"
    "Gints Freimanis, Baiba Sproģe, Ivars Kārkliņš, Madara Apine, Uldis Priede, Evija Strazdiņa, Rihards Vilks,"
    "Liga Ozola, Nauris Puriņš, Ольга Иванова, Sergejs Petrovs, Marina Smirnova, Aleksejs Volkovs, Jeļena Kuzņecova,"
    "Viktorija Orlova, Dmitrijs Sokolovs, Natālija Popova, Emily Clarke, Mari Tamm, Jüri Saar, Tomas Kazlauskas,"
    "Eglė Petrauskienė, Jonas Lindqvist, Hannah Weber, Oskars Melderis, Gunta Ābele, Sigita Cīrule, Aivars Upītis,"
    "Linda Rudzīte, Māris Bite, Vita Zālīte, Reinis Kalējs, Sintija Avotiņa, Normunds Vecvagars, Signe Ķirse,"
    "Ēriks Šulcs, Paula Gaile, Guntars Muižnieks, Iveta Roze"
)


class Cafe(msgspec.Struct, frozen=True, kw_only=True):
    """`hands` are the people at their scanners, `owner` somebody at the desk."""

    merchant: Merchant
    coffee: Program
    lunch: Program
    owner: Actor
    hands: list[Actor]


class Regular(msgspec.Struct):
    """Somebody who comes again, with what is open on the card."""

    name: str
    card: CardRow
    vouchers: list[VoucherRow]
    lunch: CardRow | None = None


def live(cafe: Cafe) -> None:
    """From `DAYS` days ago until this moment. All of it or nothing."""
    with merchant_transaction(cafe.merchant.id):
        _live(cafe, until=now())


def _live(cafe: Cafe, *, until: datetime) -> None:
    dice, regulars = random.Random(7), list[Regular]()  # noqa: S311 - no secret, the same café each time
    names = iter(name.strip() for name in NAMES.split(","))
    visits = [moment for moment in _visits(cafe.merchant, dice, until) if moment < until]
    joining = {place * len(visits) // 60 for place in range(60)}
    is_merged = is_paused = False
    for number, moment in enumerate(visits):
        if not is_merged and moment >= until - MERGED:
            _merge(cafe, regulars, until - MERGED)
            is_merged = True
        if not is_paused and moment >= until - LUNCH_PAUSED:
            with stopped_at(until - LUNCH_PAUSED):
                pause_program(cafe.merchant, cafe.lunch.id, stamping=False, actor=cafe.owner)
            is_paused = True
        with stopped_at(moment):
            if number in joining:
                regulars.append(_join(cafe, next(names), number))
            guest = regulars[-1] if number in joining else _who_comes(dice, regulars, number)
            _visit(cafe, guest, dice, number, moment)
            if number % 14 == 3 and not is_paused:
                _lunch(cafe, guest, dice.choice(cafe.hands))


def _who_comes(dice: random.Random, regulars: list[Regular], number: int) -> Regular:
    """Some who joined early come most, and who is new comes again."""
    return dice.choice(regulars[-12:]) if number % 3 == 0 else regulars[int(len(regulars) * dice.random() ** 2)]


def _visits(merchant: Merchant, dice: random.Random, until: datetime) -> Iterator[datetime]:
    """In their order, by the shop's clock."""
    today = local_day(merchant, until)
    for days in range(DAYS, -1, -1):
        day = today - timedelta(days=days)
        morning = start_of_day(merchant, day) + timedelta(hours=OPENS)
        hours = dice.choices(range(len(BUSY)), BUSY, k=VISITS[day.weekday()])
        yield from sorted(morning + timedelta(hours=hour, seconds=dice.randrange(3_600)) for hour in hours)


def _join(cafe: Cafe, name: str, number: int) -> Regular:
    """Some leave an address, too."""
    email = f"{slug_of(name, most=30)}@example.com" if number % 3 == 0 else ""
    return Regular(name, _new_card(cafe, cafe.coffee, ContactDetails(name=name, email=email)), [])


def _new_card(cafe: Cafe, program: Program, details: ContactDetails) -> CardRow:
    terms = terms_of(cafe.merchant.id, program.current_version_id)
    return issue_card(cafe.merchant, terms, locale="lv", actor=CUSTOMER, details=details).card


def _visit(cafe: Cafe, guest: Regular, dice: random.Random, number: int, moment: datetime) -> None:
    if guest.card.last_stamp and moment - guest.card.last_stamp < timedelta(hours=1):
        return
    hand = dice.choice(cafe.hands)
    _take_rewards(cafe, guest, hand, number, moment)
    stamped = add_stamp(cafe.merchant, guest.card.id, Purchase(count=2 if number % 9 == 0 else 1), actor=hand)
    guest.card, guest.vouchers = stamped.card, stamped.vouchers
    with stopped_at(moment + timedelta(seconds=12)):
        if number % 25 == 7:
            _scan_again(cafe, guest, hand)
        elif number % 40 == 11:
            reason = REASONS[number % len(REASONS)]
            undone = undo_stamp(cafe.merchant, stamped.stamp.id, reason=reason, actor=hand)
            guest.card, guest.vouchers = undone.card, undone.vouchers


def _take_rewards(cafe: Cafe, guest: Regular, hand: Actor, number: int, moment: datetime) -> None:
    """Two of three take what they have earned when they come again."""
    for voucher in guest.vouchers:
        if state_at(voucher, moment) != "ready" or number % 3 == 0:
            continue
        used = hand_over(cafe.merchant, voucher.id, actor=hand)
        if number % 50 == 20:
            give_back(cafe.merchant, used.redemption.id, reason="Sold out", actor=hand)


def _scan_again(cafe: Cafe, guest: Regular, hand: Actor) -> None:
    """The pause between two stamps is not over."""
    found = recognise(cafe.merchant, card_code(guest.card.id, guest.card.issue))
    try:
        take_scan(cafe.merchant, found, Purchase(), actor=hand)
    except Refusal as refusal:
        note_refusal(cafe.merchant, found, refusal, actor=hand)


def _lunch(cafe: Cafe, guest: Regular, hand: Actor) -> None:
    if not guest.lunch:
        guest.lunch = _new_card(cafe, cafe.lunch, ContactDetails())  # without a name
    add_stamp(cafe.merchant, guest.lunch.id, Purchase(), actor=hand)


def _merge(cafe: Cafe, regulars: list[Regular], at: datetime) -> None:
    kept, other = (next(one for one in regulars if one.name == name) for name in TWICE)
    regulars.remove(other)
    with stopped_at(at), merchant_transaction(cafe.merchant.id) as tx:
        merge_customers(cafe.merchant, kept.card.customer_id, other.card.customer_id, actor=cafe.owner)
        kept.card, kept.vouchers = read_card(tx, kept.card.id)
