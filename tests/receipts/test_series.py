"""Codes for receipts that count up have no row until they are used or revoked, and promise what every code does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import TooManyStamps
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.codes import UnknownReceiptCode, code_with, read_code
from stampwell.receipts.finding import find_code
from stampwell.receipts.making import LONGEST, RECEIPT_LASTS, Made, Wanted, code_of, make_receipt_code
from stampwell.receipts.models import ReceiptBatch, ReceiptClaim, ReceiptSeries
from stampwell.receipts.refusals import ReceiptCodeExpired, ReceiptCodeRevoked, ReceiptCodeUsed, ReceiptHasOtherCode
from stampwell.receipts.revoking import revoke_batch
from stampwell.receipts.rows import read_batch
from stampwell.receipts.series_codes import Place, place_in_id, write_code_at
from stampwell.refusal import NotFound, Refusal
from stampwell.tokens import unseal
from stampwell.transactions import merchant_reads
from tests.kept import made_once
from tests.moments import START, end_of_day
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db

NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}
BY_AMOUNT = {"by": "amount", "amount_per_stamp": 500, "currency": "EUR", "cooldown_seconds": 0}


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=NO_COOLDOWN)


def made(offer: Offer, receipt: str = "2026-000124", *, actor: Actor | None = None, **wanted: object) -> Made:
    asked = Wanted(program_id=offer.program.id, **wanted)  # type: ignore[arg-type]
    return make_receipt_code(offer.shop.merchant, asked, receipt, actor=actor or offer.shop.actor)


def refused(offer: Offer, code: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        claim_code(offer.shop.merchant, code, offer.card().id)
    return refusal.value


def rows() -> tuple[int, int, int]:
    return ReceiptBatch.objects.count(), ReceiptSeries.objects.count(), ReceiptClaim.objects.count()


def test_ten_thousand_codes_have_no_row_and_their_series_are_few(offer: Offer) -> None:
    """Two of each thousand are made; the others are as they are."""
    for receipt in range(499, 10_000, 500):
        assert made(offer, f"2026-{receipt:06}").is_new

    assert rows() == (0, 10, 0)
    assert all(len(bytes(series.made)) == 125 for series in ReceiptSeries.objects.all())


def test_a_claimed_code_has_its_row_and_says_what_every_code_says(offer: Offer) -> None:
    card, told = offer.card(), made(offer, count=2).batch

    stamped = claim_code(offer.shop.merchant, code_of(told), card.id)

    row = ReceiptBatch.objects.get()
    assert (row.id, row.kind, row.receipt_id, row.count, row.size) == (told.id, "receipt", "2026-000124", 2, 1)
    assert row.expires == told.expires == end_of_day(START, RECEIPT_LASTS.days)
    assert rows() == (1, 1, 1)
    assert (stamped.stamp.receipt_id, stamped.stamp.count, card.row.stamps) == ("2026-000124", 2, 2)
    event = Event.objects.get(type="receipt_code.claimed").data["receipt_code"]
    assert event["batch_id"] == f"rcb_{told.id.hex}"
    assert (event["serial"], event["count"], event["receipt_id"]) == (0, 2, "2026-000124")


def test_what_refuses_the_stamp_leaves_no_row(lume: Shop) -> None:
    offer = lume.publish(earning={"by": "visit", "cooldown_seconds": 60})
    card = offer.card()
    claim_code(lume.merchant, code_of(made(offer, "1").batch), card.id)

    with pytest.raises(Refusal):
        claim_code(lume.merchant, code_of(made(offer, "2").batch), card.id)

    assert rows() == (1, 1, 1)


def test_the_same_receipt_has_its_code_of_the_first_day_for_all_days(offer: Offer) -> None:
    first = made(offer)
    with stopped_at(START + timedelta(days=3)):
        again, next_one = made(offer), made(offer, "2026-000125")

    assert (again.is_new, next_one.is_new) == (False, True)
    assert code_of(again.batch) == code_of(first.batch)
    assert again.batch == first.batch
    assert next_one.batch.expires == end_of_day(START, RECEIPT_LASTS.days + 3)


def test_the_receipt_of_a_claimed_code_still_has_that_code(offer: Offer) -> None:
    first = made(offer)
    claim_code(offer.shop.merchant, code_of(first.batch), offer.card().id)

    again = made(offer)

    assert (again.is_new, code_of(again.batch)) == (False, code_of(first.batch))


def test_a_receipt_with_another_number_of_stamps_is_refused_before_it_is_used(offer: Offer) -> None:
    made(offer, count=1)

    for other in ({"count": 2}, {}, {"amount": 500}, {"count": 2, "expires": START + timedelta(hours=2)}):
        with pytest.raises(ReceiptHasOtherCode):
            made(offer, **other)


def test_of_two_codes_with_two_amounts_a_receipt_earns_by_one(lume: Shop) -> None:
    offer = lume.publish(earning=BY_AMOUNT)
    small, large = (made(offer, amount=amount).batch for amount in (750, 1250))
    card = offer.card()

    claim_code(lume.merchant, code_of(large), card.id)

    assert (small.amount, large.amount, small.currency) == (750, 1250, "EUR")
    assert isinstance(find_code(lume.merchant, code_of(small)).why_not(START), ReceiptCodeUsed)
    assert isinstance(refused(offer, code_of(small)), ReceiptCodeUsed)
    assert (card.row.stamps, card.row.remainder) == (2, 250)
    with pytest.raises(ReceiptHasOtherCode):
        made(offer, amount=750)


def test_no_second_amount_is_beyond_what_a_code_may_be_worth(lume: Shop) -> None:
    offer = lume.publish(earning=BY_AMOUNT)
    made(offer, amount=750)

    with pytest.raises(TooManyStamps):
        made(offer, amount=11 * 500)
    assert not made(offer, amount=750).is_new


def test_undoing_the_stamp_of_one_code_opens_no_other_of_its_receipt(lume: Shop) -> None:
    offer = lume.publish(earning=BY_AMOUNT)
    small, large = (code_of(made(offer, amount=amount).batch) for amount in (750, 1250))
    stamped = claim_code(lume.merchant, small, offer.card().id)
    undo_stamp(lume.merchant, stamped.stamp.id, reason="Wrong card", actor=lume.actor)

    assert isinstance(refused(offer, small), ReceiptCodeUsed)
    assert isinstance(refused(offer, large), ReceiptCodeUsed)


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 86_399, 86_400])
def test_a_given_end_is_kept_to_the_minute(offer: Offer, seconds: int) -> None:
    end = START + timedelta(hours=14, seconds=seconds)  # from midnight in UTC on
    told = made(offer, expires=end).batch

    assert end <= told.expires < end + timedelta(minutes=1)
    assert told.expires.second == 0
    with stopped_at(told.expires):
        assert isinstance(refused(offer, code_of(told)), ReceiptCodeExpired)
    with stopped_at(told.expires - timedelta(seconds=1)):
        assert claim_code(offer.shop.merchant, code_of(told), offer.card().id)


def test_many_ends_of_one_day_are_one_series(offer: Offer) -> None:
    for minutes in range(1, 30):
        made(offer, f"A-{minutes:03}", expires=START + timedelta(minutes=minutes))

    assert rows() == (0, 1, 0)
    assert not made(offer, "A-001", expires=START + timedelta(minutes=1)).is_new


def test_an_end_far_away_is_kept(offer: Offer) -> None:
    told = made(offer, expires=START + LONGEST).batch

    assert find_code(offer.shop.merchant, code_of(told)).batch.expires == START + LONGEST


def test_a_clock_that_is_set_back_opens_no_ended_series_and_makes_no_second_code(offer: Offer) -> None:
    code = code_of(made(offer).batch)

    with stopped_at(START - timedelta(days=2)):
        assert code_of(made(offer).batch) == code
    with stopped_at(end_of_day(START, RECEIPT_LASTS.days)):
        assert isinstance(refused(offer, code), ReceiptCodeExpired)


def test_receipts_of_two_places_and_two_keys_are_two(offer: Offer, lume: Shop) -> None:
    here = Actor(source="api", location_id=lume.location.id)

    one, other = made(offer, actor=here), made(offer)

    assert one.is_new
    assert other.is_new
    assert code_of(one.batch) != code_of(other.batch)
    claim_code(lume.merchant, code_of(one.batch), offer.card().id)
    assert claim_code(lume.merchant, code_of(other.batch), offer.card().id).stamp.receipt_id == "2026-000124"


def test_a_code_of_another_shop_or_of_no_series_is_unknown(offer: Offer, rossi: Shop) -> None:
    theirs = made(rossi.publish(), actor=rossi.actor)
    mine = made(offer).batch
    place, secret = place_in_id(mine.id), unseal(mine.secret)
    assert place
    made_up = Place(place.series ^ 1, place.serial)
    larger = read_code(write_code_at(Place(place.series, place.serial, amount=9), secret)).letters[:-10]
    forged = code_with(larger + read_code(code_of(mine)).letters[-10:])

    for code in (code_of(theirs.batch), write_code_at(made_up, secret), write_code_at(place, bytes(16)), forged):
        assert type(refused(offer, code)) is UnknownReceiptCode
    assert rows() == (0, 2, 0)


def test_a_rival_neither_reads_nor_revokes_it(offer: Offer, rossi: Shop) -> None:
    batch = made(offer).batch

    with pytest.raises(NotFound):
        revoke_batch(rossi.merchant, batch.id, actor=rossi.actor)
    with merchant_reads(rossi.merchant.id) as tx, pytest.raises(NotFound):
        read_batch(tx, batch.id)
    assert claim_code(offer.shop.merchant, code_of(batch), offer.card().id)


def test_one_code_is_revoked_and_its_series_is_not(offer: Offer) -> None:
    one, other = made(offer, "1").batch, made(offer, "2").batch

    revoked = revoke_batch(offer.shop.merchant, one.id, actor=offer.shop.actor)
    again = revoke_batch(offer.shop.merchant, one.id, actor=offer.shop.actor)

    assert revoked.revoked == again.revoked == ReceiptBatch.objects.get().revoked
    assert isinstance(refused(offer, code_of(one)), ReceiptCodeRevoked)
    assert code_of(made(offer, "1").batch) == code_of(one)
    assert claim_code(offer.shop.merchant, code_of(other), offer.card().id)


def test_what_was_used_stays_used_when_it_is_revoked(lume: Shop) -> None:
    offer = lume.publish(earning=BY_AMOUNT)
    used, other = (made(offer, amount=amount).batch for amount in (750, 1250))
    claim_code(lume.merchant, code_of(used), offer.card().id)

    for batch in (other, used):
        assert revoke_batch(lume.merchant, batch.id, actor=lume.actor).revoked

    assert isinstance(refused(offer, code_of(used)), ReceiptCodeUsed)
    assert isinstance(refused(offer, code_of(other)), ReceiptCodeUsed)


def test_a_code_that_had_its_row_from_an_earlier_release_goes_on(offer: Offer, lume: Shop) -> None:
    old = made(offer, "one").batch  # does not count up: as all were made before
    ReceiptBatch.objects.filter(id=old.id).update(receipt_id="2026-000124")

    again, card = made(offer), offer.card()
    claim_code(lume.merchant, code_of(old), card.id)

    assert (again.is_new, code_of(again.batch)) == (False, code_of(old))
    assert card.row.stamps == 1
    assert isinstance(refused(offer, code_of(old)), ReceiptCodeUsed)
    assert rows() == (1, 0, 1)


def test_old_codes_and_new_ones_count_together_towards_the_limit_of_a_day(offer: Offer, lume: Shop) -> None:
    codes = [code_of(made(offer, receipt, daily_limit=2).batch) for receipt in ("one", "2", "3")]
    card = offer.card()
    for code in codes[:2]:
        claim_code(lume.merchant, code, card.id)

    with pytest.raises(Refusal) as refusal:
        claim_code(lume.merchant, codes[2], card.id)

    assert refusal.value.code == "too_many_receipts_today"
    assert rows() == (2, 1, 2)


def test_a_receipt_stamped_at_the_till_leaves_its_code_worthless(offer: Offer, lume: Shop) -> None:
    code = code_of(made(offer).batch)
    add_stamp(lume.merchant, offer.card().id, Purchase(receipt_id="2026-000124"), actor=Actor(source="api"))

    assert refused(offer, code).code == "receipt_already_used"
    assert rows() == (0, 1, 0)


def test_a_series_is_found_by_its_keys(offer: Offer) -> None:
    """However many a shop has had."""
    made(offer)
    with CaptureQueriesContext(connection) as asked:
        made(offer)
    series = [query["sql"] for query in asked if "receipt_series" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE receipt_series")
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in series:
            cursor.execute(f"EXPLAIN {sql}")
            assert "receipts_that_are_alike_have_one_series" in str(cursor.fetchall())


def test_the_end_of_a_day_is_not_the_next_ones(offer: Offer) -> None:
    midnight = datetime(2026, 11, 25, tzinfo=UTC)

    told = [made(offer, f"{number}", expires=midnight + timedelta(minutes=number)).batch for number in (0, 1)]

    assert [batch.expires for batch in told] == [midnight, midnight + timedelta(minutes=1)]
    assert sorted(series.expires for series in ReceiptSeries.objects.all()) == [midnight, midnight + timedelta(days=1)]
