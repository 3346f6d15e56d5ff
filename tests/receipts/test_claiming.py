"""A receipt code gives its stamps once, to one card, while it is valid."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.refusals import AmountNotUsed, CoolingDown, DailyCapReached, ReceiptAlreadyUsed, TooManyStamps
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.merchants.changing import add_location
from stampwell.merchants.closing_locations import close_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.programs.course import StampingPaused
from stampwell.programs.pausing import pause_program
from stampwell.receipts.claiming import claim_code, join_with_code
from stampwell.receipts.clearing import KEPT, forget_old_receipt_codes
from stampwell.receipts.codes import UnknownReceiptCode
from stampwell.receipts.making import (
    LONGEST,
    RECEIPT_LASTS,
    SHOWN_FOR,
    Made,
    Wanted,
    code_of,
    codes_of,
    make_batch,
    make_receipt_code,
    show_code,
)
from stampwell.receipts.models import ReceiptBatch, ReceiptClaim, ReceiptSeries
from stampwell.receipts.refusals import (
    ReceiptCodeExpired,
    ReceiptCodeRevoked,
    ReceiptCodeTooLate,
    ReceiptCodeUsed,
    ReceiptHasOtherCode,
    TooManyReceiptsToday,
)
from stampwell.receipts.revoking import revoke_batch
from stampwell.receipts.rows import ReceiptBatchRow
from stampwell.refusal import NotFound, Refusal
from tests.kept import made_once
from tests.moments import START, end_of_day
from tests.world import BISCUIT, Offer, Shop

pytestmark = pytest.mark.django_db

NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}
BY_AMOUNT = {"by": "amount", "amount_per_stamp": 500, "currency": "EUR", "cooldown_seconds": 0}


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=NO_COOLDOWN)


def made(offer: Offer, receipt: str = "R-1", **wanted: object) -> Made:
    asked = Wanted(program_id=offer.program.id, **wanted)  # type: ignore[arg-type]
    return make_receipt_code(offer.shop.merchant, asked, receipt, actor=offer.shop.actor)


def batch(offer: Offer, size: int = 3, **wanted: object) -> ReceiptBatchRow:
    asked = Wanted(program_id=offer.program.id, **wanted)  # type: ignore[arg-type]
    return make_batch(offer.shop.merchant, asked, size=size, actor=offer.shop.actor)


def refused(offer: Offer, code: str, card_id: object = None) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        claim_code(offer.shop.merchant, code, card_id or offer.card().id)  # type: ignore[arg-type]
    return refusal.value


def test_a_code_gives_its_stamps(offer: Offer) -> None:
    card, code = offer.card(), code_of(made(offer, count=2).batch)

    stamped = claim_code(offer.shop.merchant, code, card.id)

    assert card.row.stamps == 2
    assert (stamped.stamp.receipt_id, stamped.stamp.source) == ("R-1", "card")


def test_a_code_works_once_and_the_second_is_told_when(offer: Offer) -> None:
    first, second, code = offer.card(), offer.card(), code_of(made(offer).batch)
    claim_code(offer.shop.merchant, code, first.id)

    with stopped_at(START + timedelta(hours=3)):
        refusal = refused(offer, code, second.id)

    assert isinstance(refusal, ReceiptCodeUsed)
    assert refusal.facts["when"] == ReceiptClaim.objects.get().at
    assert (first.row.stamps, second.row.stamps) == (1, 0)
    assert Stamp.objects.count() == 1


def test_each_code_of_a_batch_works_once(offer: Offer) -> None:
    card, codes = offer.card(), list(codes_of(batch(offer)))

    for code in codes:
        claim_code(offer.shop.merchant, code, card.id)

    assert len(set(codes)) == 3
    assert card.row.stamps == 3
    assert isinstance(refused(offer, codes[1]), ReceiptCodeUsed)


def test_a_batch_has_one_row_however_many_codes_it_has(offer: Offer) -> None:
    batch(offer, size=500)

    assert ReceiptBatch.objects.count() == 1
    assert ReceiptClaim.objects.count() == 0


def test_a_code_that_was_not_made_is_unknown(offer: Offer, rossi: Shop) -> None:
    few = batch(offer, size=3)
    beyond = ReceiptBatchRow(**{name: getattr(few, name) for name in few.__struct_fields__} | {"size": 9})
    theirs = code_of(made(rossi.publish()).batch)

    for code in (list(codes_of(beyond))[3], theirs):
        assert type(refused(offer, code)) is UnknownReceiptCode


def test_a_code_ends(offer: Offer) -> None:
    code = code_of(made(offer).batch)

    with stopped_at(end_of_day(START, RECEIPT_LASTS.days)):
        refusal = refused(offer, code)
    with stopped_at(end_of_day(START, RECEIPT_LASTS.days) - timedelta(seconds=1)):
        claim_code(offer.shop.merchant, code, offer.card().id)

    assert isinstance(refusal, ReceiptCodeExpired)
    assert refusal.facts["when"].moment == end_of_day(START, RECEIPT_LASTS.days)


def test_the_codes_of_a_revoked_batch_give_nothing_and_what_was_claimed_stays(offer: Offer) -> None:
    card, made_of = offer.card(), batch(offer)
    first, second, _third = codes_of(made_of)
    claim_code(offer.shop.merchant, first, card.id)

    revoke_batch(offer.shop.merchant, made_of.id, actor=offer.shop.actor)
    again = revoke_batch(offer.shop.merchant, made_of.id, actor=offer.shop.actor)

    assert isinstance(refused(offer, second, card.id), ReceiptCodeRevoked)
    assert isinstance(refused(offer, first, card.id), ReceiptCodeUsed)
    assert card.row.stamps == 1
    assert again.revoked == ReceiptBatch.objects.get().revoked


def test_a_rival_cannot_revoke_a_batch(offer: Offer, rossi: Shop) -> None:
    made_of = batch(offer)

    with pytest.raises(NotFound):
        revoke_batch(rossi.merchant, made_of.id, actor=rossi.actor)

    assert ReceiptBatch.objects.get().revoked is None


def test_a_code_of_staff_lasts_90_seconds(offer: Offer) -> None:
    shown = show_code(offer.shop.merchant, Wanted(program_id=offer.program.id), actor=offer.shop.actor)

    with stopped_at(shown.created + SHOWN_FOR - timedelta(seconds=1)):
        claim_code(offer.shop.merchant, code_of(shown), offer.card().id)
    other = show_code(offer.shop.merchant, Wanted(program_id=offer.program.id), actor=offer.shop.actor)
    with stopped_at(other.created + SHOWN_FOR):
        assert isinstance(refused(offer, code_of(other)), ReceiptCodeExpired)


def test_the_same_receipt_gives_the_same_code(offer: Offer) -> None:
    first, second, other = made(offer), made(offer), made(offer, "R-2")

    assert code_of(first.batch) == code_of(second.batch) != code_of(other.batch)
    assert (first.is_new, second.is_new, other.is_new) == (True, False, True)
    with pytest.raises(ReceiptHasOtherCode):
        made(offer, count=2)


def test_receipts_of_two_places_are_two(lume: Shop, offer: Offer) -> None:
    merchant, asked = lume.merchant, Wanted(program_id=offer.program.id)
    here = type(lume.actor)(source="api", location_id=lume.location.id)

    one = make_receipt_code(merchant, asked, "R-1", actor=here)
    other = make_receipt_code(merchant, asked, "R-1", actor=lume.actor)

    assert code_of(one.batch) != code_of(other.batch)


def test_a_receipt_that_was_stamped_gets_no_code_and_its_code_gives_nothing(offer: Offer, lume: Shop) -> None:
    code, card = code_of(made(offer).batch), offer.card()
    till = type(lume.actor)(source="api")
    add_stamp(lume.merchant, card.id, Purchase(receipt_id="R-1"), actor=till)
    add_stamp(lume.merchant, card.id, Purchase(receipt_id="R-2"), actor=till)

    assert isinstance(refused(offer, code, card.id), ReceiptAlreadyUsed)
    with pytest.raises(ReceiptAlreadyUsed):
        made(offer, "R-2")
    assert ReceiptClaim.objects.count() == 0
    assert card.row.stamps == 2


def test_a_claimed_receipt_cannot_be_stamped_at_the_till(offer: Offer, lume: Shop) -> None:
    card = offer.card()
    claim_code(lume.merchant, code_of(made(offer).batch), card.id)

    with pytest.raises(ReceiptAlreadyUsed):
        add_stamp(lume.merchant, card.id, Purchase(receipt_id="R-1"), actor=type(lume.actor)(source="api"))

    assert card.row.stamps == 1


def test_a_code_whose_stamp_was_undone_stays_used(offer: Offer, lume: Shop) -> None:
    card, code = offer.card(), code_of(made(offer).batch)
    stamped = claim_code(lume.merchant, code, card.id)
    undo_stamp(lume.merchant, stamped.stamp.id, reason="Wrong card", actor=lume.actor)

    assert isinstance(refused(offer, code, card.id), ReceiptCodeUsed)
    assert card.row.stamps == 0


def test_a_customer_may_use_so_many_codes_a_day(offer: Offer) -> None:
    card, other = offer.card(), offer.card()
    first, second, third, fourth = codes_of(batch(offer, size=4, daily_limit=2))
    claim_code(offer.shop.merchant, first, card.id)
    claim_code(offer.shop.merchant, second, card.id)

    refusal = refused(offer, third, card.id)
    claim_code(offer.shop.merchant, fourth, other.id)
    with stopped_at(end_of_day(START, 0)):
        claim_code(offer.shop.merchant, third, card.id)

    assert isinstance(refusal, TooManyReceiptsToday)
    assert refusal.facts == {"limit": 2}
    assert (card.row.stamps, other.row.stamps) == (3, 1)


def test_the_codes_of_a_day_are_counted_on_all_cards_of_a_customer(offer: Offer) -> None:
    first, second, third, fourth = codes_of(batch(offer, size=4, daily_limit=2))
    card, other, stranger = offer.card(), offer.card(), offer.card()
    Card.objects.filter(id=other.id).update(customer=Card.objects.get(id=card.id).customer)
    claim_code(offer.shop.merchant, first, card.id)
    claim_code(offer.shop.merchant, second, other.id)

    on_one, on_other = refused(offer, third, card.id), refused(offer, third, other.id)
    claim_code(offer.shop.merchant, fourth, stranger.id)

    assert isinstance(on_one, TooManyReceiptsToday)
    assert isinstance(on_other, TooManyReceiptsToday)
    assert (card.row.stamps, other.row.stamps, stranger.row.stamps) == (1, 1, 1)


def test_an_amount_is_carried_on_as_at_the_till(lume: Shop) -> None:
    offer = lume.publish(earning=BY_AMOUNT)
    card = offer.card()

    claim_code(lume.merchant, code_of(made(offer, amount=750).batch), card.id)

    assert (card.row.stamps, card.row.remainder) == (1, 250)


def test_the_limits_of_the_program_hold_for_codes(lume: Shop) -> None:
    offer = lume.publish(earning={"by": "visit", "cooldown_seconds": 60, "daily_cap": 2})
    card = offer.card()
    first, second, third = codes_of(batch(offer))
    claim_code(lume.merchant, first, card.id)

    assert isinstance(refused(offer, second, card.id), CoolingDown)
    with stopped_at(START + timedelta(minutes=2)):
        claim_code(lume.merchant, second, card.id)
    with stopped_at(START + timedelta(minutes=4)):
        assert isinstance(refused(offer, third, card.id), DailyCapReached)
    with stopped_at(end_of_day(START, 0)):
        claim_code(lume.merchant, third, card.id)

    assert card.row.stamps == 3


def test_a_code_works_after_hours_and_after_its_place_was_closed(lume: Shop) -> None:
    offer = lume.publish(earning={**NO_COOLDOWN, "only_when_open": True})
    here = type(lume.actor)(source="api", location_id=lume.location.id)
    asked = Wanted(program_id=offer.program.id)
    code = code_of(make_receipt_code(lume.merchant, asked, "R-1", actor=here).batch)
    add_location(lume.merchant, LocationDraft(name="Harbour", time_zone="Europe/Riga"), actor=lume.actor)
    close_location(lume.merchant, lume.location.id, moves={}, actor=lume.actor)
    lume.merchant.refresh_from_db()
    card = offer.card()

    with stopped_at(START + timedelta(hours=13)):  # in the night
        stamped = claim_code(lume.merchant, code, card.id)

    assert stamped.stamp.location_id == lume.location.id
    assert card.row.stamps == 1


def test_a_paused_program_takes_no_code_and_the_code_is_kept(offer: Offer, lume: Shop) -> None:
    code, card = code_of(made(offer).batch), offer.card()
    pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
    lume.merchant.refresh_from_db()

    assert isinstance(refused(offer, code, card.id), StampingPaused)
    with pytest.raises(StampingPaused):
        made(offer, "R-2")
    assert ReceiptClaim.objects.count() == 0


def test_a_card_of_another_program_is_not_found(offer: Offer, lume: Shop) -> None:
    other = lume.publish(name="Tea card")

    assert isinstance(refused(offer, code_of(made(offer).batch), other.card().id), NotFound)


def test_who_joins_with_a_code_has_its_stamps_at_once(offer: Offer, lume: Shop) -> None:
    code = code_of(made(offer, count=3).batch)

    stamped = join_with_code(lume.merchant, code, offer.terms, locale="lv")

    assert stamped.card.stamps == 3
    assert Card.objects.get().locale == "lv"


def test_nobody_gets_a_card_by_a_code_that_is_refused(offer: Offer, lume: Shop) -> None:
    code = code_of(made(offer).batch)
    join_with_code(lume.merchant, code, offer.terms, locale="en")

    with pytest.raises(ReceiptCodeUsed):
        join_with_code(lume.merchant, code, offer.terms, locale="en")

    assert Card.objects.count() == 1


def test_a_code_that_reaches_a_goal_gives_the_reward(lume: Shop) -> None:
    offer = lume.publish(goal=5, milestones=[BISCUIT], earning=NO_COOLDOWN)
    card = offer.card()

    claim_code(lume.merchant, code_of(made(offer, count=7).batch), card.id)

    assert (card.row.round, card.row.stamps, len(card.open_vouchers)) == (2, 2, 1)


def test_the_event_tells_of_the_claim_before_the_stamp_and_holds_no_code(offer: Offer, lume: Shop) -> None:
    card, code = offer.card(), code_of(made(offer).batch)
    claim_code(lume.merchant, code, card.id)

    told = Event.objects.filter(card_id=card.id).order_by("at", "id").values_list("type", flat=True)

    assert list(told) == ["card.issued", "receipt_code.claimed", "stamp.added"]
    assert all(code not in str(event.data) for event in Event.objects.all())


def test_what_no_stamp_would_be_given_for_gets_no_code(lume: Shop) -> None:
    offer = lume.publish(earning=NO_COOLDOWN)

    with pytest.raises(TooManyStamps):
        made(offer, count=11)
    with pytest.raises(AmountNotUsed):
        made(offer, amount=100, currency="JPY")
    for end in (START, START + LONGEST + timedelta(days=1)):
        with pytest.raises(ReceiptCodeTooLate):
            made(offer, expires=end)
    with pytest.raises(NotFound):
        make_receipt_code(lume.merchant, Wanted(program_id=lume.merchant.id), "R-9", actor=lume.actor)
    assert ReceiptBatch.objects.count() == 0


def test_a_code_worth_a_purchase_gives_no_more_than_may_be_added_at_once(lume: Shop) -> None:
    offer = lume.publish(earning=BY_AMOUNT)

    for make in (batch, made):
        with pytest.raises(TooManyStamps) as most:
            make(offer, amount=11 * 500)
        assert most.value.facts == {"most": 10}
    card = offer.card()
    claim_code(lume.merchant, code_of(batch(offer, size=1, amount=10 * 500)), card.id)
    assert (card.row.round, card.row.stamps) in {(1, 10), (2, 0)}

    # Codes that were printed before that was looked at.
    old = batch(offer, size=1, amount=500)
    ReceiptBatch.objects.filter(id=old.id).update(amount=101 * 500)
    refusal = refused(offer, code_of(old))
    assert isinstance(refusal, TooManyStamps)
    assert refusal.what_customer_can_do == "Ask the staff at the counter."
    assert not ReceiptClaim.objects.filter(batch_id=old.id).exists()
    ReceiptBatch.objects.filter(id=old.id).update(amount=100 * 500)
    assert claim_code(lume.merchant, code_of(old), offer.card().id).stamp.count == 100


def test_single_codes_that_nobody_claimed_are_forgotten_after_some_time(offer: Offer, lume: Shop) -> None:
    claimed, unclaimed, sheet = made(offer), made(offer, "R-2"), batch(offer)
    made(offer, "R-B")  # which does not count up
    claim_code(lume.merchant, code_of(claimed.batch), offer.card().id)

    end = end_of_day(START, RECEIPT_LASTS.days)
    with stopped_at(end + KEPT):
        forget_old_receipt_codes()
        assert (ReceiptBatch.objects.count(), ReceiptSeries.objects.count()) == (3, 1)
    with stopped_at(end + KEPT + timedelta(seconds=1)):
        forget_old_receipt_codes()
        assert type(refused(offer, code_of(unclaimed.batch))) is UnknownReceiptCode

    assert {row.id for row in ReceiptBatch.objects.all()} == {claimed.batch.id, sheet.id}
    assert ReceiptSeries.objects.count() == 0
    assert now() < START + timedelta(minutes=1)
