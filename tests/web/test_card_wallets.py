"""The card for the phone's wallet, and the merchant's colours that it wears."""

import base64
import io
import json
import re
import zipfile

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from stampwell.cards.models import Card
from stampwell.counter.scanning import recognise
from stampwell.ids import public_id
from stampwell.merchants.models import Location, Merchant, Picture
from stampwell.programs.models import ProgramVersion
from stampwell.refusal import NotFound
from stampwell.wallet.content import fill_pass
from stampwell.wallet.look.colours import contrast
from tests.kept import made_once
from tests.wallet.development import lay_development_account, lay_development_chain
from tests.wallet.packages import open_pass
from tests.web.customer import AT_ONCE, NOBODY, give_stamps, path_of
from tests.world import HeldCard, Offer, Shop


@pytest.fixture(autouse=True)
def own_data_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")
    settings.WALLET_OFFER_DEVELOPMENT = True


@pytest.fixture
def configured() -> None:
    lay_development_chain()
    lay_development_account()


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    design = {"background": "#0f3d3e", "accent": "#ffd166", "icon": "cup"}
    return lume.publish(name={"en": "Coffee card", "lv": "Kafijas karte"}, design=design, earning=AT_ONCE)


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card(locale="lv")


def unpack(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return {name: made.read(name) for name in made.namelist()}


def pass_of(client: Client, card: HeldCard) -> dict[str, bytes]:
    return unpack(client.get(f"{path_of(card)}/apple").content)


def claims_of(link: str) -> dict[str, object]:
    middle = link.rsplit("/", 1)[1].split(".")[1]
    read: dict[str, object] = json.loads(base64.urlsafe_b64decode(middle + "=="))
    return read


@pytest.mark.usefixtures("configured")
def test_the_card_can_be_downloaded_for_apple_wallet(client: Client, card: HeldCard) -> None:
    answer = client.get(f"{path_of(card)}/apple")

    assert answer.headers["Content-Type"] == "application/vnd.apple.pkpass"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="card.pkpass"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"pass.json", "manifest.json", "signature", "strip@3x.png", "ja.lproj/pass.strings"} <= set(
        unpack(answer.content)
    )


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("path", ["card", "join"])
def test_no_wallet_is_offered_that_no_phone_opens(
    client: Client, card: HeldCard, offer: Offer, settings: Settings, path: str
) -> None:
    address = path_of(card) if path == "card" else f"/j/{card.shop.merchant.slug}/{offer.program.slug}"
    asked_for = client.get(address).text
    settings.WALLET_OFFER_DEVELOPMENT = False

    page = client.get(address).text

    assert ("wallets/apple.svg" in asked_for, "wallets/google.svg" in asked_for) == (True, True)
    assert "wallets/" not in page


@pytest.mark.usefixtures("configured")
def test_the_pass_shows_the_card_as_it_stands(client: Client, card: HeldCard) -> None:
    give_stamps(card, 7)

    made = json.loads(pass_of(client, card)["pass.json"])

    assert made["organizationName"] == "Café Lume"
    assert made["storeCard"]["headerFields"][0]["value"] == "7/10"
    assert made["storeCard"]["secondaryFields"][0]["value"] == "A biscuit"
    assert made["barcodes"][0]["altText"] == f"{card.row.short_number[:4]} {card.row.short_number[4:]}"
    found = recognise(card.shop.merchant, made["barcodes"][0]["message"])
    assert found.card
    assert found.card.id == card.id
    back = {field["key"]: field["value"] for field in made["storeCard"]["backFields"]}
    assert back["web"] == card.url


@pytest.mark.usefixtures("configured")
def test_the_strip_changes_with_the_count(client: Client, card: HeldCard) -> None:
    before = pass_of(client, card)["strip@2x.png"]

    give_stamps(card, 1)

    assert pass_of(client, card)["strip@2x.png"] != before


@pytest.mark.usefixtures("configured")
def test_the_pass_speaks_every_language(client: Client, card: HeldCard) -> None:
    files = pass_of(client, card)

    strings = {name: files[name].decode() for name in files if name.endswith("pass.strings")}
    assert len(strings) == 6
    assert '"Coffee card" = "Kafijas karte"' in strings["lv.lproj/pass.strings"]


