"""Customers are told by mail of announced terms that are worse for them: each once, in their language."""

from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import override_settings

from stampwell.cards import terms_mail
from stampwell.cards.erasing import erase_customer
from stampwell.cards.new_terms import change_terms, count_mailed, earliest_start, look_ahead
from stampwell.cards.terms_mail import TERMS_MAIL
from stampwell.clock import now, stopped_at
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.mail.models import Mail
from stampwell.mail.queue import measure_queue
from stampwell.merchants.closing import close_shop
from stampwell.programs.announcing import take_back_announced
from stampwell.programs.models import Program
from tests.cards.test_new_terms import change, draft, goal
from tests.kept import made_once
from tests.mailbox import letters
from tests.world import COFFEE, HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning={"by": "visit", "cooldown_seconds": 0})


@pytest.fixture
def cards(offer: Offer) -> list[HeldCard]:
    """Of three people with an address, and one without."""
    return [offer.card(email=f"{name}@lume.example", locale=name) for name in ("lv", "en", "ja")] + [offer.card()]


def announce(offer: Offer, wanted: Any = None) -> None:
    change(offer, wanted or goal(12), earliest_start(offer.shop.merchant, now()))


def work(*, steps: int = 1_000) -> None:
    """As a worker does that is stopped after so many steps."""
    left = iter(range(steps))
    for job in Job.objects.filter(kind=TERMS_MAIL, ended=None):
        place = job.place or 0
        work_on(job.merchant_id, job.id, place=place, kinds=KINDS, is_stopping=lambda: next(left, None) is None)


def told() -> list[str]:
    return sorted(address for letter in letters() for address in letter.to)


def present(offer: Offer) -> Program:
    return Program.objects.get(id=offer.program.id)


def test_each_customer_with_an_address_is_told_once_and_in_their_language(offer: Offer, cards: list[HeldCard]) -> None:
    assert look_ahead(offer.shop.merchant, offer.program, goal(12)).by_mail == 3

    announce(offer)
    work()
    work()

    assert told() == ["en@lume.example", "ja@lume.example", "lv@lume.example"]
    english, latvian = (next(letter for letter in letters() if name in letter.to[0]) for name in ("en@", "lv@"))
    assert english.subject == "The terms of your card at Café Lume will change"
    assert "a new round takes 12 stamps for: A free coffee." in english.body
    assert "Your present round stays as it is." in english.body
    assert latvian.subject == "Mainīsies jūsu Café Lume kartes noteikumi"
    assert not any("/c/" in letter.body for letter in letters())  # whoever has that link has the card
    assert count_mailed(offer.shop.merchant, present(offer)) == 3


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_job_that_is_stopped_anywhere_tells_nobody_twice(
    offer: Offer, cards: list[HeldCard], monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(terms_mail, "AT_ONCE", 1)
    announce(offer)

    work(steps=steps)
    work()

    assert told() == ["en@lume.example", "ja@lume.example", "lv@lume.example"]


def test_who_was_erased_or_got_a_card_of_the_new_terms_since_is_told_nothing(
    offer: Offer, cards: list[HeldCard]
) -> None:
    announce(offer)
    erase_customer(offer.shop.merchant, cards[0].row.customer_id, actor=offer.shop.actor)
    with stopped_at(now() + timedelta(minutes=1)):
        offer.card(email="new@lume.example")

    work()
    assert Mail.objects.count() == 2
    erase_customer(offer.shop.merchant, cards[1].row.customer_id, actor=offer.shop.actor)

    assert told() == ["ja@lume.example"]


def test_what_is_taken_back_or_replaced_is_told_no_further(offer: Offer, cards: list[HeldCard]) -> None:
    announce(offer)
    take_back_announced(offer.shop.merchant, offer.program.id, actor=offer.shop.actor)
    announce(offer)
    announce(offer, goal(15))

    work()

    assert len(told()) == 3
    assert all("15" in letter.body for letter in letters())


@pytest.mark.parametrize("instead", ["nothing", "later", "now"])
def test_mail_that_waits_is_withdrawn_when_its_terms_are_taken_back_or_replaced(
    lume: Shop, offer: Offer, cards: list[HeldCard], instead: str
) -> None:
    tea = lume.publish(name="Tea card", earning={"by": "visit", "cooldown_seconds": 0})
    tea.card(email="tea@lume.example")
    announce(tea)
    announce(offer)
    work()
    assert Mail.objects.filter(state="waiting").count() == 4

    match instead:
        case "nothing":
            take_back_announced(lume.merchant, offer.program.id, actor=lume.actor)
        case "later":
            announce(offer, goal(15))
        case "now":
            change(offer, goal(8), "new_rounds")

    assert told() == ["tea@lume.example"]


@pytest.mark.parametrize("apply", ["new_rounds", "everybody", "later"])
def test_what_is_better_is_not_written_about(offer: Offer, cards: list[HeldCard], apply: Any) -> None:
    starts = earliest_start(offer.shop.merchant, now()) if apply == "later" else apply

    change(offer, goal(8), starts)

    assert look_ahead(offer.shop.merchant, present(offer), goal(7)).by_mail == 0
    assert not Job.objects.filter(kind=TERMS_MAIL).exists()


def test_another_reward_is_told(offer: Offer, cards: list[HeldCard]) -> None:
    announce(offer, draft(milestones=[COFFEE | {"reward": {"name": "A pot of tea", "path": "staff_scan"}}]))

    work()

    assert len(told()) == 3


@override_settings(MAILERS={"default": {"BACKEND": "stampwell.mail.terminal.Terminal"}})
def test_where_no_mail_leaves_the_server_none_is_promised(offer: Offer, cards: list[HeldCard]) -> None:
    assert look_ahead(offer.shop.merchant, offer.program, goal(12)).by_mail == 0

    announce(offer)

    assert not Job.objects.filter(kind=TERMS_MAIL).exists()


def test_a_shop_that_is_closed_meanwhile_writes_nothing(offer: Offer, cards: list[HeldCard]) -> None:
    announce(offer)
    close_shop(offer.shop.merchant.id)

    work()

    assert told() == []


def test_other_mail_does_not_wait_behind_them_and_nobody_is_alarmed(offer: Offer, cards: list[HeldCard]) -> None:
    announce(offer)
    work()

    assert set(Mail.objects.values_list("rank", flat=True)) == {2}
    assert (measure_queue().waiting, measure_queue().oldest_seconds) == (3, 0.0)


def test_another_shop_and_another_program_are_not_told(lume: Shop, rossi: Shop, offer: Offer) -> None:
    rossi.publish().card(email="theirs@rossi.example")
    lume.publish(name="Tea card").card(email="tea@lume.example")
    offer.card(email="coffee@lume.example")

    change_terms(
        lume.merchant,
        offer.program.id,
        goal(12),
        apply=earliest_start(lume.merchant, now()),
        actor=lume.actor,
    )
    work()

    assert told() == ["coffee@lume.example"]
