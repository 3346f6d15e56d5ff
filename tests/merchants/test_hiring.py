"""Asking somebody to join the team: whose the link is, how long it works, and whom it lets in."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection

from stampwell.clock import now, stopped_at
from stampwell.merchants.hiring import (
    KEPT,
    LINK_LASTS,
    AlreadyInTeam,
    InvitedAtAnotherAddress,
    TeamInvitationEnded,
    accept_invitation,
    forget_old_team_invitations,
    invite_person,
    open_invitations,
    read_invitation,
    renew_invitation,
    take_back_all,
    take_back_invitation,
)
from stampwell.merchants.models import Membership, StaffMember, TeamInvitation, User
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from tests.world import PASSWORD, PIN, Shop

EVE = "eve@lume.example"
MANAGER = StaffMember.Role.MANAGER


@pytest.fixture
def eve(lume: Shop) -> User:
    return User.objects.create_user(EVE, PASSWORD)


def invite(shop: Shop, *, role: str = MANAGER, person: StaffMember | None = None) -> tuple[TeamInvitation, str]:
    return invite_person(shop.merchant, email=EVE, name="Eve", role=role, locale="lv", by=shop.ada, person=person)


def accept(shop: Shop, secret: str, user: User) -> StaffMember:
    return accept_invitation(shop.merchant, secret, user, addresses=[user.email])


def test_who_accepts_is_in_the_team_with_the_role(lume: Shop, eve: User) -> None:
    _invitation, secret = invite(lume)

    member = accept(lume, secret, eve)

    assert (member.name, member.role, member.user_id) == ("Eve", "manager", eve.id)
    assert Membership.objects.get(user=eve).staff_member_id == member.id
    assert open_invitations(lume.merchant) == []


def test_only_the_hash_of_the_link_is_kept_and_it_has_160_bits(lume: Shop) -> None:
    _invitation, secret = invite(lume)

    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM team_invitation i")
        row = cursor.fetchone()[0]
    assert len(bytes.fromhex(secret)) == 20
    assert secret not in row


def test_a_link_works_for_a_week(lume: Shop, eve: User) -> None:
    _invitation, secret = invite(lume)

    with stopped_at(now() + LINK_LASTS - timedelta(seconds=1)):
        assert read_invitation(lume.merchant, secret).email == EVE
    with stopped_at(now() + LINK_LASTS), pytest.raises(TeamInvitationEnded):
        accept(lume, secret, eve)
    assert not Membership.objects.filter(user=eve).exists()


def test_a_link_lets_in_one_account(lume: Shop, eve: User) -> None:
    _invitation, secret = invite(lume)
    accept(lume, secret, eve)
    other = User.objects.create_user("other@lume.example", PASSWORD)

    with pytest.raises(TeamInvitationEnded):
        accept_invitation(lume.merchant, secret, other, addresses=[other.email, EVE])

    assert StaffMember.objects.filter(merchant=lume.merchant).count() == 2


def test_who_accepts_twice_is_one_person(lume: Shop, eve: User) -> None:
    _invitation, secret = invite(lume)

    assert accept(lume, secret, eve) == accept(lume, secret, eve)
    assert StaffMember.objects.filter(merchant=lume.merchant).count() == 2


def test_who_was_cut_off_from_the_directory_accepts_again(lume: Shop, eve: User) -> None:
    """The shop's part of the step was written and the directory's was not."""
    _invitation, secret = invite(lume)
    member = accept(lume, secret, eve)
    Membership.objects.filter(user=eve).delete()

    accept(lume, secret, eve)

    assert Membership.objects.get(user=eve).staff_member_id == member.id


def test_who_has_left_does_not_come_back_by_the_old_link(lume: Shop, eve: User) -> None:
    _invitation, secret = invite(lume)
    member = accept(lume, secret, eve)
    StaffMember.objects.filter(id=member.id).update(left=now())

    with pytest.raises(TeamInvitationEnded):
        accept(lume, secret, eve)


def test_who_has_left_comes_back_by_a_new_invitation(lume: Shop, eve: User) -> None:
    first = accept(lume, invite(lume)[1], eve)
    StaffMember.objects.filter(id=first.id).update(left=now())

    second = accept(lume, invite(lume)[1], eve)

    assert second.id != first.id
    assert Membership.objects.get(user=eve).staff_member_id == second.id


def test_the_link_of_one_shop_opens_no_other(lume: Shop, rossi: Shop, eve: User) -> None:
    _invitation, secret = invite(lume)

    with pytest.raises(TeamInvitationEnded):
        accept(rossi, secret, eve)


def test_a_link_that_was_passed_on_lets_nobody_else_in(lume: Shop) -> None:
    _invitation, secret = invite(lume)
    other = User.objects.create_user("other@lume.example", PASSWORD)

    with pytest.raises(InvitedAtAnotherAddress):
        accept(lume, secret, other)

    assert not Membership.objects.filter(user=other).exists()
    assert len(open_invitations(lume.merchant)) == 1


def test_somebody_of_the_team_is_not_invited_again(lume: Shop, eve: User) -> None:
    accept(lume, invite(lume)[1], eve)

    with pytest.raises(AlreadyInTeam):
        invite(lume, role="owner")

    assert StaffMember.objects.get(merchant=lume.merchant, user=eve).role == "manager"


def test_a_second_link_changes_nothing_for_who_is_in_the_team(lume: Shop, eve: User) -> None:
    """Invited at two addresses of one account, as a manager and then as an owner."""
    _first, secret = invite(lume)
    _second, other = invite_person(
        lume.merchant, email="eve@home.example", name="Eve", role="owner", locale="en", by=lume.ada
    )
    accept(lume, secret, eve)

    with pytest.raises(AlreadyInTeam):
        accept_invitation(lume.merchant, other, eve, addresses=[EVE, "eve@home.example"])

    assert StaffMember.objects.get(merchant=lume.merchant, user=eve).role == "manager"


def test_invited_again_the_first_link_is_dead(lume: Shop, eve: User) -> None:
    _first, old = invite(lume, role="owner")
    _second, new = invite(lume)

    with pytest.raises(TeamInvitationEnded):
        accept(lume, old, eve)
    assert accept(lume, new, eve).role == "manager"


def test_sent_again_the_old_link_is_dead_and_the_week_begins_anew(lume: Shop, eve: User) -> None:
    invitation, old = invite(lume)

    with stopped_at(now() + LINK_LASTS + timedelta(days=1)):
        renewed, new = renew_invitation(lume.merchant, invitation.id)

        assert renewed.expires == now() + LINK_LASTS
        with pytest.raises(TeamInvitationEnded):
            accept(lume, old, eve)
        assert accept(lume, new, eve).role == "manager"


def test_taken_back_the_link_is_dead(lume: Shop, eve: User) -> None:
    invitation, secret = invite(lume)

    take_back_invitation(lume.merchant, invitation.id)

    with pytest.raises(TeamInvitationEnded):
        accept(lume, secret, eve)
    with pytest.raises(NotFound):
        renew_invitation(lume.merchant, invitation.id)


def test_an_accepted_invitation_is_neither_sent_again_nor_taken_back(lume: Shop, eve: User) -> None:
    invitation, secret = invite(lume)
    accept(lume, secret, eve)

    for act in (take_back_invitation, renew_invitation):
        with pytest.raises(NotFound):
            act(lume.merchant, invitation.id)
    assert Membership.objects.filter(user=eve).exists()


def test_a_cashier_who_is_invited_stays_the_same_person(lume: Shop, eve: User) -> None:
    bo = lume.hire("Bo")

    member = accept(lume, invite(lume, person=bo)[1], eve)

    assert (member.id, member.name, member.role) == (bo.id, "Bo", "manager")
    assert check_password(PIN, member.pin_hash)


def test_who_left_meanwhile_is_not_brought_back_as_somebody_else(lume: Shop, eve: User) -> None:
    bo = lume.hire("Bo")
    _invitation, secret = invite(lume, person=bo)
    StaffMember.objects.filter(id=bo.id).update(left=now())
    with merchant_transaction(lume.merchant.id):
        take_back_all(lume.merchant, bo)

    with pytest.raises(TeamInvitationEnded):
        accept(lume, secret, eve)


def test_with_an_owner_go_the_invitations_that_they_sent(lume: Shop, eve: User) -> None:
    _invitation, secret = invite(lume, role="owner")
    with merchant_transaction(lume.merchant.id):
        take_back_all(lume.merchant, lume.ada)

    with pytest.raises(TeamInvitationEnded):
        accept(lume, secret, eve)


def test_who_is_no_owner_any_more_invites_nobody(lume: Shop) -> None:
    StaffMember.objects.filter(id=lume.ada.id).update(role=MANAGER)

    with pytest.raises(NotFound):
        invite(lume)


def test_old_invitations_are_forgotten(lume: Shop, rossi: Shop) -> None:
    invite(lume)
    with stopped_at(now() + timedelta(days=1)):
        invite(rossi)

    with stopped_at(now() + LINK_LASTS + KEPT + timedelta(seconds=1)):
        forget_old_team_invitations()

    assert [invitation.merchant_id for invitation in TeamInvitation.objects.all()] == [rossi.merchant.id]
