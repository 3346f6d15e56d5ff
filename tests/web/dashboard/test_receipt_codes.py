"""Receipt codes at the desk: made, printed, looked at and withdrawn."""

import csv
import io
from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import DeskChange
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import Wanted, codes_of, make_batch, make_receipt_code
from stampwell.receipts.models import ReceiptBatch
from stampwell.receipts.refusals import ReceiptCodeRevoked
from stampwell.receipts.rows import ReceiptBatchRow
from stampwell.web.dashboard.receipts.pages import CODES_IN_A_FILE
from stampwell.web.printed_receipt_codes import PAPERS
from tests.kept import made_once
from tests.moments import START, end_of_day
from tests.web.dashboard.conftest import desk as desk
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning={"by": "visit", "cooldown_seconds": 0})


def made(offer: Offer, size: int = 4, name: str = "Delivery bags") -> ReceiptBatchRow:
    wanted = Wanted(program_id=offer.program.id, count=2)
    return make_batch(offer.shop.merchant, wanted, size=size, name=name, actor=offer.shop.actor)


def page_of(batch: ReceiptBatchRow) -> str:
    return f"/receipt-codes/{public_id('rcb', batch.id)}/"


def fields(offer: Offer, **changes: str) -> dict[str, str]:
    return {
        "name": "Delivery bags",
        "program": public_id("prg", offer.program.id),
        "size": "120",
        "stamps": "2",
        "last_day": "2026-12-31",
        "daily_limit": "3",
        **changes,
    }


def test_codes_are_made_once_however_often_the_form_is_sent(desk: DeskClient, offer: Offer) -> None:
    first = desk.send("/receipt-codes/new/", once="a" * 32, **fields(offer))
    again = desk.send("/receipt-codes/new/", once="a" * 32, **fields(offer))

    row = ReceiptBatch.objects.get()
    assert first.status_code == 302
    assert first.headers["Location"] == again.headers["Location"] == f"/receipt-codes/{public_id('rcb', row.id)}/"
    assert (row.name, row.size, row.count, row.daily_limit, row.kind) == ("Delivery bags", 120, 2, 3, "batch")
    assert row.expires == end_of_day(START, 38)  # the last day of the year
    assert row.staff_member_id is None
    assert DeskChange.objects.get(kind="receipt_codes.made").after == {"codes": 120}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("size", "0"),
        ("size", "10001"),
        ("stamps", "11"),
        ("last_day", "2026-11-22"),
        ("last_day", "2036-01-01"),
        ("daily_limit", "0"),
        ("program", "prg_" + "0" * 32),
    ],
)
def test_what_cannot_be_made_is_said_beside_its_field(desk: DeskClient, offer: Offer, field: str, value: str) -> None:
    answer = desk.send("/receipt-codes/new/", **fields(offer, **{field: value}))

    assert answer.status_code == 422
    assert 'class="field wrong"' in answer.content.decode()
    assert ReceiptBatch.objects.count() == 0


def test_a_code_may_be_worth_a_purchase_where_cards_count_amounts(desk: DeskClient, offer: Offer, lume: Shop) -> None:
    by_amount = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "currency": "EUR"})

    wrong = desk.send("/receipt-codes/new/", **fields(offer, amount="12.50"))
    answer = desk.send("/receipt-codes/new/", **fields(by_amount, amount="12.50"))

    assert wrong.status_code == 422
    assert "Stamps of this program do not depend on the amount. Leave this field empty." in words(wrong)
    assert answer.status_code == 302
    row = ReceiptBatch.objects.get()
    assert (row.count, row.amount, row.currency) == (None, 1250, "EUR")
    assert "Purchase of €12.50" in words(desk.open(f"/receipt-codes/{public_id('rcb', row.id)}/"))


