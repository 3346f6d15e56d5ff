"""The page of cards in phones, and a card sent to its phone again."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.clock import new_id, now, stopped_at
from stampwell.merchants.models import StaffMember
from stampwell.models import GoogleObject, Pass, Registration
from stampwell.wallet.google.account import make_development_account
from tests.wallet.development import lay_development_account, lay_development_chain
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import path_of
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.world import HeldCard, Offer, Shop

PAGE = "/settings/wallets/"


@pytest.fixture(autouse=True)
def own_data_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")
    settings.WALLET_OFFER_DEVELOPMENT = True


@pytest.fixture
def configured() -> None:
    lay_development_chain()


@pytest.fixture
def held(configured: None, card: HeldCard) -> HeldByPhone:
    return add_to_phone(card, Phone())


def add_to_phone(card: HeldCard, phone: Phone) -> HeldByPhone:
    held = phone.add(f"{path_of(card)}/apple")
    held.register()
    catch_up()
    return held


def stand_at_google(card: HeldCard) -> GoogleObject:
    return GoogleObject.objects.create(
        merchant=card.shop.merchant,
        kind="card",
        subject_id=card.id,
        card_id=card.id,
        object_id=f"1.{new_id().hex}",
        state="whole",
        digest=b"as it was",
        saved=now(),
    )


def tiles(page: str) -> str:
    return page.split("Cards in Apple Wallet")[1].split("Status")[0]


@pytest.mark.usefixtures("held")
def test_the_owner_sees_how_many_and_how_long_the_certificate_lasts(desk: DeskClient, card: HeldCard) -> None:
    add_to_phone(card, Phone("ffff5e6f70819203", "cd" * 32))
    stand_at_google(card)

    page = words(desk.open(PAGE))

    assert tiles(page).strip() == "1 Vouchers in Apple Wallet 0 Cards in Google Wallet 1"
    assert "the certificate is valid for" in page


@pytest.mark.usefixtures("configured")
def test_names_of_files_are_not_told_to_one_of_several_shops(desk: DeskClient, rossi: Shop) -> None:
    page = words(desk.open(PAGE))

    assert "The certificates for Apple Wallet are in order." in page
    assert "pass." not in page


def test_without_a_certificate_the_page_says_so_calmly(desk: DeskClient) -> None:
    answer = desk.open(PAGE)

    assert "Apple Wallet is not set up here." in words(answer)
    assert 'class="notice bad"' not in answer.content.decode()


@pytest.mark.usefixtures("held")
def test_a_phone_that_cannot_be_told_stands_on_the_page(desk: DeskClient) -> None:
    Registration.objects.update(tries=5)

    assert "1 phone could not be told about a change several times in a row." in words(desk.open(PAGE))


@pytest.fixture
def at_google(settings: Settings, tmp_path: Path) -> Path:
    """The shop's own account at Google; the file in which it lies."""
    account = make_development_account(tmp_path)
    settings.WALLET_GOOGLE_ACCOUNT, settings.WALLET_GOOGLE_ISSUER = str(account), "3388000000012345678"
    settings.BASE_URL, settings.HTTPS = "https://cards.example", True
    return account


def refuse(card: HeldCard, answer: str) -> GoogleObject:
    row = stand_at_google(card)
    GoogleObject.objects.filter(id=row.id).update(
        refused=True, answer=answer, answer_status=int(answer[:3]), answered=now(), heard=now()
    )
    return row


@pytest.mark.usefixtures("at_google")
def test_what_google_refused_is_quoted_in_its_own_english(desk: DeskClient, card: HeldCard) -> None:
    refuse(card, "400 Invalid <b>logo</b>")

    answer = desk.open(PAGE)

    assert "Google refused the latest change of 1 card: " in words(answer)
    assert '<q lang="en" dir="ltr">Invalid &lt;b&gt;logo&lt;/b&gt;</q>' in answer.content.decode()


@pytest.mark.usefixtures("at_google")
def test_an_owner_does_not_read_what_google_said_of_another_shop(desk: DeskClient, card: HeldCard, rossi: Shop) -> None:
    refuse(rossi.publish().card(), "400 Rossi's logo is wrong")
    denied = refuse(rossi.publish().card(), "403 No access to Rossi's issuer")
    GoogleObject.objects.filter(id=denied.id).update(due=now())

    page = words(desk.open(PAGE))

    assert "The account for Google Wallet needs attention. Tell the person who runs this Stampwell." in page
    assert "Rossi" not in page
    assert "refused" not in page


