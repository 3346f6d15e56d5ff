"""Google over HTTP/2 as it really answers: connections that end in the middle lose nothing and mix nothing up."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.clock import now, stopped_at
from stampwell.outgoing import hang_up
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.account import google_account
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.http import GoogleBusy, ask_google
from stampwell.wallet.google.models import GoogleObject, GooglePace
from stampwell.wallet.google.oauth import access_token
from stampwell.wallet.google.queue import note_changed_cards
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import ENDINGS, ISSUER, Google
from tests.doubles.google_serving import google_running_over_http1
from tests.doubles.http2 import Http2Server
from tests.moments import database_now
from tests.wallet.google.conftest import connect
from tests.web.customer import give_stamps, one_reward
from tests.world import HeldCard, Offer, Shop

CARDS = 6


@pytest.fixture
def changed(google: Google, offer: Offer) -> list[HeldCard]:
    """Saved cards with as many stamps as their place says, one to six; Google has not heard of the stamps."""
    cards = [offer.card() for _ in range(CARDS)]
    for card in cards:
        save_link(card.shop.merchant, card.id)
    send_due_cards()
    for place, card in enumerate(cards, start=1):
        give_stamps(card, place)
    note(cards)
    google.asked.clear()
    return cards


def note(cards: list[HeldCard]) -> None:
    with merchant_transaction(cards[0].shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id for card in cards])


def balances(google: Google, cards: list[HeldCard]) -> list[str]:
    """Of each card at Google, found by its own id."""
    names = [GoogleObject.objects.get(kind="card", card_id=card.id).object_id for card in cards]
    return [google.objects["loyaltyObject"][name]["loyaltyPoints"]["balance"]["string"] for name in names]


@contextmanager
def threads_that_change_often() -> Iterator[ThreadPoolExecutor]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            yield threads
    finally:
        sys.setswitchinterval(usual)


AS_IT_SHOULD_BE = [f"{count}/10" for count in range(1, CARDS + 1)]


def test_the_whole_fan_out_goes_over_one_connection(
    google: Google, server: Http2Server, changed: list[HeldCard]
) -> None:
    assert send_due_cards() == CARDS

    assert balances(google, changed) == AS_IT_SHOULD_BE
    assert len(google.said("PATCH")) == CARDS
    assert len(google.said("POST", "/modifyLinkedOfferObjects")) == 2  # five stamps, and six, have earned a biscuit
    assert google.refused == []
    assert server.connections == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_connection_that_ends_in_the_middle_loses_no_update(
    google: Google, server: Http2Server, changed: list[HeldCard], ending: str
) -> None:
    google.trouble = [0, 0, ending]

    assert send_due_cards() == CARDS

    assert balances(google, changed) == AS_IT_SHOULD_BE
    assert google.refused == []
    assert server.connections == 2
    assert not GoogleObject.objects.filter(due__isnull=False).exists()
    assert not GoogleObject.objects.exclude(answer="").exists()


def test_each_request_is_tried_once_more_and_the_card_comes_again_later(
    google: Google, changed: list[HeldCard]
) -> None:
    google.trouble = [0, "lost", "goaway"]

    assert send_due_cards() == 1

    assert len(google.asked) == 3
    waiting = GoogleObject.objects.get(answer__startswith="0 ")  # however the connection was seen to end
    assert waiting.due is not None
    with stopped_at(now() + timedelta(minutes=2)):
        assert send_due_cards() == CARDS - 1
    assert balances(google, changed) == AS_IT_SHOULD_BE


@pytest.mark.parametrize("place", range(5))
def test_no_part_of_a_visit_is_left_out_when_it_is_interrupted(google: Google, lume: Shop, place: int) -> None:
    """The card, its notice, the class and the offer of its reward, the link between them."""
    card = lume.publish(**one_reward("staff_scan")).card()
    save_link(lume.merchant, card.id)
    send_due_cards()
    give_stamps(card, 2)
    note([card])
    google.trouble = [*[0] * place, "unanswered"]

    assert send_due_cards() == 1

    (offer,) = google.objects["offerObject"].values()
    assert offer["state"] == "ACTIVE"
    assert google.links == {google.card()["id"]: [offer["id"]]}
    assert google.card()["textModulesData"][0]["body"] == "A free coffee"
    assert set(google.notices) == {google.card()["id"]}


def test_connections_that_were_closed_while_they_rested_cost_no_customer_a_try(
    google: Google, server: Http2Server, card: HeldCard
) -> None:
    access_token(google_account(), timeout=5)
    server.cut_all()

    link = save_link(card.shop.merchant, card.id)

    assert len(link) < 1000  # ids only: the card stands there, with its rotating code
    assert google.card()["rotatingBarcode"]
    assert server.connections == 2


def test_of_many_resting_connections_that_were_closed_one_request_finds_a_new_one(
    google: Google, server: Http2Server
) -> None:
    with threads_that_change_often() as threads:
        list(threads.map(lambda _place: ask_google("GET", f"{google.url}/keys", timeout=10), range(40)))
    server.cut_all()

    assert ask_google("GET", f"{google.url}/keys", timeout=10).status == 200


def test_a_google_that_is_gone_is_busy(google: Google, server: Http2Server, changed: list[HeldCard]) -> None:
    server.stop()

    assert send_due_cards() == 0

    (tried,) = GoogleObject.objects.exclude(answer="")
    assert tried.answer == "0 Connection refused"
    assert GoogleObject.objects.filter(due__isnull=False).count() == CARDS


def test_a_google_that_asks_for_a_pause_gets_it(google: Google, changed: list[HeldCard]) -> None:
    google.trouble, google.retry_after = [429], "40"

    assert send_due_cards() == 0
    assert send_due_cards() == 0

    assert len(google.asked) == 1
    until = GooglePace.objects.get().next
    assert 30 < (until - database_now()).total_seconds() <= 40
    GooglePace.objects.all().delete()  # forty seconds later
    with stopped_at(now() + timedelta(minutes=1)):
        assert send_due_cards() == CARDS
    assert balances(google, changed) == AS_IT_SHOULD_BE


def test_the_certificate_of_somebody_else_is_not_trusted(google: Google, settings: Settings) -> None:
    settings.WALLET_GOOGLE_CA = ""

    with pytest.raises(GoogleBusy, match="the certificate is not trusted"):
        ask_google("GET", f"{google.url}/keys", timeout=5)

    assert google.key_requests == 0


def test_a_certificate_to_trust_that_cannot_be_read_is_named(
    google: Google, settings: Settings, tmp_path: Path
) -> None:
    settings.WALLET_GOOGLE_CA = str(tmp_path / "nothing.pem")

    with pytest.raises(GoogleBusy, match=r"the certificate in .*nothing.pem cannot be read"):
        ask_google("GET", f"{google.url}/keys", timeout=5)


def test_threads_that_ask_at_once_each_get_their_own_answer(google: Google, server: Http2Server) -> None:
    google.tokens.add("known")
    google.objects["loyaltyClass"] = {f"{ISSUER}.{place}": {"id": f"{ISSUER}.{place}"} for place in range(400)}

    def read(name: str) -> str:
        headers = {"Authorization": "Bearer known"}
        url = f"{google.url}/walletobjects/v1/loyaltyClass/{name}"
        answer = ask_google("GET", url, headers=headers, timeout=10)
        return str(json.loads(answer.body)["id"])

    with threads_that_change_often() as threads:
        names = list(threads.map(read, google.objects["loyaltyClass"]))

    assert names == list(google.objects["loyaltyClass"])
    assert 1 <= server.connections <= 8
    assert sorted(one.path.rsplit("/", 1)[1] for one in google.asked) == sorted(names)


def test_where_only_http_1_is_spoken_cards_come_up_to_date_too(
    settings: Settings, offer: Offer, tmp_path: Path
) -> None:
    with google_running_over_http1(tmp_path) as google:
        connect(settings, google)
        card = offer.card()
        save_link(card.shop.merchant, card.id)
        send_due_cards()
        give_stamps(card, 5)
        note([card])
        send_due_cards()
        hang_up()

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "5/10"}
    assert len(google.links[google.card()["id"]]) == 1
    assert google.refused == []
