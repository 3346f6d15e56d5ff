"""Staff hold out a code to a guest: 90 seconds, once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.protection import Protection
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import SHOWN_FOR, code_of
from stampwell.receipts.models import ReceiptBatch
from stampwell.receipts.rows import read_batch
from stampwell.transactions import merchant_reads
from tests.kept import made_once
from tests.moments import START
from tests.web.scanner.phone import Phone
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning={"by": "visit", "cooldown_seconds": 0})


@pytest.fixture
def phone(lume: Shop, offer: Offer) -> Phone:
    found = Phone(lume).enrol()
    found.sign_in(lume.hire("Bo"))
    return found


def hold_out(phone: Phone, offer: Offer, *, stamps: str = "2", key: str = "", **more: str) -> str:
    """Where the code is shown."""
    answer = phone.post(
        "/scanner/receipt-codes",
        program=public_id("prg", offer.program.id),
        stamps=stamps,
        key=key or uuid4().hex,
        **more,
    )
    assert answer.status_code == 302, answer.content.decode()[:500]
    return str(answer.headers["Location"])


def the_code(shop: Shop) -> str:
    with merchant_reads(shop.merchant.id) as tx:
        return code_of(read_batch(tx, ReceiptBatch.objects.get(merchant=shop.merchant).id))


def test_a_guest_scans_the_code_and_has_the_stamps(phone: Phone, offer: Offer, lume: Shop) -> None:
    page = phone.get(hold_out(phone, offer)).content.decode()
    card = offer.card()

    stamped = claim_code(lume.merchant, the_code(lume), card.id)

    batch = ReceiptBatch.objects.get()
    assert "2 stamps" in page
    assert "<svg" in page
    assert batch.expires == batch.created + SHOWN_FOR
    assert card.row.stamps == 2
    assert stamped.stamp.staff_member_id == batch.staff_member_id is not None
    assert stamped.stamp.location_id == lume.location.id


def test_a_code_may_be_worth_a_purchase_where_cards_count_amounts(phone: Phone, offer: Offer, lume: Shop) -> None:
    by_amount = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "currency": "EUR"})
    card = by_amount.card()

    page = phone.get(hold_out(phone, by_amount, amount="12,50")).content.decode()
    claim_code(lume.merchant, the_code(lume), card.id)

    assert "Purchase of €12.50" in page
    assert (card.row.stamps, card.row.remainder) == (2, 250)
    for program, amount in ((offer, "12.50"), (by_amount, "much"), (by_amount, "0")):
        form = {"program": public_id("prg", program.program.id), "stamps": "2", "amount": amount}
        assert phone.post("/scanner/receipt-codes", **form).status_code == 422
    assert ReceiptBatch.objects.count() == 1


def test_a_purchase_is_worth_no_more_than_staff_may_add_at_once(phone: Phone, lume: Shop) -> None:
    """Nor is it counted as less: its stamps are those that the person has given on this day."""
    change_staff_limits(
        lume.merchant,
        most_stamps_at_once=10,
        most_stamps_with_override=5,
        protection=Protection(most_stamps_by_person_a_day=3),
        actor=lume.actor,
    )
    by_amount = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "currency": "EUR"})
    form = {"program": public_id("prg", by_amount.program.id), "stamps": "1"}

    too_large = phone.post("/scanner/receipt-codes", **form, amount="55.00", key="1")
    beyond_the_day = phone.post("/scanner/receipt-codes", **form, amount="20.00", key="2")

    assert (too_large.status_code, beyond_the_day.status_code) == (422, 409)
    assert "10 stamps" in too_large.content.decode()
    assert ReceiptBatch.objects.count() == 0


def test_purchases_below_one_stamp_count_for_who_shows_their_codes(phone: Phone, lume: Shop) -> None:
    """On the card that gets them all they add up to stamps."""
    limit = Protection(most_stamps_by_person_a_day=3)
    change_staff_limits(
        lume.merchant, most_stamps_at_once=10, most_stamps_with_override=5, protection=limit, actor=lume.actor
    )
    by_amount = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "currency": "EUR"})
    form = {"program": public_id("prg", by_amount.program.id), "stamps": "1", "amount": "4.99"}

    answers = [phone.post("/scanner/receipt-codes", **form, key=str(number)).status_code for number in range(4)]

    assert answers == [302, 302, 302, 409]


def test_the_screen_says_when_the_guest_has_it(phone: Phone, offer: Offer, lume: Shop) -> None:
    where = hold_out(phone, offer)
    before = phone.get(f"{where}/state").content.decode()
    claim_code(lume.merchant, the_code(lume), offer.card().id)

    after = phone.get(f"{where}/state").content.decode()

    assert "The customer has the stamps." not in before
    assert "The customer has the stamps." in after
    assert "data-countdown" not in phone.get(where).content.decode()


def test_a_form_that_is_sent_twice_shows_one_code(phone: Phone, offer: Offer) -> None:
    assert hold_out(phone, offer, key="k") == hold_out(phone, offer, key="k")
    assert ReceiptBatch.objects.count() == 1


def test_after_its_time_the_page_asks_for_another(phone: Phone, offer: Offer) -> None:
    where = hold_out(phone, offer)

    with stopped_at(START + SHOWN_FOR + timedelta(minutes=1)):
        answer = phone.get(where)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/scanner/receipt-codes")


def test_no_more_stamps_than_staff_may_add_at_once(phone: Phone, offer: Offer) -> None:
    answer = phone.post("/scanner/receipt-codes", program=public_id("prg", offer.program.id), stamps="11", key="k")

    assert answer.status_code == 422
    assert ReceiptBatch.objects.count() == 0


@pytest.mark.parametrize("program", ["", "x", "prg_" + "0" * 32, "\0"])
def test_an_unknown_program_is_asked_for_again(phone: Phone, offer: Offer, program: str) -> None:
    assert phone.post("/scanner/receipt-codes", program=program, stamps="1", key="k").status_code == 422


def test_another_shops_device_does_not_see_the_code(phone: Phone, offer: Offer, rossi: Shop) -> None:
    where = hold_out(phone, offer)
    theirs = Phone(rossi).enrol()
    theirs.sign_in(rossi.hire("Luca"))

    assert theirs.get(where).status_code == 404
    assert theirs.get(f"{where}/state").status_code == 404
    assert phone.get("/scanner/receipt-codes/rcb_" + "0" * 32).status_code == 404


def test_who_is_not_signed_in_shows_no_code(lume: Shop, offer: Offer) -> None:
    assert Phone(lume).enrol().get("/scanner/receipt-codes").status_code == 302
    assert Phone(lume).get("/scanner/receipt-codes").status_code == 403


@pytest.mark.parametrize("half", [slice(13), slice(-1)])
def test_half_a_torn_receipt_code_is_told_and_the_whole_one_still_counts(
    phone: Phone, offer: Offer, lume: Shop, half: slice
) -> None:
    hold_out(phone, offer)
    card, code = offer.card(), the_code(lume)

    panel = phone.scan(code[half])

    assert (panel.outcome, panel.tone) == ("refused", "bad")
    assert "Part of this receipt code is missing." in panel.words
    claim_code(lume.merchant, code, card.id)
    assert card.row.stamps == 2


def test_a_scanned_receipt_code_is_explained_and_stamps_nothing(phone: Phone, offer: Offer, lume: Shop) -> None:
    hold_out(phone, offer)

    panel = phone.scan(the_code(lume))

    assert (panel.outcome, panel.tone) == ("receipt_code", "attention")
    assert "2 stamps" in panel.words
    assert "scans it with the camera of their own phone" in panel.words
