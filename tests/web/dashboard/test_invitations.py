"""An owner invites by mail; the link leads to an account, to a sign-in or straight to the button."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.mail.configuration import read_mail
from stampwell.mail.sending import send_due
from stampwell.merchants.hiring import LINK_LASTS, MOST_INVITATIONS
from stampwell.merchants.models import Membership, StaffMember, TeamInvitation, User
from stampwell.requests.models import StoredAnswer
from stampwell.tokens import unseal
from stampwell.web.recent_sign_in import RECENT
from tests.doubles.smtp import running_mail_server
from tests.mailbox import letters
from tests.web.dashboard.desk import DeskClient, words
from tests.web.signing_in import sign_in
from tests.world import PASSWORD, Shop

EVE = "eve@lume.example"
NEW = "/team/invitations/new/"
FIELDS = {"name": "Eve", "email": EVE, "role": "manager", "locale": "en"}


def link_in(letter: object) -> str:
    found = re.search(r"https?://[^/\s]+(/invitations/\S+)", str(letter))
    assert found is not None, letter
    return found[1]


@pytest.fixture
def link(desk: DeskClient) -> str:
    desk.send(NEW, **FIELDS)
    return link_in(letters()[-1].body)


def page_of(invitation: TeamInvitation) -> str:
    return f"/team/invitations/{public_id('inv', invitation.id)}/"


def test_the_invited_person_makes_an_account_and_works_at_the_desk(lume: Shop, link: str, visitor: Client) -> None:
    shown = visitor.get(link)
    joined = visitor.post(link, {"password": PASSWORD}, follow=True)

    assert "Join the team of Café Lume" in words(shown)
    assert "You will sign in with eve@lume.example." in words(shown)
    assert "Café Lume" in words(joined)
    assert visitor.get("/programs/new/").status_code == 200
    assert visitor.get("/settings/keys/").status_code == 403
    assert EmailAddress.objects.get(user__email=EVE).verified
    assert [letter.to for letter in letters()] == [[EVE]]


def test_looking_at_the_link_uses_nothing_up(link: str, visitor: Client) -> None:
    for _look in range(3):
        assert visitor.get(link).status_code == 200

    assert TeamInvitation.objects.get().accepted is None
    assert not User.objects.filter(email=EVE).exists()


def test_who_has_an_account_signs_in_and_then_joins(lume: Shop, rossi: Shop, desk: DeskClient, visitor: Client) -> None:
    desk.send(NEW, **FIELDS | {"email": rossi.owner.email, "role": "owner"})
    link = link_in(letters()[-1].body)

    asked = visitor.get(link)
    to_sign_in = re.search(r'href="(/accounts/login/\?next=[^"]+)"', asked.content.decode())
    assert to_sign_in is not None
    assert visitor.post(link, {"password": "a password of somebody"}).status_code == 200
    given = {"login": rossi.owner.email, "password": PASSWORD, "next": link}
    assert visitor.post(to_sign_in[1], given)["Location"] == link
    assert "You are invited as an owner." in words(visitor.get(link))
    home = visitor.post(link, follow=True)

    assert "Café Lume" in words(home)
    assert StaffMember.objects.get(merchant=lume.merchant, user=rossi.owner).role == "owner"
    assert Membership.objects.filter(user=rossi.owner).count() == 2


def test_a_confirmed_second_address_is_as_good(lume: Shop, rossi: Shop, link: str) -> None:
    EmailAddress.objects.create(user=rossi.owner, email=EVE.upper(), primary=False, verified=True)
    client = DeskClient(rossi.owner)

    assert client.send(link).status_code == 302
    assert Membership.objects.filter(user=rossi.owner, merchant_id=lume.merchant.id).exists()


def test_an_address_that_is_not_confirmed_is_nobodys(lume: Shop, rossi: Shop, link: str) -> None:
    EmailAddress.objects.create(user=rossi.owner, email=EVE, primary=False, verified=False)
    client = DeskClient(rossi.owner)

    assert "This invitation is for eve@lume.example." in words(client.open(link))
    assert client.send(link).status_code == 403
    assert not Membership.objects.filter(user=rossi.owner, merchant_id=lume.merchant.id).exists()


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_a_stranger_may_have_set_up_before_opens_nothing(
    lume: Shop, rossi: Shop, link: str, is_confirmed: bool
) -> None:
    """Anybody can open an account with an address that is not theirs, and add a passkey to it."""
    EmailAddress.objects.update_or_create(
        user=rossi.owner, email=rossi.owner.email, defaults={"verified": is_confirmed}
    )
    Authenticator.objects.create(user=rossi.owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    TeamInvitation.objects.update(email=rossi.owner.email)
    client = DeskClient(rossi.owner)

    page = client.client.post(link, follow=True)

    assert Authenticator.objects.filter(user=rossi.owner).exists() is is_confirmed
    assert ("Set them up again" in words(page)) is not is_confirmed
    assert EmailAddress.objects.get(user=rossi.owner).verified
    assert StaffMember.objects.get(merchant=lume.merchant, user=rossi.owner).role == "manager"


def test_somebody_else_signs_out_and_comes_back(rossi: Shop, link: str) -> None:
    client = DeskClient(rossi.owner)

    page = client.open(link).content.decode()
    assert f'name="next" value="{link}"' in page
    assert client.client.post("/accounts/logout/", {"next": link})["Location"] == link


def test_a_used_link_says_so_and_leads_its_user_to_the_desk(link: str, visitor: Client) -> None:
    visitor.post(link, {"password": PASSWORD})

    again, stranger = visitor.get(link), Client(headers={"accept-language": "en"}).get(link)

    for page in (again, stranger):
        assert page.status_code == 404
        assert "This link no longer works" in words(page)
    assert "Go to the start page" in words(again)
    assert "Go to the start page" not in words(stranger)
    assert visitor.post(link).status_code == 302  # a second tap


@pytest.mark.parametrize("path", ["/invitations/nowhere/{}/", "/invitations/caf%00/{}/", "/invitations/rossi/{}/"])
def test_a_foreign_or_unknown_link_is_one_that_has_ended(rossi: Shop, link: str, visitor: Client, path: str) -> None:
    secret = link.split("/")[3]

    for ask in (visitor.get, visitor.post):
        answer = ask(path.format(secret))
        assert answer.status_code == 404
        assert "This link no longer works" in words(answer)


def test_a_weak_password_is_refused_and_the_link_stays(link: str, visitor: Client) -> None:
    for password in ("short", "eve@lume.example", ""):
        assert visitor.post(link, {"password": password}).status_code == 422

    assert not User.objects.filter(email=EVE).exists()
    assert visitor.post(link, {"password": PASSWORD}).status_code == 302


def test_the_mail_is_in_the_language_that_was_chosen(desk: DeskClient) -> None:
    desk.send(NEW, **FIELDS | {"locale": "lv"})

    letter = letters()[-1]
    assert letter.subject == "Pievienojieties uzņēmuma Café Lume komandai"
    assert "ada aicina jūs kļūt par vadītāju uzņēmumā Café Lume." in str(letter.body)


def test_a_name_with_signs_stands_in_the_mail_as_it_is(desk: DeskClient, lume: Shop) -> None:
    lume.merchant.name = "Fish & “Chips” <b>"
    lume.merchant.save()

    desk.send(NEW, **FIELDS)

    assert letters()[-1].subject == "Join the team of Fish & “Chips” <b>"
    assert "at Fish & “Chips” <b> as a manager" in str(letters()[-1].body)


def test_a_form_that_is_sent_twice_sends_one_mail(desk: DeskClient) -> None:
    for _tap in range(2):
        assert desk.send(NEW, once="tap", **FIELDS).status_code == 302

    assert len(letters()) == 1
    assert TeamInvitation.objects.count() == 1


def test_the_team_lists_who_has_not_answered(desk: DeskClient, link: str) -> None:
    waiting = words(desk.open("/team/"))
    with stopped_at(now() + LINK_LASTS):
        expired = words(DeskClient(User.objects.get(email="ada@lume.example")).open("/team/"))

    assert "Eve eve@lume.example Waiting for an answer" in waiting
    assert "Eve eve@lume.example Link expired" in expired


def test_sent_again_the_new_link_works_and_the_old_one_does_not(desk: DeskClient, link: str, visitor: Client) -> None:
    page = page_of(TeamInvitation.objects.get())

    for _tap in range(2):
        assert desk.send(f"{page}again/", once="tap").status_code == 302

    assert [letter.to for letter in letters()] == [[EVE], [EVE]]
    assert visitor.get(link).status_code == 404
    assert visitor.get(link_in(letters()[-1].body)).status_code == 200


def test_taken_back_the_link_is_dead(desk: DeskClient, link: str, visitor: Client) -> None:
    page = page_of(TeamInvitation.objects.get())

    assert desk.send(f"{page}back/").status_code == 302

    assert visitor.get(link).status_code == 404
    assert visitor.post(link, {"password": PASSWORD}).status_code == 404
    assert desk.open(page).status_code == 404
    assert not User.objects.filter(email=EVE).exists()


def test_so_many_invitations_and_no_more(desk: DeskClient) -> None:
    for number in range(MOST_INVITATIONS):
        assert desk.send(NEW, **FIELDS | {"email": f"eve{number}@lume.example"}).status_code == 302
    too_many = desk.send(NEW, **FIELDS)
    again = desk.send(f"{page_of(TeamInvitation.objects.latest('id'))}again/")

    assert (too_many.status_code, again.status_code) == (422, 422)
    assert "This was tried too many times in a short time." in words(too_many)
    assert len(letters()) == MOST_INVITATIONS


def test_one_mailbox_gets_so_many_from_all_shops(desk: DeskClient, rossi: Shop, visitor: Client) -> None:
    desk.send(NEW, **FIELDS)
    for _try in range(9):
        visitor.post("/accounts/password/reset/", {"email": EVE})

    assert DeskClient(rossi.owner).send(NEW, **FIELDS).status_code == 422
    assert TeamInvitation.objects.count() == 1


def test_somebody_of_the_team_is_not_invited(desk: DeskClient, lume: Shop) -> None:
    answer = desk.send(NEW, **FIELDS | {"email": lume.owner.email.upper()})

    assert answer.status_code == 422
    assert "This person is already in the team." in words(answer)
    assert letters() == []


def test_a_role_that_does_not_sign_in_is_not_invited(desk: DeskClient) -> None:
    for role in ("cashier", "admin", ""):
        assert desk.send(NEW, **FIELDS | {"role": role}).status_code == 422
    assert TeamInvitation.objects.count() == 0


def test_a_cashier_is_invited_from_their_own_page(desk: DeskClient, lume: Shop, visitor: Client) -> None:
    bo = lume.hire("Bo")
    person = public_id("stf", bo.id)
    assert f"{NEW}?person={person}" in desk.open(f"/team/people/{person}/").content.decode()
    form = desk.open(f"{NEW}?person={person}").content.decode()
    assert 'value="Bo"' in form

    desk.send(NEW, **FIELDS, person=person)
    visitor.post(link_in(letters()[-1].body), {"password": PASSWORD})

    bo.refresh_from_db()
    assert (bo.name, bo.role, bo.user) == ("Bo", "manager", User.objects.get(email=EVE))


@pytest.mark.parametrize("who", ["theirs", "with an account", "nobody"])
def test_only_ones_own_people_without_an_account_are_invited(
    desk: DeskClient, lume: Shop, rossi: Shop, who: str
) -> None:
    ids = {"theirs": rossi.hire("Luca").id, "with an account": lume.ada.id, "nobody": lume.merchant.id}
    person = public_id("stf", ids[who])

    assert desk.open(f"{NEW}?person={person}").status_code == 404
    assert desk.send(NEW, **FIELDS, person=person).status_code == 404
    assert TeamInvitation.objects.count() == 0


def test_with_the_owner_who_sent_it_goes_the_invitation(desk: DeskClient, lume: Shop, rossi: Shop, link: str) -> None:
    desk.send(NEW, **FIELDS | {"email": rossi.owner.email, "role": "owner"})
    other = DeskClient(rossi.owner)
    other.send(link_in(letters()[-1].body))
    person = f"/team/people/{public_id('stf', lume.ada.id)}/"

    other.client.session["merchant"] = str(lume.merchant.id)
    assert other.send(f"{person}change/", name="Ada", role="cashier").status_code == 302

    assert not TeamInvitation.objects.filter(email=EVE).exists()


def test_an_old_session_invites_nobody(lume: Shop, link: str) -> None:
    client = Client()
    sign_in(client, lume.owner, seconds_ago=RECENT.total_seconds() + 1)
    invitation = {"invitation": public_id("inv", TeamInvitation.objects.get().id)}

    for name, ids in (("new_invitation", {}), ("send_again", invitation)):
        assert "/accounts/reauthenticate/" in client.post(reverse(name, kwargs=ids), FIELDS)["Location"]

    assert len(letters()) == 1


def test_without_a_mail_server_the_form_says_so(desk: DeskClient, settings: Settings) -> None:
    said = "No mail server is set up"
    before = words(desk.open(NEW))
    settings.MAILERS = {"default": read_mail({})[0]}

    assert said not in before
    assert said in words(desk.open(NEW))


def test_a_mail_that_cannot_be_delivered_is_told_until_it_is_sent_again(desk: DeskClient, settings: Settings) -> None:
    with running_mail_server() as server:
        server.answers = {"RCPT": "550 nobody of that name"}
        server_settings = {"HOST": "127.0.0.1", "PORT": str(server.port), "TLS": "off", "FROM": "a@lume.example"}
        mailer, _sender = read_mail({f"STAMPWELL_MAIL_{name}": value for name, value in server_settings.items()})
        settings.MAILERS = {"default": mailer}
        desk.send(NEW, **FIELDS)
        page = page_of(TeamInvitation.objects.get())
        before = words(desk.open("/team/"))
        send_due()

    assert "Eve eve@lume.example Waiting for an answer" in before
    assert "Eve eve@lume.example Email not delivered" in words(desk.open("/team/"))
    assert "The email could not be delivered to this address." in words(desk.open(page))
    desk.send(f"{page}again/")
    assert "Eve eve@lume.example Waiting for an answer" in words(desk.open("/team/"))
    assert "The email could not be delivered" not in words(desk.open(page))


def test_a_link_that_is_dead_by_now_is_not_sent(desk: DeskClient) -> None:
    desk.send(NEW, **FIELDS)
    page = page_of(TeamInvitation.objects.get())

    desk.send(f"{page}again/")
    [letter] = letters()
    desk.send(f"{page}again/")
    desk.send(f"{page}back/")

    assert Client().get(link_in(letter.body)).status_code == 404
    assert letters() == [letter]


def test_the_link_stands_in_the_mail_alone(desk: DeskClient, link: str) -> None:
    secret = link.split("/")[3]

    pages = [desk.open("/team/"), desk.open(page_of(TeamInvitation.objects.get()))]

    assert all(secret not in page.content.decode() for page in pages)
    assert all(secret.encode() not in unseal(bytes(kept.body)) for kept in StoredAnswer.objects.all())
    assert StoredAnswer.objects.exists()
