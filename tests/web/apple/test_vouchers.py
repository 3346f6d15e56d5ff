"""A voucher as a pass of its own: made from its page, void when it is used."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from stampwell import clock
from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_code
from stampwell.cards.merging import merge_customers
from stampwell.cards.numbers import group_digits
from stampwell.cards.recovering import recover_card
from stampwell.counter.scanning import recognise
from stampwell.events.actors import CUSTOMER
from stampwell.merchants.models import Location
from stampwell.models import Pass, Registration
from stampwell.programs.terms import Terms, terms_of
from stampwell.vouchers.links import voucher_url
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.wallet.apple.development_chain import VOUCHER_TYPE
from stampwell.wallet.configuration import development_folder
from tests.kept import made_once
from tests.wallet.cards import LANGUAGES
from tests.wallet.following import catch_up
from tests.wallet.openssl import verify_signature
from tests.wallet.packages import OpenedPass, open_pass
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

COFFEE = {"en": "A free coffee", "lv": "Kafija bez maksas"}
REWARD = {"name": COFFEE, "path": "staff_scan", "valid_days": 30}


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    Location.objects.update(latitude="56.949600", longitude="24.105200")
    offer = lume.publish(earning=AT_ONCE, goal=2, milestones=[{"stamps": 2, "reward": REWARD}])
    card = offer.card()
    give_stamps(card, 2)
    return card


def voucher_pass_path(card: HeldCard) -> str:
    return urlsplit(voucher_url(card.shop.merchant.slug, card.open_vouchers[0].id, 0)).path + "/apple"


@pytest.fixture
def held(phone: Phone, card: HeldCard) -> HeldByPhone:
    return phone.add(voucher_pass_path(card))


def fields_of(opened: OpenedPass) -> dict[str, str]:
    return {field["key"]: field["value"] for group in opened.content["coupon"].values() for field in group}


def test_a_voucher_is_a_coupon_of_its_own_pass_type(held: HeldByPhone, card: HeldCard) -> None:
    content = held.opened.content

    assert content["passTypeIdentifier"] == VOUCHER_TYPE
    assert "storeCard" not in content
    assert "voided" not in content
    assert content["expirationDate"] == content["relevantDates"][0]["endDate"]
    assert content["locations"][0]["latitude"] == 56.9496
    assert content["locations"][0]["relevantText"] == "Café Lume is close by. Here is your reward."
    assert content["description"] == "Reward from Café Lume: A free coffee"
    assert [field["value"] for field in content["coupon"]["primaryFields"]] == ["A free coffee"]
    assert all(field["label"] for group in content["coupon"].values() for field in group)


def test_openssl_accepts_its_signature(held: HeldByPhone, tmp_path: Path) -> None:
    files, root = held.opened.files, development_folder() / "root.pem"

    assert verify_signature(files["signature"], files["manifest.json"], root=root, folder=tmp_path)


def test_every_language_has_every_text(held: HeldByPhone) -> None:
    keys = [set(held.opened.strings(locale)) for locale in LANGUAGES]

    assert all(one == keys[0] for one in keys)
    assert held.opened.shown("A free coffee", "lv") == "Kafija bez maksas"
    assert fields_of(held.opened)["state"] in keys[0]


def test_its_code_names_the_card_and_redeems_nothing_by_itself(held: HeldByPhone, card: HeldCard) -> None:
    message = held.opened.content["barcodes"][0]["message"]

    found = recognise(card.shop.merchant, message)

    assert found.card
    assert found.card.id == card.id
    assert message == card.code


def test_a_used_voucher_is_void_and_its_phone_is_told(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    redeem_voucher(card.shop.merchant, card.open_vouchers[0].id, actor=card.shop.actor)
    catch_up()

    assert Registration.objects.get().due is not None
    assert held.update() is True
    assert held.opened.content["voided"] is True
    assert "barcodes" not in held.opened.content
    assert fields_of(held.opened)["state"] == "Used"


def test_an_expired_voucher_is_void(held: HeldByPhone) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=40)):
        content = open_pass(held.fetch().content)

    assert content.content["voided"] is True
    assert fields_of(content)["state"] == "Expired"


def test_the_voucher_of_a_replaced_card_is_void(held: HeldByPhone, card: HeldCard) -> None:
    assert "web" in fields_of(held.opened)
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)

    now_void = open_pass(held.fetch().content)

    assert now_void.content["voided"] is True
    assert "web" not in fields_of(now_void)


def test_the_voucher_of_a_recovered_card_shows_nothing_of_the_new_one(held: HeldByPhone, card: HeldCard) -> None:
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)

    said = str(open_pass(held.fetch().content).content)

    (voucher,) = card.open_vouchers
    for secret in (
        card_code(card.id, 1),
        group_digits(card.row.short_number),
        voucher_url(card.shop.merchant.slug, voucher.id, voucher.issue),
    ):
        assert secret not in said


def test_card_and_voucher_are_kept_apart_in_the_phones_lists(held: HeldByPhone, card: HeldCard, phone: Phone) -> None:
    of_card = phone.add(f"{path_of(card)}/apple")
    held.register(), of_card.register()

    assert held.list_changed().json()["serialNumbers"] == [held.serial]
    assert of_card.list_changed().json()["serialNumbers"] == [of_card.serial]
    assert Pass.objects.filter(voucher_id=card.open_vouchers[0].id).count() == 1


def test_what_stands_on_the_card_names_the_reward_too(phone: Phone, card: HeldCard) -> None:
    ready = phone.add(f"{path_of(card)}/apple").opened.field("ready")

    assert ready["value"] == "A free coffee"
    assert ready["changeMessage"] == "Reward ready: %@"


def test_without_its_certificate_the_page_says_so(client: Client, card: HeldCard, settings: Settings) -> None:
    settings.WALLET_APPLE_VOUCHER_CERTIFICATE = "/nowhere/voucher.pem"

    answer = client.get(voucher_pass_path(card))

    assert answer.status_code == 404
    assert "This reward cannot be added to Apple Wallet right now." in answer.text


def test_an_unknown_voucher_is_not_found(client: Client, card: HeldCard) -> None:
    assert client.get(f"/v/{card.shop.merchant.slug}/{'0' * 32}/apple").status_code == 404


def take_over(card: HeldCard) -> HeldCard:
    """Another card of the program, into which this one goes."""
    kept = HeldCard(card.shop, issue_card(card.shop.merchant, program_of(card), locale="en", actor=CUSTOMER).card.id)
    merge_customers(card.shop.merchant, kept.row.customer_id, card.row.customer_id, actor=card.shop.actor)
    return kept


def program_of(card: HeldCard) -> Terms:
    return terms_of(card.shop.merchant.id, card.row.version_id)


def test_a_voucher_that_went_to_another_card_is_void_in_the_phone_once_it_is_used(
    held: HeldByPhone, card: HeldCard
) -> None:
    held.register()
    kept = take_over(card)
    catch_up()
    assert held.update() is True
    assert held.opened.content["barcodes"][0]["message"] == kept.code

    redeem_voucher(card.shop.merchant, kept.open_vouchers[0].id, actor=card.shop.actor)
    catch_up()

    assert held.update() is True
    assert held.opened.content["voided"] is True


def test_the_pass_of_a_lost_phone_opens_no_card_that_its_voucher_went_to(held: HeldByPhone, card: HeldCard) -> None:
    held.register()
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)
    kept = take_over(card)
    catch_up()

    held.update()

    assert held.opened.content["voided"] is True
    assert kept.code not in str(held.opened.content)
    assert group_digits(kept.row.short_number) not in str(held.opened.content)
