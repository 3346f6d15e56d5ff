"""Pausing and ending a program at the desk, and what customers and staff then see."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.merchants.local_time import local_day
from stampwell.programs.models import Program
from stampwell.programs.pausing import end_program, pause_program
from tests.kept import made_once
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Offer, Shop


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


def page_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/pause-or-end/"


def test_the_page_says_how_many_it_concerns_and_what_customers_will_read(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    add_stamp(lume.merchant, offer.card().id, Purchase(count=5), actor=lume.actor)

    page = words(desk.open(page_of(offer)))

    assert "1 card 1 reward ready" in page
    assert "New cards are not given out at the moment." in page
    assert "You cannot collect stamps on this card at the moment." in page
    assert "You can no longer collect stamps on this card." in page


def test_nothing_is_chosen_for_a_program_that_simply_goes_on(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    running = desk.open(page_of(offer)).content.decode()
    pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor)
    paused = desk.open(page_of(offer)).content.decode()

    assert (' value="on"' in running, " checked" in running) == (False, False)
    assert (' value="on"' in paused, paused.count(" checked")) == (True, 1)


@pytest.mark.parametrize(
    ("course", "badge"), [("joining", "Paused"), ("stamping", "Paused"), ("archive", "Archived"), ("on", "Live")]
)
def test_each_choice_is_done_and_shown(desk: DeskClient, offer: Offer, course: str, badge: str) -> None:
    answer = desk.send(page_of(offer), course=course)

    assert answer.status_code == 302
    assert badge in words(desk.open(answer.headers["Location"]))


def test_a_last_day_is_chosen_and_told_on_the_card(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    card, day = offer.card(), local_day(lume.merchant, now()) + timedelta(days=30)

    assert "Choose the last day." in words(desk.send(page_of(offer), course="end", last_day=""))
    early = (day - timedelta(days=60)).isoformat()
    assert "The last day has to be today" in words(desk.send(page_of(offer), course="end", last_day=early))
    assert desk.send(page_of(offer), course="end", last_day=day.isoformat()).status_code == 302

    assert "Stamps are given until:" in words(Client(headers={"accept-language": "en"}).get(urlsplit(card.url).path))


def test_what_was_archived_leaves_the_list_and_is_found_below_it(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    assert "Archived programs" not in words(desk.open("/programs/"))
    end_program(lume.merchant, offer.program.id, archive=True, actor=lume.actor)

    assert "Coffee card" not in words(desk.open("/programs/"))
    assert "Archived programs" in words(desk.open("/programs/"))
    assert "Coffee card" in words(desk.open("/programs/?archived"))


def test_a_cashier_neither_sees_nor_does_it(lume: Shop, offer: Offer, desk: DeskClient) -> None:
    lume.ada.role = "cashier"
    lume.ada.save()

    assert desk.send(page_of(offer), course="archive").status_code == 403
    assert Program.objects.get(id=offer.program.id).archived is None


def test_a_program_that_is_over_has_to_go_on_first(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    end_program(lume.merchant, offer.program.id, actor=lume.actor)

    answer = desk.send(page_of(offer), course="joining")

    assert answer.status_code == 422
    assert "This program is over" in words(answer)


@pytest.mark.parametrize("stamping", [True, False])
def test_nobody_joins_while_it_is_paused(lume: Shop, offer: Offer, stamping: bool) -> None:
    pause_program(lume.merchant, offer.program.id, stamping=stamping, actor=lume.actor)
    path = f"/j/{lume.merchant.slug}/{offer.program.slug}"

    for answer in (Client(headers={"accept-language": "en"}).get(path), Client().post(path)):
        assert answer.status_code == 410
    said = {
        Client(headers={"accept-language": locale}).get(path).content.decode()
        for locale in ("en", "lv", "et", "uz", "kk", "ja")
    }
    assert len(said) == 6
    assert "Jaunas kartes pašlaik neizsniedz." in "".join(said)


def test_the_history_says_who_did_what(desk: DeskClient, offer: Offer) -> None:
    for course in ("joining", "stamping", "on", "archive"):
        desk.send(page_of(offer), course=course)

    page = words(desk.open("/"))

    assert "No new cards for now: Coffee card" in page
    assert "No new cards and no stamps for now: Coffee card" in page
    assert "Program goes on: Coffee card" in page
    assert "Program archived: Coffee card" in page


def test_the_page_of_a_card_says_that_no_stamps_are_given_and_leads_to_where_they_go_on(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    card = public_id("crd", offer.card().id)
    way = f'href="/programs/{public_id("prg", offer.program.id)}/pause-or-end/"'
    while_it_gives = desk.open(f"/cards/{card}/").content.decode()

    pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
    paused = desk.open(f"/cards/{card}/")
    refused = desk.send(f"/cards/{card}/stamps/", count="1")

    assert way not in while_it_gives
    assert way in paused.content.decode()
    assert "This program gives no stamps at the moment." in words(paused)
    assert (refused.status_code, way in refused.content.decode()) == (409, True)
    assert words(refused).count("This program gives no stamps at the moment.") == 1
