"""Brought secrets are asked of the database each time they are needed, and of a whole list at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from stampwell.brought import secrets
from stampwell.cards.links import card_token, rotating_secret
from stampwell.cards.merging import merge_customers
from stampwell.cards.recovering import recover_card
from stampwell.moving.arriving import discard, find_arriving, show
from stampwell.moving.form import Part
from stampwell.moving.reading import check
from stampwell.vouchers.links import voucher_url
from tests.moving.changed import Rows, changed
from tests.moving.elsewhere import OTHER_KEY, OURS, arrive, forget_shop, write
from tests.web.api.client import ApiClient
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Offer, Shop

FALSE = "ab" * 20


def with_false_codes(rows: Rows, told: dict[str, Part]) -> None:
    """Of the codes that change; nothing else tells what they are."""
    rows["secrets"] = [
        re.sub(rb'"rotating-code":"[0-9a-f]+"', b'"rotating-code":"%s"' % FALSE.encode(), line)
        for line in rows["secrets"]
    ]


def with_biscuits(offer: Offer, count: int) -> list[HeldCard]:
    cards = [offer.card(name="Cy") for _one in range(count)]
    for card in cards:
        give_stamps(card, 6)
    return cards


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How brought secrets were asked for."""
    said: list[str] = []

    def note(name: str, ask: Callable[..., object]) -> Callable[..., object]:
        def noted(*told: object) -> object:
            said.append(name)
            return ask(*told)

        return noted

    for name in ("ask_row", "ask_rows"):
        monkeypatch.setattr(secrets, name, note(name, getattr(secrets, name)))
    return said


def test_what_is_brought_anew_counts_at_once(lume: Shop, tmp_path: Path, settings: Settings) -> None:
    """Also in a process that has asked for it before: another one reads shops in and takes them away."""
    card = lume.publish().card()
    secret = rotating_secret(card.id, 0)
    archive = write(lume.merchant, tmp_path / "lume")
    forget_shop(lume.merchant)
    settings.TOKEN_KEY = OTHER_KEY
    arrive(changed(archive, tmp_path, with_false_codes))
    assert rotating_secret(card.id, -1).hex() == FALSE
    discard(find_arriving(lume.merchant.slug))

    arrive(check(archive.file, [OURS]))

    assert rotating_secret(card.id, -1) == secret


@pytest.mark.parametrize("count", [2, 7])
def test_a_list_asks_for_all_at_once(
    lume: Shop, tmp_path: Path, settings: Settings, asked: list[str], count: int
) -> None:
    key = lume.api_key()
    cards = with_biscuits(lume.publish(earning=AT_ONCE), count)
    move(lume, tmp_path, settings)
    api = ApiClient(key)

    for page in ("/events?limit=100", "/cards", "/vouchers"):
        asked.clear()
        items = api.get(page).json["items"]
        assert len(items) >= count
        assert asked in (["ask_rows"], ["ask_rows", "ask_rows"]), page
    asked.clear()
    card = cards[0]
    assert Client().get(f"/c/{lume.merchant.slug}/{card_token(card.id, -1)}").status_code == 200
    assert asked.count("ask_rows") == 1
    assert len(asked) <= 3  # this test itself asks for the link


def move(shop: Shop, folder: Path, settings: Settings) -> None:
    archive = write(shop.merchant, folder / "lume")
    forget_shop(shop.merchant)
    settings.TOKEN_KEY = OTHER_KEY
    arrive(archive)
    show(shop.merchant.id, stays_closed=False)


def test_events_tell_the_links_that_merged_vouchers_have(lume: Shop, tmp_path: Path, settings: Settings) -> None:
    """A voucher that came from a card of another issue keeps its links, and brought ones stay what they were."""
    key, offer = lume.api_key(), lume.publish(earning=AT_ONCE)
    card, other = with_biscuits(offer, 2)
    recover_card(lume.merchant, card.id, actor=lume.actor)
    merge_customers(lume.merchant, card.row.customer_id, other.row.customer_id, actor=lume.actor)
    links = {voucher_url(lume.merchant.slug, one.id, one.issue) for one in card.open_vouchers}
    assert {one.issue for one in card.open_vouchers} == {0, 1}
    assert told_links(ApiClient(key)) == links

    move(lume, tmp_path, settings)

    assert told_links(ApiClient(key)) == links


def told_links(api: ApiClient) -> set[str]:
    events = api.get("/events?limit=100&type=card.merged").json["items"]
    return {voucher["web_url"] for event in events for voucher in event["data"]["card"]["vouchers"]}
