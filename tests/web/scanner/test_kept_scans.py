"""Scans without a network: each has one effect when it comes, or waits for the owner, and none is lost."""

from datetime import datetime, timedelta

import msgspec
import pytest

from stampwell.cards.links import rotating_secret
from stampwell.cards.models import Stamp
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.models import Merchant, StaffMember, Station
from stampwell.merchants.pins import MOST_PINS, set_pin
from stampwell.merchants.protection import Protection
from stampwell.offline import judging
from stampwell.offline.deciding import decide
from stampwell.offline.device_keys import MOST_KEYS
from stampwell.offline.judging import Judge, Judged
from stampwell.offline.lines import Line
from stampwell.offline.models import DeviceKey, KeptScan
from stampwell.vouchers.links import voucher_code
from tests.moments import START
from tests.offline.device import Device
from tests.web.customer import give_stamps
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Phone, panel_of
from tests.world import PIN, HeldCard, Offer, Shop

LATER = START + timedelta(hours=3)


@pytest.fixture
def offline(phone: Phone) -> KeepingPhone:
    return KeepingPhone(phone)


def test_a_kept_scan_counts_when_it_comes_and_says_when_it_happened(
    offline: KeepingPhone, bo: StaffMember, card: HeldCard
) -> None:
    kept = offline.device.keep(card.code)

    with stopped_at(LATER):
        (result,) = offline.hand_in(kept)

    assert (result["state"], result["tone"]) == ("counted", "good")
    assert result["words"] == "The scan counts: 1 stamp was added."
    stamp = Stamp.objects.get()
    assert (stamp.occurred, stamp.at, stamp.source) == (START, LATER, "scanner")
    assert (stamp.staff_member_id, stamp.station_id) == (bo.id, offline.station.id)
    assert card.row.stamps == 1


def test_a_batch_that_is_sent_again_has_one_effect_and_the_same_answer(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)

    first, second = offline.hand_in(kept), offline.hand_in(kept, kept)

    assert second == first * 2
    assert card.row.stamps == 1


def test_many_customers_count_in_the_order_of_the_device(offline: KeepingPhone, offer: Offer) -> None:
    cards = [offer.card() for _ in range(5)]
    kept = [offline.device.keep(card.code) for card in cards]

    assert offline.states(*reversed(kept)) == ["counted"] * 5

    assert list(Stamp.objects.order_by("id").values_list("card_id", flat=True)) == [card.id for card in cards]


def test_a_scan_that_was_answered_before_counts_once_when_it_comes_in_a_batch(
    offline: KeepingPhone, card: HeldCard
) -> None:
    kept = offline.device.keep(card.code)
    offline.phone.scan(card.code, key=kept["key"])

    (result,) = offline.hand_in(kept)

    assert (result["state"], result["words"]) == ("counted", "The scan counts.")
    assert card.row.stamps == 1
    assert offline.states(kept) == ["counted"]


def test_a_scan_whose_amount_was_asked_after_it_was_answered_counts_once(offline: KeepingPhone, lume: Shop) -> None:
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    kept = offline.device.keep(card.code, amount=1250)
    offline.phone.scan(card.code, key=kept["key"])

    assert offline.states(kept) == ["counted"]
    assert card.row.stamps == 1


def test_a_scan_that_came_in_a_batch_counts_once_when_it_is_sent_alone(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)
    offline.hand_in(kept)

    panel = offline.phone.scan(card.code, key=kept["key"])

    assert (panel.outcome, panel.tone) == ("stamped", "good")
    assert "1 stamp was added" in panel.words
    assert card.row.stamps == 1


def test_what_came_in_a_batch_is_told_in_the_language_of_whoever_sends_it_alone(
    offline: KeepingPhone, card: HeldCard
) -> None:
    counted, waiting = offline.device.keep(card.code), offline.device.keep(card.code)
    offline.hand_in(counted, waiting)

    again = [{"key": kept["key"], "code": card.code} for kept in (counted, waiting)]
    latvian = [panel_of(offline.phone.send_scan(scan, accept_language="lv")).words for scan in again]

    assert "Skenējums ir ieskaitīts: pievienots 1 zīmogs." in latvian[0]
    assert "Kartei īsi pirms tam vai pēc tam jau tika pievienots zīmogs." in latvian[1]