def test_the_account_is_named_to_an_owner_who_is_alone_only(
    desk: DeskClient, at_google: Path, request: pytest.FixtureRequest
) -> None:
    alone = words(desk.open(PAGE))
    request.getfixturevalue("rossi")
    beside = words(desk.open(PAGE))

    assert str(at_google) in alone
    assert "wallet@" in alone
    assert str(at_google) not in beside
    assert "wallet@" not in beside
    assert "The account for Google Wallet needs attention." in beside


def test_an_account_in_order_is_said_to_one_of_several_shops(desk: DeskClient, rossi: Shop) -> None:
    lay_development_account()

    assert "The account for Google Wallet is in order." in words(desk.open(PAGE))


def test_without_an_account_the_page_says_so_calmly(desk: DeskClient) -> None:
    assert "Google Wallet is not set up here. In the meantime your customers use their card on the web." in words(
        desk.open(PAGE)
    )


@pytest.mark.usefixtures("at_google")
def test_cards_that_no_callback_told_of_are_not_passed_off_as_none(desk: DeskClient, card: HeldCard) -> None:
    GoogleObject.objects.filter(id=stand_at_google(card).id).update(saved=None)

    with stopped_at(now() + timedelta(hours=2)):
        page = words(desk.open(PAGE))

    assert "Cards in Google Wallet 0" in page
    assert "Google has not told us yet whether the 1 card stored there was saved" in page
    assert "https://cards.example/wallet/google/callbacks/cafe-lume" in page


@pytest.mark.usefixtures("at_google")
def test_the_page_costs_the_same_for_one_refused_card_and_for_many(
    desk: DeskClient, offer: Offer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    refuse(offer.card(), "400 one")
    desk.open(PAGE)
    with django_assert_max_num_queries(25) as one:
        desk.open(PAGE)
    for place in range(3):
        refuse(offer.card(), f"400 {place}")
    with django_assert_max_num_queries(25) as many:
        desk.open(PAGE)

    assert len(one) == len(many)


def test_only_the_owner_opens_it(lume: Shop) -> None:
    roles = {StaffMember.Role.MANAGER: "mo@lume.example", StaffMember.Role.CASHIER: "bo@lume.example"}
    people = [sign_up_staff(lume, role, email) for role, email in roles.items()]

    assert [one.open(PAGE).status_code for one in people] == [403, 403]


@pytest.mark.usefixtures("held")
def test_the_page_costs_the_same_for_one_card_and_for_many(
    desk: DeskClient, offer: Offer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk.open(PAGE)
    with django_assert_max_num_queries(25) as one:
        desk.open(PAGE)
    for place in range(3):
        add_to_phone(offer.card(), Phone(f"{place:016x}", f"{place:064x}"))
    with django_assert_max_num_queries(25) as many:
        desk.open(PAGE)

    assert len(one) == len(many)


def test_a_card_is_sent_to_its_phone_again_once_for_two_taps(
    desk: DeskClient, card: HeldCard, held: HeldByPhone
) -> None:
    held.update()
    before, at_google, key = Pass.objects.get(), stand_at_google(card), uuid4().hex

    answers = [desk.send(f"{page_of(card)}wallet/", once=key) for _tap in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [page_of(card)] * 2
    assert "Every phone that holds this card fetches it again within a minute or two." in words(
        desk.open(page_of(card))
    )
    assert Pass.objects.get().touched == before.touched + 1
    at_google.refresh_from_db()
    assert (at_google.changes, at_google.state) == (1, "unknown")
    assert at_google.due is not None
    catch_up()
    assert held.update() is True


def test_a_card_that_was_removed_at_google_stays_away(desk: DeskClient, card: HeldCard) -> None:
    at_google = stand_at_google(card)
    GoogleObject.objects.update(removed=now())

    desk.send(f"{page_of(card)}wallet/")

    at_google.refresh_from_db()
    assert at_google.due is None


def test_a_rivals_card_is_not_found_and_not_touched(desk: DeskClient, rossi: Shop) -> None:
    theirs = rossi.publish().card()
    at_google = stand_at_google(theirs)

    assert desk.send(f"{page_of(theirs)}wallet/").status_code == 404
    at_google.refresh_from_db()
    assert at_google.due is None


def test_a_cashier_sends_no_card_again(lume: Shop, card: HeldCard) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)

    assert bo.send(f"{page_of(card)}wallet/").status_code == 403
    assert "Send to the phone again" not in words(bo.open(page_of(card)))
