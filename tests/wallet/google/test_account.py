"""The service account's file: in clear or sealed, and what is said when neither can be read."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from stampwell.findings import Level
from stampwell.wallet.google.account import (
    AccountProblem,
    AccountSealedElsewhere,
    google_account,
    load_account,
    make_development_account,
)
from stampwell.wallet.google.health import check_installation
from stampwell.wallet.google.save_button import save_link
from stampwell.wallet.sealed_files import MARK, seal_file
from tests.doubles.google import ISSUER, Google
from tests.world import HeldCard


@pytest.fixture
def account(tmp_path: Path) -> Path:
    return make_development_account(tmp_path)


@pytest.mark.django_db
def test_a_sealed_account_signs_and_lies_nowhere_in_clear(google: Google, card: HeldCard) -> None:
    clear = google.account.read_bytes()
    before = google_account()

    call_command("wallet", "seal", str(google.account), stdout=StringIO())

    assert google.account.read_bytes().startswith(MARK)
    assert all(b"private_key" not in path.read_bytes() for path in google.account.parent.iterdir() if path.is_file())
    assert google.account.stat().st_mode & 0o777 == 0o600
    assert b"private_key" in clear
    after = google_account()
    assert (after.email, after.key_id) == (before.email, before.key_id)
    save_link(card.shop.merchant, card.id)
    assert google.card()["state"] == "ACTIVE"


@pytest.mark.django_db
def test_a_sealed_account_is_no_warning(google: Google, settings: Settings) -> None:
    settings.HTTPS = True
    seal_file(google.account)

    assert [finding.level for finding in check_installation()] == [Level.GOOD]


def test_an_account_sealed_elsewhere_is_said_so(account: Path, settings: Settings) -> None:
    seal_file(account)
    settings.TOKEN_KEY = bytes(32)

    with pytest.raises(AccountSealedElsewhere) as refused:
        load_account(account, ISSUER)

    assert refused.value.code == "google_account_sealed_elsewhere"
    assert f"The Google service account in {account} was sealed with the key of another" in refused.value.explain()


@pytest.mark.parametrize("kept", [len(MARK), len(MARK) + 20, -8])
def test_a_sealed_account_that_was_cut_is_said_so(account: Path, kept: int) -> None:
    seal_file(account)
    account.write_bytes(account.read_bytes()[:kept])

    with pytest.raises(AccountSealedElsewhere):
        load_account(account, ISSUER)


def test_a_sealed_file_that_holds_no_account_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}")
    seal_file(file)

    with pytest.raises(AccountProblem) as refused:
        load_account(file, ISSUER)

    assert refused.value.code == "google_account_unusable"