def test_a_no_that_nobody_read_is_judged_again(offline: KeepingPhone, offer: Offer) -> None:
    card = offer.card()
    offline.phone.scan(card.code)
    kept = offline.device.keep(card.code)
    assert offline.phone.scan(card.code, key=kept["key"]).outcome == "refused"

    assert offline.states(kept) == ["waiting"]
    assert card.row.stamps == 1


def test_a_key_that_stands_for_another_scan_is_invalid(offline: KeepingPhone, offer: Offer) -> None:
    kept = offline.device.keep(offer.card().code)
    other = offline.device.keep(offer.card().code, key=kept["key"])

    assert offline.states(kept, other) == ["counted", "invalid"]
    assert offline.states(other) == ["invalid"]
    assert Stamp.objects.count() == 1


# What the owner decides


def test_a_pause_is_judged_by_when_the_card_was_scanned(offline: KeepingPhone, card: HeldCard) -> None:
    kept = [offline.device.keep(card.code)]
    with stopped_at(START + timedelta(seconds=20)):
        kept.append(offline.device.keep(card.code))
    with stopped_at(START + timedelta(hours=2)):
        kept.append(offline.device.keep(card.code))

    with stopped_at(LATER):
        results = offline.hand_in(*kept)

    assert [result["state"] for result in results] == ["counted", "waiting", "counted"]
    assert results[1]["words"] == "The scan is saved. The owner or a manager decides whether it counts."
    assert results[1]["why"] == "The card was stamped shortly before or after."
    event = Event.objects.get(type="scan.conflicted")
    assert event.card_id == card.id


def test_a_stamp_that_came_shortly_after_is_as_near_as_one_before(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)
    with stopped_at(START + timedelta(seconds=20)):
        offline.phone.scan(card.code)

    with stopped_at(LATER):
        assert offline.states(kept) == ["waiting"]


def test_what_comes_late_does_not_make_the_next_customer_wait(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)

    with stopped_at(LATER):
        offline.hand_in(kept)
        assert offline.phone.scan(card.code).outcome == "stamped"


@pytest.mark.parametrize("visits_since", [0, 1])
def test_one_picture_of_a_changing_code_gives_one_stamp(offline: KeepingPhone, lume: Shop, visits_since: int) -> None:
    card = lume.publish(earning={"cooldown_seconds": 0}).card()
    picture = _changing_code(card, START + timedelta(minutes=2))
    kept = []
    for minutes in (0, 4):
        with stopped_at(START + timedelta(minutes=minutes)):
            kept.append(offline.device.keep(picture))

    for visit in range(visits_since):
        with stopped_at(START + timedelta(hours=1 + visit)):
            assert offline.phone.scan(_changing_code(card, now())).outcome == "stamped"
    with stopped_at(LATER):
        results = offline.hand_in(*kept)

    assert [result["state"] for result in results] == ["counted", "waiting"]
    assert card.row.stamps == 1 + visits_since


def _changing_code(card: HeldCard, at: datetime) -> str:
    step = int(at.timestamp()) // STEP_SECONDS
    return rotating_text(card.row.short_number, code_at_step(rotating_secret(card.id, 0), step))


def test_a_daily_limit_is_that_of_the_day_of_the_scan(offline: KeepingPhone, lume: Shop, bo: StaffMember) -> None:
    card = lume.publish(earning={"daily_cap": 1, "cooldown_seconds": 0}).card()
    kept = [offline.device.keep(card.code)]
    with stopped_at(START + timedelta(seconds=10)):
        kept.append(offline.device.keep(card.code))

    with stopped_at(START + timedelta(days=1)):
        states = offline.states(*kept)
        offline.phone.sign_in(bo)
        assert offline.phone.scan(card.code).outcome == "stamped"

    assert states == ["counted", "waiting"]


def test_a_card_that_collects_by_amount_waits_without_one(offline: KeepingPhone, lume: Shop) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 500, "cooldown_seconds": 0}).card()

    results = offline.hand_in(offline.device.keep(card.code), offline.device.keep(card.code, amount=1250))

    assert [result["state"] for result in results] == ["waiting", "counted"]
    assert results[0]["why"] == "This card collects by amount spent, and no amount was entered."
    assert card.row.stamps == 2


