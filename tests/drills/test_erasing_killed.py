"""A worker that tells and deletes customers who no longer come is killed outright, again and again."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from stampwell.cards.erasing_inactive import erase_inactive_customers
from stampwell.clock import now, stopped_at
from stampwell.customers.models import Customer, ErasureWarning
from stampwell.customers.retention import change_retention
from stampwell.events.models import Event
from stampwell.mail.models import Mail
from tests.following import follow_everything
from tests.processes import Program
from tests.serving import database_url
from tests.world import Shop, open_lume

pytestmark = [pytest.mark.drill, pytest.mark.short, pytest.mark.django_db(transaction=True)]

CUSTOMERS = 12
DAY = timedelta(days=1)


def let_die(shop: Shop, moment: datetime, *, after: int) -> None:
    """It is killed after so many runs, wherever it is then."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "stampwell.settings"}
    environment["STAMPWELL_MAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
    begin = "import django; django.setup(); from tests.drills.erasing_worker import main; main()"
    command = [sys.executable, "-c", begin, shop.merchant.id.hex, moment.isoformat()]
    with Program(command, env=environment, stdout=subprocess.PIPE) as worker:
        assert worker.stdout
        for _run in range(after):
            assert worker.stdout.readline() == b"looked\n"
        worker.kill()


def test_killed_between_any_two_each_is_told_once_and_deleted_once() -> None:
    shop = open_lume()
    offer = shop.publish()
    for number in range(CUSTOMERS):
        offer.card(email=f"{number}@lume.example")
    follow_everything()
    change_retention(shop.merchant, 12, actor=shop.actor)
    begun = now()

    for kill in (1, 2, 4):
        let_die(shop, begun + 340 * DAY, after=kill)
    for day in range(340, 370):
        with stopped_at(begun + day * DAY):
            erase_inactive_customers()
    told = list(Mail.objects.filter(kind="erasure").values_list("about", flat=True))
    assert len(told) == len(set(told)) == ErasureWarning.objects.count() == CUSTOMERS

    for kill in (1, 3, 5):
        let_die(shop, begun + 371 * DAY, after=kill)
    assert 0 < Customer.objects.filter(erased__isnull=True).count() < CUSTOMERS, "it was killed in the middle"
    with stopped_at(begun + 371 * DAY):
        for _run in range(2):
            erase_inactive_customers()

    named = [event.data["customer_id"] for event in Event.objects.filter(type="customer.erased")]
    assert len(named) == len(set(named)) == CUSTOMERS
    assert not Customer.objects.exclude(email="").exists()
    assert not Mail.objects.filter(kind="erasure").exists()
