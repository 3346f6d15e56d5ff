"""What a cashier reaches at the desk: every route, by its own shop's ids."""

import pytest
from django.urls import URLPattern

from stampwell.merchants.models import StaffMember
from stampwell.web.dashboard.urls import urlpatterns
from tests.web.dashboard.desk import sign_up_staff, words
from tests.web.dashboard.test_walls import everything_of, fill
from tests.world import Shop

FOR_CASHIERS = {
    "",
    "shops/",
    "open-your-shop/",
    "cards/",
    "cards/<str:card>/",
    "cards/<str:card>/stamps/",
    "cards/<str:card>/vouchers/<str:voucher>/redemption/",
    "stamp-icons/<slug:name>.svg",
    # What is offered may be looked at and printed, and the settings show each role what it may change.
    "programs/",
    "programs/<str:program>/",
    "programs/<str:program>/join-code.<str:kind>",
    "programs/<str:program>/poster-<str:locale>.pdf",
    "logos/<str:picture>.png",
    "settings/",
}


def test_a_cashier_reaches_what_is_done_at_the_counter_and_nothing_else(lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)
    ids = everything_of(lume)
    open_to_bo = set()
    for route in urlpatterns:
        assert isinstance(route, URLPattern)
        path = fill(str(route.pattern), ids)
        if {bo.open(path).status_code, bo.send(path).status_code} - {403, 404, 405}:
            open_to_bo.add(str(route.pattern))

    assert open_to_bo == FOR_CASHIERS


@pytest.mark.parametrize("role", [StaffMember.Role.MANAGER, StaffMember.Role.CASHIER])
def test_only_an_owner_makes_keys_and_owners(lume: Shop, role: StaffMember.Role) -> None:
    bo = sign_up_staff(lume, role)

    assert bo.send("/settings/keys/new/", name="Till", scopes=["cards:read"]).status_code == 403
    assert "API" not in words(bo.open("/settings/"))