def test_no_amount_is_asked_for_where_no_card_counts_them_or_in_several_currencies(
    desk: DeskClient, offer: Offer, lume: Shop
) -> None:
    assert "Or a purchase of" not in words(desk.open("/receipt-codes/new/"))
    for currency in ("EUR", "USD"):
        lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "currency": currency})
    assert "Or a purchase of" not in words(desk.open("/receipt-codes/new/"))


def test_the_list_tells_how_many_were_used(desk: DeskClient, offer: Offer, lume: Shop) -> None:
    batch = made(offer)
    make_receipt_code(lume.merchant, Wanted(program_id=offer.program.id), "R-1", actor=lume.actor)
    with stopped_at(START + timedelta(hours=1)):
        claim_code(lume.merchant, next(codes_of(batch)), offer.card().id)

    seen = words(desk.open("/receipt-codes/"))

    assert "Delivery bags" in seen
    assert "2 stamps" in seen
    assert "1 · 25%" in seen
    assert "today at 13:00" in seen
    assert seen.count("Coffee card") == 1  # the code of a receipt is none of the list


def test_older_batches_are_on_the_next_page(desk: DeskClient, offer: Offer) -> None:
    batches = [made(offer, name=f"Roll {number}") for number in range(51)]

    first = words(desk.open("/receipt-codes/"))
    second = words(desk.open(f"/receipt-codes/?before={public_id('rcb', batches[1].id)}"))

    assert "Roll 50" in first
    assert "Roll 1 " in first
    assert "Roll 0" not in first
    assert "Roll 0" in second


def test_the_file_holds_every_code_with_its_link(desk: DeskClient, offer: Offer) -> None:
    batch = made(offer, size=3)

    answer = desk.open(page_of(batch) + "codes.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["number", "code", "url"]
    assert [row[1] for row in rows[1:]] == list(codes_of(batch))
    assert rows[1][2].endswith(f"/R/{offer.shop.merchant.slug.upper()}/{rows[1][1]}")
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("paper", PAPERS)
def test_each_paper_is_a_pdf(desk: DeskClient, offer: Offer, paper: str) -> None:
    answer = desk.open(page_of(made(offer)) + f"{paper}.pdf")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")


def test_a_large_batch_is_printed_in_parts(desk: DeskClient, offer: Offer) -> None:
    batch = made(offer, size=CODES_IN_A_FILE + 1)

    assert "Part 2" in words(desk.open(page_of(batch)))
    assert desk.open(page_of(batch) + "label.pdf?part=2").status_code == 200
    for part in ("0", "3", "x", "-1", "99999999999", "²"):
        assert desk.open(page_of(batch) + f"a4.pdf?part={part}").status_code == 404
    assert desk.open(page_of(batch) + "napkin.pdf").status_code == 404


def test_withdrawn_codes_are_neither_taken_nor_printed(desk: DeskClient, offer: Offer) -> None:
    batch = made(offer)

    asked = words(desk.open(page_of(batch) + "revocation/"))
    done = desk.send(page_of(batch) + "revocation/")

    assert "Withdraw these codes?" in asked
    assert done.headers["Location"] == page_of(batch)
    assert "Withdrawn" in words(desk.open(page_of(batch)))
    assert "Print the codes" not in words(desk.open(page_of(batch)))
    assert desk.open(page_of(batch) + "a4.pdf").status_code == 409
    with pytest.raises(ReceiptCodeRevoked):
        claim_code(offer.shop.merchant, next(codes_of(batch)), offer.card().id)
    assert DeskChange.objects.filter(kind="receipt_codes.revoked").count() == 1


def test_a_cashier_reaches_no_codes(offer: Offer, lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)

    assert bo.open("/receipt-codes/").status_code == 403
    assert bo.send("/receipt-codes/new/", **fields(offer)).status_code == 403
    assert "Receipt codes" not in words(bo.open("/programs/"))


def test_a_shop_without_a_program_is_told_so(desk: DeskClient) -> None:
    assert "No receipt codes yet" in words(desk.open("/receipt-codes/"))
    assert "No program gives stamps at the moment" in words(desk.open("/receipt-codes/new/"))
