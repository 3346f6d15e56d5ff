import base64
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from stampwell import clock
from stampwell.wallet.google.account import (
    AccountProblem,
    GoogleAccount,
    google_account,
    load_account,
    make_development_account,
)
from stampwell.wallet.google.objects import loyalty_class, loyalty_object
from stampwell.wallet.google.save_jwt import SAVE_URL, save_url, save_url_of_known_card
from tests.wallet.cards import FREE_COFFEE, LANGUAGES, coffee_card, coffee_face

ISSUER = "3388000000000000000"
LOGO = "https://stampwell.example/wallet/logo/prg_coffee.png"
HERO = "https://stampwell.example/wallet/hero/prg_coffee/3.png"


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> GoogleAccount:
    return load_account(make_development_account(tmp_path_factory.mktemp("google")), ISSUER)


def test_link_is_signed_by_the_service_account(account: GoogleAccount) -> None:
    url = save_url(account, coffee_card(), logo_url=LOGO, hero_url=HERO)

    header, _claims = read_link(url, account)
    assert header["alg"] == "RS256"
    with pytest.raises(InvalidSignature):
        read_link(url[:-4] + ("AAAA" if not url.endswith("AAAA") else "BBBB"), account)


def test_link_says_who_sends_what_to_whom(account: GoogleAccount) -> None:
    with clock.stopped_at(datetime(2026, 11, 22, 9, 30, 15, 999, tzinfo=UTC)):
        url = save_url(
            account,
            coffee_card(),
            logo_url=LOGO,
            hero_url=HERO,
            origins=["https://stampwell.example", "http://127.0.0.1:8000"],
        )

    _header, claims = read_link(url, account)
    assert {name: value for name, value in claims.items() if name != "payload"} == {
        "iss": account.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": 1795339815,
        "origins": ["https://stampwell.example"],
    }


def test_link_brings_class_and_object(account: GoogleAccount) -> None:
    url = save_url(account, coffee_card(), logo_url=LOGO, hero_url=HERO)

    _header, claims = read_link(url, account)
    assert sorted(claims["payload"]) == ["loyaltyClasses", "loyaltyObjects"]
    (program,), (card,) = claims["payload"]["loyaltyClasses"], claims["payload"]["loyaltyObjects"]
    assert program["id"] == card["classId"] == f"{ISSUER}.prg_coffee.v1"
    assert card["id"] == f"{ISSUER}.crd_0198f3c2a7b4e1d2"
    assert card["state"] == "ACTIVE"
    assert card["loyaltyPoints"]["balance"] == {"string": "3/10"}
    assert card["barcode"] == {
        "type": "QR_CODE",
        "value": "SW1:crd_0198f3c2a7b4:static",
        "alternateText": "4711 0815",
    }
    assert card["heroImage"]["sourceUri"]["uri"] == HERO
    assert program["programLogo"]["sourceUri"]["uri"] == LOGO


@pytest.mark.parametrize("ready", [(), (FREE_COFFEE,)])
def test_link_fits_into_1800_characters(account: GoogleAccount, ready: tuple[object, ...]) -> None:
    card = coffee_card(ready=ready)

    url = save_url(account, card, logo_url=LOGO, hero_url=HERO, origins=["https://stampwell.example"])

    assert len(url) <= 1800


def test_link_tells_which_reward_is_ready_in_the_customers_language(account: GoogleAccount) -> None:
    card = coffee_card(ready=(FREE_COFFEE,), locale="lv")

    url = save_url(account, card, logo_url=LOGO, hero_url=HERO)

    (module,) = read_link(url, account)[1]["payload"]["loyaltyObjects"][0]["textModulesData"]
    assert (module["id"], module["body"]) == ("ready", "Kafija bez maksas")


@pytest.mark.parametrize("name", ["珈琲" * 250, "𝔘" * 500, "\\" * 500])
def test_link_fits_with_the_longest_address_and_the_widest_letters(account: GoogleAccount, name: str) -> None:
    host = f"https://{'a' * 60}.cards.of.a.very.long.example"
    long = replace(account, email=f"{'wallet' * 5}@{'project' * 4}no.iam.gserviceaccount.com")
    card = coffee_card(face=coffee_face(organisation=name, program=dict.fromkeys(LANGUAGES, name)), locale="ja")
    picture = f"{host}/brand/{'s' * 40}/{'f' * 32}"

    url = save_url(long, card, logo_url=f"{picture}/logo.png", hero_url=f"{picture}/stamps-10.png", origins=[host])

    _header, claims = read_link(url, long)
    assert claims["payload"]["loyaltyObjects"][0]["barcode"]["value"] == card.barcode_message
    assert len(url) <= 1800


