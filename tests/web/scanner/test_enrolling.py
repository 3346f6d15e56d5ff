"""A phone becomes a scanner by a tap on the page of its link, and stops being one at once."""

from datetime import timedelta

from django.test import Client

from stampwell.clock import now, stopped_at
from stampwell.merchants.enrolling import invite_station, revoke_station
from stampwell.merchants.models import StaffMember, Station
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop


def test_opening_the_link_only_asks(lume: Shop) -> None:
    phone = Phone(lume)
    link = phone.invite()

    for _preview in range(2):
        page = phone.get(link)
        assert page.status_code == 200
        assert "Counter phone" in page.content.decode()
        assert "Café Lume" in page.content.decode()
    assert "station" not in phone.client.cookies
    assert Station.objects.get().enrolled is None


def test_the_button_makes_the_phone_a_scanner(lume: Shop, bo: StaffMember) -> None:
    phone = Phone(lume)

    answer = phone.client.post(phone.invite())

    assert answer.headers["Location"] == "/scanner/people"
    cookie = phone.client.cookies["station"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(str(cookie["max-age"])) > 300 * 24 * 3600
    assert phone.get("/scanner/people").status_code == 200


def test_a_link_makes_one_scanner(lume: Shop) -> None:
    link = Phone(lume).invite()
    Client().post(link)

    second = Client().post(link)

    assert second.status_code == 404
    assert "This link no longer works" in second.content.decode()
    assert "station" not in second.cookies
    assert Station.objects.filter(enrolled__isnull=False).count() == 1


def test_the_phone_that_used_the_link_goes_on_to_scan(lume: Shop) -> None:
    phone = Phone(lume)
    link = phone.invite()
    phone.client.post(link)

    assert phone.client.get(link).headers["Location"] == "/scanner/"


def test_an_old_link_says_what_to_do(lume: Shop) -> None:
    link = Phone(lume).invite()

    with stopped_at(now() + timedelta(minutes=16)):
        answer = Client().get(link)

    assert answer.status_code == 404
    assert "Ask the owner to show a new QR code" in answer.content.decode()


def test_a_link_for_another_device_or_shop_enrols_nothing(lume: Shop, rossi: Shop) -> None:
    kiosk = Phone(lume).invite(kind="kiosk")
    secret = Phone(lume).invite().rpartition("/")[2]

    for link in (kiosk, f"/scanner/enrol/{rossi.merchant.slug}/{secret}", f"/scanner/enrol/nobody/{secret}"):
        assert Client().post(link).status_code == 404
    assert not Station.objects.filter(enrolled__isnull=False).exists()


def test_a_link_may_enrol_many_for_a_demonstration(lume: Shop) -> None:
    _, secret = invite_station(lume.merchant, lume.location, kind="scanner", name="Demo", invites_many=True)

    for _visitor in range(2):
        browser = Client()
        assert browser.post(f"/scanner/enrol/{lume.merchant.slug}/{secret}").status_code == 302
        assert browser.get("/scanner/people").status_code == 200


def test_a_phone_that_is_no_scanner_is_told_what_to_do(lume: Shop) -> None:
    page = Client().get("/scanner/")

    assert page.status_code == 403
    assert "This phone is not a scanner" in page.content.decode()
    assert "Ask the owner" in page.content.decode()


def test_a_revoked_phone_stops_at_once(phone: Phone, card: HeldCard) -> None:
    revoke_station(card.shop.merchant, Station.objects.get().id, actor=card.shop.actor)

    assert phone.get("/scanner/").status_code == 403
    assert phone.send_scan({"key": "k", "code": card.code}).status_code == 401
    assert card.row.stamps == 0


def test_a_forged_cookie_is_no_scanner(phone: Phone, rossi: Shop) -> None:
    station = Station.objects.get()
    credential = phone.client.cookies["station"].value.rpartition(":")[2]

    for forged in (
        "",
        "::",
        f"{rossi.merchant.slug}:{station.id.hex}:{credential}",
        f"{phone.shop.merchant.slug}:{station.id.hex}:{'0' * 40}",
        f"{phone.shop.merchant.slug}:not-an-id:{credential}",
    ):
        phone.client.cookies["station"] = forged
        assert phone.get("/scanner/").status_code == 403


def test_the_owner_sees_when_a_scanner_was_last_there(phone: Phone) -> None:
    phone.get("/scanner/")

    assert Station.objects.get().last_seen is not None
