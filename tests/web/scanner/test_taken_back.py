"""A kept scan that is taken back while it waits: it comes all the same, never counts, and says who took it back."""

from datetime import timedelta

import pytest

from stampwell.cards.models import Stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.merchants.models import StaffMember
from stampwell.offline.models import KeptScan
from tests.moments import START
from tests.web.devices import Device
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Phone
from tests.web.stations.keeping import KeepingDevice
from tests.world import PIN, HeldCard, Shop

LATER = START + timedelta(hours=3)


@pytest.fixture
def offline(phone: Phone) -> KeepingPhone:
    return KeepingPhone(phone)


def test_a_scan_that_was_taken_back_does_not_count_and_the_journal_says_who_took_it_back(
    offline: KeepingPhone, lume: Shop, bo: StaffMember, card: HeldCard
) -> None:
    kept = offline.device.keep(card.code)
    cy = lume.hire("Cy")
    offline.phone.sign_in(cy)
    taken = offline.device.take_back(kept, offline.phone.offline_facts()["shift"])

    with stopped_at(LATER):
        first, second = offline.hand_in(taken), offline.hand_in(taken, kept)

    assert (first[0]["state"], first[0]["why"]) == (
        "refused",
        "The scan was taken back on the device before it was sent.",
    )
    assert second == first * 2, "however it comes again"
    assert not Stamp.objects.exists()
    assert KeptScan.objects.get().staff_member_id == bo.id, "who scanned it"
    event = Event.objects.get(type="scan.refused")
    assert (event.data["reason"], event.staff_member_id, event.card_id) == ("taken_back", cy.id, card.id)


def test_what_had_been_sent_already_counts_and_says_so(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)
    offline.hand_in(kept)

    assert offline.states(offline.device.take_back(kept, offline.device.shift)) == ["counted"]
    assert card.row.stamps == 1


def test_what_was_sent_alone_already_counts_as_well(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)
    offline.phone.scan(card.code, key=kept["key"])

    assert offline.states(offline.device.take_back(kept, offline.device.shift)) == ["counted"]
    assert card.row.stamps == 1


def test_what_counted_before_its_amount_was_asked_counts_as_well(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code, amount=1250)
    offline.phone.scan(card.code, key=kept["key"])

    assert offline.states(offline.device.take_back(kept, offline.device.shift)) == ["counted"]
    assert card.row.stamps == 1


def test_sent_alone_after_it_was_taken_back_it_stays_taken_back(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)
    offline.hand_in(offline.device.take_back(kept, offline.device.shift))

    assert offline.phone.scan(card.code, key=kept["key"]).outcome == "refused"
    assert card.row.stamps == 0


def test_nobody_else_takes_back_what_a_device_signed(offline: KeepingPhone, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)

    assert offline.states(kept | {"taken_back": offline.device.shift}) == ["waiting"]
    assert KeptScan.objects.get().reason == "signature_unknown"


def test_where_nobody_knows_who_took_it_back_it_waits(offline: KeepingPhone, bo: StaffMember, card: HeldCard) -> None:
    kept = offline.device.keep(card.code)
    offline.device.sign_in_offline(offline.facts, offline.facts["me"], PIN[::-1])

    assert offline.states(offline.device.take_back(kept, offline.device.shift)) == ["waiting"]
    assert KeptScan.objects.get().reason == "offline_pin_wrong"


def test_a_code_of_nobodys_can_be_taken_back_too(offline: KeepingPhone) -> None:
    kept = offline.device.keep("CBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")

    (result,) = offline.hand_in(offline.device.take_back(kept, offline.device.shift))

    assert result["why"] == "The scan was taken back on the device before it was sent."


def test_at_an_autopilot_the_device_takes_it_back(lume: Shop) -> None:
    till, card = KeepingDevice(Device(lume, "autopilot").enrol()), lume.publish().card()
    kept = till.memory.keep(card.code)

    assert till.states(till.memory.take_back(kept, till.memory.shift)) == ["refused"]
    event = Event.objects.get(type="scan.refused")
    assert (event.source, event.staff_member_id) == ("autopilot", None)
