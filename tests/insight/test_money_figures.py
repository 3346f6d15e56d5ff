"""What rewards cost against what regulars bring: from what is kept, as the ledger says it."""

from collections import Counter
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.insight.models import PurchaseTotal
from stampwell.insight.money_figures import Worth, count_worth
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.offline.deciding import decide
from stampwell.offline.models import KeptScan
from stampwell.programs.models import Program
from stampwell.programs.pricing import Prices, price_program
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Redemption
from tests.following import follow_everything
from tests.insight.test_daily_totals import AT_ONCE, MORNING, live
from tests.offline.waiting import waiting_scan
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.moment(MORNING)
TODAY = MORNING.date()
COFFEE = [{"stamps": 10, "reward": {"name": "Coffee", "path": "staff_scan"}}]
BY_AMOUNT = {"by": "amount", "amount_per_stamp": 500, "currency": "EUR", "cooldown_seconds": 0}
EURO = Prices(reward_cost=150, visit_value=700, currency="EUR")


def worth_of(shop: Shop, *, first_day: int = 0, last_day: int = 0) -> list[Worth]:
    follow_everything()
    with merchant_transaction(shop.merchant.id) as tx:
        return count_worth(tx, TODAY + timedelta(days=first_day), TODAY + timedelta(days=last_day))


def price(offer: Offer, prices: Prices = EURO) -> None:
    price_program(offer.shop.merchant, offer.program.id, prices, actor=offer.shop.actor)


def buy(card: HeldCard, purchase: Purchase, *, day: int = 0) -> UUID:
    with stopped_at(MORNING + timedelta(days=day)):
        return add_stamp(card.shop.merchant, card.id, purchase, actor=card.shop.actor).stamp.id


def ledger_of(merchant: Merchant) -> Counter[tuple[object, ...]]:
    programs = dict(Card.objects.values_list("id", "program_id"))
    told: Counter[tuple[object, ...]] = Counter()
    for stamp in Stamp.objects.filter(merchant=merchant).select_related("reverses"):
        bought = stamp.reverses or stamp
        if bought.source in ("api", "scanner", "kiosk", "autopilot", "owner"):
            key = (local_day(merchant, stamp.at), programs[stamp.card_id], bought.currency or "")
            told[(*key, "times")] += -1 if stamp.reverses else 1
            told[(*key, "amount")] += (-1 if stamp.reverses else 1) * (bought.amount or 0)
    return Counter({key: count for key, count in told.items() if count})


def kept_of(merchant: Merchant) -> Counter[tuple[object, ...]]:
    told: dict[tuple[object, ...], int] = {}
    for row in PurchaseTotal.objects.filter(merchant=merchant):
        key = (row.day, row.program_id, row.currency)
        told |= {(*key, "times"): row.times, (*key, "amount"): row.amount}
    return Counter({key: count for key, count in told.items() if count})


def test_what_was_spent_is_what_the_ledger_says_also_read_anew(lume: Shop, rossi: Shop) -> None:
    live(lume, 51)
    live(rossi, 52)
    bar = lume.publish(earning=BY_AMOUNT)
    card = bar.card()
    spent = [buy(card, Purchase(amount=amount), day=day) for day, amount in enumerate((1200, 300, 799))]
    with stopped_at(MORNING + timedelta(days=5)):
        undo_stamp(lume.merchant, spent[1], reason="Wrong card", actor=lume.actor)
    follow_everything()

    assert kept_of(lume.merchant) == ledger_of(lume.merchant)
    assert kept_of(rossi.merchant) == ledger_of(rossi.merchant)
    call_command("followers", "--rewind", "purchase_totals", stdout=StringIO())
    follow_everything()
    assert kept_of(lume.merchant) == ledger_of(lume.merchant)
    assert kept_of(rossi.merchant) == ledger_of(rossi.merchant)


def test_rewards_cost_what_the_owner_says_and_regulars_bring_it(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE, milestones=COFFEE)
    price(offer)
    old, new = offer.card(), offer.card()
    buy(old, Purchase(count=10))
    with stopped_at(MORNING + timedelta(days=1)):
        hand_over(lume.merchant, old.open_vouchers[0].id, actor=lume.actor)
    buy(old, Purchase(count=2), day=1)
    buy(old, Purchase(count=10), day=2)
    buy(new, Purchase(count=5), day=2)

    (worth,) = worth_of(lume, last_day=2)

    assert (worth.handed_out, worth.cost) == (1, 150)
    assert (worth.visits, worth.brought) == (2, 1400)  # the first visits of both would have been without a card
    assert (worth.ready, worth.ready_owed) == (1, 150)
    assert worth.stamps_owed == 105  # two and five stamps of ten
    assert worth_of(lume, first_day=1, last_day=1)[0].brought == 700


