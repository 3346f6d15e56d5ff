"""Who does not come any more is told and, a month later, deleted; whoever shows a sign of life stays."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stampwell.cards.correcting import change_customer
from stampwell.cards.earning import Purchase
from stampwell.cards.erasing_inactive import erase_inactive_customers, erase_inactive_of
from stampwell.cards.inactivity import count_inactive
from stampwell.cards.merging import merge_customers
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.customers.changing import CustomerChange
from stampwell.customers.consenting import withdraw_consent
from stampwell.customers.joining import ConsentGiven
from stampwell.customers.models import Consent, Customer, ErasureWarning, Retention
from stampwell.customers.retention import change_retention, keep_customer
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import DeskChange, Event
from stampwell.ids import public_id
from stampwell.journal.event_sentences import tell
from stampwell.languages.formatting import format_date
from stampwell.mail.models import Mail
from stampwell.merchants.closing import close_shop, open_again
from stampwell.schedule import age_vouchers
from stampwell.transactions import merchant_transaction
from tests.following import follow_everything
from tests.kept import made_once
from tests.mailbox import letters
from tests.moments import START
from tests.world import HeldCard, Offer, Shop

DAY = timedelta(days=1)


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning={"cooldown_seconds": 0})


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    """Joined a while ago, and not seen since; the shop deletes after a year."""
    card = offer.card(name="Cy", email="cy@lume.example", locale="lv")
    change_retention(card.shop.merchant, 12, actor=card.shop.actor)
    follow_everything()
    return card


def look(*days: int) -> None:
    """One run on each of these days after the first one."""
    for day in days:
        with stopped_at(START + day * DAY):
            erase_inactive_customers()


def erased() -> list[str]:
    return sorted(Customer.objects.filter(erased__isnull=False).values_list("locale", flat=True))


def stamp(card: HeldCard, count: int = 1) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=count), actor=card.shop.actor)
    follow_everything()


def test_a_month_before_they_are_told_once_and_then_deleted_once(card: HeldCard) -> None:
    look(330)
    assert (ErasureWarning.objects.count(), letters()) == (0, [])

    look(337, 337, 338)
    [letter] = letters()
    assert letter.to == ["cy@lume.example"]
    assert letter.subject == "Jūsu karte uzņēmumā Café Lume tiks dzēsta"
    assert f"{card.url}/my-data" in letter.body
    assert erased() == []

    look(*range(339, 366))
    assert erased() == []
    look(368, 369, 370)

    assert erased() == ["lv"]
    assert card.row.state == "erased"
    [event] = Event.objects.filter(type="customer.erased")
    assert event.source == "clock"
    assert (ErasureWarning.objects.count(), Mail.objects.count(), len(letters())) == (0, 0, 1)


def test_it_is_off_until_an_owner_says_otherwise_and_off_again_at_once(offer: Offer) -> None:
    lume = offer.shop
    offer.card(name="Cy")
    follow_everything()
    look(2000, 2040)
    assert erased() == []

    change_retention(lume.merchant, 12, actor=lume.actor)
    look(2041)
    change_retention(lume.merchant, 24, actor=lume.actor)
    change_retention(lume.merchant, None, actor=lume.actor)
    look(*range(2042, 2100))

    assert erased() == []
    assert (ErasureWarning.objects.count(), Retention.objects.count()) == (0, 0)
    changes = DeskChange.objects.filter(kind="shop.changed").order_by("id").values_list("before", "after")
    assert list(changes) == [
        ({"erases_after": None}, {"erases_after": 12}),
        ({"erases_after": 12}, {"erases_after": 24}),
        ({"erases_after": 24}, {"erases_after": None}),
    ]


def test_of_who_was_told_a_stamp_keeps_them_for_as_long_again(card: HeldCard) -> None:
    look(340)
    with stopped_at(START + 350 * DAY):
        stamp(card)

    look(*range(351, 400))

    assert erased() == []
    look(350 + 338)
    assert len(letters()) == 2, "told again after as long a time"
    look(*range(350 + 339, 350 + 370))
    assert erased() == ["lv"]


def test_the_journal_says_who_was_told_when_and_until_when_they_have_time(card: HeldCard) -> None:
    look(337, 338)

    [event] = Event.objects.filter(type="customer.warned")
    assert (event.source, event.card_id, event.at) == ("clock", card.id, START + 337 * DAY)
    assert event.data["customer_id"] == public_id("cus", card.row.customer_id)
    assert datetime.fromisoformat(event.data["erased_from"]) == START + 367 * DAY
    day = format_date(START + 367 * DAY, ZoneInfo(card.shop.merchant.time_zone))
    told = tell(event.type, event.data, card.shop.merchant).what
    assert told == f"The customer was told that the card and all data will be deleted on {day}"


def test_who_corrects_their_own_data_stays(card: HeldCard) -> None:
    look(340)
    with stopped_at(START + 360 * DAY):
        change_customer(card.shop.merchant, card.row.customer_id, CustomerChange(phone="+371 2000"), actor=CUSTOMER)

    look(*range(361, 420))
    assert erased() == []
    look(360 + 330)
    assert len(letters()) == 1
    look(360 + 338)
    assert len(letters()) == 2, "told again after as long a time"


def test_who_corrected_their_own_data_is_not_counted_and_not_told(card: HeldCard) -> None:
    with stopped_at(START + 300 * DAY):
        change_customer(card.shop.merchant, card.row.customer_id, CustomerChange(name="Cy"), actor=CUSTOMER)

    look(*range(337, 420))
    assert letters() == []
    with merchant_transaction(card.shop.merchant.id) as tx:
        counted = [count_inactive(tx, months=12, at=START + day * DAY) for day in (340, 640)]
    assert counted == [0, 1]


def test_what_the_shop_corrects_says_nothing_of_the_customer(card: HeldCard) -> None:
    with stopped_at(START + 300 * DAY):
        change = CustomerChange(phone="+371 2000")
        change_customer(card.shop.merchant, card.row.customer_id, change, actor=card.shop.actor)

    look(338)

    assert len(letters()) == 1


def test_the_button_keeps_them(card: HeldCard) -> None:
    look(340)
    with stopped_at(START + 360 * DAY):
        keep_customer(card.shop.merchant, card.row.customer_id)

    look(*range(361, 420))
    assert erased() == []
    look(360 + 338)
    assert len(letters()) == 2


def test_a_word_about_messages_keeps_them(card: HeldCard) -> None:
    look(340)
    customer = Customer.objects.get()
    Consent.objects.create(
        merchant=card.shop.merchant, customer=customer, purpose="marketing", granted=True, wording="x", source="x"
    )
    with stopped_at(START + 360 * DAY):
        said = ConsentGiven(wording="No more", source="my data")
        withdraw_consent(card.shop.merchant, customer.id, said, locale="en", actor=CUSTOMER)

    look(*range(361, 420))

    assert erased() == []


def test_whoever_comes_with_another_card_stays(card: HeldCard, offer: Offer) -> None:
    other = offer.card(name="Other")
    with stopped_at(START + 300 * DAY):
        stamp(other)
        merge_customers(card.shop.merchant, other.row.customer_id, card.row.customer_id, actor=card.shop.actor)
        follow_everything()

    look(*range(335, 420))

    assert erased() == []
    assert letters() == []


def test_a_reward_that_can_be_used_keeps_them_until_it_was_used_or_is_over(card: HeldCard) -> None:
    stamp(card, 10)  # a biscuit that lasts thirty days, and a coffee that lasts for ever
    look(*range(335, 420))
    assert (erased(), letters()) == ([], [])

    with stopped_at(START + 420 * DAY):
        coffee = card.open_vouchers[-1]
        hand_over(card.shop.merchant, coffee.id, actor=card.shop.actor)
        age_vouchers()
        follow_everything()
    look(*range(421, 421 + 330, 10))
    assert erased() == [], "a reward that was used is a sign of life"
    look(*range(420 + 336, 420 + 370))
    assert erased() == ["lv"]


def test_a_clock_that_is_ahead_for_a_moment_deletes_nobody_who_was_not_told_for_a_month(card: HeldCard) -> None:
    look(340)

    look(340 + 4000, 341, 9000, 342)

    assert erased() == []
    look(*range(343, 380))
    assert erased() == ["lv"], "and the month goes on"


def test_who_was_told_by_a_clock_of_the_future_was_not_told(card: HeldCard) -> None:
    look(3000)

    look(*range(1, 60))
    assert erased() == []
    look(*range(330, 360))
    assert erased() == []
    look(*range(360, 370))
    assert erased() == ["lv"]


def test_on_a_day_so_many_are_told_and_so_many_deleted(lume: Shop, offer: Offer) -> None:
    for _card in range(52):
        offer.card()
    follow_everything()
    change_retention(lume.merchant, 12, actor=lume.actor)

    told = []
    for day in (340, 340, 341):
        look(day)
        told.append(ErasureWarning.objects.count())
    look(*range(342, 370))

    assert told == [50, 50, 52]
    with stopped_at(START + 371 * DAY):
        erase_inactive_of(lume.merchant.id, most=2)
        Retention.objects.update(erased=49)
        for _run in range(3):
            erase_inactive_of(lume.merchant.id, most=2)
    assert Customer.objects.filter(erased__isnull=False).count() == 3


def test_interrupted_after_any_customer_the_next_run_goes_on(lume: Shop, offer: Offer) -> None:
    for number in range(5):
        offer.card(email=f"{number}@lume.example")
    follow_everything()
    change_retention(lume.merchant, 12, actor=lume.actor)

    with stopped_at(START + 340 * DAY):
        for _run in range(9):
            erase_inactive_of(lume.merchant.id, most=1)
    assert sorted(letter.to[0] for letter in letters()) == [f"{number}@lume.example" for number in range(5)]
    look(*range(341, 370))
    with stopped_at(START + 370 * DAY):
        for _run in range(9):
            erase_inactive_of(lume.merchant.id, most=1)

    assert Event.objects.filter(type="customer.erased").count() == 5
    assert Customer.objects.exclude(email="").count() == 0


def test_nothing_is_done_while_a_shop_is_closed(card: HeldCard) -> None:
    look(340)
    close_shop(card.shop.merchant.id)
    look(*range(341, 500))
    assert erased() == []
    assert Retention.objects.get().day_number == 1, "no day counts on which nobody could come"

    open_again(card.shop.merchant.id)
    look(500, 501)
    assert erased() == []


def test_before_it_is_switched_on_it_says_how_many(card: HeldCard, offer: Offer) -> None:
    with stopped_at(START + 300 * DAY):
        stamp(offer.card(name="Di"))
    with merchant_transaction(card.shop.merchant.id) as tx:
        at = now() + 340 * DAY
        assert [count_inactive(tx, months=months, at=at) for months in (12, 18)] == [1, 0]
