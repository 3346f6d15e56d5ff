"""The code on a kiosk's screen, scanned with a customer's own phone."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from stampwell.cards.models import Card, Stamp
from stampwell.clock import stopped_at
from stampwell.counter.screen_codes import screen_code
from stampwell.merchants.closing import close_shop
from stampwell.merchants.enrolling import revoke_station
from tests.kept import made_once
from tests.moments import START
from tests.web.devices import Device
from tests.world import Offer, Shop


class Customer:
    """A phone that has a card of the program, or none."""

    def __init__(self, offer: Offer, kiosk: Device) -> None:
        self.offer, self.kiosk, self.client = offer, kiosk, Client(headers={"Accept-Language": "en"})

    @property
    def join_path(self) -> str:
        return f"/j/{self.offer.shop.merchant.slug}/{self.offer.program.slug}"

    def join(self) -> "Customer":
        assert self.client.post(self.join_path, {"to": "web"}).status_code == 303
        return self

    @property
    def screen(self) -> str:
        """Where the code leads that the screen shows now."""
        station = self.kiosk.station
        return f"{self.join_path}/here/{station.id.hex}/{screen_code(station)}"

    def open(self, path: str) -> HttpResponse:
        return self.client.get(path)  # type: ignore[return-value]

    def tap(self, path: str, opened: HttpResponse) -> HttpResponse:
        ticket = opened.content.decode().partition('name="ticket" value="')[2].partition('"')[0]
        return self.client.post(path, {"ticket": ticket})  # type: ignore[return-value]


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def kiosk(lume: Shop) -> Device:
    kiosk = Device(lume, "kiosk").enrol()
    kiosk.allow(shows_code=True)
    return kiosk


@pytest.fixture
def cy(offer: Offer, kiosk: Device) -> Customer:
    return Customer(offer, kiosk).join()


def test_the_code_on_the_screen_gives_a_stamp_to_a_phone_that_has_the_card(cy: Customer) -> None:
    path = cy.screen
    answer = cy.tap(path, cy.open(path))

    stamp = Stamp.objects.get()
    assert answer.status_code == 303
    assert "/c/" in answer.headers["Location"], "where the new stamp is seen"
    assert (stamp.source, stamp.station_id) == ("kiosk", cy.kiosk.station.id)


def test_opening_the_code_stamps_nothing(cy: Customer) -> None:
    assert "Get the stamp" in cy.open(cy.screen).content.decode()
    assert not Stamp.objects.exists()


def test_a_picture_of_the_screen_is_worth_nothing_after_thirty_seconds(cy: Customer) -> None:
    path = cy.screen
    with stopped_at(START + timedelta(seconds=29)):
        assert cy.open(path).status_code == 200
    with stopped_at(START + timedelta(seconds=30)):
        old = cy.open(path)

    assert old.status_code == 410
    assert "This code is no longer on the screen." in old.content.decode()


def test_whoever_scanned_in_time_may_take_two_minutes_to_tap(cy: Customer) -> None:
    path = cy.screen
    opened = cy.open(path)
    with stopped_at(START + timedelta(seconds=121)):
        assert cy.tap(path, opened).status_code == 410
    with stopped_at(START + timedelta(seconds=60)):
        assert cy.tap(path, opened).status_code == 303


def test_one_stamp_and_then_the_pause_of_the_kiosk(cy: Customer) -> None:
    cy.tap(cy.screen, cy.open(cy.screen))
    with stopped_at(START + timedelta(minutes=4)):
        refused = cy.tap(cy.screen, cy.open(cy.screen))
        assert refused.status_code == 409
        assert "Your card was stamped a moment ago." in refused.content.decode()
    with stopped_at(START + timedelta(minutes=5)):
        assert cy.tap(cy.screen, cy.open(cy.screen)).status_code == 303
    assert Stamp.objects.count() == 2


def test_a_button_tapped_twice_stamps_once(cy: Customer) -> None:
    cy.kiosk.allow(pause_seconds=0)
    cy.offer.shop.publish(cy.offer.program, earning={"by": "visit", "cooldown_seconds": 0})
    path = cy.screen
    opened = cy.open(path)

    assert [cy.tap(path, opened).status_code for _tap in range(2)] == [303, 303]
    assert Stamp.objects.count() == 1


def test_a_ticket_is_for_one_card(cy: Customer, offer: Offer, kiosk: Device) -> None:
    opened = cy.open(cy.screen)
    di = Customer(offer, kiosk).join()

    assert di.tap(di.screen, opened).status_code == 410
    assert not Stamp.objects.exists()


@pytest.mark.parametrize("ticket", ["", "x", "a:b:c", "\0"])
def test_what_is_no_ticket_stamps_nothing(cy: Customer, ticket: str) -> None:
    assert cy.client.post(cy.screen, {"ticket": ticket}).status_code == 410
    assert not Stamp.objects.exists()


def test_a_phone_without_a_card_comes_to_the_join_page(offer: Offer, kiosk: Device) -> None:
    stranger = Customer(offer, kiosk)

    assert stranger.open(stranger.screen).headers["Location"] == stranger.join_path
    assert not Card.objects.exists()


def test_a_card_that_collects_by_amount_is_sent_to_staff(lume: Shop, kiosk: Device) -> None:
    cy = Customer(lume.publish(earning={"by": "amount", "amount_per_stamp": 500}), kiosk).join()

    answer = cy.tap(cy.screen, cy.open(cy.screen))

    assert "they enter the amount" in answer.content.decode()
    assert not Stamp.objects.exists()


@pytest.mark.parametrize("station", ["x", "0" * 32, "stn_" + "0" * 32])
def test_a_code_of_no_kiosk_is_an_old_one(cy: Customer, station: str) -> None:
    path = cy.screen.replace(cy.kiosk.station.id.hex, station)

    assert cy.open(path).status_code == 410


def test_a_kiosk_that_shows_none_or_is_switched_off_gives_none(cy: Customer, lume: Shop) -> None:
    path = cy.screen
    opened = cy.open(path)
    cy.kiosk.allow(shows_code=False)
    assert cy.tap(path, opened).status_code == 410
    cy.kiosk.allow(shows_code=True)
    revoke_station(lume.merchant, cy.kiosk.station.id, actor=lume.actor)

    assert cy.tap(path, opened).status_code == 410
    assert not Stamp.objects.exists()


def test_a_rivals_kiosk_gives_no_stamps_here(cy: Customer, rossi: Shop) -> None:
    theirs = Device(rossi, "kiosk").enrol()
    theirs.allow(shows_code=True)
    path = f"{cy.join_path}/here/{theirs.station.id.hex}/{screen_code(theirs.station)}"

    assert cy.open(path).status_code == 410


def test_a_closed_shop_gives_none(cy: Customer, lume: Shop) -> None:
    path = cy.screen
    opened = cy.open(path)
    close_shop(lume.merchant.id)

    assert cy.tap(path, opened).status_code == 409
    assert not Stamp.objects.exists()


def test_the_screen_shows_another_code_every_fifteen_seconds(kiosk: Device, offer: Offer) -> None:
    first = kiosk.get("codes").content
    with stopped_at(START + timedelta(seconds=14)):
        assert kiosk.get("codes").content == first
    with stopped_at(START + timedelta(seconds=15)):
        assert kiosk.get("codes").content != first
    assert "Scan this with your phone, for a stamp or for a new card." in kiosk.get().content.decode()


def test_without_the_setting_the_code_only_leads_to_a_card(kiosk: Device, offer: Offer) -> None:
    kiosk.allow(shows_code=False)

    first = kiosk.get("codes").content
    with stopped_at(START + timedelta(minutes=1)):
        assert kiosk.get("codes").content == first
