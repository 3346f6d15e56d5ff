"""What tills, programs and phones read as it stands is kept from the browser's translation of the page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from stampwell.ids import public_id
from stampwell.settings import PACKAGE
from tests.web.customer import card_with_reward, one_reward, path_of, voucher_path
from tests.web.dashboard.desk import DeskClient
from tests.world import Shop

EMPTY = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
TAG = re.compile(r"<(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})+>", re.S)


class Translatable(HTMLParser):
    """The text of a page that a browser may translate, as it is marked in the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = [("", True)]
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs).get("translate")
        if tag not in EMPTY:
            self.open.append((tag, self.open[-1][1] if said is None else said != "no"))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, translated = self.open[-1]
        if translated and tag not in ("script", "style"):
            self.text += data


def assert_kept(page: str, text: str) -> None:
    assert text in page
    assert text not in Translatable(page).text


@pytest.mark.parametrize("template", sorted((PACKAGE / "templates").rglob("*.html")), ids=lambda file: file.name)
def test_every_text_for_machines_is_marked(template: Path) -> None:
    """We write such texts from left to right on every page; a sentence in a language says which."""
    tags = [tag for tag in TAG.findall(template.read_text()) if ' dir="ltr"' in tag or tag.startswith("<code")]

    unmarked = [tag for tag in tags if ' translate="no"' not in tag and " lang=" not in tag]
    assert unmarked == []


@pytest.mark.parametrize("code_format", ["text", "qr", "code128"])
def test_the_code_for_the_till_is_shown_as_it_is(client: Client, lume: Shop, code_format: str) -> None:
    redeem_code = {"kind": "static", "code": "FREE TEA", "format": code_format}
    where = voucher_path(card_with_reward(lume.publish(**one_reward("redeem_code", redeem_code=redeem_code))))

    client.post(f"{where}/code")

    assert_kept(client.get(where).text, "FREE TEA")


def test_the_number_of_a_card_is_shown_as_it_is(client: Client, lume: Shop) -> None:
    card = lume.publish().card()

    number = card.row.short_number
    assert_kept(client.get(path_of(card)).text, f"{number[:4]} {number[4:]}")


def test_links_keys_and_addresses_are_shown_as_they_are(lume: Shop) -> None:
    desk = DeskClient(lume.owner)
    offer = lume.publish()
    EmailAddress.objects.create(user=lume.owner, email=lume.owner.email, primary=True, verified=True)

    program = desk.open(f"/programs/{public_id('prg', offer.program.id)}/").content.decode()
    place = public_id("loc", lume.location.id)
    key = desk.send("/settings/keys/new/", name="Till", scopes=["stamps:write"], location=place).content.decode()
    mine = desk.open("/accounts/email/").content.decode()

    assert_kept(program, f"/j/{lume.merchant.slug}/coffee-card")
    made = re.search(r"sk_[\w-]+", key)
    assert made is not None
    assert_kept(key, made[0])
    assert_kept(mine, lume.owner.email)
