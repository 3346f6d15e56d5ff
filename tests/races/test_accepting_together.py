"""One link, opened by several at the same moment, and what an owner does meanwhile."""

from collections.abc import Callable

import pytest

from stampwell.merchants.hiring import (
    TeamInvitationEnded,
    accept_invitation,
    invite_person,
    take_back_invitation,
)
from stampwell.merchants.models import Membership, StaffMember, TeamInvitation, User
from stampwell.refusal import NotFound
from tests.races.callers import run_together
from tests.world import PASSWORD, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

EVE = "eve@lume.example"
ROUNDS = 8


def invite(shop: Shop, email: str = EVE) -> tuple[TeamInvitation, str]:
    return invite_person(shop.merchant, email=email, name="Eve", role="manager", locale="en", by=shop.ada)


def accepting(shop: Shop, secret: str, user: User) -> Callable[[], object]:
    """The address is everybody's here, so that only the link can keep the second one out."""
    return lambda: accept_invitation(shop.merchant, secret, user, addresses=[EVE, user.email])


def test_of_several_accounts_one_link_lets_in_one() -> None:
    shop = open_lume()
    users = [User.objects.create_user(f"eve{number}@lume.example", PASSWORD) for number in range(4)]
    _invitation, secret = invite(shop)

    ends = run_together(*(accepting(shop, secret, user) for user in users))

    assert [type(end) for end in ends].count(TeamInvitationEnded) == 3
    assert [end for end in ends if end is None] == [None]
    assert StaffMember.objects.filter(merchant=shop.merchant).count() == 2
    assert Membership.objects.filter(merchant_id=shop.merchant.id).count() == 2


def test_who_taps_several_times_is_one_person() -> None:
    shop = open_lume()
    eve = User.objects.create_user(EVE, PASSWORD)
    _invitation, secret = invite(shop)

    ends = run_together(*[accepting(shop, secret, eve)] * 4)

    assert ends == [None] * 4
    assert StaffMember.objects.filter(merchant=shop.merchant, user=eve).count() == 1


def test_two_links_of_one_account_make_one_person() -> None:
    shop = open_lume()
    eve = User.objects.create_user("eve@home.example", PASSWORD)
    links = [invite(shop)[1], invite(shop, eve.email)[1]]

    run_together(*(accepting(shop, link, eve) for link in links))

    assert StaffMember.objects.filter(merchant=shop.merchant, user=eve).count() == 1


def taking_back(shop: Shop, invitation: TeamInvitation) -> Callable[[], object]:
    return lambda: take_back_invitation(shop.merchant, invitation.id)


def test_either_it_is_taken_back_or_it_lets_in() -> None:
    shop = open_lume()
    for number in range(ROUNDS):
        user = User.objects.create_user(f"eve{number}@lume.example", PASSWORD)
        invitation, secret = invite(shop)

        taken_back, let_in = run_together(taking_back(shop, invitation), accepting(shop, secret, user))

        if StaffMember.objects.filter(merchant=shop.merchant, user=user).exists():
            assert (type(taken_back), let_in) == (NotFound, None)
        else:
            assert (taken_back, type(let_in)) == (None, TeamInvitationEnded)


def test_an_address_that_is_invited_several_times_at_once_has_one_link() -> None:
    shop = open_lume()

    ends = run_together(*[lambda: invite(shop)] * 4)

    assert ends == [None] * 4
    assert TeamInvitation.objects.count() == 1