def test_a_signature_of_somebody_else_waits(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)
    stranger = Device(shift=offline.device.shift).keep(card.code)
    unsigned = offline.device.keep(card.code) | {"signature": ""}
    changed = kept | {"count": 2}

    results = offline.hand_in(stranger, unsigned, changed)

    assert [result["state"] for result in results] == ["waiting"] * 3
    assert {result["why"] for result in results} == {
        "The scan does not carry the signature of the device that sent it."
    }
    assert card.row.stamps == 0


def test_a_device_that_can_sign_nothing_is_known_by_its_cookie(phone: Phone, card: HeldCard) -> None:
    plain = KeepingPhone(phone, key=None)

    assert plain.states(plain.device.keep(card.code)) == ["counted"]


def test_the_key_before_is_good_for_what_was_scanned_before(offline: KeepingPhone, offer: Offer) -> None:
    old, one, two = offline.device, offer.card(), offer.card()
    before = old.keep(one.code)
    with stopped_at(START + timedelta(hours=1)):
        offline.device = Device(shift=old.shift)
        assert msgspec.json.decode(offline.register().content)["known"] is False
        assert msgspec.json.decode(offline.register().content)["known"] is True
    with stopped_at(START + timedelta(hours=2)):
        after = old.keep(two.code)

        assert offline.states(before, after) == ["counted", "waiting"]
    assert Event.objects.filter(type="station.key_replaced").count() == 1


def test_a_device_that_lost_its_memory_often_signs_with_its_newest_key(offline: KeepingPhone, offer: Offer) -> None:
    first, shift = offline.device, offline.device.shift
    forgotten = first.keep(offer.card().code)
    for number in range(1, MOST_KEYS + 1):
        with stopped_at(START + timedelta(minutes=number)):
            offline.device = Device(shift=shift)
            assert msgspec.json.decode(offline.register().content)["known"] is False
    with stopped_at(START + timedelta(hours=1)):
        results = offline.hand_in(offline.device.keep(offer.card().code), forgotten)

        assert [result["state"] for result in results] == ["counted", "waiting"]
        assert msgspec.json.decode(offline.register().content)["known"] is True
    assert DeviceKey.objects.count() == MOST_KEYS


def test_two_scans_with_one_number_are_looked_at(offline: KeepingPhone, offer: Offer) -> None:
    first = offline.device.keep(offer.card().code)
    copied = offline.device.keep(offer.card().code, sequence=1)

    assert offline.states(first, copied) == ["counted", "waiting"]


@pytest.mark.parametrize("wrong", [timedelta(days=-30), timedelta(days=20_000), timedelta(hours=48)])
def test_a_clock_that_is_wrong_by_the_same_when_it_sends_is_put_right(
    phone: Phone, card: HeldCard, wrong: timedelta
) -> None:
    offline = KeepingPhone(phone, behind=wrong)
    kept = offline.device.keep(card.code)

    with stopped_at(LATER):
        assert offline.states(kept) == ["counted"]

    assert Stamp.objects.get().occurred == START


@pytest.mark.parametrize("said", [0, 7_000_000_000_000])
def test_a_time_that_cannot_be_right_waits_with_that_of_arrival(
    offline: KeepingPhone, card: HeldCard, said: int
) -> None:
    kept = offline.device.keep(card.code, scanned_at=said)

    with stopped_at(LATER):
        (result,) = offline.hand_in(kept)

    assert result["state"] == "waiting"
    assert (
        result["why"]
        == "The clock of the device was wrong, or the card was scanned more than a week before it was sent."
    )
    assert KeptScan.objects.get().happened_at == LATER


def test_a_week_without_a_network_counts_and_more_waits(offline: KeepingPhone, offer: Offer) -> None:
    old = offline.device.keep(offer.card().code)
    with stopped_at(START + timedelta(hours=2)):
        young = offline.device.keep(offer.card().code)

    with stopped_at(START + timedelta(days=7, hours=1)):
        assert offline.states(old, young) == ["waiting", "counted"]


