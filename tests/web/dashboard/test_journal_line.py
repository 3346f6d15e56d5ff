"""One line of the journal: undoing it there, and the card as its customer saw it at that moment."""

from datetime import timedelta

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.cards.extending import extend_voucher
from stampwell.cards.finding import CardRef
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import Stamp
from stampwell.cards.recovering import recover_card
from stampwell.cards.separating import undo_merge
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.events.models import Event
from stampwell.merchants.models import StaffMember
from stampwell.vouchers.refusals import VoucherExpired
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.web.dashboard.journal.line_page import show_line
from stampwell.web.dashboard.journal.seen_by_customer import Seen
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.web.dashboard.test_cards import stamp
from tests.web.dashboard.test_journal_folded import give_to_everybody
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.moment(MORNING)


def number_of_latest(type: str) -> int:
    event = Event.objects.filter(type=type).order_by("sequence").last()
    assert event is not None
    assert event.sequence is not None
    return event.sequence


def seen(shop: Shop, number: int) -> Seen:
    found = show_line(shop.merchant, number).seen
    assert found is not None
    return found


def refuse(card: HeldCard) -> None:
    found = Recognised(CardRef(card.id, card.row.issue, card.row.short_number, card.row.last_step))
    note_refusal(card.shop.merchant, found, VoucherExpired(), actor=card.shop.actor)


def vouchers_in(seen: Seen) -> list[tuple[str, str]]:
    return [(voucher.reward, voucher.state) for voucher in seen.vouchers]


