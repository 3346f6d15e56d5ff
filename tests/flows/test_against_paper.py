"""Two shops do anything in any order; after every step the whole visible state equals that of paper cards."""

import os
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Stamp
from stampwell.cards.rows import CardRow, read_card
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.reversing import reverse_redemption
from stampwell.vouchers.rows import COLUMNS, VoucherRow, state_at
from tests.flows.reference import GOAL, PaperCard, PaperStamp, why_not_use
from tests.world import HeldCard, Shop, open_lume, open_rossi

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROGRAM: dict[str, Any] = {
    "goal": GOAL,
    "earning": {"by": "visit", "cooldown_seconds": 0},
    "milestones": [
        {"stamps": 2, "reward": {"name": "A biscuit", "active_after_seconds": 3600, "valid_days": 1}},
        {"stamps": 4, "reward": {"name": "A coffee"}},
    ],
}
STEPS = int(os.environ.get("STAMPWELL_MODEL_STEPS", "2000"))
STEPS_IN_A_RUN = 40
MOST_ROUNDS = 5  # chance may leave a rule out of one round; of five it never does
# What must have happened at least once in a run of the model: a rule that never acted was never compared.
MUST_HAPPEN = {
    "a stamp gives a voucher",
    "a stamp completes a round",
    "an undo takes stamps away",
    "an undo takes its voucher",
    "an undo keeps the voucher of the milestone where the card stands",
    "an undo goes back into the round before",
    "an undo is refused: stamp_already_reversed",
    "an undo is refused: voucher_already_used",
    "a voucher is used",
    "a use is refused: voucher_void",
    "a use is refused: voucher_already_redeemed",
    "a use is refused: voucher_expired",
    "a use is refused: voucher_not_ready",
    "a redemption is taken back",
    "a redemption taken back gives validity back",
    "a reversal is refused",
    "a rival is refused",
    "time makes a voucher ready",
    "time ends a voucher",
}


@dataclass
class Held:
    """A card of the product beside its paper twin. `voucher_ids` and `stamp_ids` are in the order of the paper's."""

    shop: Shop
    card: HeldCard
    paper: PaperCard = field(default_factory=PaperCard)
    stamp_ids: list[UUID] = field(default_factory=list)
    voucher_ids: list[UUID] = field(default_factory=list)
    redemption_ids: dict[int, UUID] = field(default_factory=dict)