def test_what_a_device_scanned_before_it_was_switched_off_waits_and_what_after_is_refused(
    offline: KeepingPhone, offer: Offer
) -> None:
    lume = offline.phone.shop
    before = offline.device.keep(offer.card().code)
    with stopped_at(START + timedelta(hours=1)):
        revoke_station(lume.merchant, offline.station.id, actor=lume.actor)
    with stopped_at(START + timedelta(hours=2)):
        after = offline.device.keep(offer.card().code)

        assert offline.states(before, after) == ["waiting", "refused"]
        assert offline.phone.send_scan({"key": "k", "code": offer.card().code}).status_code == 401
        assert offline.phone.get().status_code == 403
    assert KeptScan.objects.count() == 2
    assert not Stamp.objects.exists()
    with stopped_at(START + timedelta(days=32)):
        assert offline.post("/scanner/scans/batch", offline.device.batch()).status_code == 401


def test_the_cookie_of_a_device_that_was_switched_off_writes_nothing_without_its_key(
    offline: KeepingPhone, card: HeldCard
) -> None:
    lume = offline.phone.shop
    thief = Device(shift=offline.device.shift)
    kept = [offline.device.keep(card.code) | {"signature": ""}, thief.keep(card.code, scanned_at=0)]
    with stopped_at(START + timedelta(hours=1)):
        revoke_station(lume.merchant, offline.station.id, actor=lume.actor)
        results = offline.hand_in(*kept)

        assert offline.hand_in(*kept) == results
    assert [result["state"] for result in results] == ["refused"] * 2
    assert "switched off" in results[0]["why"]
    assert not KeptScan.objects.exists()
    assert not Event.objects.filter(type__startswith="scan.").exists()
    assert Station.objects.get(id=offline.station.id).turned_away == 4, "each time they are sent"