def test_serial_and_token_never_change_and_are_no_link(card: HeldCard) -> None:
    before = fill_pass(card.shop.merchant, card.id)
    give_stamps(card, 3)
    after = fill_pass(card.shop.merchant, card.id)

    assert (before.serial, before.authentication_token) == (after.serial, after.authentication_token)
    assert min(len(after.serial), len(after.authentication_token)) >= 32
    assert not {after.serial, after.authentication_token} & {card.url.rsplit("/", 1)[1], card.code}


def test_the_history_on_the_back_is_in_the_customers_language(card: HeldCard) -> None:
    give_stamps(card, 1)

    assert fill_pass(card.shop.merchant, card.id).history.count("\n") == 1


def test_branches_with_a_place_on_the_map_are_on_the_pass(card: HeldCard) -> None:
    Location.objects.update(latitude="56.949600", longitude="24.105200")

    places = fill_pass(card.shop.merchant, card.id).face.places

    assert [(place.latitude, place.longitude) for place in places] == [(56.9496, 24.1052)]
    assert "Café Lume" in places[0].note["ja"]


@pytest.mark.usefixtures("configured")
def test_the_addresses_of_the_branches_are_on_the_back(client: Client, card: HeldCard) -> None:
    Location.objects.update(address="Brīvības iela 1, Rīga")
    Location.objects.create(merchant=card.shop.merchant, name="Stall", time_zone="Europe/Riga", address="")
    Location.objects.create(merchant=card.shop.merchant, name="Old Town", time_zone="Europe/Riga", address="Kaļķu 2")

    opened = open_pass(client.get(f"{path_of(card)}/apple").content)

    assert opened.field("contact")["value"] == "Brīvības iela 1, Rīga\nKaļķu 2"


def test_a_renamed_shop_is_renamed_on_the_pass(card: HeldCard) -> None:
    assert fill_pass(card.shop.merchant, card.id).face.organisation == "Café Lume"
    Merchant.objects.update(name="Lume & Daughter")
    card.shop.merchant.refresh_from_db()

    assert fill_pass(card.shop.merchant, card.id).face.organisation == "Lume & Daughter"


@pytest.mark.usefixtures("configured")
def test_a_replaced_card_is_void_in_the_wallet(client: Client, card: HeldCard) -> None:
    Card.objects.update(state="void")

    assert json.loads(pass_of(client, card)["pass.json"])["voided"] is True


@pytest.mark.usefixtures("configured")
def test_google_gets_a_link_that_saves_the_card(client: Client, card: HeldCard) -> None:
    give_stamps(card, 7)

    answer = client.get(f"{path_of(card)}/google")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("https://pay.google.com/gp/v/save/")
    assert len(answer.headers["Location"]) <= 1800
    claims = claims_of(answer.headers["Location"])
    assert claims["typ"] == "savetowallet"
    assert "7/10" in json.dumps(claims)


@pytest.mark.usefixtures("configured")
def test_the_link_for_google_carries_no_secret(client: Client, card: HeldCard) -> None:
    claims = json.dumps(claims_of(client.get(f"{path_of(card)}/google").headers["Location"]))

    filled = fill_pass(card.shop.merchant, card.id)
    assert card.url.rsplit("/", 1)[1] not in claims
    assert filled.authentication_token not in claims


@pytest.mark.usefixtures("configured")
def test_the_pictures_that_google_fetches_are_there(client: Client, card: HeldCard) -> None:
    give_stamps(card, 7)
    claims = json.dumps(claims_of(client.get(f"{path_of(card)}/google").headers["Location"]))

    pictures = re.findall(r'"http://[^/"]+(/brand/[^"]+\.png)"', claims)

    assert len(pictures) >= 1
    for picture in pictures:
        answer = client.get(picture)
        assert answer.headers["Content-Type"] == "image/png"
        assert "public" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("wallet", ["apple", "google"])
