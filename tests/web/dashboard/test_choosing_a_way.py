"""Choosing how a reward is handed out: three ways, what fits the reward and the till, and examples to start from."""

import re
from html import unescape

import pytest

from stampwell.merchants.models import Merchant
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop

pytestmark = pytest.mark.django_db
PAGE = "/programs/handing-out/"


def html(desk: DeskClient, path: str) -> str:
    return desk.open(path).content.decode()


def inputs(name: str, page: str) -> list[str]:
    return [tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag]


def value_of(name: str, page: str) -> str:
    found = re.search(r'value="([^"]*)"', inputs(name, page)[0])
    return unescape(found[1]) if found else ""


def checked(name: str, page: str) -> list[str]:
    return [value_of(name, tag) for tag in inputs(name, page) if " checked" in tag]


def test_three_ways_say_who_checks_and_whether_one_works_twice(desk: DeskClient) -> None:
    page = desk.open(PAGE)
    said = words(page)

    assert page.content.count(b'<svg class="scene"') == 3
    for fact in ("Who checks it", "Can it be used twice?", "What your staff do"):
        assert said.count(fact) == 3
    assert "What this till can do with a code" not in said


@pytest.mark.parametrize(
    ("asked", "advice", "path"),
    [
        ("worth=little&till=other", "Let customers use it themselves", "self_redeem"),
        ("worth=much&till=loyverse", "Let your staff scan it", "staff_scan"),
        ("worth=much&till=odoo", "Give each voucher a code of its own", "redeem_code"),
    ],
)
def test_it_is_advised_what_fits_the_reward_and_the_till(desk: DeskClient, asked: str, advice: str, path: str) -> None:
    page = desk.open(f"{PAGE}?{asked}")

    assert advice in words(page)
    assert "What this till can do with a code" in words(page)
    assert f'href="/programs/new/?path={path}"' in page.content.decode()
    assert checked("goal-reward-path", html(desk, f"/programs/new/?path={path}")) == [path]


@pytest.mark.parametrize("asked", ["till=abacus&worth=much", "till=odoo", "till=odoo&worth=\x00", "till="])
def test_what_nobody_can_ask_is_not_answered(desk: DeskClient, asked: str) -> None:
    assert "What this till can do with a code" not in words(desk.open(f"{PAGE}?{asked}"))


@pytest.mark.parametrize(
    ("example", "code", "name"),
    [
        ("free-coffee", "FREECOFFEE", "A free coffee"),
        ("gift", "GIFT100", "€100.00 off your bill"),
        ("birthday", "BDAY25", "25% off for your birthday"),
    ],
)
def test_a_card_begins_with_an_example(desk: DeskClient, example: str, code: str, name: str) -> None:
    assert f"?example={example}" in html(desk, PAGE)

    form = html(desk, f"/programs/new/?example={example}")

    assert value_of("goal-reward-code", form) == code
    assert value_of("goal-reward-name", form) == name
    assert checked("goal-reward-path", form) == ["redeem_code"]
    assert checked("asks_for", form) == (["birthday"] if example == "birthday" else [])


def test_an_example_speaks_the_language_of_the_shop(desk: DeskClient, lume: Shop) -> None:
    Merchant.objects.filter(id=lume.merchant.id).update(locale="lv")

    assert "dzimšanas" in value_of("goal-reward-name", html(desk, "/programs/new/?example=birthday"))


def test_a_link_with_anything_else_begins_an_empty_card(desk: DeskClient) -> None:
    form = html(desk, "/programs/new/?example=tea&path=magic")

    assert value_of("goal-reward-code", form) == ""
    assert checked("goal-reward-path", form) == ["staff_scan"]


def test_the_form_shows_each_way_and_leads_to_the_help(desk: DeskClient) -> None:
    form = html(desk, "/programs/new/")

    assert form.count('<svg class="scene"') == 3
    assert f'href="{PAGE}" target="_blank"' in form
