"""Which shops there are, how large, and closing one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant, User
from stampwell.removal.deleting import CLOSED_BEFORE
from stampwell.schedule import follow_events, order_events
from stampwell.watch.figures import take_figures
from stampwell.web.operator.shop_list import PAGE
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, words
from tests.web.signing_in import sign_in
from tests.world import Shop


def path_of(shop: Shop) -> str:
    return f"/operator/shops/{public_id('mer', shop.merchant.id)}/"


def is_closed(shop: Shop) -> bool:
    return Merchant.objects.get(id=shop.merchant.id).closed is not None


def test_shops_are_listed_and_found(operator: DeskClient, lume: Shop, rossi: Shop) -> None:
    everything = words(operator.open("/operator/shops/"))

    assert "Café Lume" in everything
    assert "Rossi" in everything
    for looked_for in ("caf%C3%A9", "LUME", "ada@lume", lume.merchant.slug):
        found = words(operator.open(f"/operator/shops/?q={looked_for}"))
        assert ("Café Lume" in found, "Rossi" in found) == (True, False), looked_for
    assert "No matching shops" in words(operator.open("/operator/shops/?q=%25"))
    assert "No matching shops" in words(operator.open("/operator/shops/?q=nobody%00@"))


def test_a_shop_is_shown_with_its_size_and_its_owner_and_nothing_of_its_customers(
    operator: DeskClient, lume: Shop
) -> None:
    lume.publish().card(name="Cy", email="cy@lume.example")
    order_events()
    follow_events()
    take_figures()

    page = words(operator.open(path_of(lume)))

    assert "ada@lume.example" in page
    assert "Cy" not in page.split()
    assert "cy@lume.example" not in page
    assert "Events 2" in page


def test_the_list_goes_on_where_it_ended_and_asks_as_much_for_many_shops(operator: DeskClient, lume: Shop) -> None:
    with CaptureQueriesContext(connection) as one:
        operator.open("/operator/shops/")
    for number in range(PAGE):
        Shop(f"Shop {number}", f"owner{number}@lume.example")

    with CaptureQueriesContext(connection) as many:
        page = operator.open("/operator/shops/").content.decode()

    assert len(many) == len(one)
    assert "Café Lume" not in page
    after = page.split("after=")[1].split('"')[0]
    assert "Café Lume" in words(operator.open(f"/operator/shops/?after={after}"))


def test_an_operator_closes_a_shop_and_opens_it_again(operator: DeskClient, lume: Shop, rossi: Shop) -> None:
    closed = operator.send(f"{path_of(lume)}close/")

    assert closed.headers["Location"] == path_of(lume)
    assert (is_closed(lume), is_closed(rossi)) == (True, False)
    assert "The shop is closed now." in words(operator.open(path_of(lume)))
    assert "Closed" in words(operator.open("/operator/shops/"))

    operator.send(f"{path_of(lume)}open/")

    assert not is_closed(lume)


def test_closing_asks_whoever_signed_in_long_ago_to_confirm_it(operator: DeskClient, nils: User, lume: Shop) -> None:
    sign_in(operator.client, nils, seconds_ago=timedelta(hours=1).total_seconds())

    asked = operator.send(f"{path_of(lume)}close/")

    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not is_closed(lume)


@pytest.mark.parametrize("shop", ["mer_" + "0" * 32, "mer_1", "x", "crd_" + "0" * 32])
def test_a_shop_that_there_is_not_is_not_found(operator: DeskClient, shop: str) -> None:
    assert operator.open(f"/operator/shops/{shop}/").status_code == 404
    assert operator.send(f"/operator/shops/{shop}/close/").status_code == 404
    assert operator.open("/operator/shops/?after=x").status_code == 404


def test_a_shop_is_deleted_by_whoever_types_its_name_and_has_a_backup(operator: DeskClient, lume: Shop) -> None:
    operator.send(f"{path_of(lume)}close/")
    assert "can be deleted after thirty days" in words(operator.open(path_of(lume)))
    assert operator.send(f"{path_of(lume)}delete/", name="cafe-lume", backup="yes").status_code == 409

    with stopped_at(START + CLOSED_BEFORE):
        assert "Type cafe-lume to confirm" in words(operator.open(path_of(lume)))
        for wrong in ({"name": "cafe-lume"}, {"name": "rossi", "backup": "yes"}, {"backup": "yes"}):
            operator.send(f"{path_of(lume)}delete/", **wrong)
            assert "Nothing was deleted." in words(operator.open(path_of(lume)))
        assert Merchant.objects.get().deleting is None

        operator.send(f"{path_of(lume)}delete/", name=" cafe-lume ", backup="yes")

        page = words(operator.open(path_of(lume)))
    assert "This shop is being deleted." in page
    assert "Open again" not in page
    assert "Being deleted" in words(operator.open("/operator/shops/"))
    assert DeskClient(lume.owner).open("/").headers["Location"] == "/open-your-shop/"
