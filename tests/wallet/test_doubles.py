"""The stand-ins of Apple and Google that `bin/dev --doubles` runs."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.clock import new_id
from stampwell.management.development import running_doubles
from stampwell.outgoing import hang_up
from stampwell.wallet.apple.credentials import sign_in_with_certificate
from stampwell.wallet.apple.development_chain import CARD_TYPE, make_development_chain
from stampwell.wallet.apple.push_link import Push
from stampwell.wallet.apple.push_service import PushService
from stampwell.wallet.apple.signature import load_identity
from stampwell.wallet.google.account import google_account
from stampwell.wallet.google.rest import GoogleCalls

pytestmark = pytest.mark.machine_clock

PUSH_TOKEN = "ab" * 32


@pytest.mark.django_db
def test_they_take_what_the_product_sends_and_tell_of_it(
    tmp_path: Path, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    chain = make_development_chain(tmp_path / "wallet" / "development")

    with running_doubles(tmp_path) as given:
        host, _colon, port = given["STAMPWELL_APPLE_PUSH_HOST"].partition(":")
        signs_in = sign_in_with_certificate(load_identity(chain.files), given["STAMPWELL_APPLE_PUSH_CA"])
        with closing(PushService(host, int(port), signs_in)) as service:
            (answer,) = service.send([Push(new_id(), PUSH_TOKEN, CARD_TYPE)])
        for name, value in given.items():
            setattr(settings, name.replace("STAMPWELL_", "WALLET_"), value)
        is_new = GoogleCalls(google_account()).patch("loyaltyObject", {"id": "3388000000012345678.nobody"})
        hang_up()

    said = capfd.readouterr().err
    assert (answer.status, is_new) == (200, False)
    assert f"Apple: push to abababab… for {CARD_TYPE}" in said
    assert "Google: PATCH /walletobjects/v1/loyaltyObject/3388000000012345678.nobody" in said


def test_without_a_chain_they_do_not_start(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.doubles", str(tmp_path)], capture_output=True, check=False)

    assert (done.returncode != 0, done.stdout) == (True, b"")
