"""The worker is killed in the middle of telling phones, again and again: every phone hears of the last change."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as product_settings
from django.db import connection
from pytest_django import Settings

from stampwell import clock
from stampwell.models import Pass, Registration
from stampwell.schedule import push_to_phones
from stampwell.wallet.apple.development_chain import Chain, make_development_chain
from stampwell.wallet.apple.push_services import close_push_services
from tests.doubles.apns import PushDouble
from tests.processes import Program
from tests.serving import database_url
from tests.wallet.following import catch_up
from tests.wallet.phone import HeldByPhone, Phone
from tests.web.customer import AT_ONCE, give_stamps, path_of
from tests.world import Shop, open_lume

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]

PHONES = 40
PATIENCE = 60.0


@pytest.fixture
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """Of today: the worker is a program of its own."""
    return make_development_chain(tmp_path_factory.mktemp("chain"))


@pytest.fixture
def double(
    transactional_db: None, chain: Chain, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PushDouble]:
    settings.WALLET_APPLE_CERTIFICATE, settings.WALLET_APPLE_KEY = str(chain.certificate), str(chain.key)
    settings.WALLET_APPLE_INTERMEDIATE = str(chain.intermediate)
    with PushDouble(tmp_path_factory.mktemp("push"), [chain.root, chain.intermediate], pause=0.05) as running:
        settings.WALLET_APPLE_PUSH_HOST, settings.WALLET_APPLE_PUSH_CA = running.host, str(running.ca)
        yield running
        close_push_services()


@pytest.fixture
def shop(double: PushDouble) -> Shop:
    return open_lume()


def start_worker(chain: Chain, double: PushDouble, folder: Path) -> Program:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "STAMPWELL_DATA": str(folder),
        "STAMPWELL_TOKEN_KEY": product_settings.TOKEN_KEY.hex(),
        "STAMPWELL_SECRET_KEY": product_settings.SECRET_KEY,
        "STAMPWELL_BASE_URL": product_settings.BASE_URL,
        "STAMPWELL_APPLE_CERTIFICATE": str(chain.certificate),
        "STAMPWELL_APPLE_KEY": str(chain.key),
        "STAMPWELL_APPLE_INTERMEDIATE": str(chain.intermediate),
        "STAMPWELL_APPLE_PUSH_HOST": double.host,
        "STAMPWELL_APPLE_PUSH_CA": str(double.ca),
    }
    with (folder / "worker.log").open("ab") as log:
        return Program([sys.executable, "-m", "stampwell", "worker"], env=environment, stdout=log, stderr=log)


def wait_for(happened: Callable[[], bool], worker: Program, log: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while not happened():
        assert worker.poll() is None, log.read_text()
        assert time.monotonic() < limit, log.read_text()
        time.sleep(0.01)


def kill(worker: Program) -> None:
    worker.kill()
    worker.wait()


def test_a_worker_killed_again_and_again_loses_no_update(
    chain: Chain, double: PushDouble, shop: Shop, tmp_path: Path
) -> None:
    offer = shop.publish(earning=AT_ONCE)
    cards = [offer.card() for _number in range(PHONES)]
    phones = [Phone(f"phone-{number}", f"{number:064x}") for number in range(PHONES)]
    held = [phone.add(f"{path_of(card)}/apple") for phone, card in zip(phones, cards, strict=True)]
    assert [each.register().status_code for each in held] == [201] * PHONES
    for card in cards:
        give_stamps(card, 1)
    log = tmp_path / "worker.log"

    # Once while it looks, once in the middle of the pushes.
    moments: list[Callable[[], bool]] = [
        lambda: Pass.objects.filter(tag__gt=PHONES).exists(),
        lambda: len(double.seen) >= 1,
    ]
    for moment in moments:
        worker = start_worker(chain, double, tmp_path)
        wait_for(moment, worker, log)
        kill(worker)
    told_before = len(double.seen)
    assert 1 <= told_before < PHONES, "killed in the middle"
    assert Registration.objects.filter(due__isnull=False).exists()

    double.pause = 0.0
    with clock.stopped_at(clock.now() + timedelta(minutes=5)):
        catch_up()
        push_to_phones()
        catch_up()
        push_to_phones()

    assert {seen.token for seen in double.seen} == {phone.push_token for phone in phones}
    assert [each.update() for each in held] == [True] * PHONES
    assert {each.count for each in held} == {"1/10"}
    assert not Registration.objects.filter(due__isnull=False).exists()
    connection.close()


def test_phones_are_told_by_the_worker_as_it_runs(chain: Chain, double: PushDouble, shop: Shop, tmp_path: Path) -> None:
    card = shop.publish(earning=AT_ONCE).card()
    held: HeldByPhone = Phone().add(f"{path_of(card)}/apple")
    held.register()
    worker = start_worker(chain, double, tmp_path)
    try:
        give_stamps(card, 2)
        wait_for(lambda: bool(double.seen), worker, tmp_path / "worker.log")
    finally:
        kill(worker)

    assert held.update() is True
    assert held.count == "2/10"
