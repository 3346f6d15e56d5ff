"""`stampwell wallet check` and `seal`: what an operator is told, and the exit code that a monitor reads."""

import os
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from stampwell import clock
from stampwell.findings import Level
from stampwell.models import Pass, Registration
from stampwell.wallet.apple.development_chain import Chain, make_development_chain
from stampwell.wallet.apple.health import check_shop, count_wallet
from stampwell.wallet.apple.problems import SealedElsewhere
from stampwell.wallet.apple.signature import load_identity
from stampwell.wallet.configuration import AppleFiles
from stampwell.wallet.sealed_files import MARK, read_secret_file, seal_file
from tests.kept import made_once
from tests.wallet.development import lay_development_chain
from tests.wallet.following import catch_up
from tests.wallet.openssl import verify_signature
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import HeldCard, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def configured(chain: Chain, settings: Settings) -> None:
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(chain.certificate), str(chain.key)
    settings.WALLET_APPLE_INTERMEDIATE = str(chain.intermediate)
    settings.WALLET_APPLE_VOUCHER_CERTIFICATE = str(chain.voucher_certificate)
    settings.WALLET_APPLE_VOUCHER_KEY = str(chain.voucher_key)
    settings.HTTPS = True


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return lume.publish(earning=AT_ONCE).card()


@pytest.fixture
def held(card: HeldCard) -> HeldByPhone:
    held = Phone().add(f"{path_of(card)}/apple")
    held.register()
    return held


def check() -> tuple[int, str]:
    """Exit code and text."""
    out, code = StringIO(), 0
    try:
        call_command("wallet", "check", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, out.getvalue()


def seal_all(chain: Chain, settings: Settings, folder: Path) -> None:
    """Sealed copies, so that other tests keep their clear keys."""
    for name, key in (("WALLET_APPLE_KEY", chain.key), ("WALLET_APPLE_VOUCHER_KEY", chain.voucher_key)):
        copy = folder / key.name
        copy.write_bytes(key.read_bytes())
        seal_file(copy)
        setattr(settings, name, str(copy))


def test_where_all_is_well_the_days_left_are_said(chain: Chain, settings: Settings, tmp_path: Path) -> None:
    seal_all(chain, settings, tmp_path)

    code, text = check()

    assert code == 0
    assert "Cards (pass.dev.stampwell.card): the certificate is valid for 395 more days." in text
    assert "Vouchers (pass.dev.stampwell.voucher)" in text


@pytest.mark.parametrize(
    ("days_left", "code", "mark"),
    [(61, 0, "good"), (59, 0, "good"), (29, 1, "amber"), (6, 2, "RED"), (0, 2, "RED")],
)
def test_the_end_of_a_certificate_is_announced(
    chain: Chain, settings: Settings, tmp_path: Path, days_left: int, code: int, mark: str
) -> None:
    seal_all(chain, settings, tmp_path)
    ends = load_identity(chain.files).expires

    with clock.stopped_at(ends - timedelta(days=days_left, hours=1)):
        found, text = check()

    assert found == code
    assert any(line.startswith(mark) and "Cards" in line for line in text.splitlines())
    assert ("Renew it" in text) == (days_left < 60)


def test_an_ended_certificate_is_trouble(chain: Chain) -> None:
    with clock.stopped_at(load_identity(chain.files).expires):
        code, text = check()

    assert code == 2
    assert "The pass certificate expired on" in text


def test_a_key_of_another_certificate_is_trouble(chain: Chain, settings: Settings) -> None:
    settings.WALLET_APPLE_KEY = str(chain.voucher_key)

    code, text = check()

    assert code == 2
    assert "The private key does not belong to the pass certificate" in text


def test_an_intermediate_of_another_chain_is_trouble(settings: Settings, tmp_path: Path) -> None:
    settings.WALLET_APPLE_INTERMEDIATE = str(make_development_chain(tmp_path / "other").intermediate)

    code, text = check()

    assert code == 2
    assert "The issuer’s certificate is the wrong one" in text


def test_passes_of_a_type_that_is_not_configured_are_trouble(held: HeldByPhone) -> None:
    Pass.objects.update(pass_type="pass.of.before")

    code, text = check()

    assert code == 2
    assert "cafe-lume: 1 pass was made for a pass type whose certificate is not configured" in text


def test_plain_http_with_a_configured_certificate_is_trouble(settings: Settings) -> None:
    settings.HTTPS = False

    assert check()[0] == 2


@pytest.mark.parametrize(
    ("address", "code", "mark"),
    [
        ("http://127.0.0.1:8000", 0, "good"),
        ("https://localhost:8000", 0, "good"),
        ("https://cards.example", 1, "amber"),
    ],
)
def test_a_development_certificate_is_a_warning_only_where_customers_come(
    settings: Settings, address: str, code: int, mark: str
) -> None:
    """A laptop has nothing else and is in order; a shop that forgot to set its own hands out passes for nobody."""
    for name in ("CERTIFICATE", "KEY", "INTERMEDIATE", "VOUCHER_CERTIFICATE", "VOUCHER_KEY"):
        setattr(settings, f"WALLET_APPLE_{name}", "")
    settings.BASE_URL = address
    lay_development_chain()

    found, text = check()

    assert found == code
    told = [line for line in text.splitlines() if "The development certificate is in use" in line]
    assert [line.split()[0] for line in told] == [mark] * 2


def test_a_key_in_clear_is_a_warning(chain: Chain) -> None:
    code, text = check()

    assert code == 1
    assert f"stampwell wallet seal {chain.key}" in text


def test_a_pass_that_no_phone_fetched_is_a_warning(held: HeldByPhone, card: HeldCard) -> None:
    give_stamps(card, 1)
    catch_up()
    merchant = card.shop.merchant.id
    assert count_wallet(merchant).unfetched == 0

    with clock.stopped_at(clock.now() + timedelta(days=2)):
        Registration.objects.update(due=None)
        assert count_wallet(merchant).unfetched == 1
        (finding,) = check_shop(count_wallet(merchant))
        held.fetch()
        assert count_wallet(merchant).unfetched == 0

    assert finding.level == Level.AMBER


def test_phones_that_fail_and_phones_that_wait_are_named(held: HeldByPhone, card: HeldCard) -> None:
    Registration.objects.update(tries=3, due=clock.now() - timedelta(hours=1))

    findings = list(check_shop(count_wallet(card.shop.merchant.id)))

    assert [finding.level for finding in findings] == [Level.RED, Level.AMBER]
    assert "Check that the worker is running" in findings[0].text


@pytest.mark.parametrize("answer", ["400 BadTopic", "400 DeviceTokenNotForTopic", "403 BadCertificate"])
def test_a_wrong_topic_is_trouble_in_apples_words(held: HeldByPhone, card: HeldCard, answer: str) -> None:
    held.register()
    Registration.objects.update(tries=4, due=clock.now() + timedelta(minutes=5), last_answer=answer)

    (finding,) = check_shop(count_wallet(card.shop.merchant.id))

    assert (finding.level, finding.quoted) == (Level.RED, answer)
    assert "Apple does not let us tell 1 phone" in finding.text


def test_a_sealed_key_signs_and_is_nowhere_in_clear(chain: Chain, tmp_path: Path) -> None:
    key = tmp_path / "sealed.key"
    clear = chain.key.read_bytes()
    key.write_bytes(clear)

    call_command("wallet", "seal", str(key), stdout=StringIO())
    call_command("wallet", "seal", str(key), stdout=StringIO())

    assert key.read_bytes().startswith(MARK)
    assert clear.splitlines()[5] not in key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "sealed.key" in path.name] == ["sealed.key"]
    identity = load_identity(AppleFiles(chain.certificate, key, chain.intermediate))
    assert verify_signature(identity.sign(b"{}"), b"{}", root=chain.root, folder=tmp_path)
    assert load_pem_private_key(read_secret_file(key), None)