def test_the_card_is_shown_as_it_stood_then_whatever_came_later(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    for hour in range(3):
        with stopped_at(MORNING + timedelta(hours=hour)):
            stamp(card, 2)
    follow_everything()
    numbers = Event.objects.filter(type="stamp.added").order_by("sequence").values_list("sequence", flat=True)

    assert [(seen(lume, number or 0).stamps, seen(lume, number or 0).goal) for number in numbers] == [
        (2, 10),
        (4, 10),
        (6, 10),
    ]
    assert vouchers_in(seen(lume, numbers[1] or 0)) == []
    assert vouchers_in(seen(lume, numbers[2] or 0)) == [("A biscuit", "ready")]


def test_terms_that_were_published_later_are_not_what_the_customer_saw(lume: Shop, offer: Offer) -> None:
    stamp(offer.card(), 1)
    tea = [{"stamps": 3, "reward": {"name": "Tea", "path": "staff_scan"}}]
    lume.publish(offer.program, name="Tea card", goal=3, milestones=tea)
    follow_everything()

    shown = seen(lume, number_of_latest("stamp.added"))

    assert (shown.program, shown.goal, shown.next_reward, shown.next_in) == ("Coffee card", 10, "A biscuit", 4)


def test_new_terms_for_everybody_are_what_the_customer_saw_from_then_on(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp(card, 9)
    with stopped_at(MORNING + timedelta(hours=1)):
        give_to_everybody(offer)
    with stopped_at(MORNING + timedelta(hours=2)):
        refuse(card)
    follow_everything()

    before = seen(lume, number_of_latest("stamp.added"))
    moved, after = (seen(lume, number_of_latest(type)) for type in ("card.terms_changed", "scan.refused"))

    assert (before.stamps, before.goal, vouchers_in(before)) == (9, 10, [("A biscuit", "ready")])
    for shown in (moved, after):
        assert (shown.stamps, shown.goal, shown.next_in) == (1, 8, 4)
        assert vouchers_in(shown) == [("A biscuit", "ready"), ("A free coffee", "ready")]


def test_two_cards_made_one_are_seen_as_one_until_they_are_parted(lume: Shop, offer: Offer) -> None:
    kept, other = offer.card(), offer.card()
    stamp(kept, 3)
    stamp(other, 6)
    with stopped_at(MORNING + timedelta(hours=1)):
        people = kept.row.customer_id, other.row.customer_id
        merged = merge_customers(lume.merchant, *people, actor=lume.actor)
    with stopped_at(MORNING + timedelta(hours=2)):
        undo_merge(lume.merchant, merged.merge.id, actor=lume.actor)
    follow_everything()
    parted = Event.objects.filter(type="card.separated").order_by("sequence").values_list("card_id", "sequence")
    apart = {card_id: seen(lume, number or 0) for card_id, number in parted}

    together = seen(lume, number_of_latest("card.merged"))

    assert (together.stamps, vouchers_in(together)) == (9, [("A biscuit", "ready")])
    assert show_line(lume.merchant, number_of_latest("card.voided")).seen is None, "it opened the other one"
    assert (apart[kept.id].stamps, vouchers_in(apart[kept.id])) == (3, [])
    assert (apart[other.id].stamps, vouchers_in(apart[other.id])) == (6, [("A biscuit", "ready")])


def test_a_card_that_was_recovered_or_extended_is_seen_as_it_stood(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp(card, 5)  # the biscuit is good for 30 days
    recover_card(lume.merchant, card.id, actor=lume.actor)
    (biscuit,) = card.open_vouchers
    until = MORNING + timedelta(days=60)
    extend_voucher(lume.merchant, biscuit.id, until=until, reason="Was ill", actor=lume.actor)
    with stopped_at(MORNING + timedelta(days=40)):
        refuse(card)
    follow_everything()

    for type in ("card.recovered", "voucher.extended", "scan.refused"):
        shown = seen(lume, number_of_latest(type))
        assert (shown.stamps, vouchers_in(shown)) == (5, [("A biscuit", "ready")]), type


def test_a_voucher_that_a_till_held_is_ready_again_when_its_time_is_over(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp(card, 5)
    reserve_voucher(lume.merchant, card.open_vouchers[0].id, seconds=600, actor=lume.actor)
    with stopped_at(MORNING + timedelta(days=1)):
        refuse(card)
    follow_everything()

    assert vouchers_in(seen(lume, number_of_latest("voucher.reserved"))) == [("A biscuit", "reserved")]
    assert vouchers_in(seen(lume, number_of_latest("scan.refused"))) == [("A biscuit", "ready")]


def test_a_voucher_is_shown_until_it_was_used_and_again_when_it_was_restored(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp(card, 5)
    (biscuit,) = card.open_vouchers
    done = hand_over(lume.merchant, biscuit.id, actor=lume.actor)
    give_back(lume.merchant, done.redemption.id, reason="Burnt", actor=lume.actor)
    follow_everything()

    assert vouchers_in(seen(lume, number_of_latest("stamp.added"))) == [("A biscuit", "ready")]
    assert vouchers_in(seen(lume, number_of_latest("voucher.redeemed"))) == []
    assert vouchers_in(seen(lume, number_of_latest("voucher.reversed"))) == [("A biscuit", "ready")]


def test_a_voucher_that_had_ended_is_not_shown_though_nobody_wrote_that_down(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp(card, 5)  # the biscuit is good for 30 days
    with stopped_at(MORNING + timedelta(days=40)):
        stamp(card, 1)
        follow_everything()

    assert vouchers_in(seen(lume, number_of_latest("stamp.added"))) == []


def test_the_page_says_what_happened_and_shows_the_card(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    stamp(offer.card(name="Cy"), 3)
    follow_everything()
    number = number_of_latest("stamp.added")

    page = words(desk.open(f"/journal/{number}/"))

    assert f'href="/journal/{number}/"' in desk.open("/journal/").content.decode()
    for said in ("3 stamps added", "Cy", "ada", "What the customer saw", "3 stamps of 10", "After 2 more stamps"):
        assert said in page


def test_what_happened_on_no_card_shows_none(desk: DeskClient, lume: Shop) -> None:
    lume.publish()
    follow_everything()

    page = words(desk.open(f"/journal/{number_of_latest('program.published')}/"))

    assert "Program published: Coffee card" in page
    assert "What the customer saw" not in page


def test_undone_in_its_line_one_comes_back_to_it(desk: DeskClient, card: HeldCard) -> None:
    stamp(card, 1)
    follow_everything()
    number, row = number_of_latest("stamp.added"), Stamp.objects.get()
    path = f"{page_of(card)}stamps/stp_{row.id.hex}/reversal/"
    page = desk.open("/journal/").content.decode()
    assert f'action="{path}" novalidate' in page, "an empty reason is told by us, in the reader's language"

    answer = desk.send(path, reason="Wrong card", line=str(number))

    assert answer.headers["Location"] == f"/journal/{number}/"
    assert "This was taken back later." in words(desk.open(f"/journal/{number}/"))
    assert f'action="{path}"' not in desk.open("/journal/").content.decode()


def test_refused_in_its_line_one_stays_there_with_the_reason_beside_its_field(desk: DeskClient, card: HeldCard) -> None:
    stamp(card, 1)
    follow_everything()
    number, row = number_of_latest("stamp.added"), Stamp.objects.get()

    answer = desk.send(f"{page_of(card)}stamps/stp_{row.id.hex}/reversal/", reason=" ", line=str(number))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'<input type="hidden" name="line" value="{number}">' in page
    assert 'aria-invalid="true" aria-describedby="reason-missing"' in page
    assert "needs a reason" in page.partition('id="reason-missing"')[2]
    assert Stamp.objects.get() == row


def test_nothing_is_offered_to_be_undone_once_the_person_was_forgotten(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    card = offer.card(name="Cy")
    stamp(card, 5)
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)
    follow_everything()
    pages = ["/", "/journal/", page_of(card)]
    pages += [f"/journal/{number_of_latest(type)}/" for type in ("stamp.added", "voucher.redeemed")]
    assert desk.open("/journal/").content.decode().count("/reversal/") == 2

    customer_id = card.row.customer_id
    assert customer_id is not None
    erase_customer(lume.merchant, customer_id, actor=lume.actor)

    assert [page for page in pages if "/reversal/" in desk.open(page).content.decode()] == []


@pytest.mark.parametrize("line", ["//evil.example", "-1", "²", "9" * 30, ""])
def test_back_is_never_anywhere_else(desk: DeskClient, card: HeldCard, line: str) -> None:
    stamp(card, 1)
    row = Stamp.objects.get()

    answer = desk.send(f"{page_of(card)}stamps/stp_{row.id.hex}/reversal/", reason="Wrong card", line=line)

    assert answer.headers["Location"] == page_of(card)


def test_a_cashier_sees_the_line_and_cannot_undo_it(lume: Shop, card: HeldCard) -> None:
    stamp(card, 1)
    follow_everything()
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)

    page = bo.open(f"/journal/{number_of_latest('stamp.added')}/")

    assert page.status_code == 200
    assert "/reversal/" not in page.content.decode()


@pytest.mark.parametrize("number", [0, 999, 2**62, 10**30])
def test_a_line_that_is_not_there_is_not_found(desk: DeskClient, offer: Offer, number: int) -> None:
    stamp(offer.card(), 1)
    follow_everything()

    assert desk.open(f"/journal/{number}/").status_code == 404


def test_a_rival_does_not_find_the_line(lume: Shop, rossi: Shop, offer: Offer) -> None:
    stamp(offer.card(), 1)
    follow_everything()

    assert DeskClient(rossi.owner).open(f"/journal/{number_of_latest('stamp.added')}/").status_code == 404
