"""A shop that has moved to an installation with another key: whatever opened it before opens it there."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from pytest_django import Settings

from stampwell.cards.earning import Purchase
from stampwell.cards.finding import card_by_token
from stampwell.cards.links import card_code, card_token, paper_mark, rotating_secret
from stampwell.cards.recovering import recover_card
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.clock import stopped_at
from stampwell.counter.scanning import ScannedCard, recognise, take_scan
from stampwell.customers.messages_link import no_messages_url, who_wants_none
from stampwell.events.draining import put_in_order
from stampwell.insight.models import DailyTotal
from stampwell.merchants.access import find_api_caller, find_merchant
from stampwell.merchants.models import Merchant
from stampwell.moving.arriving import show
from stampwell.moving.form import Part
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import Wanted, code_of, codes_of, make_batch, make_receipt_code
from stampwell.receipts.refusals import ReceiptCodeUsed
from stampwell.transactions import ask_row
from stampwell.vouchers.finding import voucher_by_token
from stampwell.vouchers.links import voucher_code, voucher_token
from stampwell.wallet.apple.handed_out import FIND, HeldPass, is_opened_by
from stampwell.wallet.models import Pass
from stampwell.wallet.serials import card_pass_token, card_serial
from tests.following import follow_everything
from tests.moments import START
from tests.moving.changed import Rows, changed
from tests.moving.elsewhere import OTHER_KEY, arrive, forget_shop, rows_of, write
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Shop

STEP = int(START.timestamp()) // STEP_SECONDS
APPLE = "pass.example.lume"
THIRD_KEY = b"the key of a third installation!"


class Kept(msgspec.Struct):
    """What people and machines have in their hands when the shop moves."""

    card: UUID
    link: str
    code: str
    rotating: bytes
    vouchers: dict[UUID, tuple[str, str]]
    serial: str
    token: str
    old_serial: str
    old_token: str
    no_messages: str
    api_key: str
    totals: list[tuple[object, ...]]


@pytest.fixture
def cy(lume: Shop) -> HeldCard:
    """Recovered once, with a biscuit that was earned; a phone has the pass of before, and another that of now."""
    card = lume.publish(earning=AT_ONCE).card(name="Cy", email="cy@lume.example")
    give_stamps(card, 6)
    keep_pass(card, 0)
    recover_card(lume.merchant, card.id, actor=lume.actor)
    keep_pass(card, 1)
    return card


def keep_pass(card: HeldCard, issue: int) -> None:
    Pass.objects.create(
        merchant=card.shop.merchant,
        card_id=card.id,
        issue=issue,
        pass_type=APPLE,
        serial=card_serial(card.id, issue),
    )


def totals_of(shop: Merchant) -> list[tuple[object, ...]]:
    follow_everything()
    found = DailyTotal.objects.filter(merchant=shop).values_list(
        "day", "type", "location_id", "staff_member_id", "program_id", "times", "stamps"
    )
    return sorted(found, key=str)


def look_around(card: HeldCard, key: str) -> Kept:
    row, vouchers = card.row, card.open_vouchers
    return Kept(
        card=card.id,
        link=card_token(card.id, row.issue),
        code=card_code(card.id, row.issue),
        rotating=rotating_secret(card.id, row.issue),
        vouchers={one.id: (voucher_token(one.id, one.issue), voucher_code(one.id, one.issue)) for one in vouchers},
        serial=card_serial(card.id, row.issue),
        token=card_pass_token(card.id, row.issue),
        old_serial=card_serial(card.id, row.issue - 1),
        old_token=card_pass_token(card.id, row.issue - 1),
        no_messages=no_messages_url("x", row.customer_id).rpartition("/")[2],
        api_key=key,
        totals=totals_of(card.shop.merchant),
    )


def move(card: HeldCard, folder: Path, settings: Settings) -> Kept:
    """The archive of the moved shop, written there, holds row by row what that of before held."""
    kept = look_around(card, card.shop.api_key())
    before = write(card.shop.merchant, folder / "before")
    forget_shop(card.shop.merchant)
    settings.TOKEN_KEY = OTHER_KEY
    arrive(before)
    show(card.shop.merchant.id, stays_closed=False)
    return kept


def test_what_was_printed_and_kept_goes_on(cy: HeldCard, tmp_path: Path, settings: Settings) -> None:
    kept = move(cy, tmp_path, settings)
    shop = find_merchant(cy.shop.merchant.slug)
    assert shop is not None

    row = cy.row
    found = card_by_token(shop.id, kept.link)
    assert found is not None
    assert (card_token(cy.id, row.issue), card_code(cy.id, row.issue)) == (kept.link, kept.code)
    assert rotating_secret(cy.id, row.issue) == kept.rotating
    for one in cy.open_vouchers:
        assert (voucher_token(one.id, one.issue), voucher_code(one.id, one.issue)) == kept.vouchers[one.id]
    assert find_api_caller(kept.api_key) is not None
    for serial, token in ((kept.serial, kept.token), (kept.old_serial, kept.old_token)):
        assert is_opened_by(ask_row(HeldPass, FIND, (shop.id, APPLE, serial)), token)
    assert who_wants_none(kept.no_messages) == row.customer_id
    assert who_wants_none(no_messages_url("x", row.customer_id).rpartition("/")[2]) == row.customer_id
    assert who_wants_none(kept.no_messages[:-1] + "x") is None
    assert totals_of(shop) == kept.totals


def test_the_card_goes_on_collecting(cy: HeldCard, tmp_path: Path, settings: Settings) -> None:
    """By the printed code and by a rotating one; what it gets there is opened by links of there."""
    kept = move(cy, tmp_path, settings)
    code = code_at_step(kept.rotating, STEP)

    with stopped_at(START):
        rotated = take_scan(
            cy.shop.merchant,
            recognise(cy.shop.merchant, rotating_text(cy.row.short_number, code)),
            Purchase(),
            actor=cy.shop.actor,
        )
    give_stamps(cy, 4)

    assert isinstance(rotated, ScannedCard)
    assert rotated.facts.card.issue == 1
    new = next(one for one in cy.open_vouchers if one.id not in kept.vouchers)
    assert voucher_by_token(cy.shop.merchant.id, voucher_token(new.id, new.issue))
    recover_card(cy.shop.merchant, cy.id, actor=cy.shop.actor)
    assert cy.row.issue == 2
    assert card_by_token(cy.shop.merchant.id, kept.link) is None
    assert card_by_token(cy.shop.merchant.id, card_token(cy.id, 2)) is not None


def test_a_card_without_a_voucher_gets_links_there_that_it_never_had(
    cy: HeldCard, tmp_path: Path, settings: Settings
) -> None:
    bare = cy.shop.publish().card()
    recover_card(cy.shop.merchant, bare.id, actor=cy.shop.actor)
    move(cy, tmp_path, settings)

    recover_card(cy.shop.merchant, bare.id, actor=cy.shop.actor)

    assert bare.row.issue == 2


def test_every_row_is_there(cy: HeldCard, tmp_path: Path, settings: Settings) -> None:
    """The moved shop writes the archive that it was read from."""
    follow_everything()
    before = write(cy.shop.merchant, tmp_path / "one")
    forget_shop(cy.shop.merchant)
    settings.TOKEN_KEY = OTHER_KEY
    arrive(before)
    after = write(cy.shop.merchant, tmp_path / "two")

    one, two = rows_of(before), rows_of(after)
    assert {"card", "stamp", "voucher", "event", "event_feed", "pass", "replaced_link", "secrets"} <= one.keys()
    made_anew = {"merchant", "people", "wallet_feed", "pass"}  # hidden; without accounts; phones are told of all
    for part in one.keys() - made_anew:
        assert two[part] == one[part], part
    assert [msgspec.json.decode(line)["serial"] for line in two["pass"]] == [
        msgspec.json.decode(line)["serial"] for line in one["pass"]
    ]


def test_a_receipt_code_of_before_is_claimed_at_the_other_end(lume: Shop, tmp_path: Path, settings: Settings) -> None:
    offer = lume.publish(earning=AT_ONCE)
    wanted = Wanted(program_id=offer.program.id)
    first, second = codes_of(make_batch(lume.merchant, wanted, size=2, actor=lume.actor))
    used, unused = (code_of(make_receipt_code(lume.merchant, wanted, f"R-{n}", actor=lume.actor).batch) for n in (1, 2))
    card = offer.card()
    for code in (first, used):
        claim_code(lume.merchant, code, card.id)
    put_in_order(lume.merchant.id)
    written = write(lume.merchant, tmp_path / "lume")
    forget_shop(lume.merchant)
    settings.TOKEN_KEY = OTHER_KEY

    arrive(written)

    for code in (second, unused):
        claim_code(lume.merchant, code, card.id)
    for code in (first, used):
        with pytest.raises(ReceiptCodeUsed):
            claim_code(lume.merchant, code, card.id)
    again = make_receipt_code(lume.merchant, wanted, "R-2", actor=lume.actor)
    assert (again.is_new, code_of(again.batch)) == (False, unused)


def test_a_file_of_an_earlier_release_holds_no_marks_of_print_outs_and_those_made_since_move_on(
    cy: HeldCard, tmp_path: Path, settings: Settings
) -> None:
    merchant = cy.shop.merchant
    put_in_order(merchant.id)
    before = write(merchant, tmp_path / "before")
    (tmp_path / "earlier").mkdir()
    earlier = changed(before, tmp_path / "earlier", without_paper_marks)
    forget_shop(merchant)
    settings.TOKEN_KEY = OTHER_KEY
    arrive(earlier)
    show(merchant.id, stays_closed=False)
    opens, mark = (card_token(cy.id, cy.row.issue), card_code(cy.id, cy.row.issue)), paper_mark(cy.id, cy.row.issue)
    again = write(merchant, tmp_path / "again")
    forget_shop(merchant)
    settings.TOKEN_KEY = THIRD_KEY

    arrive(again)

    assert paper_mark(cy.id, cy.row.issue) == mark
    assert (card_token(cy.id, cy.row.issue), card_code(cy.id, cy.row.issue)) == opens


def without_paper_marks(rows: Rows, told: dict[str, Part]) -> None:
    """As a release before the printed cards wrote it."""
    lines = [msgspec.json.decode(line) for line in rows["secrets"]]
    for line in lines:
        for issue in line["issues"].values():
            issue.pop("card-paper", None)
    rows["secrets"] = [msgspec.json.encode(line) for line in lines]