def test_without_certificates_the_page_says_that_the_web_card_is_as_good(
    client: Client, card: HeldCard, wallet: str
) -> None:
    answer = client.get(f"{path_of(card)}/{wallet}")

    assert answer.status_code == 404
    assert "Your card on the web has everything" in answer.text
    assert f'href="{path_of(card)}"' in answer.text
    assert f"{path_of(card)}/{wallet}" not in client.get(path_of(card)).text


def test_the_stylesheet_holds_four_readable_colours(client: Client, offer: Offer) -> None:
    answer = client.get(f"/brand/{offer.shop.merchant.slug}/{offer.terms.version_id.hex}.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    found = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", answer.text))
    assert found["brand"] == "#0f3d3e"
    assert contrast(found["brand"], found["on-brand"]) >= 4.5
    assert contrast(found["stamp"], found["on-stamp"]) >= 4.5


def test_a_colour_that_cannot_be_read_is_replaced(client: Client, lume: Shop) -> None:
    offer = lume.publish(design={"background": "#777777", "foreground": "#787878"})

    sheet = client.get(f"/brand/{lume.merchant.slug}/{offer.terms.version_id.hex}.css").text

    found = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", sheet))
    assert contrast(found["brand"], found["on-brand"]) >= 4.5


@pytest.mark.parametrize(
    "picture", ["icon-192.png", "icon-512.png", "icon-180.png", "logo.png", "stamps-0.png", "stamps-10.png"]
)
def test_the_brands_pictures_are_pictures(client: Client, offer: Offer, picture: str) -> None:
    answer = client.get(f"/brand/{offer.shop.merchant.slug}/{offer.terms.version_id.hex}/{picture}")

    assert Image.open(io.BytesIO(answer.content)).format == "PNG"


@pytest.mark.parametrize("part", ["/icon-9999.png", "/stamps-11.png", f"/stamps-{'9' * 5000}.png", "/icon-1.png"])
def test_pictures_of_other_sizes_are_not_drawn(client: Client, offer: Offer, part: str) -> None:
    path = f"/brand/{offer.shop.merchant.slug}/{offer.terms.version_id.hex}{part}"

    assert client.get(path).status_code == 404


def test_a_brand_is_only_found_under_its_own_shop(client: Client, offer: Offer, rossi: Shop) -> None:
    version = offer.terms.version_id.hex
    paths = [f"/brand/{rossi.merchant.slug}/{version}.css", f"/brand/{offer.shop.merchant.slug}/{NOBODY}.css"]

    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_an_uploaded_logo_stands_on_the_page(client: Client, lume: Shop) -> None:
    content = io.BytesIO()
    Image.new("RGB", (200, 200), "#ff0000").save(content, "PNG")
    picture = Picture.objects.create(merchant=lume.merchant, content=content.getvalue())
    offer = lume.publish(design={"logo": public_id("pic", picture.id)})
    logo = f"/brand/{lume.merchant.slug}/{offer.terms.version_id.hex}/icon-192.png"

    page = client.get(path_of(offer.card())).text

    assert logo in page
    drawn = Image.open(io.BytesIO(client.get(logo).content)).convert("RGB")
    assert drawn.getpixel((96, 96)) == (255, 0, 0)


def test_a_rivals_logo_is_not_taken(client: Client, lume: Shop, rossi: Shop) -> None:
    content = io.BytesIO()
    Image.new("RGB", (200, 200), "#ff0000").save(content, "PNG")
    picture = Picture.objects.create(merchant=rossi.merchant, content=content.getvalue())
    logo = public_id("pic", picture.id)
    with pytest.raises(NotFound):
        lume.publish(design={"logo": logo})
    offer = lume.publish()
    versions = ProgramVersion.objects.filter(merchant=lume.merchant, id=offer.terms.version_id)
    versions.update(design=versions.get().design | {"logo": logo})

    drawn = client.get(f"/brand/{lume.merchant.slug}/{offer.terms.version_id.hex}/icon-192.png").content

    assert Image.open(io.BytesIO(drawn)).convert("RGB").getpixel((96, 20)) != (255, 0, 0)