def test_a_key_sealed_elsewhere_is_said_so(chain: Chain, settings: Settings, tmp_path: Path) -> None:
    key = tmp_path / "sealed.key"
    key.write_bytes(chain.key.read_bytes())
    seal_file(key)
    settings.TOKEN_KEY = bytes(32)

    with pytest.raises(SealedElsewhere) as refused:
        load_identity(AppleFiles(chain.certificate, key, chain.intermediate))

    assert "another installation" in refused.value.explain()


def test_a_file_that_is_not_there_cannot_be_sealed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be sealed"):
        call_command("wallet", "seal", str(tmp_path / "nothing.key"))


def test_the_file_that_a_link_leads_to_is_sealed(tmp_path: Path) -> None:
    key, link = tmp_path / "real.key", tmp_path / "link.key"
    key.write_bytes(b"the key")
    link.symlink_to(key)

    call_command("wallet", "seal", str(link), stdout=StringIO())

    assert link.is_symlink()
    assert key.read_bytes().startswith(MARK)
    assert read_secret_file(link) == b"the key"


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give a file away")
def test_the_group_that_was_let_in_to_the_clear_file_is_let_in_to_the_sealed_one(tmp_path: Path) -> None:
    key = tmp_path / "served.key"
    key.write_bytes(b"the key")
    key.chmod(0o640)
    os.chown(key, 1234, 2345)

    call_command("wallet", "seal", str(key), stdout=StringIO())

    sealed = key.stat()
    assert (sealed.st_uid, sealed.st_gid, stat.S_IMODE(sealed.st_mode)) == (1234, 2345, 0o640)


def test_an_empty_file_is_not_sealed(tmp_path: Path) -> None:
    key = tmp_path / "empty.key"
    key.write_bytes(b"\n")

    with pytest.raises(CommandError, match="is empty"):
        call_command("wallet", "seal", str(key))

    assert key.read_bytes() == b"\n"


def test_an_installation_without_certificates_is_not_scolded_for_them(settings: Settings, tmp_path: Path) -> None:
    for name in ("CERTIFICATE", "KEY", "INTERMEDIATE", "VOUCHER_CERTIFICATE", "VOUCHER_KEY"):
        setattr(settings, f"WALLET_APPLE_{name}", "")
    settings.DATA_DIR = tmp_path

    code, said = check()

    assert (code, "Apple Wallet is not set up" in said) == (0, True)


def test_what_is_missing_beside_the_certificate_is_named(settings: Settings) -> None:
    settings.WALLET_APPLE_KEY = settings.WALLET_APPLE_INTERMEDIATE = ""

    code, said = check()

    assert code == 2
    assert "STAMPWELL_APPLE_KEY, STAMPWELL_APPLE_INTERMEDIATE" in said
