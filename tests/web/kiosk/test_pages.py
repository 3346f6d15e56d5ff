"""The kiosk's screen: whose it is, which languages it shows, and that its settings are locked."""

from datetime import timedelta
from html import unescape

import pytest

from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.models import StaffMember, Station
from stampwell.merchants.pins import is_pin_locked, locked_pins, set_pin, sign_in_with_pin, unlock_pin
from tests.moments import START
from tests.web.devices import Device
from tests.world import PIN, Offer, Shop

OFFERS = {"en": "Ten stamps, one coffee.", "lv": "Desmit zīmogi, viena kafija.", "ja": "スタンプ10個でコーヒー1杯。"}


def slides(kiosk: Device) -> list[str]:
    page = kiosk.get().content.decode()
    return [part.partition('"')[0] for part in page.split('<article class="slide" lang="')[1:]]


@pytest.fixture
def ada(lume: Shop) -> StaffMember:
    """With a PIN: nobody else may open the settings."""
    set_pin(lume.merchant, lume.ada.id, PIN)
    return lume.ada


def test_opening_the_link_only_asks_and_the_button_makes_the_tablet_a_kiosk(lume: Shop) -> None:
    tablet = Device(lume, "kiosk")
    link = tablet.invite()

    assert "Make this tablet a kiosk" in tablet.client.get(link).content.decode()
    assert not Station.objects.filter(enrolled__isnull=False).exists()
    assert tablet.client.post(link).headers["Location"] == "/kiosk/"
    assert tablet.get().status_code == 200
    assert tablet.client.get(link).headers["Location"] == "/kiosk/", "it is one already"


@pytest.mark.parametrize("kind", ["scanner", "kiosk"])
def test_a_link_makes_nothing_but_what_it_was_made_for(lume: Shop, kind: str) -> None:
    other = {"scanner": "kiosk", "kiosk": "scanner"}[kind]
    _, secret = invite_station(lume.merchant, lume.location, kind=kind, name="Door")

    answer = Device(lume, other).client.post(f"/{other}/enrol/{lume.merchant.slug}/{secret}")

    assert answer.status_code == 404
    assert not Station.objects.filter(enrolled__isnull=False).exists()


def test_one_device_may_be_a_scanner_and_a_kiosk(lume: Shop, kiosk: Device) -> None:
    _, secret = invite_station(lume.merchant, lume.location, kind="scanner", name="Phone")
    kiosk.client.post(f"/scanner/enrol/{lume.merchant.slug}/{secret}")

    assert kiosk.client.get("/scanner/people").status_code == 200
    assert kiosk.get().status_code == 200


def test_the_offer_is_shown_in_each_language_that_the_owner_wrote(kiosk: Device, lume: Shop) -> None:
    lume.publish(offer=OFFERS)

    page = unescape(kiosk.get().content.decode())

    assert slides(kiosk) == ["en", "lv", "ja"], "the shop's own language comes first"
    assert all(offer in page for offer in OFFERS.values())
    assert page.count("<svg") >= 3, "each with the code by which customers join"


def test_without_a_program_the_kiosk_still_takes_cards(kiosk: Device) -> None:
    assert "Hold the code of your card up to the camera." in kiosk.get().content.decode()


def test_a_new_offer_is_told_to_the_page(kiosk: Device, lume: Shop, offer: Offer) -> None:
    before = kiosk.get("state").content
    assert kiosk.get("state").content == before

    lume.publish(offer.program, goal=5, milestones=[offer_of_five()])

    assert kiosk.get("state").content != before


def offer_of_five() -> dict[str, object]:
    return {"stamps": 5, "reward": {"name": "A biscuit", "path": "self_redeem", "valid_days": 30}}


def test_the_settings_are_locked(kiosk: Device, ada: StaffMember) -> None:
    assert kiosk.get("settings").headers["Location"] == "/kiosk/unlock"
    assert kiosk.post("settings", pause="0").headers["Location"] == "/kiosk/unlock"
    assert kiosk.post("disconnect").headers["Location"] == "/kiosk/unlock"
    assert kiosk.post("unlock", pin="0000").status_code == 403
    assert kiosk.get("settings").status_code == 302
    assert kiosk.station.pause_seconds == 300


