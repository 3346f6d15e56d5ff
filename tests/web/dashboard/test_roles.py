"""What each role reaches at the desk: every route, by its own shop's ids."""

import pytest
from django.urls import URLPattern

from stampwell.ids import public_id
from stampwell.merchants.models import ApiKey, StaffMember, TeamInvitation
from stampwell.web.dashboard.urls import urlpatterns
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.dashboard.test_walls import everything_of, fill
from tests.world import Shop

FOR_CASHIERS = {
    "",
    "shops/",
    "appearance/",
    "open-your-shop/",
    "cards/",
    "cards/<str:card>/",
    "cards/new/",
    "cards/<str:card>/link/",
    "cards/<str:card>/stamps/",
    "cards/<str:card>/vouchers/<str:voucher>/redemption/",
    "customers/<str:customer>/",
    # What happened is no secret among those who work there.
    "journal/",
    "stamp-icons/<slug:name>.svg",
    # What is offered may be looked at and printed, and the settings show each role what it may change.
    "programs/",
    "programs/<str:program>/",
    "programs/<str:program>/join-code.<str:kind>",
    "programs/<str:program>/poster-<str:locale>.pdf",
    "programs/<str:program>/staff-card-<str:locale>.pdf",
    "logos/<str:picture>.png",
    "settings/",
    "figures/",
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


FOR_OWNERS_ALONE = {
    "imports/",
    "imports/new/",
    "imports/<str:import_id>/",
    "imports/<str:import_id>/state/",
    "imports/<str:import_id>/start/",
    "imports/<str:import_id>/undo/",
    "imports/<str:import_id>/mail/",
    "imports/<str:import_id>/mail/stop/",
    "imports/<str:import_id>/rows.csv",
    "figures/redeem-codes/",
    "reconciliations/",
    "reconciliations/<str:reconciliation>/",
    "reconciliations/<str:reconciliation>/state/",
    "reconciliations/<str:reconciliation>/rows.csv",
    "settings/messages/",
    "settings/privacy/",
    "settings/retention/",
    "settings/old-paper/",
    "exports/",
    "exports/new/",
    "exports/shop/",
    "exports/<str:export>/state/",
    "exports/<str:export>/file/",
    "settings/shop/",
    "settings/time-zone/",
    "settings/staff-limits/",
    "settings/wallets/",
    "settings/changes/",
    "settings/keys/",
    "settings/keys/new/",
    "settings/keys/<str:key>/off/",
    "team/invitations/new/",
    "team/invitations/<str:invitation>/",
    "team/invitations/<str:invitation>/again/",
    "team/invitations/<str:invitation>/back/",
}


def test_a_manager_reaches_everything_but_keys_invitations_and_the_shop_itself(lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)
    ids = everything_of(lume)
    closed_to_bo = set()
    for route in urlpatterns:
        assert isinstance(route, URLPattern)
        path = fill(str(route.pattern), ids)
        answers = {bo.open(path).status_code, bo.send(path).status_code}
        if 403 in answers and answers <= {403, 405}:
            closed_to_bo.add(str(route.pattern))

    assert closed_to_bo == FOR_OWNERS_ALONE
    assert ApiKey.objects.get().revoked is None
    assert TeamInvitation.objects.get().accepted is None


@pytest.mark.parametrize("act", ["change/", "pin/", "unlock/", "leave/"])
def test_a_manager_changes_nothing_of_an_owner(lume: Shop, act: str) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)
    before = StaffMember.objects.filter(id=lume.ada.id).values().get()

    answer = bo.send(f"/team/people/{public_id('stf', lume.ada.id)}/{act}", name="Eve", role="cashier", pin="1357")

    assert answer.status_code == 403
    assert StaffMember.objects.filter(id=lume.ada.id).values().get() == before


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_nobody_is_more_than_a_cashier_without_an_account(desk: DeskClient, lume: Shop, role: str) -> None:
    bo = lume.hire("Bo")

    made = desk.send("/team/people/new/", name="Eve", role=role, pin="1357")
    changed = desk.send(f"/team/people/{public_id('stf', bo.id)}/change/", name="Bo", role=role)

    assert made.status_code == 302
    assert changed.status_code == 422
    assert set(StaffMember.objects.filter(merchant=lume.merchant).values_list("name", "role")) == {
        ("ada", "owner"),
        ("Bo", "cashier"),
        ("Eve", "cashier"),
    }


def test_somebody_with_an_account_may_be_given_each_role(desk: DeskClient, lume: Shop) -> None:
    sign_up_staff(lume, StaffMember.Role.CASHIER)
    bo = StaffMember.objects.get(merchant=lume.merchant, name="Bo")

    for role in ("manager", "owner", "cashier"):
        assert desk.send(f"/team/people/{public_id('stf', bo.id)}/change/", name="Bo", role=role).status_code == 302
        bo.refresh_from_db()
        assert bo.role == role


def test_a_manager_makes_no_owner_of_anybody(lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)
    member = StaffMember.objects.get(merchant=lume.merchant, name="Bo")

    answer = bo.send(f"/team/people/{public_id('stf', member.id)}/change/", name="Bo", role="owner")

    member.refresh_from_db()
    assert (answer.status_code, member.role) == (422, "manager")


def test_the_last_owner_who_can_sign_in_stays(desk: DeskClient, lume: Shop) -> None:
    lume.hire("Di", StaffMember.Role.OWNER)

    answer = desk.send(f"/team/people/{public_id('stf', lume.ada.id)}/leave/")

    assert "This is the only owner of the shop." in words(answer)
    assert StaffMember.objects.get(id=lume.ada.id).left is None


def test_a_cashier_without_a_pin_is_not_made(desk: DeskClient, lume: Shop) -> None:
    assert desk.send("/team/people/new/", name="Bo", pin="").status_code == 422
    assert StaffMember.objects.filter(merchant=lume.merchant).count() == 1


@pytest.mark.parametrize("role", [StaffMember.Role.MANAGER, StaffMember.Role.CASHIER])
def test_only_an_owner_makes_keys_and_owners(lume: Shop, role: StaffMember.Role) -> None:
    bo = sign_up_staff(lume, role)

    assert bo.send("/settings/keys/new/", name="Till", scopes=["cards:read"]).status_code == 403
    assert "API" not in words(bo.open("/settings/"))
