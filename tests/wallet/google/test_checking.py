"""What is said about Google's side: to whoever runs the installation, and to one shop about its own cards."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from pytest_django import Settings

from stampwell.clock import now, stopped_at
from stampwell.findings import Finding, Level
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.health import check_installation, check_shop
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.queue import note_changed_cards
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import Google
from tests.wallet.development import lay_development_account
from tests.web.customer import give_stamps, one_reward
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def public_address(google: Google, settings: Settings) -> None:
    settings.HTTPS = True


@pytest.fixture
def saved(card: HeldCard) -> HeldCard:
    save_link(card.shop.merchant, card.id)
    send_due_cards()
    return card


def change(card: HeldCard) -> None:
    """A stamp, and what the worker does after it."""
    give_stamps(card, 1)
    note(card)
    send_due_cards()


def note(card: HeldCard) -> None:
    with merchant_transaction(card.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id])


def installation(level: Level = Level.RED) -> list[str]:
    return [finding.text for finding in check_installation() if finding.level == level]


def shop(card: HeldCard) -> list[Finding]:
    return list(check_shop(card.shop.merchant))


# --- the installation ------------------------------------------------------------------------------


def test_an_account_that_signs_is_named_and_its_key_in_clear_warned_of(google: Google) -> None:
    fine, warning = check_installation()

    assert fine == Finding(
        Level.GOOD, "The service account wallet@lume.iam.gserviceaccount.com signs for Google Wallet."
    )
    assert warning.level == Level.AMBER
    assert f"stampwell wallet seal {google.account}" in warning.text


def test_without_an_account_all_is_well(settings: Settings) -> None:
    settings.WALLET_GOOGLE_ACCOUNT = settings.WALLET_GOOGLE_ISSUER = ""

    assert list(check_installation()) == [Finding(Level.GOOD, "Google Wallet is not set up, so it is not offered.")]


@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("http://127.0.0.1:8000", Level.GOOD),
        ("https://localhost", Level.GOOD),
        ("https://cards.example", Level.AMBER),
    ],
)
def test_the_development_account_is_a_warning_only_where_customers_come(
    settings: Settings, address: str, level: Level
) -> None:
    settings.WALLET_GOOGLE_ACCOUNT = settings.WALLET_GOOGLE_ISSUER = ""
    settings.BASE_URL = address
    lay_development_account()

    (finding,) = check_installation()

    assert finding.level == level
    assert "The development account is in use" in finding.text


@pytest.mark.parametrize("missing", ["STAMPWELL_GOOGLE_ACCOUNT", "STAMPWELL_GOOGLE_ISSUER"])
def test_half_an_account_is_trouble(settings: Settings, missing: str) -> None:
    setattr(settings, missing.replace("STAMPWELL", "WALLET"), "")

    (text,) = installation()

    assert f"is set without {missing}: nothing is sent to Google." in text


@pytest.mark.parametrize("issuer", ["3388 0000", "BCR2DN4T", "３３８８"])
def test_an_issuer_that_is_no_number_is_trouble(settings: Settings, issuer: str) -> None:
    settings.WALLET_GOOGLE_ISSUER = issuer

    (text,) = installation()

    assert "digits and nothing else" in text


def _remove(file: Path) -> None:
    file.unlink()


def _break(file: Path) -> None:
    file.write_text('{"client_email": "wallet@lume.example"}')


def _put_another_kind_of_key(file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    inside = key.decode().replace("\n", "\\n")
    file.write_text(f'{{"client_email": "a@b.example", "private_key_id": "1", "private_key": "{inside}"}}')


@pytest.mark.parametrize("spoil", [_remove, _break, _put_another_kind_of_key])
def test_an_account_that_cannot_be_used_is_trouble(google: Google, spoil: Callable[[Path], None]) -> None:
    spoil(google.account)

    (text,) = installation()

    assert text == f"The Google service account in {google.account} cannot be read. Download its JSON key again."


def test_plain_http_with_an_account_is_trouble(settings: Settings) -> None:
    settings.HTTPS = False

    (text,) = installation()

    assert "over https only" in text


@pytest.mark.parametrize("status", [401, 403])
def test_a_denied_account_is_trouble_with_googles_reason(google: Google, saved: HeldCard, status: int) -> None:
    google.trouble = [status, status]
    change(saved)

    (finding,) = [one for one in check_installation() if one.level == Level.RED]

    assert "Google denies the service account access" in finding.text
    assert finding.quoted == "trouble"


def test_a_denial_of_long_ago_is_forgotten(google: Google, saved: HeldCard) -> None:
    google.trouble = [403]
    change(saved)

    with stopped_at(now() + timedelta(hours=2)):
        assert installation() == []


# --- one shop's cards ------------------------------------------------------------------------------


def test_a_shop_whose_cards_are_up_to_date_hears_nothing(google: Google, saved: HeldCard) -> None:
    change(saved)

    assert shop(saved) == []


def test_a_refused_card_is_told_with_googles_reason_until_it_is_taken(google: Google, saved: HeldCard) -> None:
    google.trouble = [400]
    change(saved)

    (finding,) = shop(saved)
    change(saved)

    assert finding.level == Level.AMBER
    assert finding.text.startswith("Google refused the latest change of 1 card: ")
    assert finding.quoted == "trouble"
    assert shop(saved) == []


def test_a_refused_program_is_trouble(google: Google, card: HeldCard) -> None:
    google.trouble = [422, 422]
    save_link(card.shop.merchant, card.id)
    with stopped_at(now() + timedelta(minutes=1)):
        send_due_cards()

    (finding,) = shop(card)

    assert finding.level == Level.RED
    assert finding.text.startswith("Google refused 1 version of your programs: ")


def test_a_refused_offer_is_told(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    save_link(lume.merchant, card.id)
    send_due_cards()
    give_stamps(card, 1)
    google.trouble = [0, 0, 400]  # the card and the notice are taken, the class of its reward refused
    change(card)

    (finding,) = shop(card)

    assert finding.level == Level.AMBER
    assert finding.text.startswith("Google refused to show 1 reward as an offer beside its card.")


def test_a_reason_is_quoted_as_one_short_line(google: Google, saved: HeldCard) -> None:
    google.trouble = [400]
    change(saved)
    GoogleObject.objects.filter(kind="card").update(answer="400 \u202eInvalid\nlogo " + "x" * 280)

    (finding,) = shop(saved)

    assert finding.quoted.startswith("Invalid logo xxx")
    assert len(finding.quoted) == 200


def test_cards_that_wait_for_half_an_hour_say_that_the_worker_does_not_run(google: Google, saved: HeldCard) -> None:
    note(saved)
    assert shop(saved) == []

    with stopped_at(now() + timedelta(minutes=31)):
        (finding,) = shop(saved)

    assert finding == Finding(Level.RED, "Cards are waiting to be sent to Google. Check that the worker is running.")


def test_cards_of_a_denied_account_do_not_blame_the_worker(google: Google, offer: Offer) -> None:
    denied, waiting = offer.card(), offer.card()
    for card in (denied, waiting):
        save_link(offer.shop.merchant, card.id)
    send_due_cards()
    google.trouble = [403]
    note(waiting)
    change(denied)

    with stopped_at(now() + timedelta(minutes=31)):
        assert shop(denied) == []


def test_cards_that_google_cannot_take_are_told_after_the_third_try(google: Google, saved: HeldCard) -> None:
    give_stamps(saved, 1)
    note(saved)
    at, found = now(), []
    for _ in range(3):
        google.trouble = [503]
        with stopped_at(at):
            send_due_cards()
            found.append(shop(saved))
        at = GoogleObject.objects.get(kind="card").due or at

    assert found[:2] == [[], []]
    assert [finding.level for finding in found[2]] == [Level.AMBER]
    assert "could not accept 1 card several times in a row" in found[2][0].text


def test_callbacks_that_never_come_are_told_an_hour_after_the_first_card(google: Google, saved: HeldCard) -> None:
    assert shop(saved) == []

    with stopped_at(now() + timedelta(hours=2)):
        (finding,) = shop(saved)
        GoogleObject.objects.filter(kind="card").update(heard=now(), removed=now())  # saved, and taken away again
        save_link(saved.shop.merchant, saved.id)
        assert shop(saved) == []

    assert finding.level == Level.AMBER
    assert "https://stampwell.example/wallet/google/callbacks/cafe-lume" in finding.text


def test_a_shop_hears_nothing_of_its_rivals_cards(google: Google, saved: HeldCard, rossi: Shop) -> None:
    google.trouble = [400]
    change(saved)

    assert list(check_shop(rossi.merchant)) == []
    assert len(shop(saved)) == 1


def test_a_shop_hears_nothing_while_google_is_not_connected(
    google: Google, saved: HeldCard, settings: Settings
) -> None:
    note(saved)
    settings.WALLET_GOOGLE_ISSUER = ""

    with stopped_at(now() + timedelta(hours=2)):
        assert shop(saved) == []


def test_the_command_prints_the_shop_and_quotes_google(google: Google, saved: HeldCard) -> None:
    google.trouble = [400]
    change(saved)
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("wallet", "check", stdout=out)

    lines = out.getvalue().splitlines()
    assert ended.value.code == 1  # Apple's is not set up, which is no fault
    assert lines[-2].startswith("amber cafe-lume: Google refused the latest change of 1 card: ")
    assert lines[-1].strip() == "“trouble”"