def test_the_owner_opens_them_with_a_pin_and_changes_what_the_kiosk_may_do(kiosk: Device, ada: StaffMember) -> None:
    assert kiosk.post("unlock", pin=PIN).headers["Location"] == "/kiosk/settings"
    assert kiosk.post("settings", pause="x", most_a_day="0").status_code == 422
    assert kiosk.post("settings", pause="10", most_a_day="3").headers["Location"] == "/kiosk/"

    assert (kiosk.station.pause_seconds, kiosk.station.most_a_day) == (600, 3)
    assert kiosk.get("settings").status_code == 302, "they are locked again"


def test_a_cashiers_pin_opens_nothing(kiosk: Device, ada: StaffMember, lume: Shop) -> None:
    bo = lume.hire("Bo")
    set_pin(lume.merchant, bo.id, "1111")

    assert kiosk.post("unlock", pin="1111", person=public_id("stf", bo.id)).status_code == 403
    assert kiosk.get("settings").status_code == 302


def test_of_several_keepers_each_has_their_own_pin(kiosk: Device, ada: StaffMember, lume: Shop) -> None:
    eve = lume.hire("Eve", StaffMember.Role.MANAGER)
    set_pin(lume.merchant, eve.id, "2222")

    assert "Eve" in kiosk.get("unlock").content.decode()
    assert kiosk.post("unlock", pin="2222").status_code == 200, "whose PIN is asked first"
    assert kiosk.post("unlock", pin=PIN, person=public_id("stf", eve.id)).status_code == 403
    assert kiosk.post("unlock", pin="2222", person=public_id("stf", eve.id)).status_code == 302


def test_five_wrong_pins_close_the_door(kiosk: Device, ada: StaffMember) -> None:
    answers = [kiosk.post("unlock", pin="0000").status_code for _try in range(6)]

    assert answers == [403] * 5 + [429]
    assert kiosk.post("unlock", pin=PIN).status_code == 429


def test_ten_wrong_pins_close_the_pad_of_a_kiosk_for_the_day_and_lock_nobody_out_elsewhere(
    kiosk: Device, ada: StaffMember, lume: Shop
) -> None:
    eve, bo = lume.hire("Eve", StaffMember.Role.MANAGER), lume.hire("Bo")
    people = [public_id("stf", one.id) for one in (ada, eve)]
    for hour in range(2):
        with stopped_at(START + timedelta(hours=hour)):
            tries = [kiosk.post("unlock", pin="0000", person=people[number % 2]) for number in range(5)]
            assert [answer.status_code for answer in tries] == [403] * 5

    with stopped_at(START + timedelta(hours=2)):
        refused = kiosk.post("unlock", pin=PIN, person=people[0])
        assert refused.status_code == 429
        assert "Wait 22 hours, or ask the owner to unlock it" in refused.text
        assert locked_pins(lume.merchant, [ada.id, eve.id, bo.id]) == {kiosk.station.id, ada.id, eve.id}
        assert is_pin_locked(lume.merchant, ada.id)
        assert not is_pin_locked(lume.merchant, bo.id)
        phone, _credential = lume.scanner()
        assert sign_in_with_pin(lume.merchant, phone, ada.id, PIN) == ada
        unlock_pin(lume.merchant, eve.id)
        assert kiosk.post("unlock", pin=PIN, person=people[0]).status_code == 302


def test_a_right_pin_at_a_kiosk_forgets_no_wrong_ones(kiosk: Device, ada: StaffMember) -> None:
    for _try in range(4):
        kiosk.post("unlock", pin="0000")
    assert kiosk.post("unlock", pin=PIN).status_code == 302

    assert [kiosk.post("unlock", pin=pin).status_code for pin in ("0000", PIN)] == [403, 429]


def test_they_are_locked_by_going_back_and_after_five_minutes(kiosk: Device, ada: StaffMember) -> None:
    kiosk.post("unlock", pin=PIN)
    kiosk.get()
    assert kiosk.get("settings").status_code == 302

    kiosk.post("unlock", pin=PIN)
    assert kiosk.get("settings").status_code == 200
    with stopped_at(START + timedelta(minutes=5)):
        assert kiosk.get("settings").status_code == 302


def test_the_tablet_is_disconnected_behind_the_pin(kiosk: Device, ada: StaffMember) -> None:
    kiosk.post("unlock", pin=PIN)
    kiosk.post("disconnect")

    assert kiosk.get().status_code == 403
    assert Station.objects.get(kind="kiosk").revoked
