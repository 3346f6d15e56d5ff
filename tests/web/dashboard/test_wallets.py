"""The page of cards in phones, and a card sent to its phone again."""

from uuid import uuid4

import pytest
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.clock import new_id, now
from stampwell.merchants.models import StaffMember
from stampwell.models import GoogleObject, Pass, Registration
from stampwell.wallet.apple.development import make_development_chain
from stampwell.wallet.configuring import development_folder
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import path_of
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.world import HeldCard, Offer, Shop

PAGE = "/settings/wallets/"


@pytest.fixture(autouse=True)
def own_data_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")


@pytest.fixture
def configured() -> None:
    make_development_chain(development_folder())


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
        sent=b"as it was",
        saved=now(),
    )


def tiles(page: str) -> str:
    return page.split("Cards in Apple Wallet")[1].split("How it stands")[0]


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

    assert "1 phone could not be told of a change several times in a row." in words(desk.open(PAGE))


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
    assert at_google.sent is not None
    assert (at_google.changes, bytes(at_google.sent)) == (1, b"")
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
