"""Staff make a card for somebody who has none: on the screen for a phone, or on paper."""

import io
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import zxingcpp
from django.http import HttpResponse
from PIL import Image

from stampwell.cards.links import card_url
from stampwell.cards.models import Card
from stampwell.cards.recovering import recover_card
from stampwell.clock import stopped_at
from stampwell.counter.made_here import SHOWN_FOR
from stampwell.customers.models import Customer
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.programs.pausing import pause_program
from stampwell.web.scanner.new_cards import MOST_MADE
from tests.moments import START
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db
MAKE = "/scanner/new-cards"


def send(phone: Phone, offer: Offer, *, key: str = "", **changes: str) -> HttpResponse:
    program = public_id("prg", offer.program.id)
    fields = {"program": program, "name": "", "locale": "lv", "key": key or uuid4().hex, **changes}
    return phone.post(MAKE, **fields)


def make(phone: Phone, offer: Offer, *, key: str = "", **changes: str) -> str:
    """Where the card is shown."""
    answer = send(phone, offer, key=key, **changes)
    assert answer.status_code == 302, answer.content.decode()[:500]
    return str(answer.headers["Location"])


def the_card(shop: Shop) -> HeldCard:
    return HeldCard(shop, Card.objects.get(merchant=shop.merchant).id)


def said(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_card_is_made_by_who_stands_there_and_its_code_is_shown(phone: Phone, offer: Offer, lume: Shop) -> None:
    answer = phone.get(make(phone, offer, name="Cy"))

    card = the_card(lume)
    made = Event.objects.get(type="card.issued")
    assert (made.source, made.location_id) == ("scanner", lume.location.id)
    assert made.staff_member_id is not None
    assert (card.row.locale, Customer.objects.get().name) == ("lv", "Cy")
    assert "<svg" in answer.content.decode()
    assert f"{card.row.short_number[:4]} {card.row.short_number[4:]}" in said(answer)
    assert answer.content.decode().count(".pdf") == 4
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_form_that_is_sent_twice_makes_one_card_for_a_customer(phone: Phone, offer: Offer) -> None:
    assert make(phone, offer, key="k") == make(phone, offer, key="k")
    assert Card.objects.count() == 1


def test_with_one_program_nothing_but_the_name_and_the_language_is_asked(
    phone: Phone, offer: Offer, lume: Shop
) -> None:
    alone = phone.get(MAKE).content.decode()
    lume.publish(name="Tea card")
    several = phone.get(MAKE).content.decode()

    assert '<select name="program"' not in alone
    assert '<select name="program"' in several


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("paper", ["a4", "label", "receipt", "small-receipt"])
def test_the_paper_from_the_scanner_opens_the_card_and_is_scanned(
    phone: Phone, offer: Offer, lume: Shop, paper: str, tmp_path: Path
) -> None:
    answer = phone.get(f"{make(phone, offer)}/{paper}.pdf")

    file = tmp_path / "card.pdf"
    file.write_bytes(answer.content)
    drawn = subprocess.run(["pdftoppm", "-r", "150", "-png", str(file)], capture_output=True, check=True).stdout
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn)))
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert phone.scan(code.text).outcome == "stamped"
    assert the_card(lume).row.stamps == 1


def test_the_code_is_shown_by_the_device_that_made_the_card_and_for_an_hour(
    phone: Phone, offer: Offer, lume: Shop
) -> None:
    where = make(phone, offer)
    other = Phone(lume).enrol()
    other.sign_in(lume.hire("Eve"))
    older = f"{MAKE}/{public_id('crd', offer.card().id)}"

    assert phone.get(where).status_code == 200
    assert [other.get(path).status_code for path in (where, f"{where}/label.pdf")] == [404, 404]
    assert [phone.get(path).status_code for path in (older, f"{older}/label.pdf")] == [404, 404]
    with stopped_at(START + SHOWN_FOR + timedelta(minutes=1)):
        assert phone.get(where).status_code == 404


def test_a_link_that_came_later_is_not_shown_at_the_counter(phone: Phone, offer: Offer, lume: Shop) -> None:
    where = make(phone, offer)
    recover_card(lume.merchant, the_card(lume).id, actor=lume.actor)

    assert phone.get(where).status_code == 404
    assert card_url(lume.merchant.slug, the_card(lume).id, 1) not in phone.get(where).content.decode()


def test_another_shops_device_makes_and_shows_nothing_of_this_shop(phone: Phone, offer: Offer, rossi: Shop) -> None:
    where = make(phone, offer)
    theirs = Phone(rossi).enrol()
    theirs.sign_in(rossi.hire("Luca"))

    assert [theirs.get(path).status_code for path in (where, f"{where}/label.pdf")] == [404, 404]
    assert send(theirs, offer).status_code == 422
    assert Card.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"program": ""}, {"program": "prg_x"}, {"name": "x" * 101}, {"name": "\0"}, {"locale": "xx"}]
)
def test_what_cannot_be_made_is_asked_for_again(phone: Phone, offer: Offer, change: dict[str, str]) -> None:
    assert send(phone, offer, **change).status_code == 422
    assert not Card.objects.exists()


@pytest.mark.parametrize("path", ["crd_x", "x", "crd_" + "0" * 32, "prg_" + "0" * 32])
def test_a_card_that_is_none_is_not_found(phone: Phone, offer: Offer, path: str) -> None:
    assert phone.get(f"{MAKE}/{path}").status_code == 404
    assert phone.get(f"{MAKE}/{path}/label.pdf").status_code == 404


def test_a_paper_that_is_none_is_not_found(phone: Phone, offer: Offer) -> None:
    assert phone.get(f"{make(phone, offer)}/envelope.pdf").status_code == 404


def test_a_program_that_gives_no_cards_is_not_offered_at_the_scanner(phone: Phone, offer: Offer, lume: Shop) -> None:
    pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor)

    assert "No program gives new cards at the moment" in said(phone.get(MAKE))
    assert send(phone, offer).status_code == 422
    assert not Card.objects.exists()


def test_a_device_makes_no_stack_of_cards(phone: Phone, offer: Offer) -> None:
    for _card in range(MOST_MADE):
        make(phone, offer)

    refused = send(phone, offer)

    assert refused.status_code == 429
    assert "Wait" in said(refused)
    assert Card.objects.count() == MOST_MADE


def test_who_is_not_signed_in_makes_no_card(lume: Shop, offer: Offer) -> None:
    assert Phone(lume).enrol().get(MAKE).status_code == 302
    assert Phone(lume).get(MAKE).status_code == 403
    assert send(Phone(lume).enrol(), offer).status_code == 302
    assert not Card.objects.exists()


def test_the_menu_and_the_page_for_new_customers_lead_there(phone: Phone, offer: Offer) -> None:
    for page in ("/scanner/", "/scanner/join"):
        assert f'href="{MAKE}"' in phone.get(page).content.decode()
