"""The code on the card in Apple Wallet, as the owner chooses it."""

import io
import re

import pytest
import resvg_py
import zxingcpp
from django.test import Client
from PIL import Image
from pytest_django import Settings

from stampwell.ids import public_id
from stampwell.programs.models import Program
from stampwell.programs.terms import Terms, terms_of
from tests.wallet.development import lay_development_chain
from tests.wallet.packages import open_pass
from tests.web.customer import path_of
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Offer, Shop

KINDS = ["qr", "code128", "pdf417", "aztec"]


@pytest.fixture(autouse=True)
def own_data_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")


def published(shop: Shop) -> Terms:
    program = Program.objects.get(merchant=shop.merchant)
    return terms_of(shop.merchant.id, program.current_version_id)


def chosen(page: str) -> list[str]:
    boxes = re.findall(r'<input type="radio" name="barcode"[^>]*>', page)
    return [box.split('value="')[1].split('"')[0] for box in boxes if "checked" in box]


@pytest.mark.parametrize("kind", KINDS)
def test_the_chosen_code_stands_on_the_pass(desk: DeskClient, lume: Shop, client: Client, kind: str) -> None:
    lay_development_chain()
    desk.publish(barcode=kind)

    card = Offer(lume, Program.objects.get(merchant=lume.merchant)).card()
    (barcode,) = open_pass(client.get(f"{path_of(card)}/apple").content).content["barcodes"]

    assert published(lume).design["barcode"] == kind
    assert barcode["format"].removeprefix("PKBarcodeFormat").lower() == kind
    assert barcode["message"] == card.code


def test_the_next_version_keeps_the_code(desk: DeskClient, lume: Shop) -> None:
    program = public_id("prg", lume.publish(design={"barcode": "aztec"}).program.id)

    page = desk.open(f"/programs/{program}/edit/").content.decode()
    desk.publish(f"/programs/{program}/edit/", goal="12", barcode=chosen(page)[0])

    assert (published(lume).goal, published(lume).design["barcode"]) == (12, "aztec")


def test_adding_a_row_keeps_the_code(desk: DeskClient) -> None:
    assert chosen(desk.publish(add="1", barcode="pdf417").content.decode()) == ["pdf417"]


def test_a_new_card_begins_with_a_qr_code_and_each_choice_is_explained(desk: DeskClient) -> None:
    page = desk.open("/programs/new/")

    assert chosen(page.content.decode()) == ["qr"]
    assert "An Apple Watch does not show them." in words(page)
    assert "In Google Wallet and on the web page the card always shows a QR code." in words(page)


def test_a_code_that_no_wallet_knows_is_refused(desk: DeskClient) -> None:
    answer = desk.publish(barcode="ean13")

    assert answer.status_code == 422
    assert not Program.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_shows_the_chosen_code(desk: DeskClient, kind: str) -> None:
    page = desk.publish("/programs/preview/", barcode=kind).content.decode()

    svg = page.split('class="barcode-shown')[1].split(">", 1)[1].split("</div>")[0]
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=900)))))
    assert (found.format.name.removesuffix("Code").lower(), found.text) == (kind, "CARD" * 6)
