"""Two customers who turned out to be one: what becomes of their cards, their data and their word about messages."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import erase_customer
from stampwell.cards.exporting import export_customer
from stampwell.cards.finding import card_by_token
from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code, card_token
from stampwell.cards.merging import MergeChangedMeanwhile, Merged, look_at_merge, merge_customers
from stampwell.cards.models import Card, Stamp
from stampwell.cards.recounting import recount
from stampwell.cards.recovering import recover_card
from stampwell.cards.refusals import CardMerged, EarnedVoucherHeld, StampAlreadyReversed
from stampwell.cards.separating import (
    LaterMergeFirst,
    MergeAlreadyUndone,
    MergedRewardUsed,
    MergeFinal,
    undo_merge,
)
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.counter.scanning import recognise
from stampwell.customers.consenting import withdraw_consent
from stampwell.customers.describing import KnownCustomer, read_consent, read_customer
from stampwell.customers.forgetting_merged import forget_merged_people
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.customers.merging import SameCustomer
from stampwell.customers.models import Consent, Customer
from stampwell.customers.noting import add_note, notes_about
from stampwell.customers.tagging import tag_customer, tags_of
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import Event
from stampwell.ids import wanted_id
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.finding import voucher_by_token
from stampwell.vouchers.links import voucher_token
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.web.card.state import open_card
from tests.canaries import kept_anywhere
from tests.kept import made_once
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=AT_ONCE)


def merge(kept: HeldCard, other: HeldCard) -> Merged:
    return merge_customers(kept.shop.merchant, kept.row.customer_id, other.row.customer_id, actor=kept.shop.actor)


def undo(card: HeldCard, merged: Merged) -> None:
    undo_merge(card.shop.merchant, merged.merge.id, actor=card.shop.actor)


def with_stamps(offer: Offer, count: int, **details: object) -> HeldCard:
    card = offer.card(**details)
    if count:
        give_stamps(card, count)
    return card


def standing(card: HeldCard) -> tuple[str, int, int, int]:
    row = card.row
    return row.state, row.round, row.stamps, len(card.open_vouchers)


def known(card: HeldCard) -> KnownCustomer:
    with merchant_transaction(card.shop.merchant.id) as tx:
        return read_customer(tx, card.row.customer_id)


@pytest.mark.parametrize(
    ("kept", "other", "together"),
    [
        (0, 0, (1, 0, 0)),
        (3, 1, (1, 4, 0)),
        (3, 4, (1, 7, 1)),  # both together reach the biscuit
        (4, 7, (2, 1, 2)),  # the biscuit of the other one is not given again
        (7, 7, (2, 4, 3)),  # each had a biscuit
        (7, 9, (2, 6, 3)),  # the second round's biscuit was given to the other one before
        (9, 9, (2, 8, 3)),
        (5, 15, (2, 0, 5)),  # the other one had filled a round before, which stays in its own history
    ],
)
def test_the_stamps_of_both_count_by_the_rules_of_earning(
    offer: Offer, kept: int, other: int, together: tuple[int, int, int]
) -> None:
    card, gone = with_stamps(offer, kept), with_stamps(offer, other)
    before = standing(card), standing(gone)
    preview = look_at_merge(offer.shop.merchant, card.row.customer_id, gone.row.customer_id)

    merged = merge(card, gone)

    assert standing(gone)[::2] == ("void", 0)
    assert gone.open_vouchers == []
    assert card.row.state == "active"
    assert standing(card)[1:] == together
    assert preview.pairs[0].after.stamps == card.row.stamps
    assert preview.rewards == len(card.open_vouchers) - before[0][3] - before[1][3]
    assert recount(offer.shop.merchant.id) == []

    undo(card, merged)

    assert (standing(card), standing(gone)) == before
    assert recount(offer.shop.merchant.id) == []


def test_money_towards_the_next_stamp_counts_together(lume: Shop) -> None:
    earning = {"by": "amount", "amount_per_stamp": 1000, "currency": "EUR", **AT_ONCE}
    offer = lume.publish(earning=earning)
    card, gone = with_money(offer, 1700), with_money(offer, 4800)

    merged = merge(card, gone)

    assert (card.row.stamps, card.row.remainder, gone.row.remainder) == (6, 500, 0)
    assert recount(lume.merchant.id) == []

    undo(card, merged)

    assert [(one.row.stamps, one.row.remainder) for one in (card, gone)] == [(1, 700), (4, 800)]
    assert recount(lume.merchant.id) == []


def with_money(offer: Offer, amount: int) -> HeldCard:
    card = offer.card()
    add_stamp(card.shop.merchant, card.id, Purchase(amount=amount), actor=card.shop.actor)
    return card


def test_what_was_collected_since_stays_on_the_card_that_is_left(offer: Offer) -> None:
    card, gone = with_stamps(offer, 3), with_stamps(offer, 4)
    merged = merge(card, gone)
    give_stamps(card, 2)

    undo(card, merged)

    assert standing(card)[1:] == (1, 5, 1)
    assert standing(gone) == ("active", 1, 4, 0)


def test_a_reward_that_only_both_together_earned_is_withdrawn_or_holds_them_together(offer: Offer) -> None:
    card, gone = with_stamps(offer, 3), with_stamps(offer, 4)
    merged = merge(card, gone)
    (biscuit,) = card.open_vouchers
    used = hand_over(card.shop.merchant, biscuit.id, actor=card.shop.actor)

    with pytest.raises(MergedRewardUsed):
        undo(card, merged)

    give_back(card.shop.merchant, wanted_id("rdm", used.facts.redemption.id), reason="Not eaten", actor=card.shop.actor)
    reserve_voucher(card.shop.merchant, biscuit.id, seconds=60, actor=card.shop.actor)
    with pytest.raises(EarnedVoucherHeld):
        undo(card, merged)

    with stopped_at(now() + timedelta(seconds=60)):
        undo(card, merged)
    assert Voucher.objects.get().state == "void"


def test_a_card_that_only_the_other_one_has_goes_along_and_comes_back(lume: Shop, offer: Offer) -> None:
    tea = lume.publish(name="Tea card", earning=AT_ONCE)
    card, gone = with_stamps(offer, 1), with_stamps(tea, 6)
    other_id = gone.row.customer_id

    merged = merge(card, gone)
    give_stamps(gone, 1)

    assert gone.row.customer_id == card.row.customer_id
    assert standing(gone) == ("active", 1, 7, 1)
    undo(card, merged)
    assert (gone.row.customer_id, gone.row.stamps) == (other_id, 7)


def test_the_kept_ones_data_count_and_what_is_empty_is_filled(offer: Offer) -> None:
    card = offer.card(name="Cy", phone="+371 1")
    gone = offer.card(name="Cyrus", email="cy@lume.example", birthday=date(1990, 4, 30))
    other_id = gone.row.customer_id

    merged = merge(card, gone)

    person = known(card)
    assert (person.name, person.email, person.phone, person.birthday) == (
        "Cy",
        "cy@lume.example",
        "+371 1",
        date(1990, 4, 30),
    )
    assert merged.facts.changed == ["email", "birthday"]
    with merchant_transaction(card.shop.merchant.id) as tx, pytest.raises(NotFound):
        read_customer(tx, other_id)
    undo(card, merged)
    assert (known(card).email, known(card).birthday, known(gone).email) == ("", None, "cy@lume.example")


def test_what_was_corrected_since_is_not_taken_back(offer: Offer) -> None:
    card, gone = offer.card(name="Cy"), offer.card(email="old@lume.example")
    merged = merge(card, gone)
    Customer.objects.filter(id=card.row.customer_id).update(email="new@lume.example")

    undo(card, merged)

    assert (known(card).email, known(gone).email) == ("new@lume.example", "old@lume.example")


def test_tags_and_notes_are_joined_and_parted_again(offer: Offer) -> None:
    card, gone = offer.card(), offer.card()
    shop = offer.shop
    tag_customer(shop.merchant, card.row.customer_id, "a, b, c, d, e, f, g")
    tag_customer(shop.merchant, gone.row.customer_id, "g, h, i")
    add_note(shop.merchant, gone.row.customer_id, "No nuts", staff_member_id=shop.ada.id)
    left_out = look_at_merge(shop.merchant, card.row.customer_id, gone.row.customer_id).people.tags_left_out

    merged = merge(card, gone)

    def told(one: HeldCard) -> tuple[str, list[str]]:
        with merchant_transaction(shop.merchant.id) as tx:
            tags = "".join(tag.name for tag in tags_of(tx, one.row.customer_id))
            return tags, [note.text for note in notes_about(tx, one.row.customer_id)]

    assert [tag.name for tag in left_out] == ["i"]
    assert told(card) == ("abcdefgh", ["No nuts"])
    undo(card, merged)
    assert [told(card), told(gone)] == [("abcdefg", []), ("ghi", ["No nuts"])]


def joined(offer: Offer, says: bool | None) -> HeldCard:
    consent = ConsentGiven(wording="Café Lume may write.", source="join page")
    issued = issue_card(
        offer.shop.merchant,
        offer.terms,
        locale="en",
        actor=CUSTOMER,
        details=ContactDetails(name="Cy"),
        consent=None if says is None else consent,
    )
    card = HeldCard(offer.shop, issued.card.id)
    if says is False:
        withdraw(card)
    return card


def withdraw(card: HeldCard) -> None:
    said = ConsentGiven(wording="I want no more messages", source="card")
    withdraw_consent(card.shop.merchant, card.row.customer_id, said, locale="en", actor=CUSTOMER)


def wants(card: HeldCard) -> bool | None:
    with merchant_transaction(card.shop.merchant.id) as tx:
        word = read_consent(tx, card.row.customer_id)
    return word.granted if word else None


@pytest.mark.parametrize("kept", [True, False, None])
@pytest.mark.parametrize("other", [True, False, None])
def test_of_two_answers_about_messages_the_stricter_one_counts(
    offer: Offer, kept: bool | None, other: bool | None
) -> None:
    card, gone = joined(offer, kept), joined(offer, other)
    rows = set(Consent.objects.values_list("id", flat=True))

    merged = merge(card, gone)

    assert wants(card) is (False if (kept, other) == (True, False) else kept)
    assert rows <= set(Consent.objects.values_list("id", flat=True))
    exported = export_customer(card.shop.merchant, card.row.customer_id)
    assert len(exported.consents) == Consent.objects.count()
    undo(card, merged)
    assert (wants(card), wants(gone)) == (kept, other)


def test_what_is_withdrawn_since_counts_for_both(offer: Offer) -> None:
    card, gone = joined(offer, True), joined(offer, True)
    merged = merge(card, gone)
    withdraw(card)

    undo(card, merged)

    assert (wants(card), wants(gone)) == (False, False)


def test_the_link_that_ends_messages_of_the_other_one_ends_those_of_the_kept_one(offer: Offer) -> None:
    card, gone = joined(offer, True), joined(offer, True)
    other_id = gone.row.customer_id
    merge(card, gone)

    said = ConsentGiven(wording="I want no more messages", source="mail")
    assert withdraw_consent(card.shop.merchant, other_id, said, locale="en", actor=CUSTOMER)

    assert wants(card) is False


def test_the_other_card_takes_nothing_any_more_and_says_why(offer: Offer) -> None:
    card, gone = with_stamps(offer, 1), with_stamps(offer, 1)
    stamped = give_stamps(gone, 1)
    merge(card, gone)

    for act in (
        lambda: give_stamps(gone, 1),
        lambda: recover_card(gone.shop.merchant, gone.id, actor=gone.shop.actor),
        lambda: undo_stamp(gone.shop.merchant, stamped.stamp.id, reason="", actor=gone.shop.actor),
    ):
        with pytest.raises(CardMerged):
            act()
    assert card.row.stamps == 3


def test_stamps_that_came_over_are_not_undone_one_by_one(offer: Offer) -> None:
    card, gone = with_stamps(offer, 1), with_stamps(offer, 4)
    merge(card, gone)
    arrived = Stamp.objects.get(card_id=card.id, merge_id__isnull=False).id

    with pytest.raises(StampAlreadyReversed):
        undo_stamp(card.shop.merchant, arrived, reason="", actor=card.shop.actor)


def test_vouchers_of_a_card_that_was_recovered_before_are_never_opened_by_an_old_link_again(offer: Offer) -> None:
    card, gone = with_stamps(offer, 1), with_stamps(offer, 6)
    for _time in range(2):
        recover_card(gone.shop.merchant, gone.id, actor=gone.shop.actor)
    (biscuit,) = gone.open_vouchers
    merge(card, gone)
    assert [one.id for one in card.open_vouchers] == [biscuit.id]
    assert {one.issue for one in card.open_vouchers} == {2}

    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)

    assert (card.row.issue, [one.issue for one in card.open_vouchers]) == (3, [3])
    refusals = [recognise(card.shop.merchant, card_code(card.id, issue)).refusal for issue in (0, 3)]
    assert [refusal is None for refusal in refusals] == [False, True]


def test_the_external_id_finds_the_card_that_is_left(offer: Offer) -> None:
    card, gone = offer.card(), offer.card(external_id="CRM-1")
    second = offer.card(external_id="CRM-2")

    merged = merge(card, gone)
    again = merge(card, second)

    def found(external_id: str) -> object:
        issued = issue_card(offer.shop.merchant, offer.terms, locale="en", actor=CUSTOMER, external_id=external_id)
        return issued.card.id

    assert (found("CRM-1"), found("CRM-2")) == (card.id, card.id)
    undo(card, again)
    undo(card, merged)
    assert (found("CRM-1"), found("CRM-2"), card.row.external_id) == (gone.id, second.id, None)


def test_a_customer_is_not_merged_with_themselves_or_with_anothers_shop(offer: Offer, rossi: Shop) -> None:
    card, theirs = offer.card(), rossi.publish().card()

    with pytest.raises(SameCustomer):
        merge(card, card)
    for pair in ((card, theirs), (theirs, card)):
        with pytest.raises(NotFound):
            merge_customers(offer.shop.merchant, *(one.row.customer_id for one in pair), actor=offer.shop.actor)
    with pytest.raises(NotFound):
        undo_merge(rossi.merchant, merge(card, offer.card()).merge.id, actor=rossi.actor)


def test_what_changed_since_it_was_shown_is_shown_again(offer: Offer) -> None:
    card, gone = offer.card(), offer.card()
    ids = card.row.customer_id, gone.row.customer_id
    seen = look_at_merge(offer.shop.merchant, *ids).seen
    give_stamps(gone, 1)

    with pytest.raises(MergeChangedMeanwhile):
        merge_customers(offer.shop.merchant, *ids, actor=offer.shop.actor, seen=seen)

    seen = look_at_merge(offer.shop.merchant, *ids).seen
    merge_customers(offer.shop.merchant, *ids, actor=offer.shop.actor, seen=seen)
    assert card.row.stamps == 1


def test_merges_are_undone_once_the_newest_first_and_within_thirty_days(offer: Offer) -> None:
    card, gone, third = (with_stamps(offer, count) for count in (1, 2, 3))
    first = merge(card, gone)
    second = merge(third, card)

    with pytest.raises(LaterMergeFirst):
        undo(card, first)
    undo(third, second)
    with pytest.raises(MergeAlreadyUndone):
        undo(third, second)
    with stopped_at(now() + timedelta(days=30)), pytest.raises(MergeFinal):
        undo(card, first)
    undo(card, first)
    assert [one.row.stamps for one in (card, gone, third)] == [1, 2, 3]


def test_merged_undone_and_merged_again_nothing_is_lost(offer: Offer) -> None:
    card, gone = with_stamps(offer, 4), with_stamps(offer, 7)

    for _time in range(3):
        undo(card, merge(card, gone))
    merge(gone, card)

    assert standing(gone)[1:] == (2, 1, 2)
    assert recount(offer.shop.merchant.id) == []


def test_after_thirty_days_nothing_is_known_of_the_other_one_but_their_word(offer: Offer) -> None:
    card, gone = joined(offer, True), joined(offer, True)
    Customer.objects.filter(id=gone.row.customer_id).update(name="Zebediah", search="zebediah")
    merged = merge(card, gone)

    forget_merged_people()
    assert kept_anywhere("Zebediah") != []
    with stopped_at(now() + timedelta(days=30)):
        forget_merged_people()
        forget_merged_people()

    assert kept_anywhere("Zebediah") == []
    assert Consent.objects.filter(customer_id=merged.merge.other_id).count() == 1


def test_whoever_was_merged_is_told_and_erased_with_the_kept_one(offer: Offer) -> None:
    card, gone, third = offer.card(name="Cy"), offer.card(name="Zebediah", external_id="CRM-9"), offer.card()
    tag_customer(offer.shop.merchant, gone.row.customer_id, "friend of Zebediah")
    merge(third, gone)
    merge(card, third)

    told = export_customer(offer.shop.merchant, card.row.customer_id)
    assert "Zebediah" in {one.name for one in told.merged_customers}
    assert len(told.cards) == 3
    erase_customer(offer.shop.merchant, card.row.customer_id, actor=offer.shop.actor)

    assert kept_anywhere("Zebediah", "CRM-9") == []
    assert set(Card.objects.values_list("state", flat=True)) == {"erased"}


def test_the_events_say_what_went_where(offer: Offer) -> None:
    card, gone = with_stamps(offer, 3), with_stamps(offer, 4)
    Event.objects.all().delete()

    merged = merge(card, gone)
    undo(card, merged)

    types = list(Event.objects.order_by("at", "id").values_list("type", flat=True))
    assert [type for type in types if type.startswith(("card", "customer"))] == [
        "card.merged",
        "card.voided",
        "customer.merged",
        "card.separated",
        "card.separated",
        "customer.separated",
    ]
    assert {"stamp.added", "stamp.reversed"}.isdisjoint(types)  # nothing was earned or undone


def leads_to(card: HeldCard) -> UUID | None:
    opened = open_card(card.shop.merchant, card_token(card.id, 0), lines=1)
    return opened.other.id if opened.other else None


def test_the_link_of_a_merged_card_leads_to_no_card_that_was_recovered_since(offer: Offer) -> None:
    card, gone, third = (offer.card() for _one in range(3))
    merge(card, gone)
    assert leads_to(gone) == card.id
    merge(third, card)
    assert (leads_to(gone), leads_to(card)) == (third.id, third.id)

    recover_card(third.shop.merchant, third.id, actor=third.shop.actor)

    assert (leads_to(gone), leads_to(card)) == (None, None)


def test_undone_after_a_recovery_the_old_links_of_neither_card_open_anything(offer: Offer) -> None:
    """The lost phone may have held both, and would have got the other card back."""
    card, gone, third = with_stamps(offer, 1), with_stamps(offer, 6), offer.card()
    (biscuit,) = gone.open_vouchers
    number, before = gone.row.short_number, (biscuit.issue, gone.row.issue)
    first = merge(card, gone)
    second = merge(third, card)
    recover_card(third.shop.merchant, third.id, actor=third.shop.actor)
    newest = voucher_token(biscuit.id, third.open_vouchers[0].issue)
    undo(third, second)
    undo(card, first)

    shop = card.shop.merchant
    assert before == (0, 0)
    for held in (card, gone, third):
        assert card_by_token(shop.id, card_token(held.id, 0)) is None
        assert recognise(shop, card_code(held.id, 0)).refusal is not None
        assert card_by_token(shop.id, card_token(held.id, held.row.issue)) is not None
    assert gone.row.short_number != number
    (given_back,) = gone.open_vouchers
    assert given_back.id == biscuit.id
    assert [voucher_by_token(shop.id, link) for link in (voucher_token(biscuit.id, 0), newest)] == [None, None]
    assert standing(gone) == ("active", 1, 6, 1)
    assert recount(shop.id) == []


def test_undone_without_a_recovery_the_links_are_what_they_were(offer: Offer) -> None:
    card, gone = offer.card(), offer.card()
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)
    with stopped_at(now() + timedelta(seconds=1)):
        merged = merge(card, gone)
    undo(card, merged)

    assert (card.row.issue, gone.row.issue) == (1, 0)


def test_each_event_tells_the_revision_that_the_card_has(offer: Offer, lume: Shop) -> None:
    """A follower of the events keeps the newest: a lower one would be thrown away, or fetched again for ever."""
    card, gone, again = with_stamps(offer, 3), with_stamps(offer, 4, external_id="CRM-1"), with_stamps(offer, 6)
    merged, second = merge(card, gone), merge(card, again)
    recover_card(lume.merchant, card.id, actor=lume.actor)
    seen = [told_and_kept(held) for held in (card, gone, again)]
    undo(card, second)
    seen += [told_and_kept(held) for held in (card, again)]
    undo(card, merged)

    seen += [told_and_kept(held) for held in (card, gone)]
    assert [told for told, _kept in seen] == [kept for _told, kept in seen]


def told_and_kept(card: HeldCard) -> tuple[int, int]:
    """Of the newest event of the card, and of its row."""
    event = Event.objects.filter(card_id=card.id).exclude(type__startswith="customer").order_by("id").last()
    assert event is not None
    return event.data["card"]["revision"], card.row.revision


def test_what_a_merge_wrote_of_one_who_is_erased_after_its_undoing_is_forgotten(offer: Offer) -> None:
    card, gone, third = offer.card(), with_stamps(offer, 6, external_id="CRM-9"), offer.card()
    first = merge(card, gone)
    second = merge(third, card)
    (biscuit,) = third.open_vouchers
    used = hand_over(card.shop.merchant, biscuit.id, actor=card.shop.actor)
    give_back(card.shop.merchant, wanted_id("rdm", used.facts.redemption.id), reason="Zebediah", actor=card.shop.actor)
    undo(third, second)
    undo(card, first)

    erase_customer(offer.shop.merchant, gone.row.customer_id, actor=offer.shop.actor)

    assert kept_anywhere("Zebediah", "CRM-9") == []
    assert [one.row.state for one in (card, third)] == ["active", "active"]
