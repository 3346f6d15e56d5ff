"""What customers read of a draw before they draw: the odds, and what proves that nobody chooses."""

import html
from datetime import timedelta
from re import findall

import pytest
from django.test import Client

from stampwell.clock import stopped_at
from stampwell.draws import chains
from stampwell.draws.chains import utc_day
from stampwell.draws.models import DrawChain
from stampwell.draws.seeds import is_committed
from tests.cards.test_drawing import BISCUIT, CAKE, COFFEE, of_one, publish
from tests.cards.test_prizes_of_words import THANKS
from tests.cards.test_stamping import stamp
from tests.cards.test_undoing import undo
from tests.moments import START
from tests.web.customer import path_of
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


def read(path: str, locale: str = "en") -> str:
    answer = Client(headers={"accept-language": locale}).get(path)
    assert answer.status_code == 200
    return html.unescape(" ".join(answer.text.split()))


def signs_on(page: str) -> list[str]:
    return [sign.replace(" ", "") for sign in findall("(?:[0-9a-f]{4} ){15}[0-9a-f]{4}", page)]


def join_path(offer: Offer) -> str:
    return f"/j/{offer.shop.merchant.slug}/{offer.program.slug}"


def test_the_odds_and_limits_of_each_prize_stand_on_the_join_page_and_the_card(lume: Shop) -> None:
    rare = {"odds": 5, "stock": 10, "most_a_day": 1, "reward": {"name": "A dinner"}}
    offer = publish(lume, rare, CAKE | {"stock": 4}, COFFEE | {"most_a_day": 3, "odds": 3_995}, BISCUIT, minimum_age=18)

    for page in (read(join_path(offer)), read(path_of(offer.card())), read(f"{join_path(offer)}/draws")):
        assert "You get one of these prizes, by lot:" in page
        assert "A dinner: 0.05% (at most 1 a day, 10 in total)" in page
        assert "A cake: 10% (at most 4 in total)" in page
        assert "A coffee: 39.95% (at most 3 a day)" in page
        assert "A biscuit: 50%" in page
        assert "If the drawn prize has run out, you get: A biscuit" in page
        assert "Drawn for customers aged 18 or over whose birthday is known here." in page
        assert "Staff" not in page.partition("by lot:")[2].partition("</dl>")[0]


def test_only_a_program_with_a_draw_leads_to_its_page(lume: Shop, rossi: Shop) -> None:
    plain, drawn, foreign = lume.publish(), publish(lume, *of_one("stock")), publish(rossi, *of_one("stock"))

    assert f'href="{join_path(drawn)}/draws"' in read(join_path(drawn))
    assert "/draws" not in read(join_path(plain))
    assert Client().get(f"{join_path(plain)}/draws").status_code == 404
    assert Client().get(f"/j/{lume.merchant.slug}/{foreign.program.slug}x/draws").status_code == 404


def test_the_commitment_is_public_from_the_beginning_and_the_seed_of_yesterday_follows(
    lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    path = f"{join_path(offer)}/draws"
    commitment = DrawChain.objects.get(merchant=lume.merchant).commitment

    assert signs_on(read(path)) == [bytes(commitment).hex()]
    with monkeypatch.context() as database, stopped_at(START + timedelta(days=3)):
        database.setattr(chains, "as_stopped", lambda moment: START)
        assert signs_on(read(path)) == [bytes(commitment).hex()]
    with stopped_at(START + timedelta(days=3)):
        shown, seed = signs_on(read(path))
    assert shown == bytes(commitment).hex()
    yesterday = utc_day(START + timedelta(days=2))
    assert is_committed(bytes.fromhex(seed), bytes.fromhex(shown), utc_day(START), yesterday)


def test_a_program_that_no_longer_draws_keeps_its_commitment(lume: Shop) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    lume.publish(offer.program)

    page = read(f"{join_path(offer)}/draws")

    assert "Nothing is drawn on new cards." in page
    assert len(signs_on(page)) == 1


def test_the_page_is_in_the_readers_language(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock"))

    page = read(f"{join_path(offer)}/draws", "lv")

    assert "Kā izlozē laimestus" in page
    assert "A cake: 100% (kopā ne vairāk kā 1)" in page


def test_the_odds_of_a_card_are_those_that_it_was_given_with(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock"))
    card = offer.card()
    lume.publish(offer.program)

    assert "A cake: 100% (at most 1 in total)" in read(path_of(card))
    assert stamp(card).facts.vouchers_issued[0].reward.name == "A cake"


def test_the_card_shows_for_a_moment_what_it_drew(lume: Shop) -> None:
    card = publish(lume, *of_one("stock")).card()
    assert "You drew" not in read(path_of(card))

    stamp(card)

    assert "You drew: A cake" in read(path_of(card))
    assert "Izlozē jūs saņemat: A cake" in read(path_of(card), "lv")
    with stopped_at(START + timedelta(minutes=4)):
        page = read(path_of(card))
    assert "You drew" not in page
    assert "1 more stamp until the next reward" in page


def test_an_open_card_is_told_that_what_it_drew_is_shown_no_longer(lume: Shop) -> None:
    card = publish(lume, *of_one("stock")).card()
    state = f"{path_of(card)}/state"
    before = Client().get(state).json()["version"]
    stamp(card)
    drawn = Client().get(state).json()["version"]

    with stopped_at(START + timedelta(minutes=2, seconds=59)):
        assert Client().get(state).json()["version"] == drawn
    with stopped_at(START + timedelta(minutes=3)):
        over = Client().get(state).json()["version"]

    assert len({before, drawn, over}) == 3


def test_words_that_were_drawn_are_shown_and_an_undone_draw_is_not(lume: Shop) -> None:
    card = publish(lume, THANKS, CAKE | {"odds": 0}).card()
    stamped = stamp(card)
    assert "You drew: Thank you!" in read(path_of(card))

    undo(card, stamped)

    assert "You drew" not in read(path_of(card))


def test_words_that_came_by_the_age_are_shown_as_they_are(lume: Shop) -> None:
    card = publish(lume, CAKE | {"odds": 0}, THANKS, minimum_age=18).card()
    offered = read(path_of(card)).count("Thank you!")

    stamped = stamp(card)

    page = read(path_of(card))
    assert page.count("Thank you!") == offered + 2  # for a moment, and among what happened
    assert "You drew" not in page
    undo(card, stamped)
    assert read(path_of(card)).count("Thank you!") == offered
