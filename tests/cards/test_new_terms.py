"""New terms for a program that has cards: for whom they hold, and that everybody gets them exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from stampwell.cards import moving_terms
from stampwell.cards.earning import Purchase
from stampwell.cards.moving_terms import NewTermsReport, _read_move, move_card, write_move
from stampwell.cards.new_terms import (
    Apply,
    NotBetter,
    NoticeNeeded,
    StartUnclear,
    TermsChanged,
    change_terms,
    earliest_start,
    look_ahead,
    read_giving,
)
from stampwell.cards.recounting import recount
from stampwell.cards.rows import lock_card, read_card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.draws.chains import hold_chain
from stampwell.events.models import Event
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import find_job
from stampwell.jobs.worker import JobWorker
from stampwell.merchants.models import Merchant
from stampwell.programs.announcing import take_back_announced
from stampwell.programs.course import say_stop
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.models import Program
from stampwell.programs.pausing import go_on, pause_program
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound
from stampwell.schedule import begin_announced_terms
from stampwell.transactions import merchant_transaction
from tests.cards.test_drawing import draw_of, given, of_one
from tests.jobs.conftest import queue as queue
from tests.kept import made_once
from tests.races.callers import run_together
from tests.races.test_overtaken import closing, session, wait_for
from tests.world import BISCUIT, COFFEE, HeldCard, Offer, Shop

NO_COOLDOWN = {"by": "visit", "cooldown_seconds": 0}


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=NO_COOLDOWN)


def draft(**changes: Any) -> ProgramDraft:
    usual = {"name": "Coffee card", "goal": 10, "milestones": [BISCUIT, COFFEE], "earning": NO_COOLDOWN}
    return msgspec.convert(usual | changes, ProgramDraft)


def goal(count: int) -> ProgramDraft:
    return draft(goal=count, milestones=[BISCUIT, COFFEE | {"stamps": count}])


def change(offer: Offer, wanted: ProgramDraft, apply: Apply) -> TermsChanged:
    shop = offer.shop
    return change_terms(shop.merchant, offer.program.id, wanted, apply=apply, actor=shop.actor)


def card_with(offer: Offer, stamps: int) -> HeldCard:
    card = offer.card()
    if stamps:
        add_stamp(offer.shop.merchant, card.id, Purchase(count=stamps), actor=offer.shop.actor)
    return card


def state(card: HeldCard) -> tuple[int, int, int, list[str]]:
    """Its round, stamps and goal, and what can be used."""
    return card.row.round, card.row.stamps, card.row.goal, sorted(_names(card))


def _names(card: HeldCard) -> list[str]:
    return [
        terms_of(card.shop.merchant.id, voucher.version_id).reward(voucher.reward_id).name["en"]
        for voucher in card.open_vouchers
    ]


def test_what_is_better_is_given_to_everybody_once(queue: None, offer: Offer) -> None:
    few, some, many, full = (card_with(offer, stamps) for stamps in (0, 7, 8, 9))

    done = change(offer, goal(8), "everybody")
    JobWorker(KINDS).empty_the_queue()

    assert state(few) == (1, 0, 8, [])
    assert state(some) == (1, 7, 8, ["A biscuit"])
    assert state(many) == (2, 0, 8, ["A biscuit", "A free coffee"])
    assert state(full) == (2, 1, 8, ["A biscuit", "A free coffee"])
    assert done.job_id is not None
    job = find_job(offer.shop.merchant.id, done.job_id)
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert msgspec.json.decode(job.report, type=NewTermsReport) == NewTermsReport(moved=4, rewards=2)
    assert recount(offer.shop.merchant.id) == []
    assert Event.objects.filter(type="card.terms_changed").count() == 4


def test_the_sheet_counts_what_would_become_ready(offer: Offer) -> None:
    for stamps in (0, 7, 8, 8, 9):
        card_with(offer, stamps)

    outlook = look_ahead(offer.shop.merchant, offer.program, goal(8))

    assert (outlook.verdict, outlook.cards, outlook.rewards) == ("better", 5, 3)
    assert [(one.stamps, one.cards) for one in outlook.standings] == [(0, 1), (7, 1), (8, 2), (9, 1)]


def test_a_reward_that_was_given_in_this_round_is_not_given_again(queue: None, offer: Offer) -> None:
    card = card_with(offer, 6)

    change(
        offer,
        draft(milestones=[BISCUIT | {"stamps": 4}, BISCUIT | {"stamps": 5, "reward": {"name": "Water"}}, COFFEE]),
        "everybody",
    )
    JobWorker(KINDS).empty_the_queue()

    assert state(card) == (1, 6, 10, ["A biscuit", "Water"])


def test_a_job_that_was_interrupted_goes_on_where_it_was(
    queue: None, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving_terms, "AT_ONCE", 2)
    cards = [card_with(offer, 8) for _card in range(5)]
    change(offer, goal(8), "everybody")

    JobWorker(KINDS).empty_the_queue()

    assert [state(card) for card in cards] == [(2, 0, 8, ["A biscuit", "A free coffee"])] * 5


def test_cards_that_are_stamped_meanwhile_lose_nothing_and_get_nothing_twice(queue: None, offer: Offer) -> None:
    cards = [card_with(offer, stamps) for stamps in (7, 8, 9)]
    change(offer, goal(8), "everybody")

    def stamp() -> None:
        for card in cards:
            add_stamp(offer.shop.merchant, card.id, Purchase(count=1), actor=offer.shop.actor)

    ends = run_together(lambda: JobWorker(KINDS).empty_the_queue(), stamp)

    assert ends == [None, None]
    both = ["A biscuit", "A free coffee"]
    # The last one may have filled its ten before its turn came: then nothing is left over.
    assert [state(card) for card in cards[:2]] == [(2, 0, 8, both), (2, 1, 8, both)]
    assert state(cards[2]) in ((2, 2, 8, both), (2, 0, 8, both))
    assert recount(offer.shop.merchant.id) == []


def test_a_job_that_draws_waits_for_its_cards_before_it_holds_up_other_draws(queue: None, lume: Shop) -> None:
    """The other way round both would wait for each other: who draws holds the card, and then all draws."""
    offer = lume.publish(earning=NO_COOLDOWN)
    cards = sorted((card_with(offer, 5) for _card in range(2)), key=lambda card: card.id)
    change(offer, draft(milestones=[draw_of(*of_one("stock", 9)) | {"stamps": 4}, BISCUIT, COFFEE]), "everybody")

    with ThreadPoolExecutor(1) as thread, session() as onlooker:
        with merchant_transaction(lume.merchant.id) as tx:
            lock_card(tx, cards[1].id)
            moving = thread.submit(closing(JobWorker(KINDS).empty_the_queue))
            wait_for(moving, onlooker)
            hold_chain(tx, offer.program.id, at=now())
        moving.result()

    assert given(lume) == ["a cake", "a cake"]


def test_a_card_that_went_on_to_newer_terms_is_left_there(queue: None, offer: Offer) -> None:
    """And without the question it would be moved back, to terms that are not the present ones."""
    card = card_with(offer, 9)
    done = change(offer, goal(9), "everybody")
    change(offer, goal(7), "new_rounds")
    add_stamp(offer.shop.merchant, card.id, Purchase(count=1), actor=offer.shop.actor)
    before = state(card)
    assert before == (2, 0, 7, ["A biscuit", "A free coffee"])

    with merchant_transaction(offer.shop.merchant.id) as tx:
        assert done.job_id is not None
        assert move_card(tx, _read_move(tx, done.job_id), card.id) is None
    assert state(card) == before

    with merchant_transaction(offer.shop.merchant.id) as tx:
        write_move(tx, _read_move(tx, done.job_id), *read_card(tx, card.id), at=now())
    assert card.row.goal == 9


def test_a_round_under_terms_that_were_better_still_goes_on(queue: None, offer: Offer) -> None:
    old = card_with(offer, 4)
    with stopped_at(now() + timedelta(days=1)):
        change(offer, goal(20), earliest_start(offer.shop.merchant, now()))
    with stopped_at(now() + timedelta(days=20)):
        begin_announced_terms()
        new = card_with(Offer(offer.shop, Program.objects.get(id=offer.program.id)), 4)
        change(offer, goal(15), "everybody")
        JobWorker(KINDS).empty_the_queue()

    assert (old.row.goal, new.row.goal) == (10, 15)


def test_an_undo_goes_back_through_what_the_job_gave(queue: None, offer: Offer) -> None:
    card = offer.card()
    stamped = add_stamp(offer.shop.merchant, card.id, Purchase(count=9), actor=offer.shop.actor)
    change(offer, goal(8), "everybody")
    JobWorker(KINDS).empty_the_queue()

    undo_stamp(offer.shop.merchant, stamped.stamp.id, reason="Wrong card", actor=offer.shop.actor)

    assert state(card) == (1, 0, 8, [])
    assert recount(offer.shop.merchant.id) == []


def test_only_what_is_better_in_every_way_is_given_to_everybody(offer: Offer) -> None:
    card_with(offer, 3)
    other = draft(milestones=[BISCUIT, {"stamps": 10, "reward": {"name": "Juice"}}])

    with pytest.raises(NotBetter):
        change(offer, other, "everybody")
    change(offer, other, "new_rounds")


def test_what_is_worse_needs_a_day_of_notice(offer: Offer) -> None:
    card_with(offer, 3)
    first = earliest_start(offer.shop.merchant, now())

    for apply in ("new_rounds", "everybody", first - timedelta(seconds=1)):
        with pytest.raises(NoticeNeeded) as refused:
            change(offer, goal(12), apply)
        assert refused.value.facts == {"days": 14, "earliest": first}
    change(offer, goal(12), first)

    assert Program.objects.get(id=offer.program.id).current_version_id == offer.terms.version_id


def test_odds_that_get_worse_need_a_day_of_notice(lume: Shop) -> None:
    cake, biscuit = {"reward": {"name": "A cake"}}, {"reward": {"name": "A biscuit"}}

    def drawn(odds: int) -> dict[str, Any]:
        prizes = [cake | {"odds": odds}, biscuit | {"odds": 10_000 - odds}]
        return {"goal": 1, "milestones": [draw_of(*prizes)]}

    offer = lume.publish(earning=NO_COOLDOWN, **drawn(500))
    offer.card()

    with pytest.raises(NoticeNeeded):
        change(offer, draft(**drawn(400)), "new_rounds")


def test_a_program_that_nobody_has_a_card_of_may_change_at_once(offer: Offer) -> None:
    assert change(offer, goal(12), "new_rounds").published.facts.goal == 12


def test_announced_terms_do_not_begin_in_the_past(offer: Offer) -> None:
    with pytest.raises(StartUnclear):
        change(offer, goal(8), now())


def test_announced_terms_begin_on_their_day_once_and_are_told_before(offer: Offer, rossi: Shop) -> None:
    merchant = offer.shop.merchant
    card_with(offer, 3)
    first = earliest_start(merchant, now())
    change(offer, goal(12), first)

    said = say_stop(Merchant.objects.get(id=merchant.id), offer.program.id, now())
    assert "a new round takes 12 stamps for: A free coffee." in said
    begin_announced_terms()
    assert Event.objects.filter(type="program.published").count() == 1
    with stopped_at(first):
        begin_announced_terms()
        begin_announced_terms()
        assert Event.objects.filter(type="program.published").count() == 2
        program = Program.objects.get(id=offer.program.id)
        assert Offer(offer.shop, program).terms.goal == 12
        assert (program.next_version_id, program.next_starts) == (None, None)
        assert say_stop(Merchant.objects.get(id=merchant.id), program.id, now()) == ""


def test_two_workers_begin_them_once(transactional_db: None, offer: Offer) -> None:
    card_with(offer, 3)
    first = earliest_start(offer.shop.merchant, now())
    change(offer, goal(12), first)

    with stopped_at(first):
        assert run_together(begin_announced_terms, begin_announced_terms) == [None, None]

    assert Event.objects.filter(type="program.published").count() == 2


def test_what_was_announced_can_be_taken_back_or_replaced(offer: Offer, rossi: Shop) -> None:
    merchant, actor = offer.shop.merchant, offer.shop.actor
    card_with(offer, 3)
    first = earliest_start(merchant, now())
    change(offer, goal(12), first)
    with pytest.raises(NotFound):
        take_back_announced(rossi.merchant, offer.program.id, actor=rossi.actor)

    assert take_back_announced(merchant, offer.program.id, actor=actor).facts.announced is None
    change(offer, goal(12), first)
    change(offer, goal(8), "new_rounds")

    with stopped_at(first):
        begin_announced_terms()
    assert Offer(offer.shop, Program.objects.get(id=offer.program.id)).terms.goal == 8


def test_a_pause_does_not_forget_what_was_announced(offer: Offer) -> None:
    merchant, actor = offer.shop.merchant, offer.shop.actor
    card_with(offer, 3)
    change(offer, goal(12), earliest_start(merchant, now()))

    pause_program(merchant, offer.program.id, stamping=True, actor=actor)
    go_on(merchant, offer.program.id, actor=actor)

    assert "12 stamps" in say_stop(Merchant.objects.get(id=merchant.id), offer.program.id, now())


def test_the_desk_says_how_far_it_is(queue: None, offer: Offer) -> None:
    card_with(offer, 8)
    change(offer, goal(8), "everybody")
    program = Program.objects.get(id=offer.program.id)

    before = read_giving(offer.shop.merchant, program)
    JobWorker(KINDS).empty_the_queue()
    after = read_giving(offer.shop.merchant, program)

    assert before is not None
    assert after is not None
    assert (before.is_over, after.is_over, after.moved, after.rewards) == (False, True, 1, 1)
