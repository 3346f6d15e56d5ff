"""A colleague goes on at the phone: their PIN ends one shift and begins another, and what is open is theirs."""

from typing import Any

import msgspec
import pytest

from stampwell.cards.models import Stamp
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.closing import close_shop
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.models import StaffMember, Station
from tests.web.scanner.phone import Phone
from tests.world import PIN, HeldCard, Shop


@pytest.fixture
def di(lume: Shop) -> StaffMember:
    return lume.hire("Di")


def take_over(phone: Phone, member: StaffMember, pin: str = PIN) -> dict[str, Any]:
    answer = phone.send_form(f"/scanner/people/{public_id('stf', member.id)}/shift", pin=pin)
    assert answer.status_code == 200
    told: dict[str, Any] = msgspec.json.decode(answer.content)
    return told


def test_a_colleagues_pin_ends_one_shift_and_begins_the_next(phone: Phone, di: StaffMember, card: HeldCard) -> None:
    before = phone.client.cookies["shift"].value

    told = take_over(phone, di)

    assert (told["outcome"], told["name"]) == ("taken_over", "Di")
    assert phone.scan(card.code).outcome == "stamped"
    assert Stamp.objects.get().staff_member_id == di.id
    phone.client.cookies["shift"] = before
    assert phone.send_scan({"key": "k", "code": card.code}).status_code == 401


def test_what_is_open_when_the_shift_changes_belongs_to_who_acts(
    phone: Phone, bo: StaffMember, di: StaffMember, card: HeldCard
) -> None:
    open_panel = phone.scan(card.code)

    take_over(phone, di)
    phone.tap(open_panel.url("/undo"))

    events = Event.objects.filter(type__startswith="stamp.").order_by("at", "id")
    assert [(event.type, event.staff_member_id) for event in events] == [
        ("stamp.added", bo.id),
        ("stamp.reversed", di.id),
    ]


def test_a_wrong_pin_leaves_the_shift_as_it_is(phone: Phone, bo: StaffMember, di: StaffMember, card: HeldCard) -> None:
    told = take_over(phone, di, "0000")

    assert (told["outcome"], told["title"]) == ("refused", "Wrong PIN")
    assert "facts" not in told
    phone.scan(card.code)
    assert Stamp.objects.get().staff_member_id == bo.id


def test_five_wrong_pins_close_this_door_too(phone: Phone, di: StaffMember) -> None:
    for _time in range(5):
        take_over(phone, di, "0000")

    assert take_over(phone, di)["title"] == "The PIN is locked"


def test_the_phone_is_told_what_it_needs_to_go_on_without_a_network(phone: Phone, di: StaffMember) -> None:
    before = phone.offline_facts()

    facts = take_over(phone, di)["facts"]

    assert facts["me"] == public_id("stf", di.id)
    assert facts.keys() == before.keys()
    assert phone.offline_facts()["shift_ends"] == facts["shift_ends"]


def test_nobody_of_another_shop_and_nobody_who_has_left_takes_over(phone: Phone, di: StaffMember, rossi: Shop) -> None:
    StaffMember.objects.filter(id=di.id).update(left=di.created)

    for member in (di, rossi.hire("Gino")):
        answer = phone.send_form(f"/scanner/people/{public_id('stf', member.id)}/shift", pin=PIN)
        assert answer.status_code == 404


def test_at_a_phone_that_was_switched_off_nobody_takes_over(phone: Phone, di: StaffMember) -> None:
    revoke_station(phone.shop.merchant, Station.objects.get().id, actor=phone.shop.actor)

    assert phone.send_form(f"/scanner/people/{public_id('stf', di.id)}/shift", pin=PIN).status_code == 401


def test_in_a_closed_shop_nobody_takes_over(phone: Phone, bo: StaffMember, di: StaffMember) -> None:
    close_shop(phone.shop.merchant.id)

    assert take_over(phone, di)["outcome"] == "refused"
    assert Station.objects.get().shift_member_id == bo.id
