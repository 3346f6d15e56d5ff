"""The pages of whoever runs the server, a closed shop and an announcement: everybody can use them, at any width."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from stampwell.cards.recounting import RECOUNT
from stampwell.clock import now
from stampwell.events.actors import OPERATOR
from stampwell.ids import public_id
from stampwell.installation.banner import set_banner
from stampwell.jobs.asking import ask_for
from stampwell.jobs.models import Job
from stampwell.merchants.closing import close_shop
from stampwell.merchants.models import Merchant, User
from stampwell.removal.deleting import CLOSED_BEFORE
from stampwell.schedule import follow_events, order_events
from stampwell.transactions import merchant_transaction
from stampwell.watch.figures import take_figures
from stampwell.watch.models import KeptErrorRow
from tests.browser.axe import assert_accessible_at
from tests.browser.chromium import Phone
from tests.browser.tour import Tour
from tests.web.signing_in import sign_in
from tests.world import PASSWORD, open_rossi

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TRACE = 'Traceback (most recent call last):\n  File "/opt/stampwell/jobs/running.py", line 1, in work\nValueError: …'


@pytest.fixture
def tour(live_server: LiveServer) -> Tour:
    """A server in full swing: something fails, something is closed, and something is to be said."""
    tour, rossi = Tour(), open_rossi()
    close_shop(rossi.merchant.id)
    Merchant.objects.filter(id=rossi.merchant.id).update(closed=now() - CLOSED_BEFORE)
    with merchant_transaction(tour.shop.merchant.id) as tx:
        ask_for(tx, RECOUNT, asker=OPERATOR)
    Job.objects.update(state="failed", ended=now(), problem="OperationalError")
    KeptErrorRow.objects.create(
        alike="0" * 32,
        logger="stampwell.jobs.running",
        said="Job failed",
        trace=TRACE,
        count=3,
        first=now(),
        last=now(),
    )
    order_events()
    follow_events()
    take_figures()
    set_banner({"en": "Maintenance tonight at ten. " * 4}, begins=now(), ends=now() + timedelta(hours=1))
    return tour


def operate(phone: Phone, server: LiveServer) -> None:
    user = User.objects.create_user("nils@server.example", PASSWORD)
    User.objects.filter(id=user.id).update(operates=True)
    client = Client()
    sign_in(client, user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    phone.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server.url}])


def pages() -> list[str]:
    names = ("operator", "operator_shops", "operator_jobs", "operator_errors", "operator_banner")
    shops = [reverse("operator_shop", args=[public_id("mer", one.id)]) for one in Merchant.objects.order_by("id")]
    return [*map(reverse, names), *shops]


def test_everybody_can_use_the_pages_of_the_server(
    live_server: LiveServer, new_phone: Callable[..., Phone], tour: Tour
) -> None:
    phone = new_phone(base_url=live_server.url, width=320)
    operate(phone, live_server)

    for path in pages():
        phone.page.goto(path)
        assert_accessible_at(phone.page, 320, 1280)
        for width in (320, 1280):
            phone.page.set_viewport_size({"width": width, "height": 844})
            assert phone.page.get_by_role("region", name="Announcement").is_visible()
