"""A card that is held up to the kiosk: stamped by the device alone, within its limits, and never more than that."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.links import rotating_secret
from stampwell.cards.models import Stamp
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.insight.models import CardLife, PurchaseTotal
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.closing import close_shop
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.protection import Protection
from stampwell.receipts.making import Wanted, codes_of, make_receipt_code
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption
from tests.cards.test_drawing import publish
from tests.cards.test_prizes_of_words import CAKE, THANKS
from tests.following import follow_everything
from tests.moments import START
from tests.web.devices import Device
from tests.world import HeldCard, Offer, Shop


def rotating_code(card: HeldCard, *, off: int = 0) -> str:
    step = int(now().timestamp()) // STEP_SECONDS + off
    return rotating_text(card.row.short_number, code_at_step(rotating_secret(card.id, 0), step))


def test_a_card_is_stamped_by_the_device_alone(kiosk: Device, card: HeldCard) -> None:
    answer = kiosk.scan(card.code)

    stamp = Stamp.objects.get()
    assert (answer.outcome, answer.tone) == ("stamped", "good")
    assert "1 of 10 stamps" in answer.words
    assert (stamp.source, stamp.station_id, stamp.staff_member_id) == ("kiosk", kiosk.station.id, None)
    assert stamp.location_id == kiosk.shop.location.id


def test_its_stamp_is_a_purchase_like_any_other(kiosk: Device, card: HeldCard) -> None:
    kiosk.scan(card.code)
    follow_everything()

    assert PurchaseTotal.objects.get().times == 1
    assert len(CardLife.objects.get().visits) == 1


def test_a_scan_sent_twice_stamps_once_and_gets_the_same_answer(kiosk: Device, card: HeldCard) -> None:
    first, again = (kiosk.scan(card.code, key="held up once") for _time in range(2))

    assert first == again
    assert card.row.stamps == 1


def test_the_answer_is_in_the_language_of_the_card(kiosk: Device, offer: Offer) -> None:
    answer = kiosk.scan(offer.card(locale="lv").code, locale="ja")

    assert 'lang="lv"' in answer.html
    assert "1 no 10 zīmogiem" in answer.words


def test_a_code_of_nobodys_is_answered_in_the_language_on_the_screen(kiosk: Device) -> None:
    assert 'lang="ja"' in kiosk.scan("C" + "B" * 32, locale="ja").html
    assert 'lang="en"' in kiosk.scan("C" + "B" * 32, locale="xx").html


def test_a_card_has_to_wait_between_two_stamps(kiosk: Device, offer: Offer) -> None:
    for code_of in (lambda card: card.code, rotating_code):
        card = offer.card()
        kiosk.scan(code_of(card))
        with stopped_at(START + timedelta(minutes=4, seconds=59)):
            refused = kiosk.scan(code_of(card))
        assert refused.outcome == "refused"
        assert "Your card was stamped a moment ago. If it is another purchase, tell the staff." in refused.words
        assert card.row.stamps == 1
        with stopped_at(START + timedelta(minutes=5)):
            assert kiosk.scan(code_of(card)).outcome == "stamped"


def test_the_owner_says_how_long_it_waits(kiosk: Device, card: HeldCard) -> None:
    kiosk.allow(pause_seconds=0)
    kiosk.scan(card.code)

    assert kiosk.scan(card.code).outcome == "refused", "the pause of the program holds too"
    with stopped_at(START + timedelta(minutes=1)):
        assert kiosk.scan(card.code).outcome == "stamped"


def test_the_kiosk_has_a_limit_for_each_day(kiosk: Device, card: HeldCard) -> None:
    kiosk.allow(most_a_day=2)
    add_stamp(card.shop.merchant, card.id, Purchase(), actor=card.shop.actor)
    with stopped_at(START + timedelta(hours=1)):
        assert kiosk.scan(card.code).outcome == "stamped"
    with stopped_at(START + timedelta(hours=2)):
        refused = kiosk.scan(card.code)
        add_stamp(card.shop.merchant, card.id, Purchase(), actor=card.shop.actor)
    assert "Here you can collect 2 stamps a day on this card." in refused.words
    assert "show your card to the staff" in refused.words
    with stopped_at(START + timedelta(days=1)):
        assert kiosk.scan(card.code).outcome == "stamped"


def test_the_daily_limit_of_the_program_holds_too(kiosk: Device, lume: Shop) -> None:
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0, "daily_cap": 1}).card()
    kiosk.scan(card.code)

    with stopped_at(START + timedelta(hours=1)):
        assert "You can collect 1 stamp a day on this card." in kiosk.scan(card.code).words


def test_an_old_copy_of_a_live_code_stamps_nothing(kiosk: Device, card: HeldCard) -> None:
    assert kiosk.scan(rotating_code(card, off=-3)).outcome == "refused"
    assert kiosk.scan(rotating_code(card)).outcome == "stamped"


@pytest.mark.parametrize("written", ["{}", " {} ", "{0:.4} {1}"])
def test_a_number_alone_is_no_card_here(kiosk: Device, card: HeldCard, written: str) -> None:
    """Who has it by heart, or reads it from somebody's screen, needs no phone to hold up."""
    number = card.row.short_number

    answer = kiosk.scan(written.format(number, number[4:]))

    assert answer.outcome == "refused"
    assert "Open your card for this shop and show its code." in answer.words
    assert card.row.stamps == 0


