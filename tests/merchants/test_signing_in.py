import pytest

from stampwell.clock import now
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import WrongPin, sign_in_with_pin
from tests.world import PIN, Shop


def test_whoever_left_signs_in_no_more(lume: Shop) -> None:
    bo, (station, _credential) = lume.hire("Bo"), lume.scanner()
    signed_in = sign_in_with_pin(lume.merchant, station, bo.id, PIN)

    StaffMember.objects.filter(merchant=lume.merchant, id=bo.id).update(left=now())
    with pytest.raises(WrongPin):
        sign_in_with_pin(lume.merchant, station, bo.id, PIN)

    assert signed_in.id == bo.id


def test_a_rivals_people_do_not_sign_in_here(lume: Shop, rossi: Shop) -> None:
    station, _credential = lume.scanner()

    with pytest.raises(WrongPin):
        sign_in_with_pin(lume.merchant, station, rossi.hire("Gia").id, PIN)
