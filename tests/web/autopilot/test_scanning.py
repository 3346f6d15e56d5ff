"""What the barcode scanner of a till reads: stamped at once, nobody signs in, and what needs a decision is sent on."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest
from django.http import HttpResponse

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.closing import close_shop
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.protection import Protection
from stampwell.receipts.claiming import claim_code
from stampwell.receipts.making import Wanted, code_of, make_receipt_code
from stampwell.vouchers.api_codes import draw_api_code
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption, Voucher
from tests.moments import START
from tests.web.devices import Answer, Device
from tests.world import HeldCard, Shop

HANDED_BY_STAFF = {"stamps": 10, "reward": {"name": "A soup", "path": "staff_scan"}}


def send_undo(till: Device, stamp: Stamp) -> HttpResponse:
    body = msgspec.json.encode({"key": str(uuid4())})
    path = f"/autopilot/stamps/stp_{stamp.id.hex}/undo"
    return till.client.post(path, body, content_type="application/json")  # type: ignore[return-value]


def voucher_of(card: HeldCard) -> str:
    with stopped_at(START - timedelta(hours=1)):
        add_stamp(card.shop.merchant, card.id, Purchase(count=10), actor=card.shop.actor)
    return voucher_code(card.open_vouchers[-1].id, 0)


def test_opening_the_link_only_asks_and_the_button_makes_it_an_autopilot(lume: Shop) -> None:
    till = Device(lume, "autopilot")
    link = till.invite()

    assert "Make this device an autopilot" in till.client.get(link).content.decode()
    assert till.client.post(link).headers["Location"] == "/autopilot/"
    assert "Scan a card with the barcode scanner." in till.get().content.decode()


def test_a_scanned_card_gets_its_stamp_from_the_device_alone(till: Device, card: HeldCard) -> None:
    answer = till.scan(card.code)

    stamp = Stamp.objects.get()
    assert (answer.outcome, answer.tone) == ("stamped", "good")
    assert "1 of 10 stamps" in answer.words
    assert (stamp.source, stamp.station_id, stamp.staff_member_id) == ("autopilot", till.station.id, None)


def test_a_scan_sent_twice_stamps_once_and_gets_the_same_answer(till: Device, card: HeldCard) -> None:
    first, again = (till.scan(card.code, key="read once") for _time in range(2))

    assert first == again
    assert card.row.stamps == 1


def test_a_card_that_cools_down_is_sent_to_a_scanner(till: Device, lume: Shop) -> None:
    card = lume.publish().card(locale="lv")
    till.scan(card.code)

    refused = till.scan(card.code)

    assert (refused.outcome, refused.tone) == ("refused", "attention")
    assert "stamp it with the scanner on a staff phone" in refused.words
    assert "stamp anyway" not in refused.words, "nobody can insist here"
    assert "Jūsu kartei tikko pievienots zīmogs." in refused.words, "and what to tell the customer"


def test_what_staff_scanned_at_once_is_used_where_the_owner_wants_it(till: Device, lume: Shop) -> None:
    code = voucher_of(lume.publish(milestones=[HANDED_BY_STAFF]).card())
    assert till.scan(code).outcome == "ready"
    assert not Redemption.objects.exists()
    till.allow(hands_over=True)

    answer = till.scan(code)

    redemption = Redemption.objects.get()
    assert answer.outcome == "handed_over"
    assert "Hand out now A soup" in answer.words
    assert (redemption.path, redemption.source) == ("staff_scan", "autopilot")
    assert "Voucher already used" in till.scan(code).words
    assert Redemption.objects.count() == 1


def test_a_reward_whose_hand_out_waits_is_left_to_staff(till: Device, lume: Shop) -> None:
    code = voucher_of(lume.publish(milestones=[HANDED_BY_STAFF]).card())
    till.allow(hands_over=True)
    Voucher.objects.update(handed_out=START - timedelta(minutes=30))

    answer = till.scan(code)

    assert (answer.outcome, Redemption.objects.exists()) == ("ready", False)
    assert "Already handed out without a connection: today at 11:30. The owner has not decided" in answer.words


def test_a_reward_that_needs_a_manager_is_sent_to_one(till: Device, lume: Shop) -> None:
    dear = {"stamps": 10, "reward": {"name": "A bicycle", "path": "staff_scan", "confirmed_by": "manager"}}
    code = voucher_of(lume.publish(milestones=[dear]).card())
    till.allow(hands_over=True)

    refused = till.scan(code)

    assert (refused.outcome, Redemption.objects.count()) == ("refused", 0)
    assert "This reward is handed out only with a manager." in refused.words
    assert "A manager can agree at the scanner with a PIN" in refused.words


def test_a_reward_of_another_path_is_never_used_here(till: Device, card: HeldCard) -> None:
    till.allow(hands_over=True)

    answer = till.scan(voucher_of(card))

    assert answer.outcome == "ready"
    assert not Redemption.objects.exists()


def test_a_card_that_collects_by_amount_is_sent_to_a_scanner(till: Device, lume: Shop) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 500}).card()

    answer = till.scan(card.code)

    assert (answer.outcome, card.row.stamps) == ("needs_amount", 0)
    assert "which asks for the amount" in answer.words


def test_the_barcode_of_a_product_is_no_card_and_fills_no_journal(till: Device, card: HeldCard) -> None:
    """Eight digits may be a soup, and the number of somebody's card."""
    assert till.scan(card.row.short_number).outcome == "refused"
    for product in range(40):
        assert till.scan(f"40000000{product:05d}").outcome == "refused"

    assert card.row.stamps == 0
    assert not [event for event in Event.objects.filter(type="scan.refused") if event.card_id]
    assert till.scan(card.code).outcome == "stamped"