def test_a_device_that_was_switched_off_hands_in_only_so_many(
    phone: Phone, card: HeldCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_UNSIGNED", 3)
    plain = KeepingPhone(phone, key=None)
    kept = [plain.device.keep(card.code) for _ in range(5)]
    with stopped_at(START + timedelta(hours=1)):
        revoke_station(phone.shop.merchant, plain.station.id, actor=phone.shop.actor)

        assert plain.states(*kept[:2]) == ["waiting"] * 2
        assert plain.states(*kept) == ["waiting"] * 3 + ["refused"] * 2
    assert KeptScan.objects.count() == 3
    station = Station.objects.get(id=plain.station.id)
    assert (station.turned_away, station.turned_away_at) == (2, START + timedelta(hours=1))


def test_what_no_shop_knows_is_refused_for_good(offline: KeepingPhone, rossi: Shop) -> None:
    foreign, unknown = rossi.publish().card(), "CNOBODY"
    results = offline.hand_in(*(offline.device.keep(code) for code in (foreign.code, unknown)))

    assert [result["state"] for result in results] == ["refused", "refused"]
    assert results[0]["why"] == results[1]["why"] == "This code is not one of this shop’s cards or vouchers."
    assert Event.objects.filter(type="scan.refused").count() == 2


def test_a_reward_is_not_handed_out_without_a_network(offline: KeepingPhone, card: HeldCard) -> None:
    give_stamps(card, 10)
    (voucher, *_) = card.open_vouchers

    (result,) = offline.hand_in(offline.device.keep(voucher_code(voucher.id, voucher.issue)))

    assert (result["state"], card.open_vouchers[0].id) == ("refused", voucher.id)
    assert "Without a connection no rewards are handed out." in result["why"]


# Who stood there


def test_a_pin_that_was_typed_without_a_network_is_checked_when_the_scans_come(
    offline: KeepingPhone, bo: StaffMember, offer: Offer
) -> None:
    one, two = offer.card(), offer.card()
    member = public_id("stf", bo.id)
    offline.device.sign_in_offline(offline.facts, member, PIN)
    right = offline.device.keep(one.code)
    offline.device.sign_in_offline(offline.facts, member, "9999")
    wrong = offline.device.keep(two.code)

    results = offline.hand_in(right, wrong)

    assert [result["state"] for result in results] == ["counted", "waiting"]
    assert "does not belong to the chosen person" in results[1]["why"]
    assert Stamp.objects.get().staff_member_id == bo.id


def test_wrong_pins_that_come_with_scans_count_as_wrong_tries(
    offline: KeepingPhone, bo: StaffMember, offer: Offer
) -> None:
    member, kept = public_id("stf", bo.id), []
    for number in range(6):
        offline.device.sign_in_offline(offline.facts, member, f"000{number}")
        kept.append(offline.device.keep(offer.card().code))

    results = offline.hand_in(*kept)

    assert "too many times" in results[5]["why"]
    assert offline.phone.sign_in(bo).status_code == 429


def test_a_mistyped_pin_is_one_wrong_try_in_however_many_batches_its_scans_come(
    offline: KeepingPhone, bo: StaffMember, offer: Offer
) -> None:
    offline.device.sign_in_offline(offline.facts, public_id("stf", bo.id), "9999")

    states = [offline.states(offline.device.keep(offer.card().code)) for _batch in range(MOST_PINS + 1)]

    assert states == [["waiting"]] * (MOST_PINS + 1)
    assert offline.phone.sign_in(bo).status_code == 302


def test_a_right_pin_that_is_sent_again_opens_no_further_tries(
    offline: KeepingPhone, bo: StaffMember, offer: Offer
) -> None:
    offline.device.sign_in_offline(offline.facts, public_id("stf", bo.id), PIN)

    for wrong in range(MOST_PINS):
        assert offline.states(offline.device.keep(offer.card().code)) == ["counted"]
        assert offline.phone.sign_in(bo, f"000{wrong}").status_code != 302

    assert offline.phone.sign_in(bo).status_code == 429
    assert offline.states(offline.device.keep(offer.card().code)) == ["counted"]


def test_a_new_pin_ends_what_was_sealed_with_the_one_before(
    offline: KeepingPhone, lume: Shop, bo: StaffMember, offer: Offer
) -> None:
    offline.device.sign_in_offline(offline.facts, public_id("stf", bo.id), PIN)
    assert offline.states(offline.device.keep(offer.card().code)) == ["counted"]

    set_pin(lume.merchant, bo.id, "1357")

    assert offline.states(offline.device.keep(offer.card().code)) == ["waiting"]


def test_a_sealed_pin_is_good_for_no_other_person_station_or_moment(
    offline: KeepingPhone, lume: Shop, bo: StaffMember, offer: Offer
) -> None:
    di = lume.hire("Dana")
    offline.device.sign_in_offline(offline.facts, public_id("stf", bo.id), PIN)
    _, member, began, sealed = offline.device.shift.split(":")
    for other in (
        f"offline:{public_id('stf', di.id)}:{began}:{sealed}",
        f"offline:{member}:{int(began) + 1}:{sealed}",
    ):
        offline.device.shift = other
        assert offline.states(offline.device.keep(offer.card().code)) == ["waiting"]

    phone = Phone(lume).enrol()
    phone.sign_in(bo)
    elsewhere = KeepingPhone(phone)
    elsewhere.device.shift = f"offline:{member}:{began}:{sealed}"
    assert elsewhere.states(elsewhere.device.keep(offer.card().code)) == ["waiting"]
    offline.device.shift = f"offline:{member}:{began}:{sealed}"
    assert offline.states(offline.device.keep(offer.card().code)) == ["counted"]


@pytest.mark.parametrize(
    "shift",
    [
        "",
        "x",
        "offline:",
        "offline:a:b:c",
        "offline:stf_00:1:x",
        f"offline:stf_{'0' * 32}:99999999999999:AA",
        "é",
        "AAAA",
    ],
)
def test_a_shift_that_nobody_gave_waits(offline: KeepingPhone, card: HeldCard, shift: str) -> None:
    offline.device.shift = shift

    assert offline.states(offline.device.keep(card.code)) == ["waiting"]


def test_a_shift_ends_after_twelve_hours_and_with_the_pin(
    offline: KeepingPhone, lume: Shop, bo: StaffMember, offer: Offer
) -> None:
    one, two = offer.card(), offer.card()
    with stopped_at(START + timedelta(hours=12, minutes=5)):
        too_long = offline.device.keep(one.code)
        assert offline.states(too_long) == ["waiting"]
    early = offline.device.keep(two.code)
    set_pin(lume.merchant, bo.id, "1357")
    assert offline.states(early) == ["waiting"]


@pytest.mark.parametrize("signs_in", [True, False], ids=["by somebody else", "by locking"])
@pytest.mark.parametrize("began_offline", [True, False])
@pytest.mark.parametrize("behind", [timedelta(), timedelta(days=2)])
def test_what_is_scanned_after_a_shift_was_ended_by_hand_waits(
    phone: Phone, lume: Shop, bo: StaffMember, offer: Offer, *, signs_in: bool, began_offline: bool, behind: timedelta
) -> None:
    offline, cards = KeepingPhone(phone, behind=behind), [offer.card() for _ in range(3)]
    if began_offline:
        offline.device.sign_in_offline(offline.facts, public_id("stf", bo.id), PIN)
    before = offline.device.keep(cards[0].code)
    with stopped_at(START + timedelta(hours=1)):
        if signs_in:
            phone.sign_in(lume.hire("Dana"))
        else:
            phone.post("/scanner/lock")
        just_then = offline.device.keep(cards[1].code)
    with stopped_at(START + timedelta(hours=1, minutes=5)):
        after = offline.device.keep(cards[2].code)

        assert offline.states(before, just_then, after) == ["counted", "counted", "waiting"]
        offline.device.shift = ""
        if signs_in:
            offline.device.shift = phone.offline_facts()["shift"]
            assert offline.states(offline.device.keep(offer.card().code)) == ["counted"]


# Whatever is sent


def test_a_line_that_cannot_be_read_harms_no_other(offline: KeepingPhone, offer: Offer) -> None:
    cards = [offer.card() for _ in range(3)]
    kept: list[object] = [offline.device.keep(card.code) for card in cards]
    broken = {"key": "broken", "sequence": "one", "code": 1}

    scans = [kept[0], broken, None, [[]], {"key": 5}, *kept[1:]]
    answer = offline.post("/scanner/scans/batch", offline.device.batch() | {"scans": scans})

    results = msgspec.json.decode(answer.content)["results"]
    assert [result["state"] for result in results[1:5]] == ["invalid"] * 4
    assert [result["key"] for result in results[1:5]] == ["broken", "", "", ""]
    assert [results[place]["state"] for place in (0, 5, 6)] == ["counted"] * 3
    assert [card.row.stamps for card in cards] == [1, 1, 1]


def test_a_line_of_brackets_without_end_is_one_that_cannot_be_read(offline: KeepingPhone, card: HeldCard) -> None:
    kept = msgspec.json.encode(offline.device.keep(card.code))
    body = b'{"sent_at": 1, "scans": [' + b"[" * 5000 + b"]" * 5000 + b"," + kept + b"]}"

    answer = offline.phone.send("/scanner/scans/batch", body, "application/json")

    assert [result["state"] for result in msgspec.json.decode(answer.content)["results"]] == ["invalid", "waiting"]


def test_ten_thousand_lines_are_read_whatever_is_in_them(offline: KeepingPhone, card: HeldCard) -> None:
    broken = [{"key": f"broken {number}", "code": "x" * 200} for number in range(9_999)]

    states = offline.states(*broken, offline.device.keep(card.code))

    assert states == ["invalid"] * 9_999 + ["counted"]


@pytest.mark.parametrize("part", ["key", "shift"])
def test_a_signature_fits_one_reading_only(offline: KeepingPhone, card: HeldCard, part: str) -> None:
    of_lines = offline.device.keep(card.code, **{part: f"{offline.device.shift}\n1"})

    assert offline.states(of_lines) == ["invalid"]


def test_a_mistake_of_ours_with_one_scan_holds_up_no_other(
    offline: KeepingPhone, offer: Offer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = offer.card(), offer.card()
    kept = [offline.device.keep(card.code) for card in (one, other)]
    found = Judge.judge

    def fail(judge: Judge, line: Line) -> Judged:
        if line.code == one.code:
            raise ValueError("a mistake")
        return found(judge, line)

    with monkeypatch.context() as patch:
        patch.setattr(Judge, "judge", fail)
        answer = msgspec.json.decode(offline.post("/scanner/scans/batch", offline.device.batch(*kept)).content)

    assert [result["state"] for result in answer["results"]] == ["later", "counted"]
    assert answer["retry_after"] == 60
    assert "a mistake" in caplog.text
    assert offline.states(*kept) == ["counted", "counted"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"sent_at": 1}',
        b'{"sent_at": -1, "scans": []}',
        b'{"sent_at": 1e400, "scans": []}',
        b'{"sent_at": 1, "scans": {}}',
        b"[" * 5000,
        b'{"sent_at": 1, "scans": [' + b"1," * 10_000 + b"1]}",
        b'{"sent_at": 99999999999999999999, "scans": []}',
    ],
)
def test_a_batch_that_is_none_is_not_understood(offline: KeepingPhone, body: bytes) -> None:
    answer = offline.phone.send("/scanner/scans/batch", body, "application/json")

    assert (answer.status_code, answer.content) == (422, b'{"code": "invalid_request"}')