def test_link_drops_what_does_not_fit_before_the_code(account: GoogleAccount) -> None:
    face = coffee_face(program=dict.fromkeys(LANGUAGES, "ķ" * 120), organisation="ū" * 100)
    card = coffee_card(face=face, ready=(FREE_COFFEE,))

    url = save_url(account, card, logo_url=LOGO, hero_url=HERO)

    _header, claims = read_link(url, account)
    assert claims["payload"]["loyaltyObjects"][0]["barcode"]["value"] == card.barcode_message
    assert len(url) <= 1800


def test_link_of_a_known_card_carries_ids_only(account: GoogleAccount) -> None:
    url = save_url_of_known_card(account, coffee_card())

    _header, claims = read_link(url, account)
    assert claims["payload"] == {
        "loyaltyObjects": [{"id": f"{ISSUER}.crd_0198f3c2a7b4e1d2", "classId": f"{ISSUER}.prg_coffee.v1"}]
    }
    assert len(url) < 900


def test_no_secret_stands_in_a_link(account: GoogleAccount) -> None:
    card = coffee_card(authentication_token="never-to-be-seen-token")

    for url in (
        save_url(account, card, logo_url=LOGO, hero_url=HERO),
        save_url_of_known_card(account, card),
    ):
        said = json.dumps(read_link(url, account)[1])
        assert "never-to-be-seen-token" not in said
        assert "totp" not in said.lower()


def test_class_and_object_speak_every_language() -> None:
    card = coffee_card(ready=(FREE_COFFEE,))

    documents = [
        loyalty_class(ISSUER, card.face, logo_url=LOGO),
        loyalty_object(ISSUER, card, hero_url=HERO),
    ]

    twins = [twin for document in documents for twin in find_twins(document)]
    assert len(twins) >= 12
    for twin in twins:
        languages = [twin["defaultValue"]["language"], *(t["language"] for t in twin["translatedValues"])]
        assert sorted(languages) == sorted(LANGUAGES)
        assert languages[0] == "en"


def test_shops_own_words_reach_google_in_their_language() -> None:
    program = loyalty_class(ISSUER, coffee_face(), logo_url=LOGO)

    names = {t["language"]: t["value"] for t in program["localizedProgramName"]["translatedValues"]}  # type: ignore[index]
    assert program["programName"] == "Coffee card"
    assert names["lv"] == "Kafijas karte"
    assert names["et"] == "Coffee card"


def test_void_card_is_inactive_and_has_no_code() -> None:
    card = loyalty_object(ISSUER, coffee_card(voided=True), hero_url=HERO)

    assert card["state"] == "INACTIVE"
    assert "barcode" not in card


def test_label_over_the_points_is_short_in_every_language() -> None:
    points = loyalty_object(ISSUER, coffee_card(), hero_url=HERO)["loyaltyPoints"]

    assert isinstance(points, dict)
    labels = [points["label"], *(t["value"] for t in points["localizedLabel"]["translatedValues"])]
    assert all(0 < len(label) <= 9 for label in labels)


def test_development_account_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = make_development_account(tmp_path)
    first = file.read_bytes()

    assert make_development_account(tmp_path).read_bytes() == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["google_account.json"]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"client_email":"a@b","private_key":"x","private_key_id":"1"}'])
def test_damaged_account_is_refused_with_its_file(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "account.json"
    file.write_bytes(content)

    with pytest.raises(AccountProblem) as refused:
        load_account(file, ISSUER)

    assert str(file) in refused.value.explain()


def test_missing_account_is_refused() -> None:
    with pytest.raises(AccountProblem):
        google_account()


def read_link(url: str, account: GoogleAccount) -> tuple[dict, dict]:  # type: ignore[type-arg]
    """Header and claims, after the signature was checked."""
    assert url.startswith(SAVE_URL)
    header, claims, signature = url.removeprefix(SAVE_URL).split(".")
    account.key.public_key().verify(
        decode(signature), f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    return json.loads(decode(header)), json.loads(decode(claims))


def decode(part: str) -> bytes:
    assert "=" not in part
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def find_twins(document: object) -> list[dict]:  # type: ignore[type-arg]
    if isinstance(document, list):
        return [twin for part in document for twin in find_twins(part)]
    if not isinstance(document, dict):
        return []
    own = [document] if "defaultValue" in document else []
    return own + [twin for part in document.values() for twin in find_twins(part)]
