"""Who is working is said by name and PIN, and holds for a shift."""

from datetime import timedelta

import pytest

from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import is_pin_locked, locked_pins, set_pin, unlock_pin
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop


def test_people_with_a_pin_are_offered_by_name(lume: Shop, bo: StaffMember) -> None:
    lume.hire("Ēriks")
    left = lume.hire("Zed")
    StaffMember.objects.filter(merchant=lume.merchant, id=left.id).update(left=now())

    page = Phone(lume).enrol().get("/scanner/people").content.decode()

    assert page.index("Bo") < page.index("Ēriks")
    assert "Zed" not in page
    assert public_id("stf", lume.ada.id) not in page  # she has no PIN


def test_a_shop_without_pins_is_told_what_to_do(lume: Shop) -> None:
    phone = Phone(lume).enrol()

    with stopped_at(now() + timedelta(minutes=16)):
        assert "Nobody has a PIN yet" in phone.get("/scanner/people").content.decode()


def test_the_first_phone_asks_the_owner_for_name_and_pin(lume: Shop) -> None:
    phone = Phone(lume).enrol()
    assert "Choose your PIN" in phone.get("/scanner/people").content.decode()

    answer = phone.post("/scanner/pin", name="Ada L.", pin="46810")

    lume.ada.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/scanner/")
    assert (lume.ada.name, lume.ada.pin_length) == ("Ada L.", 5)
    assert "Ada L." in phone.get("/scanner/").content.decode()


@pytest.mark.parametrize(
    ("name", "pin"), [("", "4681"), (" \u200b ", "4681"), ("Ada", "468"), ("Ada", "4681a"), ("Ada", "")]
)
def test_a_first_pin_without_a_name_or_with_other_signs_is_refused(lume: Shop, name: str, pin: str) -> None:
    answer = Phone(lume).enrol().post("/scanner/pin", name=name, pin=pin)

    lume.ada.refresh_from_db()
    assert answer.status_code == 422
    assert (lume.ada.name, lume.ada.pin_hash) == ("ada", "")


def test_nobody_sets_a_first_pin_where_one_is_set_or_later(lume: Shop) -> None:
    phone, late = Phone(lume).enrol(), Phone(lume).enrol()
    with stopped_at(now() + timedelta(minutes=16)):
        assert late.post("/scanner/pin", name="Eve", pin="1111").status_code == 404
    lume.hire("Bo")

    assert phone.post("/scanner/pin", name="Eve", pin="1111").status_code == 404

    lume.ada.refresh_from_db()
    assert (lume.ada.name, lume.ada.pin_hash) == ("ada", "")


def test_the_right_pin_opens_the_scanner(lume: Shop, bo: StaffMember) -> None:
    phone = Phone(lume).enrol()
    assert phone.get("/scanner/").headers["Location"] == "/scanner/people"

    assert phone.sign_in(bo).headers["Location"] == "/scanner/"

    page = phone.get("/scanner/")
    assert page.status_code == 200
    assert "Bo" in page.content.decode()


def test_a_wrong_pin_opens_nothing(lume: Shop, bo: StaffMember) -> None:
    phone = Phone(lume).enrol()

    answer = phone.sign_in(bo, "0000")

    assert answer.status_code == 403
    assert "Wrong PIN" in answer.content.decode()
    assert phone.get("/scanner/").headers["Location"] == "/scanner/people"


def test_five_wrong_pins_close_the_door_for_ten_minutes(lume: Shop, bo: StaffMember) -> None:
    phone, began = Phone(lume).enrol(), now()
    with stopped_at(began):
        for _try in range(5):
            phone.sign_in(bo, "0000")

    with stopped_at(began + timedelta(minutes=1)):
        answer = phone.sign_in(bo)
    assert answer.status_code == 429
    assert "Wait 9 minutes, or ask the owner to unlock it" in answer.content.decode()

    with stopped_at(began + timedelta(minutes=10, seconds=1)):
        assert phone.sign_in(bo).status_code == 302


def test_a_few_pins_for_each_of_many_people_close_the_door_for_all(lume: Shop, bo: StaffMember) -> None:
    phone, began = Phone(lume).enrol(), now()
    people = [lume.hire(f"Person {number}") for number in range(5)]
    with stopped_at(began):
        statuses = [phone.sign_in(person, "0000").status_code for person in people for _try in range(4)]
        assert statuses == [403] * 20

        assert phone.sign_in(bo).status_code == 429
        assert is_pin_locked(lume.merchant, bo.id)
        assert Phone(lume).enrol().sign_in(bo).status_code == 302

        unlock_pin(lume.merchant, bo.id)
        assert phone.sign_in(bo).status_code == 302


def test_twenty_wrong_pins_in_a_day_lock_it_at_every_device_until_the_day_is_over(lume: Shop, bo: StaffMember) -> None:
    dee, began = lume.hire("Dee"), now()
    for phone in [Phone(lume).enrol() for _phone in range(2)]:
        for minutes in (0, 11):
            with stopped_at(began + timedelta(minutes=minutes)):
                assert phone.sign_in(bo).status_code == 302
                assert {phone.sign_in(bo, "0000").status_code for _try in range(5)} == {403}

    with stopped_at(began + timedelta(hours=10)):
        assert Phone(lume).enrol().sign_in(bo).status_code == 429
        assert is_pin_locked(lume.merchant, bo.id)
        assert locked_pins(lume.merchant, [bo.id, dee.id]) == {bo.id}
        assert Phone(lume).enrol().sign_in(dee).status_code == 302
    with stopped_at(began + timedelta(days=1, seconds=1)):
        assert not is_pin_locked(lume.merchant, bo.id)
        assert Phone(lume).enrol().sign_in(bo).status_code == 302