def test_amounts_that_staff_entered_count_instead(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE | {"minimum_spend": 100, "currency": "EUR"}, milestones=COFFEE)
    price(offer)
    card = offer.card()
    for day, amount in enumerate((400, 900, 500)):
        buy(card, Purchase(amount=amount), day=day)

    (worth,) = worth_of(lume, last_day=2)

    assert (worth.visits, worth.brought) == (2, 1200)  # two visits of three, so two thirds of 18.00


def test_currencies_are_kept_apart(lume: Shop) -> None:
    euro = lume.publish(earning=BY_AMOUNT, milestones=COFFEE)
    yen = lume.publish(earning=BY_AMOUNT | {"currency": "JPY"}, milestones=COFFEE)
    price(euro)
    price(yen, Prices(reward_cost=200, currency="JPY"))
    for offer in (euro, yen):
        card = offer.card()
        buy(card, Purchase(amount=1000))
        buy(card, Purchase(amount=1000), day=1)

    worths = worth_of(lume, last_day=1)

    assert sorted((worth.currency, worth.reward_cost, worth.brought) for worth in worths) == [
        ("EUR", 150, 1000),
        ("JPY", 200, 1000),
    ]


def test_what_was_taken_in_another_currency_stands_beside_it(lume: Shop) -> None:
    offer = lume.publish(earning=BY_AMOUNT, milestones=COFFEE)
    price(offer, Prices(reward_cost=90, visit_value=500, currency="USD"))
    card = offer.card()
    buy(card, Purchase(amount=1000))
    buy(card, Purchase(amount=1000), day=1)

    dollars, euros = worth_of(lume, last_day=1)

    assert (dollars.currency, dollars.reward_cost, dollars.brought) == ("USD", 90, 0)
    assert (euros.currency, euros.reward_cost, euros.brought, euros.stamps_owed) == ("EUR", None, 1000, None)


def test_with_rewards_along_the_way_only_stamps_since_the_last_one_are_owed(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)  # a biscuit at five, a coffee at ten
    price(offer, Prices(reward_cost=100, currency="EUR"))
    buy(offer.card(), Purchase(count=7))

    (worth,) = worth_of(lume)

    assert (worth.ready_owed, worth.stamps_owed, worth.brought) == (100, 40, None)


def test_a_program_without_a_price_and_without_amounts_says_nothing(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    buy(offer.card(), Purchase(count=7))
    price(offer, Prices(currency="EUR"))

    assert worth_of(lume) == []
    assert Program.objects.get().priced_in == ""


def test_a_year_is_the_sum_of_its_months(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    price(offer)
    live(lume, 53)
    follow_everything()
    end = TODAY.replace(month=12, day=31)
    with merchant_transaction(lume.merchant.id) as tx:
        by_month = count_worth(tx, TODAY.replace(month=1, day=1), end)
        by_day = count_worth(tx, TODAY.replace(month=1, day=2), end)

    assert by_month == by_day


def test_what_was_handed_out_without_a_voucher_costs_as_well_once_and_as_the_ledger_says(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE, milestones=COFFEE)
    price(offer)
    card = offer.card()
    buy(card, Purchase(count=10))
    voucher = card.open_vouchers[0]
    hand_over(lume.merchant, voucher.id, actor=lume.actor)
    kept = [waiting_scan(lume, card, voucher_id=voucher.id, reward_id=voucher.reward_id) for _device in range(3)]
    decide(lume.merchant, kept[0], "leave", actor=lume.actor)
    for scan in (*kept, *kept):
        decide(lume.merchant, scan, "count", actor=lume.actor)

    without = KeptScan.objects.filter(state="counted", voucher_id__isnull=False, redemption_id=None).count()
    (worth,) = worth_of(lume)
    assert (worth.handed_out, worth.cost) == (Redemption.objects.count() + without, 3 * 150)
    for name in ("daily_totals", "monthly_totals"):
        call_command("followers", "--rewind", name, stdout=StringIO())
    assert worth_of(lume) == [worth]
    assert worth_of(lume, first_day=1 - TODAY.day, last_day=0)[0].handed_out == 3, "from months"