def test_a_voucher_is_sent_to_staff_and_stays_unused(kiosk: Device, card: HeldCard) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=5), actor=card.shop.actor)

    answer = kiosk.scan(voucher_code(card.open_vouchers[0].id, 0))

    assert answer.outcome == "to_staff"
    assert "A biscuit" in answer.words
    assert "Show it to the staff" in answer.words
    assert not Redemption.objects.exists()
    assert card.open_vouchers


def test_a_reward_that_was_just_earned_is_shown(kiosk: Device, card: HeldCard) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(count=4), actor=card.shop.actor)

    with stopped_at(START + timedelta(hours=1)):
        answer = kiosk.scan(card.code)

    assert "Earned just now A biscuit" in answer.words
    assert "Show it to the staff." in answer.words
    assert "<form" not in answer.html, "nothing is handed out here"


def test_a_card_that_collects_by_amount_is_sent_to_staff(kiosk: Device, lume: Shop) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 500}).card()

    answer = kiosk.scan(card.code)

    assert (answer.outcome, card.row.stamps) == ("to_staff", 0)
    assert "they enter the amount" in answer.words


def test_another_shops_card_is_unknown_here(kiosk: Device, rossi: Shop) -> None:
    theirs = rossi.publish().card()

    answer = kiosk.scan(theirs.code)

    assert "This code is not from this shop." in answer.words
    assert theirs.row.stamps == 0


def test_a_refused_scan_is_written_down_for_the_owner(kiosk: Device) -> None:
    kiosk.scan("C" + "B" * 32)

    event = Event.objects.get(type="scan.refused")
    assert (event.source, event.station_id, event.staff_member_id) == ("kiosk", kiosk.station.id, None)


def test_a_kiosk_that_is_switched_off_stamps_nothing_at_once(kiosk: Device, card: HeldCard) -> None:
    revoke_station(kiosk.shop.merchant, kiosk.station.id, actor=kiosk.shop.actor)

    assert kiosk.send(b'{"key": "k", "code": "C1"}').status_code == 401
    assert kiosk.get("state").status_code == 403
    assert "This tablet is not a kiosk" in kiosk.get().content.decode()


def test_a_closed_shop_stamps_nothing_and_says_so(kiosk: Device, card: HeldCard) -> None:
    close_shop(kiosk.shop.merchant.id)

    assert kiosk.scan(card.code).outcome == "refused"
    assert card.row.stamps == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"code": "C1"}',
        b'{"key": "", "code": "C1"}',
        b'{"key": "k\\u0000", "code": "C1"}',
        b'{"key": "k", "code": ""}',
        b'{"key": "k", "code": 1}',
        b'{"key": "k", "code": "C1", "locale": 5}',
        b'{"key": "k", "code": "\xff"}',
        b'{"key": "k", "code": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_a_scan_that_is_none_is_not_understood(kiosk: Device, body: bytes) -> None:
    assert kiosk.send(body).status_code == 422


@pytest.mark.parametrize("code", ["C" * 20_000, "😀", "\0", "SW1:00000000:00000000", "https://x/c/a/b", "V'--"])
def test_a_strange_code_is_an_unknown_one(kiosk: Device, code: str) -> None:
    assert kiosk.scan(code).outcome == "refused"
    assert not Stamp.objects.exists()


def test_who_has_to_wait_at_a_kiosk_finds_out_nothing(kiosk: Device, card: HeldCard) -> None:
    for guess in range(31):
        last = kiosk.scan(f"SW1:{guess:08d}:00000000")

    assert "Too many numbers or codes were tried" in last.words
    assert kiosk.scan(rotating_code(card)).outcome == "stamped"


def test_a_receipt_code_is_sent_to_the_customers_own_phone(kiosk: Device, offer: Offer) -> None:
    wanted = Wanted(program_id=offer.program.id)
    code = next(codes_of(make_receipt_code(offer.shop.merchant, wanted, "R-1", actor=offer.shop.actor).batch))

    answer = kiosk.scan(code)

    assert "Scan it with the camera of your own phone." in answer.words
    assert Stamp.objects.count() == 0

    for torn in (code[:15], code[:-1] + ("7" if code[-1] != "7" else "8")):
        answer = kiosk.scan(torn)
        assert "Ask the staff at the counter." in answer.words, "nothing is typed at a kiosk"
        assert "Type" not in answer.words
        assert "type" not in answer.words


def test_beyond_a_limit_of_the_day_the_customer_is_sent_to_the_staff(kiosk: Device) -> None:
    card = kiosk.shop.publish(earning={"cooldown_seconds": 0}).card()
    kiosk.allow(pause_seconds=0)
    change_staff_limits(
        kiosk.shop.merchant,
        most_stamps_at_once=10,
        most_stamps_with_override=5,
        protection=Protection(most_stamps_on_card_a_day=1),
        actor=kiosk.shop.actor,
    )
    kiosk.scan(card.code)

    answer = kiosk.scan(card.code)

    assert answer.outcome == "refused"
    assert "Somebody in charge of the shop has to agree to this." in answer.words
    assert "Ask the staff at the counter." in answer.words
    assert card.row.stamps == 1


def test_words_that_were_drawn_are_told(kiosk: Device) -> None:
    card = publish(kiosk.shop, THANKS, CAKE).card(locale="lv")

    assert "Izlozē jūs saņemat: Paldies!" in kiosk.scan(card.code).words


def test_words_that_came_by_the_age_are_told_as_they_are(kiosk: Device) -> None:
    card = publish(kiosk.shop, CAKE, THANKS, minimum_age=18).card(locale="lv")

    said = kiosk.scan(card.code).words

    assert "Paldies!" in said
    assert "Izlozē" not in said