def test_who_is_locked_for_the_day_is_unlocked_at_the_desk(lume: Shop, bo: StaffMember) -> None:
    began = now()
    for _phone in range(4):
        phone = Phone(lume).enrol()
        for _try in range(5):
            phone.sign_in(bo, "0000")
    with stopped_at(began + timedelta(hours=1)):
        assert is_pin_locked(lume.merchant, bo.id)

        unlock_pin(lume.merchant, bo.id)

        assert not is_pin_locked(lume.merchant, bo.id)
        assert Phone(lume).enrol().sign_in(bo).status_code == 302


def test_right_pins_never_close_the_door(lume: Shop, bo: StaffMember) -> None:
    phone, began = Phone(lume).enrol(), now()
    with stopped_at(began):
        assert {phone.sign_in(bo).status_code for _time in range(25)} == {302}


def test_a_new_pin_opens_the_door_at_once(lume: Shop, bo: StaffMember) -> None:
    phone = Phone(lume).enrol()
    for _try in range(6):
        phone.sign_in(bo, "0000")
    assert is_pin_locked(lume.merchant, bo.id)

    set_pin(lume.merchant, bo.id, "9999")

    assert not is_pin_locked(lume.merchant, bo.id)
    assert phone.sign_in(bo, "9999").status_code == 302


def test_a_shift_ends_after_twelve_hours(lume: Shop, bo: StaffMember, card: HeldCard) -> None:
    phone, began = Phone(lume).enrol(), now()
    with stopped_at(began):
        phone.sign_in(bo)

    with stopped_at(began + timedelta(hours=11, minutes=59)):
        assert phone.get("/scanner/").status_code == 200
    with stopped_at(began + timedelta(hours=12, seconds=1)):
        assert phone.get("/scanner/").status_code == 302
        assert phone.send_scan({"key": "k", "code": card.code}).status_code == 401
    assert card.row.stamps == 0


def test_locking_ends_the_shift(phone: Phone) -> None:
    assert phone.post("/scanner/lock").headers["Location"] == "/scanner/people"

    assert phone.get("/scanner/").status_code == 302


def test_a_lock_ends_the_shift_for_whoever_has_kept_the_cookie(phone: Phone, bo: StaffMember, card: HeldCard) -> None:
    other = Phone(phone.shop).enrol()
    other.sign_in(bo)
    kept = phone.client.cookies["shift"].value

    phone.post("/scanner/lock")
    phone.client.cookies["shift"] = kept

    assert phone.get("/scanner/").headers["Location"] == "/scanner/people"
    assert phone.send_scan({"key": "k", "code": card.code}).status_code == 401
    assert card.row.stamps == 0
    assert other.scan(card.code).outcome == "stamped"  # the same person at another device works on


def test_who_signs_in_takes_the_device_over(phone: Phone, lume: Shop) -> None:
    kept = phone.client.cookies["shift"].value
    phone.sign_in(lume.hire("Dee"))
    assert phone.get("/scanner/").status_code == 200

    phone.client.cookies["shift"] = kept

    assert phone.get("/scanner/").status_code == 302


def test_a_new_pin_and_leaving_end_the_shift(phone: Phone, bo: StaffMember) -> None:
    set_pin(phone.shop.merchant, bo.id, "1357")
    assert phone.get("/scanner/").status_code == 302

    phone.sign_in(bo, "1357")
    assert phone.get("/scanner/").status_code == 200
    StaffMember.objects.filter(merchant=phone.shop.merchant, id=bo.id).update(left=now())
    assert phone.get("/scanner/").status_code == 302


def test_a_shift_belongs_to_one_phone(phone: Phone, lume: Shop) -> None:
    other = Phone(lume).enrol()
    other.client.cookies["shift"] = phone.client.cookies["shift"].value

    assert other.get("/scanner/").headers["Location"] == "/scanner/people"


@pytest.mark.parametrize("forged", ["x", "W10:1:x", "a" * 5000])
def test_a_forged_shift_is_nobodys(phone: Phone, forged: str) -> None:
    phone.client.cookies["shift"] = forged

    assert phone.get("/scanner/").headers["Location"] == "/scanner/people"


def test_nobody_of_a_rival_signs_in_here(lume: Shop, rossi: Shop) -> None:
    theirs = rossi.hire("Gino")
    phone = Phone(lume).enrol()

    assert phone.sign_in(theirs).status_code == 404
    assert phone.get(f"/scanner/people/stf_{'0' * 32}").status_code == 404
    assert phone.get("/scanner/people/nonsense").status_code == 404


def test_the_pages_speak_the_language_of_the_phone(lume: Shop, bo: StaffMember) -> None:
    phone = Phone(lume, language="lv").enrol()
    phone.sign_in(bo)

    page = phone.get("/scanner/")

    assert '<html lang="lv"' in page.content.decode()


def test_only_the_scanning_page_may_compile_the_decoder(phone: Phone) -> None:
    page = phone.get("/scanner/")

    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    assert "camera=(self), screen-wake-lock=(self)" in page.headers["Permissions-Policy"]
    assert "no-store" in page.headers["Cache-Control"]
    assert "wasm" not in phone.get("/scanner/people").headers["Content-Security-Policy"]


def test_what_the_scanner_sends_is_protected_against_other_sites(phone: Phone, card: HeldCard) -> None:
    phone.client.handler.enforce_csrf_checks = True

    assert phone.send_scan({"key": "k", "code": card.code}).status_code == 403
    assert card.row.stamps == 0
