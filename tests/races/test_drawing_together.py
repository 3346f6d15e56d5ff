"""Many who draw the last prize at the same moment: one gets it, and every draw has its number."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import stamp_card
from stampwell.clock import now, stopped_at
from stampwell.draws.chains import chains_of, utc_day
from stampwell.draws.models import Draw, DrawChain
from stampwell.draws.rows import ChainRow
from stampwell.draws.verifying import verify
from stampwell.ids import public_id
from stampwell.merchants.local_time import local_day
from stampwell.programs import draw_proof
from stampwell.programs.draw_proof import prove_month
from stampwell.transactions import Statements, merchant_transaction
from tests.cards.test_stamping import stamp
from tests.races.callers import Call, call_all, count_statuses, run_together
from tests.races.test_overtaken import closing, session, wait_for
from tests.serving import Product
from tests.world import Offer, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

LAST_PRIZE = {"odds": 10_000, "stock": 1, "reward": {"name": "A cake"}}
REST = {"odds": 0, "reward": {"name": "A napkin"}}
MILESTONE = {"stamps": 1, "reward": {"name": "A lucky prize", "draw": {"prizes": [LAST_PRIZE, REST]}}}


def publish() -> Offer:
    return open_lume().publish(goal=1, milestones=[MILESTONE])


def test_of_sixty_four_who_draw_the_last_prize_together_one_gets_it(product: Product) -> None:
    offer = publish()
    paths = [f"/cards/{public_id('crd', offer.card().id)}/stamps" for _card in range(64)]

    answers = call_all(product.url, offer.shop.api_key(), [Call(path, {}) for path in paths])

    assert count_statuses(answers) == {201: 64}
    won = [answer.json()["vouchers_issued"][0]["reward"]["name"] for answer in answers]
    assert sorted(won) == ["A cake", *["A napkin"] * 63]
    month = local_day(offer.shop.merchant, now()).replace(day=1)
    verdict = verify(prove_month(offer.shop.merchant, offer.program.id, month))
    assert (verdict.draws, verdict.faults) == (64, [])


def test_a_file_shows_one_moment_also_where_somebody_draws_while_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = publish()
    stamp(offer.card())
    late = offer.card()

    def draw_meanwhile(tx: Statements, program_id: UUID) -> list[ChainRow]:
        chains = chains_of(tx, program_id)
        assert run_together(lambda: stamp(late)) == [None]
        return chains

    monkeypatch.setattr(draw_proof, "chains_of", draw_meanwhile)

    month = local_day(offer.shop.merchant, now()).replace(day=1)
    proof = prove_month(offer.shop.merchant, offer.program.id, month)

    assert [draw.number for draw in proof.draws] == [1]
    assert Draw.objects.filter(merchant=offer.shop.merchant).count() == 2


def test_whoever_waits_while_another_begins_the_next_chain_goes_on_with_that_one() -> None:
    """After ten years; here after a day."""
    offer = publish()
    early, late = offer.card(), offer.card()
    mine = DrawChain.objects.filter(merchant=offer.shop.merchant)
    mine.update(days=1)

    with stopped_at(now() + timedelta(days=2)), ThreadPoolExecutor(1) as thread, session() as onlooker:
        with merchant_transaction(offer.shop.merchant.id) as tx:
            stamp_card(tx, offer.shop.merchant, early.id, Purchase(), actor=offer.shop.actor)
            waiting = thread.submit(closing(lambda: stamp(late)))
            wait_for(waiting, onlooker)
        waiting.result()

    assert sorted(mine.values_list("drawn", flat=True)) == [0, 2]
    assert [*Draw.objects.order_by("number").values_list("number", "known_as")] == [(1, "a cake"), (2, "a napkin")]


def test_without_the_lock_of_the_chain_several_get_it() -> None:
    """Count what was given, then give: what drawing would be if nobody waited for the one before."""
    offer, everybody_has_counted = publish(), Barrier(8, timeout=60)
    given = Draw.objects.filter(merchant=offer.shop.merchant, known_as="a cake")

    def draw_carelessly(number: int) -> None:
        left = 1 - given.count()
        everybody_has_counted.wait()
        Draw.objects.create(
            merchant=offer.shop.merchant,
            program=offer.program,
            number=number,
            at=now(),
            day=utc_day(now()),
            reward_id=offer.terms.milestones[0].reward.id,
            card_id=offer.program.id,
            round=1,
            stamps=1,
            seed_day=utc_day(now()),
            value=0,
            drawn=0,
            given=0 if left else 1,
            known_as="a cake" if left else "a napkin",
            voucher_id=offer.program.id,
        )

    assert run_together(*[lambda number=number: draw_carelessly(number) for number in range(1, 9)]) == [None] * 8

    assert given.count() > 1
