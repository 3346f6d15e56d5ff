"""The worker is killed while a new name goes round: every phone gets it all the same."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from stampwell import clock
from stampwell.models import Pass, Registration, WalletFeed
from stampwell.programs.currency import change_merchant
from stampwell.schedule import push_to_phones
from stampwell.wallet.apple.development_chain import Chain
from tests.doubles.apns import PushDouble
from tests.wallet.following import catch_up
from tests.wallet.phone import Phone
from tests.wallet.test_killed_worker import chain, double, kill, shop, start_worker, wait_for
from tests.web.customer import AT_ONCE, path_of
from tests.world import Shop

__all__ = ["chain", "double", "shop"]  # fixtures

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]

PHONES = 30


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_a_new_name_goes_round_loses_no_phone(
    chain: Chain,
    double: PushDouble,
    shop: Shop,
    tmp_path: Path,
) -> None:
    cards = [shop.publish(earning=AT_ONCE).card() for _number in range(PHONES)]
    phones = [Phone(f"phone-{number}", f"{number:064x}") for number in range(PHONES)]
    held = [phone.add(f"{path_of(card)}/apple") for phone, card in zip(phones, cards, strict=True)]
    for each in held:
        each.register()
    catch_up()
    last = WalletFeed.objects.get().last_tag
    change_merchant(shop.merchant, name="Lume & Daughters", locale="en", currency="EUR", actor=shop.actor)

    # Once while passes are looked at, once in the middle of the pushes.
    moments: list[Callable[[], bool]] = [
        lambda: Pass.objects.filter(tag__gt=last).exists(),
        lambda: len(double.seen) >= 1,
    ]
    for moment in moments:
        worker = start_worker(chain, double, tmp_path)
        wait_for(moment, worker, tmp_path / "worker.log")
        kill(worker)
    assert 1 <= len(double.seen) < PHONES, "killed in the middle"

    double.pause = 0.0
    with clock.stopped_at(clock.now() + timedelta(minutes=5)):
        catch_up()
        push_to_phones()
        catch_up()
        push_to_phones()

    assert {seen.token for seen in double.seen} == {phone.push_token for phone in phones}
    assert [each.update() for each in held] == [True] * PHONES
    assert {each.opened.content["organizationName"] for each in held} == {"Lume & Daughters"}
    assert not Registration.objects.filter(due__isnull=False).exists()
    connection.close()