def test_a_stamp_is_undone_within_a_minute_at_the_device_that_gave_it(till: Device, card: HeldCard) -> None:
    till.scan(card.code)
    given = Stamp.objects.get()

    undone = send_undo(till, given)

    assert b"1 stamp was undone" in undone.content
    assert card.row.stamps == 0
    with stopped_at(START + timedelta(minutes=5)):
        till.scan(card.code)
        last = Stamp.objects.order_by("at").last()
    assert last is not None
    with stopped_at(START + timedelta(minutes=6, seconds=1)):
        assert b'"refused"' in send_undo(till, last).content
    assert card.row.stamps == 1


def test_a_stamp_of_somebody_else_is_not_undone_here(till: Device, card: HeldCard) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(), actor=card.shop.actor)

    assert b'"refused"' in send_undo(till, Stamp.objects.get()).content
    assert card.row.stamps == 1


def test_another_shops_card_is_unknown_here(till: Device, rossi: Shop) -> None:
    theirs = rossi.publish().card()

    assert "Unknown code" in till.scan(theirs.code).words
    assert theirs.row.stamps == 0


def test_what_is_no_card_is_refused_without_advice_to_type(till: Device, lume: Shop) -> None:
    asked_about = {"name": "Tea", "path": "redeem_code", "redeem_code": {"kind": "api", "format": "qr"}}
    program = lume.publish(milestones=[{"stamps": 10, "reward": asked_about}]).program
    wanted = Wanted(program_id=program.id)
    receipt = code_of(make_receipt_code(lume.merchant, wanted, "R-1", actor=lume.actor).batch)
    voucher = draw_api_code()

    for code in (
        "SW1:37999018:12345678",
        "37999019",
        "KAFIJA-7QK4",
        voucher[:-1] + ("A" if voucher[-1] != "A" else "B"),
        receipt[:-1] + ("A" if receipt[-1] != "A" else "B"),
        receipt[:-5],
    ):
        said = till.scan(code).words
        assert "Let the customer open this shop’s card, then scan its code." in said
        assert "type" not in said


def test_one_that_is_switched_off_stamps_nothing_at_once(till: Device, card: HeldCard) -> None:
    revoke_station(till.shop.merchant, till.station.id, actor=till.shop.actor)

    assert till.send(b'{"key": "k", "code": "C1"}').status_code == 401
    assert till.get("state").status_code == 403
    assert "This device is not an autopilot" in till.get().content.decode()


def test_a_closed_shop_stamps_nothing_and_says_so(till: Device, card: HeldCard) -> None:
    close_shop(till.shop.merchant.id)

    assert till.scan(card.code).outcome == "refused"
    assert card.row.stamps == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'{"code": "C1"}',
        b'{"key": "", "code": "C1"}',
        b'{"key": "k", "code": 1}',
        b'{"key": "k", "code": "\xff"}',
    ],
)
def test_a_scan_that_is_none_is_not_understood(till: Device, body: bytes) -> None:
    assert till.send(body).status_code == 422


def test_a_receipt_code_is_told_and_stamps_nothing(till: Device, lume: Shop) -> None:
    wanted = Wanted(program_id=lume.publish().program.id)
    code = code_of(make_receipt_code(lume.merchant, wanted, "R-1", actor=lume.actor).batch)

    answer = till.scan(code)

    assert answer.tone == "bad"
    assert "This is a receipt code" in answer.words
    assert Stamp.objects.count() == 0


def test_beyond_a_limit_of_the_day_it_says_where_a_manager_can_agree(till: Device) -> None:
    card = till.shop.publish(earning={"cooldown_seconds": 0}).card()
    change_staff_limits(
        till.shop.merchant,
        most_stamps_at_once=10,
        most_stamps_with_override=5,
        protection=Protection(most_stamps_by_device_a_day=1),
        actor=till.shop.actor,
    )
    till.scan(card.code)

    answer = till.scan(card.code)

    assert answer.outcome == "refused"
    assert "Without a manager one device gives at most 1 stamp a day." in answer.words
    assert "A manager can agree at the scanner with a PIN" in answer.words
    assert card.row.stamps == 1


def test_a_scan_sent_again_is_answered_in_the_language_of_whoever_asks_then(till: Device, card: HeldCard) -> None:
    scans = [msgspec.json.encode({"key": key, "code": card.code}) for key in ("1", "2")]
    for scan in scans:
        till.send(scan)

    stamped, refused = (
        msgspec.json.decode(till.send(scan, accept_language="lv").content, type=Answer) for scan in scans
    )

    assert (stamped.outcome, refused.outcome) == ("stamped", "refused")
    assert "Skenējums ir ieskaitīts: pievienots 1 zīmogs." in stamped.words
    assert "Skenējums netiek ieskaitīts." in refused.words
    assert card.row.stamps == 1


@pytest.mark.parametrize("half", [slice(13), slice(-1)])
def test_half_a_torn_receipt_code_is_told_and_the_whole_one_still_counts(
    till: Device, card: HeldCard, half: slice
) -> None:
    shop = card.shop
    wanted = Wanted(program_id=card.row.program_id)
    code = code_of(make_receipt_code(shop.merchant, wanted, "R-1", actor=shop.actor).batch)

    answer = till.scan(code[half])

    assert (answer.outcome, answer.tone) == ("refused", "bad")
    assert "Part of this receipt code is missing." in answer.words
    claim_code(shop.merchant, code, card.id)
    assert card.row.stamps == 1
