"""What a kiosk and an autopilot kept while they had no network: counted once, under the rules of the device."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client

from stampwell.cards.models import Stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.merchants.enrolling import revoke_station
from stampwell.offline import judging
from stampwell.offline.deciding import decide
from stampwell.offline.models import KeptScan
from stampwell.vouchers.links import voucher_code
from stampwell.web.stations.kept_scans import MOST_SCANS
from tests.kept import made_once
from tests.moments import START
from tests.web.customer import give_stamps
from tests.web.devices import Device
from tests.web.stations.keeping import KeepingDevice
from tests.world import HeldCard, Offer, Shop

LATER = START + timedelta(hours=3)
KINDS = ["kiosk", "autopilot"]


@pytest.fixture(params=KINDS)
def offline(request: pytest.FixtureRequest, lume: Shop) -> KeepingDevice:
    return KeepingDevice(Device(lume, request.param).enrol())


@pytest.fixture
def kiosk(lume: Shop) -> KeepingDevice:
    return KeepingDevice(Device(lume, "kiosk").enrol())


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()


def test_what_was_kept_counts_when_it_comes_and_is_the_devices_own(offline: KeepingDevice, card: HeldCard) -> None:
    kept = offline.memory.keep(card.code)

    with stopped_at(LATER):
        (result,) = offline.hand_in(kept)

    assert (result["state"], result["words"]) == ("counted", "The scan counts: 1 stamp was added.")
    stamp = Stamp.objects.get()
    assert (stamp.occurred, stamp.at, stamp.source) == (START, LATER, offline.device.kind)
    assert (stamp.staff_member_id, stamp.station_id) == (None, offline.device.station.id)


def test_a_batch_that_is_sent_again_has_one_effect_and_the_same_answer(offline: KeepingDevice, card: HeldCard) -> None:
    kept = offline.memory.keep(card.code)

    first, second = offline.hand_in(kept), offline.hand_in(kept, kept)

    assert second == first * 2
    assert card.row.stamps == 1


def test_a_scan_whose_answer_was_lost_counts_once_when_it_comes_in_a_batch(
    offline: KeepingDevice, card: HeldCard
) -> None:
    kept = offline.memory.keep(card.code)
    offline.device.scan(card.code, key=kept["key"])

    assert offline.states(kept) == ["counted"]
    assert card.row.stamps == 1


def test_a_scan_that_came_in_a_batch_counts_once_when_it_is_sent_alone(offline: KeepingDevice, card: HeldCard) -> None:
    kept = offline.memory.keep(card.code)
    offline.hand_in(kept)

    answer = offline.device.scan(card.code, key=kept["key"])

    assert (answer.outcome, answer.tone) == ("stamped", "good")
    assert answer.words == "The scan counts: 1 stamp was added."
    assert card.row.stamps == 1


def test_a_number_alone_is_no_card_and_leaves_no_trace(offline: KeepingDevice, card: HeldCard) -> None:
    kept = [offline.memory.keep(code) for code in (card.row.short_number, "4006381333931")]

    assert offline.states(*kept) == ["refused", "refused"]
    assert not KeptScan.objects.exists()
    assert not Event.objects.filter(type="scan.refused").exists()


def test_a_reward_is_refused_for_good(offline: KeepingDevice, card: HeldCard) -> None:
    give_stamps(card, 10)
    voucher = card.open_vouchers[0]

    (result,) = offline.hand_in(offline.memory.keep(voucher_code(voucher.id, 0)))

    assert (result["state"], result["why"][:37]) == ("refused", "This is the code of a reward. Without")


def test_the_pause_of_a_kiosk_is_that_of_the_moment_of_the_scan(kiosk: KeepingDevice, card: HeldCard) -> None:
    kept = [kiosk.memory.keep(card.code)]
    for minutes in (4, 6):
        with stopped_at(START + timedelta(minutes=minutes)):
            kept.append(kiosk.memory.keep(card.code))

    with stopped_at(LATER):
        results = kiosk.hand_in(*kept)

    assert [result["state"] for result in results] == ["counted", "waiting", "counted"]
    assert results[1]["why"] == "The card was stamped shortly before or after."


def test_an_autopilot_has_no_pause_of_its_own(lume: Shop, card: HeldCard) -> None:
    till = KeepingDevice(Device(lume, "autopilot").enrol())
    kept = [till.memory.keep(card.code)]
    with stopped_at(START + timedelta(minutes=4)):
        kept.append(till.memory.keep(card.code))

    with stopped_at(LATER):
        assert till.states(*kept) == ["counted", "counted"]


def test_a_kiosks_limit_for_each_day_is_that_of_the_day_of_the_scan(kiosk: KeepingDevice, lume: Shop) -> None:
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    kiosk.device.allow(pause_seconds=0, most_a_day=1)
    kept = []
    for later in (timedelta(), timedelta(seconds=10), timedelta(hours=26)):
        with stopped_at(START + later):
            kept.append(kiosk.memory.keep(card.code))

    with stopped_at(START + timedelta(hours=27)):
        results = kiosk.hand_in(*kept)

    assert [result["state"] for result in results] == ["counted", "waiting", "counted"]
    assert results[1]["why"] == "The card had reached its daily limit."


def test_a_time_before_the_last_contact_is_not_believed(offline: KeepingDevice, card: HeldCard) -> None:
    with stopped_at(LATER):
        offline.memory.shift = offline.facts()["shift"]
        kept = offline.memory.keep(card.code, scanned_at=int(START.timestamp() * 1000))
        (result,) = offline.hand_in(kept)

    assert result["state"] == "waiting"
    assert KeptScan.objects.get().reason == "clock_not_believed"


@pytest.mark.parametrize("text", ["", "?", "offline:stf_1:1:x"])
def test_a_device_that_nobody_stands_at_needs_nobody_to_have_signed_in(
    offline: KeepingDevice, card: HeldCard, text: str
) -> None:
    offline.memory.shift = text

    assert offline.states(offline.memory.keep(card.code)) == ["counted"]


def test_a_signature_of_somebody_else_waits(offline: KeepingDevice, card: HeldCard) -> None:
    offline.memory.key = ec.generate_private_key(ec.SECP256R1())

    assert offline.states(offline.memory.keep(card.code)) == ["waiting"]
    assert KeptScan.objects.get().reason == "signature_unknown"


def test_a_signature_with_the_key_of_another_device_of_the_shop_waits(
    offline: KeepingDevice, lume: Shop, card: HeldCard
) -> None:
    """Each device vouches for its own scans alone, whichever keys of the shop we know."""
    other = KeepingDevice(Device(lume, "autopilot" if offline.device.kind == "kiosk" else "kiosk").enrol())
    offline.memory.key = other.memory.key

    assert offline.states(offline.memory.keep(card.code)) == ["waiting"]
    assert (KeptScan.objects.get().reason, card.row.stamps) == ("signature_unknown", 0)


def test_one_line_that_cannot_be_read_among_as_many_as_fit_loses_no_other(kiosk: KeepingDevice, offer: Offer) -> None:
    """Most are the same scans again, as a device sends them that lost its answers."""
    cards = [offer.card() for _card in range(3)]
    scans = [kiosk.memory.keep(card.code) for card in cards]
    lines = [scans[number % 3] for number in range(MOST_SCANS)]
    lines[5_000] = scans[0] | {"key": "bad", "sequence": "many"}

    results = kiosk.hand_in(*lines)

    assert (results[5_000]["key"], results[5_000]["state"]) == ("bad", "invalid")
    assert [result["state"] for result in results].count("counted") == MOST_SCANS - 1
    assert [card.row.stamps for card in cards] == [1, 1, 1]
    assert kiosk.post("scans/batch", kiosk.memory.batch(*lines, scans[0])).status_code == 422


def test_a_device_that_comes_with_a_new_key_is_told_to_the_owner(offline: KeepingDevice) -> None:
    offline.memory.key = ec.generate_private_key(ec.SECP256R1())

    assert offline.register().status_code == 200
    (event,) = Event.objects.filter(type="station.key_replaced")
    assert event.data["kind"] == offline.device.kind


def test_what_it_kept_before_it_was_switched_off_waits_and_nothing_else_is_done(
    offline: KeepingDevice, lume: Shop, card: HeldCard
) -> None:
    kept = offline.memory.keep(card.code)
    with stopped_at(START + timedelta(minutes=1)):
        revoke_station(lume.merchant, offline.device.station.id, actor=lume.actor)
    with stopped_at(START + timedelta(minutes=4)):
        late = offline.memory.keep(card.code)
        assert offline.states(kept, late) == ["waiting", "refused"]
        assert offline.register().status_code == 401

    assert card.row.stamps == 0


def test_a_scan_just_before_it_was_switched_off_waits_however_slowly_it_comes(
    offline: KeepingDevice, lume: Shop, card: HeldCard
) -> None:
    kept = offline.memory.keep(card.code)
    with stopped_at(START + timedelta(seconds=1)):
        revoke_station(lume.merchant, offline.device.station.id, actor=lume.actor)
        batch = offline.memory.batch(kept)
    with stopped_at(START + timedelta(seconds=31)):
        assert offline.post("scans/batch", batch).status_code == 200

    assert (KeptScan.objects.get().state, KeptScan.objects.get().reason) == ("waiting", "station_revoked")


def test_what_it_signed_before_we_knew_its_key_waits_once_it_is_switched_off(
    lume: Shop, card: HeldCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_UNSIGNED", 2)
    till = KeepingDevice(Device(lume, "autopilot").enrol(), key=None)
    till.memory.key = ec.generate_private_key(ec.SECP256R1())
    kept = [till.memory.keep(card.code) for _ in range(3)]
    with stopped_at(START + timedelta(hours=1)):
        revoke_station(lume.merchant, till.device.station.id, actor=lume.actor)

        assert till.states(*kept) == ["waiting", "waiting", "refused"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_is_known_by_its_own_cookie_alone(lume: Shop, kind: str) -> None:
    other = Device(lume, "scanner" if kind == "kiosk" else "kiosk").enrol().client
    for client in (Client(), other):
        for path in ("scans/batch", "device-key"):
            answer: HttpResponse = client.post(  # type: ignore[assignment]
                f"/{kind}/{path}", b'{"sent_at": 1, "scans": []}', content_type="application/json"
            )
            assert answer.status_code == 401, path


def test_a_visit_is_noted_when_scans_are_handed_in(offline: KeepingDevice, card: HeldCard) -> None:
    with stopped_at(LATER):
        offline.hand_in(offline.memory.keep(card.code))
        seen_at = now()

    assert offline.device.station.last_scan == seen_at


@pytest.mark.parametrize("signs", [True, False])
def test_of_one_device_only_so_many_wait_and_the_rest_stays_on_it(
    lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch, signs: bool
) -> None:
    monkeypatch.setattr(judging, "MOST_SIGNED_WAITING" if signs else "MOST_UNSIGNED_WAITING", 2)
    till = KeepingDevice(Device(lume, "autopilot").enrol(), **({} if signs else {"key": None}))
    card, other = offer.card(), offer.card()
    kept = [till.memory.keep(one.code) for one in (card, card, card, card, other)]

    assert till.states(*kept) == ["counted", "waiting", "waiting", "later", "counted"]
    assert till.states(*kept) == ["counted", "waiting", "waiting", "later", "counted"]
    decide(lume.merchant, KeptScan.objects.filter(state="waiting")[0].id, "leave", actor=lume.actor)
    assert till.states(kept[3]) == ["waiting"]