def test_nobody_but_an_enrolled_device_hands_anything_in(lume: Shop) -> None:
    stranger = Phone(lume)

    assert stranger.send("/scanner/scans/batch", b'{"sent_at": 1, "scans": []}', "application/json").status_code == 401
    assert stranger.send("/scanner/device-key", b"{}", "application/json").status_code == 401
    assert stranger.get("/scanner/scans/batch").status_code == 405


@pytest.mark.parametrize("key", ["", "x", "BAAA", "BA" + "A" * 85, "\N{SNOWMAN}"])
def test_what_is_no_point_is_no_key(offline: KeepingPhone, key: str) -> None:
    assert offline.post("/scanner/device-key", {"key": key}).status_code == 422


def test_many_numbers_that_are_nobodys_come_back_later(offline: KeepingPhone, card: HeldCard) -> None:
    numbers = [f"{number:08d}" for number in range(10_000_000, 10_003_000) if _fits(f"{number:08d}")][:40]
    kept = [offline.device.keep(number) for number in numbers]

    answer = msgspec.json.decode(offline.post("/scanner/scans/batch", offline.device.batch(*kept)).content)

    states = [result["state"] for result in answer["results"]]
    assert states.count("later") >= 9
    assert "later" not in states[:29]
    assert answer["retry_after"] > 60
    assert offline.states(offline.device.keep(card.code)) == ["counted"]