class TwoShops(RuleBasedStateMachine):
    """`new_cards` are two of each shop, made once; each run is rolled back to them."""

    steps = 0
    happened: Counter[str] = Counter()
    new_cards: ClassVar[list[HeldCard]] = []

    @initialize()
    def begin(self) -> None:
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.now = START
        self.cards = [Held(card.shop, card) for card in self.new_cards]

    def teardown(self) -> None:
        if hasattr(self, "rollback"):
            transaction.set_rollback(True)
            self.rollback.__exit__(None, None, None)

    @rule(which=st.integers(0, 3), count=st.integers(1, 5))
    def stamp(self, which: int, count: int) -> None:
        held = self.cards[which]
        with stopped_at(self.now):
            stamped = add_stamp(held.shop.merchant, held.card.id, Purchase(count=count), actor=held.shop.actor)
        before = held.paper.round, len(held.paper.vouchers)
        held.paper.stamp(count, self.now)
        self._note("a stamp gives a voucher", len(held.paper.vouchers) > before[1])
        self._note("a stamp completes a round", held.paper.round > before[0])
        held.stamp_ids.append(stamped.stamp.id)
        held.voucher_ids += [voucher.id for voucher in stamped.issued]

    @precondition(lambda self: any(held.stamp_ids for held in self.cards))
    @rule(which=st.integers(0, 3), back=st.integers(1, 3))
    def undo(self, which: int, back: int) -> None:
        held = self._one_that_has(which, lambda held: held.stamp_ids)
        back = min(back, len(held.stamp_ids))
        stamp, stamp_id = held.paper.stamps[-back], held.stamp_ids[-back]
        expected = held.paper.why_not_undo(stamp)
        said = self._try(lambda: undo_stamp(held.shop.merchant, stamp_id, reason="x", actor=held.shop.actor))
        assert said == expected
        self._note(f"an undo is refused: {said}", said is not None)
        if said is None:
            self._note_undo(held.paper, stamp)

    def _note_undo(self, paper: PaperCard, stamp: PaperStamp) -> None:
        before, open_before = paper.round, paper.open_count()
        paper.undo(stamp)
        self._note("an undo takes stamps away", stamp.count > 0)
        self._note("an undo takes its voucher", paper.open_count() < open_before)
        self._note("an undo goes back into the round before", paper.round < before)
        stands = [v for v in paper.vouchers if (v.round, v.stamps) == (paper.round, paper.in_round) and not v.void]
        self._note("an undo keeps the voucher of the milestone where the card stands", bool(stands))

    @precondition(lambda self: any(held.voucher_ids for held in self.cards))
    @rule(which=st.integers(0, 3), back=st.integers(1, 3))
    def redeem(self, which: int, back: int) -> None:
        held = self._one_that_has(which, lambda held: held.voucher_ids)
        place = max(len(held.voucher_ids) - back, 0)
        voucher = held.paper.vouchers[place]
        done: list[UUID] = []

        def use() -> None:
            handed = hand_over(held.shop.merchant, held.voucher_ids[place], actor=held.shop.actor)
            done.append(handed.redemption.id)

        expected = why_not_use(voucher, self.now)
        assert self._try(use) == expected
        self._note(f"a use is refused: {expected}", expected is not None)
        if done:
            self._note("a voucher is used")
            voucher.used = self.now
            held.redemption_ids[place] = done[0]

    @precondition(lambda self: any(held.redemption_ids for held in self.cards))
    @rule(which=st.integers(0, 3), pick=st.integers(0, 3))
    def reverse(self, which: int, pick: int) -> None:
        held = self._one_that_has(which, lambda held: held.redemption_ids)
        place = sorted(held.redemption_ids)[pick % len(held.redemption_ids)]
        voucher, redemption_id = held.paper.vouchers[place], held.redemption_ids[place]
        said = self._try(
            lambda: reverse_redemption(held.shop.merchant, redemption_id, reason="x", actor=held.shop.actor)
        )
        assert said == (None if voucher.used else "redemption_already_reversed")
        self._note("a reversal is refused", not voucher.used)
        if voucher.used:
            self._note("a redemption is taken back")
            self._note("a redemption taken back gives validity back", bool(voucher.expires))
            voucher.give_back(self.now)

    @rule(which=st.integers(0, 3))
    def try_the_rivals(self, which: int) -> None:
        held, rival = self.cards[which], self.cards[(which + 2) % 4].shop
        with stopped_at(self.now), pytest.raises(NotFound):
            add_stamp(rival.merchant, held.card.id, Purchase(), actor=rival.actor)
        self._note("a rival is refused")
        for voucher_id in held.voucher_ids[-1:]:
            with stopped_at(self.now), pytest.raises(NotFound):
                hand_over(rival.merchant, voucher_id, actor=rival.actor)

    @rule(hours=st.sampled_from([1, 2, 24, 80]))
    def let_time_pass(self, hours: int) -> None:
        before = self._states()
        self.now += timedelta(hours=hours)
        turned = set(zip(before, self._states(), strict=True))
        self._note("time makes a voucher ready", ("pending", "ready") in turned)
        self._note("time ends a voucher", ("ready", "expired") in turned)

    def _states(self) -> list[str]:
        return [voucher.state(self.now) for held in self.cards for voucher in held.paper.vouchers]

    @rule()
    def let_the_worker_work(self) -> None:
        with stopped_at(self.now):
            for held in self.cards[::2]:
                let_vouchers_age(held.shop.merchant.id)
                put_in_order(held.shop.merchant.id)

    @invariant()
    def everything_visible_is_as_on_paper(self) -> None:
        type(self).steps += 1
        for cards in (self.cards[:2], self.cards[2:]):
            assert _visible(cards, self.now) == [_on_paper(held, self.now) for held in cards]

    def _one_that_has(self, which: int, what: Callable[[Held], Collection[object]]) -> Held:
        """A card on which there is something to act: a step that finds nothing compares nothing."""
        able = [held for held in self.cards if what(held)]
        return able[which % len(able)]

    def _note(self, what: str, is_so: bool = True) -> None:
        if is_so:
            type(self).happened[what] += 1

    def _try(self, step: Any) -> str | None:
        try:
            with stopped_at(self.now):
                step()
        except Refusal as refusal:
            return refusal.code
        return None


def _visible(of_a_shop: list[Held], now: datetime) -> list[object]:
    sql = f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s AND card_id = %s"
    with merchant_transaction(of_a_shop[0].shop.merchant.id) as tx:
        rows = [tx.later(VoucherRow, sql, (tx.merchant_id, held.card.id)) for held in of_a_shop]
        cards = [read_card(tx, held.card.id)[0] for held in of_a_shop]
    return [_seen(held, card, found.rows(), now) for held, card, found in zip(of_a_shop, cards, rows, strict=True)]


def _seen(held: Held, card: CardRow, vouchers: list[VoucherRow], now: datetime) -> object:
    by_id = {row.id: (state_at(row, now), row.expires) for row in vouchers}
    return card.round, card.stamps, [by_id.pop(voucher_id) for voucher_id in held.voucher_ids], by_id


def _on_paper(held: Held, now: datetime) -> object:
    paper = held.paper
    return paper.round, paper.in_round, [(v.state(now), v.expires) for v in paper.vouchers], {}


@pytest.mark.django_db
def test_whatever_two_shops_do_the_cards_are_as_on_paper() -> None:
    TwoShops.steps, TwoShops.happened, TwoShops.new_cards = 0, Counter(), []
    with stopped_at(START):
        for shop in (open_lume(), open_rossi()):
            offer = shop.publish(**PROGRAM)
            TwoShops.new_cards += [offer.card() for _card in range(2)]
    events_before = Event.objects.count()
    runs = STEPS // 25  # some runs end early

    for number in range(MOST_ROUNDS):
        if "CI" in os.environ:  # the same in each run, and still another one in each round
            seed(number)(TwoShops)
        run_state_machine_as_test(
            TwoShops,
            settings=settings(
                max_examples=runs,
                stateful_step_count=STEPS_IN_A_RUN,
                deadline=None,
                derandomize="CI" in os.environ,
                suppress_health_check=list(HealthCheck),
            ),
        )
        if TwoShops.happened.keys() >= MUST_HAPPEN:
            break

    assert TwoShops.steps >= STEPS, f"only {TwoShops.steps} steps were compared"
    assert MUST_HAPPEN - TwoShops.happened.keys() == set(), f"these never happened; what did: {TwoShops.happened}"
    assert not Stamp.objects.exists()
    assert Event.objects.count() == events_before
