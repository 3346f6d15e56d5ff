"""An owner tries a reward on their own phone: the screens of customers, for a voucher that there is not."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.log_secrets import without_secrets
from stampwell.vouchers.checking import LIVE
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.web.trials import LASTS, trial_url
from tests.kept import made_once
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
CODE = {"kind": "static", "code": "FREECOFFEE", "format": "qr", "barcode_template": "https://shop.example/{code}"}


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    tea = {"name": "Tea", "path": "redeem_code", "redeem_code": CODE, "from_next_visit": True}
    return lume.publish(goal=4, milestones=[{"stamps": 4, "reward": tea}])


def path_of(offer: Offer) -> str:
    return urlsplit(trial_url(offer.shop.merchant, offer.terms, offer.terms.rewards[0])).path


def english() -> Client:
    return Client(headers={"accept-language": "en"})


def counted() -> list[int]:
    return [table.objects.count() for table in (Voucher, Redemption, Event)]


@pytest.mark.parametrize(
    ("way", "ready", "asked", "used"),
    [
        ("staff_scan", "Show this code to the staff.", "Show this code to the staff.", "This reward was handed out."),
        ("self_redeem", "Use it at the counter", "Use this reward now?", "Staff: your scanner shows the same sign."),
        ("redeem_code", "show the code that the till knows", "Are you at the till?", "TESTTESTTE"),
    ],
)
def test_each_way_is_shown_as_customers_see_it_and_writes_nothing(
    offer: Offer, way: str, ready: str, asked: str, used: str
) -> None:
    path, before = f"{path_of(offer)}?path={way}", counted()

    for more, said in (("", ready), ("&confirm=1", asked), (f"&used={int(START.timestamp())}", used)):
        page = english().get(path + more)
        assert page.status_code == 200
        assert said in words(page)
        assert "This is a trial." in words(page)
        assert "data-state-url" not in page.text
        assert f"/v/{offer.shop.merchant.slug}/" not in page.text
        assert page.headers["Cache-Control"] == "private, no-store"
    assert "Checked" in words(english().get(f"{path}&check=1"))
    assert counted() == before


def test_the_moving_screen_shows_no_true_sign_of_the_minute(offer: Offer) -> None:
    used = START + timedelta(minutes=1)
    with stopped_at(used):
        page = english().get(f"{path_of(offer)}?path=self_redeem&used={int(used.timestamp())}").text

    assert set(re.findall(r'class="minute-sign (\w+)".*?#(\w+)".*?<span>(.*?)</span>', page)) == {
        ("white", "info", "Trial")
    }
    minutes = [int(found) // 60_000 for found in re.findall(r'data-minute="(\d+)"', page)]
    assert minutes == list(range(int(used.timestamp()) // 60, int((used + LIVE).timestamp()) // 60 + 1))
    assert 'data-more-url=""' in page


def test_it_begins_with_the_way_of_the_reward_and_offers_the_others(offer: Offer) -> None:
    page = english().get(path_of(offer))

    assert "show the code that the till knows" in words(page)
    for way in ("staff_scan", "self_redeem", "redeem_code"):
        assert f"?path={way}" in page.text


@pytest.mark.parametrize(
    ("code", "made_up"),
    [
        ({"code": "FREECOFFEE", "format": "qr"}, "TESTTESTTE"),
        ({"code": "Kaffe-10", "format": "code128"}, "Testt-00"),
        ({"code": "4006381333931", "format": "ean13"}, "0000000000000"),
        ({"code": "0000000000000", "format": "ean13"}, "1111111111116"),
        ({"code": "TEST", "format": "text"}, "SAMPLE"),
    ],
)
def test_the_code_for_the_till_is_made_up_and_said_to_be(lume: Shop, code: dict[str, str], made_up: str) -> None:
    tea = {"name": "Tea", "path": "redeem_code", "redeem_code": {"kind": "static", **code}}
    path = path_of(lume.publish(goal=4, milestones=[{"stamps": 4, "reward": tea}]))

    page = english().get(f"{path}?path=redeem_code&used={int(START.timestamp())}")

    assert (made_up in words(page), code["code"] in page.text) == (True, False)
    assert "The code for the till is made up, so no till takes it." in words(page)
    assert "is made up" not in words(english().get(f"{path}?path=staff_scan"))


def test_codes_that_the_till_asks_about_are_shown_as_they_look(lume: Shop) -> None:
    tea = {"name": "Tea", "path": "redeem_code", "redeem_code": {"kind": "api", "format": "qr"}}
    offer = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": tea}])

    assert "7K2M 9QXA B4T" in words(english().get(path_of(offer)))


@pytest.mark.parametrize("used", ["x", "-1", "9" * 11, "9" * 30, "1", "\u0661", ""])
def test_a_moment_that_cannot_be_is_as_if_none_was_said(offer: Offer, used: str) -> None:
    page = english().get(path_of(offer), {"path": "self_redeem", "used": used})

    assert (page.status_code, "Use it at the counter" in words(page)) == (200, True)


def test_it_ends_by_itself(offer: Offer) -> None:
    path = path_of(offer)

    with stopped_at(START + LASTS - timedelta(seconds=1)):
        assert english().get(path).status_code == 200
    with stopped_at(START + LASTS):
        over = english().get(path)

    assert (over.status_code, "The trial is over" in words(over)) == (410, True)


def test_the_link_of_another_shop_and_one_that_was_changed_are_not_found(offer: Offer, rossi: Shop) -> None:
    path = path_of(offer)
    theirs = path.replace(f"/{offer.shop.merchant.slug}/", f"/{rossi.merchant.slug}/")

    for wrong in (theirs, path[:-1] + ("A" if path[-1] != "A" else "B"), path.rpartition("/")[0] + "/x"):
        assert english().get(wrong).status_code == 404
    assert english().post(path).status_code == 405


def test_the_desk_shows_its_code_of_each_reward(desk: DeskClient, offer: Offer, rossi: Shop) -> None:
    program = f"/programs/{public_id('prg', offer.program.id)}/"
    foreign = public_id("rwd", rossi.publish().terms.rewards[0].id)

    page = desk.open(f"{program}trial/")

    assert f'href="{program}trial/"' in desk.open(program).content.decode()
    link = re.findall(r'href="([^"]+/t/[^"]+)"', page.content.decode())[0]
    assert "This is a trial." in words(english().get(urlsplit(link).path))
    assert without_secrets(link).endswith(f"/t/{offer.shop.merchant.slug}/…")
    assert desk.open(f"{program}trial/?reward={foreign}").status_code == 404