def test_a_number_that_is_right_waits_too_behind_many_that_are_nobodys(offline: KeepingPhone, offer: Offer) -> None:
    one, other, shown = offer.card(), offer.card(), offer.card()
    numbers = [f"{number:08d}" for number in range(10_000_000, 10_003_000) if _fits(f"{number:08d}")][:30]
    kept = [offline.device.keep(code) for code in (one.row.short_number, *numbers, other.row.short_number, shown.code)]

    states = offline.states(*kept)

    assert (states[0], states[-2:]) == ("counted", ["later", "counted"])
    assert (one.row.stamps, other.row.stamps, shown.row.stamps) == (1, 0, 1)


def _fits(number: str) -> bool:
    from stampwell.cards.numbers import is_short_number  # noqa: PLC0415

    return is_short_number(number)


def test_a_scan_beyond_a_limit_of_its_day_waits(offline: KeepingPhone, lume: Shop, bo: StaffMember) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    one, other = offer.card(), offer.card()
    protection = Protection(most_stamps_on_card_a_day=2, most_stamps_by_person_a_day=3)
    change_staff_limits(
        lume.merchant, most_stamps_at_once=10, most_stamps_with_override=5, protection=protection, actor=lume.actor
    )
    kept = [offline.device.keep(card.code) for card in (one, one, one, other, other)]

    with stopped_at(START + timedelta(days=1)):
        results = offline.hand_in(*kept)
        offline.phone.sign_in(bo)
        assert offline.phone.scan(one.code).outcome == "stamped"  # another day

    assert [result["state"] for result in results] == ["counted", "counted", "waiting", "counted", "waiting"]
    assert results[2]["why"] == "This goes beyond a limit of the day, so a manager has to agree."
    waiting = KeptScan.objects.filter(state="waiting").order_by("id")
    assert {scan.reason for scan in waiting} == {"needs_manager"}
    decided = decide(Merchant.objects.get(id=lume.merchant.id), waiting[0].id, "count", actor=lume.actor)
    assert decided.scan.state == "counted"
