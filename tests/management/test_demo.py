"""The demo is for whoever started it: no secret of it is published, and nobody else reaches it unless it is shared."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from stampwell.cards.models import Stamp
from stampwell.cards.recounting import recount
from stampwell.clock import now
from stampwell.customers.models import Customer
from stampwell.environment import EnvironmentTrouble
from stampwell.events.models import Event
from stampwell.ids import wanted_id
from stampwell.management.demo import new_password, seed_demo
from stampwell.management.demo_history import DAYS, live
from stampwell.management.development import PUBLISHED, choose_address, refuse_published_password
from stampwell.management.preparing import prepare_demo
from stampwell.management.web_process import StartTrouble
from stampwell.merchants.local_time import local_time
from stampwell.merchants.models import Location, Merchant, StaffMember
from stampwell.redeem_codes.models import PoolCode
from stampwell.vouchers.models import Voucher
from tests.world import Shop


@pytest.mark.django_db
def test_each_demo_has_secrets_of_its_own(client: Client) -> None:
    demo, _cafe = seed_demo("http://127.0.0.1:8000")

    assert demo["owner"]["password"] != new_password()
    assert len(demo["owner"]["password"]) == 23
    assert len(demo["staff_pin"]) == 4
    signed_in = client.post(
        "/accounts/login/", {"login": demo["owner"]["email"], "password": demo["owner"]["password"]}
    )
    assert signed_in.status_code == 302


@pytest.mark.django_db
def test_its_list_of_codes_has_a_code_for_its_voucher(client: Client) -> None:
    demo, _cafe = seed_demo("http://127.0.0.1:8000")
    pool_id = wanted_id("cdp", demo["pool_id"])

    shown = client.post(f"{urlsplit(demo['pool_voucher']['web_url']).path}/code", follow=True)

    code = PoolCode.objects.get(voucher_id=wanted_id("vch", demo["pool_voucher"]["id"]))
    assert (code.pool_id, code.code in shown.content.decode()) == (pool_id, True)
    assert PoolCode.objects.filter(pool_id=pool_id, given=None, revoked=None).count() == 199


@pytest.mark.django_db
def test_shops_that_are_there_get_no_demo_beside_them(lume: Shop, tmp_path: Path) -> None:
    assert "these are no demo of this folder" in prepare_demo(tmp_path, "http://127.0.0.1:8000")

    assert Merchant.objects.count() == 1
    assert not (tmp_path / "demo.json").exists()


def test_it_is_for_this_machine_alone() -> None:
    assert choose_address("", 8000, share=False) == ("http://127.0.0.1:8000", "127.0.0.1")
    assert choose_address("http://localhost:9000", 9000, share=False) == ("http://localhost:9000", "127.0.0.1")


@pytest.mark.parametrize("address", ["http://192.168.1.20:8000", "https://shop.example"])
def test_others_get_it_only_where_somebody_says_so(address: str) -> None:
    with pytest.raises(StartTrouble, match="add --share"):
        choose_address(address, 8000, share=False)

    assert choose_address(address, 8000, share=True) == (address, "0.0.0.0")


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(EnvironmentTrouble, match="--base-url"):
        choose_address("192.168.1.20:8000", 8000, share=True)


def test_a_demo_with_the_password_of_an_earlier_release_is_not_shared() -> None:
    with pytest.raises(StartTrouble, match="--fresh"):
        refuse_published_password({"owner": {"password": PUBLISHED}})
    refuse_published_password({"owner": {"password": new_password()}})


@pytest.mark.moment(datetime(2026, 3, 29, 9, 30, tzinfo=UTC))  # a day of 23 hours in Riga
@pytest.mark.django_db
def test_its_shop_has_lived_for_weeks_and_its_books_are_right() -> None:
    _demo, cafe = seed_demo("http://127.0.0.1:8000")
    live(cafe)
    shop = Merchant.objects.get(slug="cafe-lume")
    events = Counter(Event.objects.filter(merchant=shop).values_list("type", flat=True))
    oldest, newest = min(Event.objects.values_list("at", flat=True)), max(Event.objects.values_list("at", flat=True))

    assert recount(shop.id) == []
    assert Customer.objects.filter(merchant=shop, name__gt="").count() >= 60
    assert (Location.objects.filter(merchant=shop).count(), StaffMember.objects.filter(merchant=shop).count()) == (2, 3)
    assert events["stamp.added"] > 400
    for type, least in {"scan.refused": 8, "stamp.reversed": 5, "voucher.redeemed": 40, "voucher.reversed": 1}.items():
        assert events[type] >= least, type
    assert (events["customer.merged"], events["program.paused"]) == (1, 1)
    assert Voucher.objects.filter(merchant=shop, state="ready").count() >= 10
    assert (now() - oldest, newest <= now()) == (timedelta(days=DAYS + 1), True)
    assert {local_time(shop, at).hour for at in Stamp.objects.values_list("at", flat=True)} <= {*range(7, 19)}
