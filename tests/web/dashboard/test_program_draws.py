"""The page of a program's draws: what was drawn, what is left, and the proof of each month."""

from datetime import timedelta

import msgspec
import pytest

from stampwell.clock import stopped_at
from stampwell.draws.proof import DrawProof
from stampwell.draws.tallying import read_tally
from stampwell.draws.verifying import Verdict, verify
from stampwell.ids import public_id
from stampwell.merchants.local_time import local_day
from stampwell.programs.draw_counts import PrizeCount, count_prizes
from stampwell.transactions import merchant_reads
from tests.cards.test_drawing import BISCUIT, CAKE, of_one, publish
from tests.cards.test_stamping import stamp
from tests.cards.test_undoing import undo
from tests.moments import START
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


def page_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/draws/"


def counted(offer: Offer) -> list[PrizeCount]:
    shop, draw = offer.shop, offer.terms.milestones[0].reward
    with merchant_reads(shop.merchant.id) as tx:
        tally = read_tally(tx, offer.program.id)
        return count_prizes(tx, offer.terms, draw, tally, today=local_day(shop.merchant, START))


def test_the_page_says_what_was_drawn_and_what_is_left(desk: DeskClient, lume: Shop) -> None:
    certain = {**CAKE, "odds": 10_000, "stock": 5, "most_a_day": 2}
    offer = publish(lume, certain, BISCUIT | {"odds": 0})
    program = page_of(offer).removesuffix("draws/")
    assert "Nothing has been drawn yet." in words(desk.open(page_of(offer)))
    for _card in range(3):
        stamp(offer.card())

    said = words(desk.open(page_of(offer)))

    assert "3 draws under the present terms" in said
    assert "A cake 100% 3 3 3 0 A biscuit 0% 0 0 – –" in said
    assert f'href="{page_of(offer)}"' in desk.open(program).content.decode()
    assert counted(offer) == [PrizeCount(3, 3, 0), PrizeCount(0, None, None)]


def test_an_undone_draw_is_left_again_and_its_value_counts_once(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 2))
    card = offer.card()
    undo(card, stamp(card))
    assert counted(offer)[0] == PrizeCount(1, 2, None)

    stamp(card)

    assert counted(offer)[0] == PrizeCount(1, 1, None)


def test_the_file_of_a_month_proves_its_draws(desk: DeskClient, lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 2))
    stamp(offer.card())
    month = f"{local_day(lume.merchant, START):%Y-%m}"
    link = f"{page_of(offer).removesuffix('/')}.json?month={month}"
    assert f'href="{link}"' in desk.open(page_of(offer)).content.decode()

    with stopped_at(START + timedelta(days=2)):
        answer = desk.open(link)

    assert "attachment" in answer.headers["Content-Disposition"]
    assert verify(msgspec.json.decode(answer.content, type=DrawProof)) == Verdict(draws=1, open=0, faults=[])


def test_a_program_without_a_draw_has_no_such_page(desk: DeskClient, lume: Shop, rossi: Shop) -> None:
    plain, foreign = lume.publish(), publish(rossi, *of_one("stock"))

    assert desk.open(page_of(plain)).status_code == 404
    assert desk.open(page_of(foreign)).status_code == 404
    assert desk.open(f"{page_of(plain).removesuffix('/')}.json?month=2026-13").status_code == 200


def test_the_page_of_a_program_tells_the_terms_of_each_prize(desk: DeskClient, lume: Shop) -> None:
    cake = {**CAKE, "odds": 10_000, "stock": 5, "reward": {"name": "A cake", "path": "self_redeem", "grace_days": 3}}
    words_alone = {"odds": 0, "kind": "words", "reward": {"name": "Thank you!"}}
    offer = publish(lume, cake, words_alone)

    said = words(desk.open(page_of(offer).removesuffix("draws/")))

    assert "Terms of each prize A cake: 100% (at most 5 in total)" in said
    assert "Days of grace 3 Who confirms its use The customer, on their own phone Thank you!: 0%" in said
