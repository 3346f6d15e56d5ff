"""A certificate that cannot be used breaks Apple's passes of its type and nothing else, and when it is repaired
everybody hears of what happened meanwhile."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from stampwell import clock
from stampwell.models import Pass, Registration
from stampwell.wallet.apple.development_chain import Chain, make_development_chain
from stampwell.wallet.configuration import development_folder
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of, voucher_path
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db

IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"}
REWARD = {"name": "A free coffee", "path": "staff_scan"}

type Break = Callable[[Chain, Path], None]


def ended(chain: Chain, folder: Path) -> None:
    with clock.stopped_at(clock.now() - timedelta(days=395)):
        old = make_development_chain(folder / "old")
    for kept, used in (
        (old.certificate, chain.certificate),
        (old.key, chain.key),
        (old.intermediate, chain.intermediate),
    ):
        shutil.copy(kept, used)


def malformed(chain: Chain, folder: Path) -> None:
    chain.certificate.write_bytes(chain.certificate.read_bytes()[:200])


def empty(chain: Chain, folder: Path) -> None:
    chain.certificate.write_bytes(b"")


def other_key(chain: Chain, folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    chain.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def broken_key(chain: Chain, folder: Path) -> None:
    chain.key.write_bytes(chain.key.read_bytes()[:300])


def no_intermediate(chain: Chain, folder: Path) -> None:
    chain.intermediate.unlink()


def other_intermediate(chain: Chain, folder: Path) -> None:
    shutil.copy(make_development_chain(folder / "other").intermediate, chain.intermediate)


BREAKS = [ended, malformed, empty, other_key, broken_key, no_intermediate, other_intermediate]


@pytest.fixture
def chain(settings: Settings, tmp_path: Path) -> Chain:
    """A copy of the session's chain that a test may break."""
    kept = tmp_path / "certificates"
    shutil.copytree(development_folder(), kept)
    made = make_development_chain(kept)
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(made.certificate), str(made.key)
    settings.WALLET_APPLE_INTERMEDIATE = str(made.intermediate)
    settings.WALLET_APPLE_VOUCHER_CERTIFICATE = str(made.voucher_certificate)
    settings.WALLET_APPLE_VOUCHER_KEY = str(made.voucher_key)
    return made


@pytest.fixture
def card(chain: Chain, lume: Shop) -> HeldCard:
    return lume.publish(earning=AT_ONCE, goal=2, milestones=[{"stamps": 2, "reward": REWARD}]).card()


@pytest.fixture
def held(phone: Phone, card: HeldCard) -> HeldByPhone:
    held = phone.add(f"{path_of(card)}/apple")
    assert held.register().status_code == 201
    catch_up()
    held.update()
    return held


@pytest.mark.parametrize("break_it", BREAKS)
def test_the_customer_is_shown_the_web_card_and_no_button(
    client: Client, card: HeldCard, chain: Chain, tmp_path: Path, break_it: Break, caplog: pytest.LogCaptureFixture
) -> None:
    secret = chain.key.read_bytes().splitlines()[3].decode()
    break_it(chain, tmp_path)

    page, made = client.get(path_of(card), headers=IPHONE), client.get(f"{path_of(card)}/apple", headers=IPHONE)

    assert page.status_code == 200
    assert f"{path_of(card)}/apple" not in page.text
    assert made.status_code == 404
    assert "Your card on the web has everything" in made.text
    assert "No card could be made for the apple wallet" in caplog.text
    assert secret not in caplog.text


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (ended, "The pass certificate expired on"),
        (malformed, "pass_type.pem holds no certificate, or it is damaged"),
        (empty, "pass_type.pem holds no certificate, or it is damaged"),
        (other_key, "The private key does not belong to the pass certificate"),
        (broken_key, "pass_type.key cannot be read"),
        (no_intermediate, "The issuer’s certificate is missing"),
        (other_intermediate, "The issuer’s certificate is the wrong one"),
    ],
)
def test_the_operator_is_told_what_is_wrong(chain: Chain, tmp_path: Path, break_it: Break, said: str) -> None:
    break_it(chain, tmp_path)
    out = StringIO()

    with pytest.raises(SystemExit) as ended_with:
        call_command("wallet", "check", stdout=out)

    assert ended_with.value.code == 2
    assert said in out.getvalue()


@pytest.mark.parametrize("break_it", BREAKS)
def test_a_phone_is_told_to_come_back_and_then_hears_of_everything(
    held: HeldByPhone, card: HeldCard, chain: Chain, tmp_path: Path, break_it: Break
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(chain.certificate.parent, whole)
    break_it(chain, tmp_path)
    give_stamps(card, 1)
    catch_up()

    fetched = held.fetch()
    assert (fetched.status_code, fetched.headers["Retry-After"]) == (503, "3600")
    assert held.register().status_code == 200
    assert held.list_changed("0").status_code == 200

    shutil.copytree(whole, chain.certificate.parent, dirs_exist_ok=True)
    catch_up()
    assert Registration.objects.get().due is not None
    assert held.update() is True
    assert held.count == "1/2"


def test_with_the_cards_certificate_broken_vouchers_go_on(
    held: HeldByPhone, phone: Phone, card: HeldCard, chain: Chain, tmp_path: Path
) -> None:
    give_stamps(card, 2)
    malformed(chain, tmp_path)

    of_voucher = phone.add(f"{voucher_path(card)}/apple")

    assert of_voucher.register().status_code == 201
    assert of_voucher.fetch().status_code == 200
    assert held.fetch().status_code == 503


def test_with_the_vouchers_certificate_broken_cards_go_on(
    held: HeldByPhone, phone: Phone, card: HeldCard, chain: Chain
) -> None:
    give_stamps(card, 2)
    of_voucher = phone.add(f"{voucher_path(card)}/apple")
    of_voucher.register()
    chain.voucher_certificate.write_bytes(b"")

    give_stamps(card, 1)
    catch_up()

    assert held.update() is True
    assert held.opened.field("ready")["value"] == "A free coffee"
    assert of_voucher.fetch().status_code == 503
    assert Pass.objects.get(serial=of_voucher.serial).tag > 0


def test_a_certificate_of_another_type_is_said_and_the_phone_comes_back(
    held: HeldByPhone, chain: Chain, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(chain.certificate.parent, whole)
    shutil.copy(chain.voucher_certificate, chain.certificate)
    shutil.copy(chain.voucher_key, chain.key)

    fetched = held.fetch()

    assert (fetched.status_code, fetched.headers["Retry-After"]) == (503, "3600")
    assert "was made for the pass type pass.dev.stampwell.card" in caplog.text
    assert held.fetch(headers={"Authorization": "ApplePass wrong"}).status_code == 401
    shutil.copytree(whole, chain.certificate.parent, dirs_exist_ok=True)
    assert held.fetch().status_code == 200


def test_a_certificate_that_ends_while_we_run_is_no_longer_offered(client: Client, card: HeldCard) -> None:
    assert f"{path_of(card)}/apple" in client.get(path_of(card), headers=IPHONE).text

    with clock.stopped_at(clock.now() + timedelta(days=396)):
        page = client.get(path_of(card), headers=IPHONE)
        made = client.get(f"{path_of(card)}/apple", headers=IPHONE)

    assert f"{path_of(card)}/apple" not in page.text
    assert "Your card on the web has everything" in made.text
