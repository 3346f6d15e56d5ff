"""Whatever is done with vouchers, in whatever order, these laws hold after every step.

STAMPWELL_LAWS=20000 bin/test tests/flows/test_laws.py
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
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
from stampwell.cards.extending import extend_voucher
from stampwell.cards.recounting import recount
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import new_id, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.ids import private_id, public_id
from stampwell.merchants.access import ApiCaller
from stampwell.programs.terms import RewardTerms, terms_of
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.rows import PoolRow
from stampwell.refusal import Refusal
from stampwell.transactions import columns_of, merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.reserving import release_voucher, reserve_voucher
from stampwell.vouchers.returning import Part
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from stampwell.vouchers.rows import (
    COLUMNS,
    RedemptionRow,
    VoucherRow,
    is_held,
    left_by_line,
    read_redemption,
    read_voucher,
    state_at,
)
from stampwell.vouchers.waiting import hand_out_to_waiting
from stampwell.web.api.redemptions import ask_to_redeem
from stampwell.web.api.shapes import BasketAsked, BasketLine, RedemptionAsked
from stampwell.web.api.validations import ValidationAsked, judge
from tests.moments import START
from tests.redeem_codes.working import lay_in, pool_of, revoke
from tests.world import HeldCard, Shop, open_lume

STEPS = int(os.environ.get("STAMPWELL_LAWS", "600"))
STEPS_IN_A_RUN = 50
MOST_ROUNDS = 3
MUST_HAPPEN = {
    "redeemed",
    "redeemed by its reservation",
    "redeemed with a basket",
    "used alone",
    "revealed",
    "used by its countdown",
    "held",
    "released",
    "restored",
    "a part restored",
    "extended",
    "expired",
    "undone",
    "withdrawn by an undo",
    "a batch withdrawn",
    "refused: voucher_already_redeemed",
    "refused: voucher_already_used",
    "refused: voucher_reserved",
    "refused: voucher_expired",
    "refused: voucher_void",
    "refused: reservation_over",
    "refused: part_too_large",
    "refused: no_code_left",
}
_VOUCHERS = f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s ORDER BY id"
_REDEMPTIONS = f"SELECT {columns_of(RedemptionRow)} FROM redemption WHERE merchant_id = %s ORDER BY id"
_REVERSED = "SELECT redemption_id FROM reversal WHERE merchant_id = %s"
PICK = st.integers(0, 30)
BASKETS = st.sampled_from([(300, 1), (999, 0, 250), (40,), ()])


class World(msgspec.Struct, frozen=True):
    shop: Shop
    cards: list[HeldCard]
    pools: list[PoolRow]
    caller: ApiCaller


def make_world() -> World:
    shop = open_lume()
    pools = [pool_of(shop, name=way, handed_out=way) for way in ("issue", "reveal")]
    given, shown = (
        {"path": "redeem_code", "redeem_code": {"kind": "pool", "pool_id": public_id("cdp", pool.id)}} for pool in pools
    )
    rewards: list[dict[str, Any]] = [
        {"name": "Tea", "valid_days": 2, **given},
        {"name": "A biscuit", "path": "self_redeem", "valid_days": 1},
        {"name": "Cake", "valid_days": 3, **shown},
        {"name": "Half off", "discount": {"kind": "percentage", "percent": 50, "minimum_spend": 100}},
    ]
    offer = shop.publish(
        goal=4,
        earning={"by": "visit", "cooldown_seconds": 0},
        milestones=[{"stamps": place, "reward": reward} for place, reward in enumerate(rewards, 1)],
    )
    caller = ApiCaller(shop.merchant, Actor(source="api", api_key_id=new_id()), frozenset())
    return World(shop, [offer.card() for _card in range(2)], pools, caller)


class Laws(RuleBasedStateMachine):
    """Each run is rolled back to the world of its beginning."""

    steps = 0
    happened: Counter[str] = Counter()
    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.now = START
        self.shop, self.merchant = self.world.shop, self.world.shop.merchant
        self.stamps: list[UUID] = []
        self.reservations: dict[UUID, UUID] = {}  # the last one of each voucher
        self.shown: dict[str, UUID] = {}  # a code, and the voucher that showed it
        self.baskets: dict[UUID, list[int]] = {}  # what was bought with each redemption
        self.batches: list[tuple[PoolRow, UUID]] = []
        self.withdrawn: set[UUID] = set()
        self.codes = 0
        with stopped_at(self.now):
            for pool in self.world.pools:
                self._lay_in(pool, 2)
        for which in range(2):
            self.stamp(which, 4)  # one of each reward

    def teardown(self) -> None:
        if hasattr(self, "rollback"):
            transaction.set_rollback(True)
            self.rollback.__exit__(None, None, None)

    # What is done.

    @rule(which=st.integers(0, 1), count=st.integers(1, 3))
    def stamp(self, which: int, count: int) -> None:
        done = self._do(
            lambda: (
                add_stamp(
                    self.merchant, self.world.cards[which].id, Purchase(count=count), actor=self.shop.actor
                ).stamp.id
            )
        )
        assert done, "a card is stamped whatever became of its vouchers"
        self.stamps.append(done)

    @precondition(lambda self: self.stamps)
    @rule(back=st.integers(1, 2))
    def undo(self, back: int) -> None:
        place = max(len(self.stamps) - back, 0)
        if done := self._do(lambda: undo_stamp(self.merchant, self.stamps[place], reason="x", actor=self.shop.actor)):
            del self.stamps[place]
            self._note("undone")
            self._note("withdrawn by an undo", bool(done.recalled))

    @rule(pick=PICK, which=st.sampled_from(["none", "its own", "unknown"]), amounts=BASKETS)
    def redeem_at_a_till(self, pick: int, which: str, amounts: tuple[int, ...]) -> None:
        """A validation answers what the redemption does."""
        voucher = self._one(pick)
        if which == "its own" and self.reservations:
            wanted = list(self.reservations)[-1 - pick % len(self.reservations)]
            voucher = next(one for one in self._vouchers() if one.id == wanted)
        held = self.reservations.get(voucher.id) if which == "its own" else None
        named = new_id() if which == "unknown" else held
        reservation = public_id("rsv", named) if named else None
        basket = BasketAsked(lines=[BasketLine(amount=amount) for amount in amounts]) if amounts else None
        name = public_id("vch", voucher.id)

        def redeem() -> Any:
            with merchant_transaction(self.merchant.id) as tx:
                asked = RedemptionAsked(reservation=reservation, basket=basket)
                return ask_to_redeem(tx, name, asked)(self.world.caller).redemption

        with stopped_at(self.now):
            said = judge(self.world.caller, name, ValidationAsked(reservation=reservation, basket=basket))
        done = self._do(redeem)

        expected = (said.refusal.code, said.refusal.facts) if said.refusal else None
        assert expected == (None if done else (self.refused.code, self.refused.facts))
        if done:
            assert done.discount == said.discount
            self._used(voucher, done.id, list(amounts) if done.discount else [])
            self._note("redeemed")
            self._note("redeemed by its reservation", held is not None)
            self._note("redeemed with a basket", done.discount is not None)

    @rule(pick=PICK, alone=st.booleans())
    def hand_over(self, pick: int, alone: bool) -> None:
        voucher = self._one(pick, "self_redeem" if alone and pick else None)
        actor = CUSTOMER if alone else self.shop.actor
        done = self._do(
            lambda: hand_over(self.merchant, voucher.id, path="self_redeem" if alone else "staff_scan", actor=actor)
        )
        if done:
            self._used(voucher, done.facts.redemption.id, [])
            self._note("used alone", alone)

    @rule(pick=PICK)
    def reveal(self, pick: int) -> None:
        """No code is shown for two vouchers."""
        voucher = self._one(pick, "redeem_code" if pick else None)
        if done := self._do(lambda: reveal_code(self.merchant, voucher.id)):
            assert self.shown.setdefault(done.code, voucher.id) == voucher.id
            self.reservations.pop(voucher.id, None)
            self._note("revealed")

    @rule(pick=PICK, seconds=st.sampled_from([60, 3600]))
    def hold(self, pick: int, seconds: int) -> None:
        voucher = self._one(pick)
        done = self._do(lambda: reserve_voucher(self.merchant, voucher.id, seconds=seconds, actor=self._till))
        if done:
            self.reservations[voucher.id] = private_id("rsv", done.facts.reservation.id) or new_id()
            self._note("held")

    @precondition(lambda self: self.reservations)
    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        voucher_id = sorted(self.reservations)[pick % len(self.reservations)]
        if self._do(
            lambda: release_voucher(self.merchant, voucher_id, self.reservations[voucher_id], actor=self._till)
        ):
            self._note("released")

    @rule(pick=PICK, part=st.sampled_from([None, Part(amount=20), Part(lines=[0]), Part(amount=5000)]))
    def give_back(self, pick: int, part: Part | None) -> None:
        """Parts are never more than was taken off, and the last one gives the voucher back."""
        redemptions = self._redemptions()
        if part and self.baskets:
            redemptions = [one for one in redemptions if one.id in self.baskets]
        if not redemptions:
            return
        redemption = redemptions[-1 - pick % len(redemptions)]
        before = left_by_line(redemption)
        done = self._do(lambda: give_back(self.merchant, redemption.id, reason="x", actor=self.shop.actor, part=part))
        if not done:
            return
        with merchant_transaction(self.merchant.id) as tx:
            left = left_by_line(read_redemption(tx, redemption.id))
        told = done.facts.reversal.discount
        is_whole = done.voucher.state == "ready"
        assert (told.amount if told else 0) == (sum(before) if is_whole else sum(before) - sum(left))
        self._note("restored" if is_whole else "a part restored")

    @rule(pick=PICK, days=st.integers(1, 4))
    def extend(self, pick: int, days: int) -> None:
        voucher = self._one(pick)
        was, until = state_at(voucher, self.now), self.now + timedelta(days=days)
        done = self._do(
            lambda: extend_voucher(self.merchant, voucher.id, until=until, reason="x", actor=self.shop.actor)
        )
        if done:
            assert done.voucher.expires == until
            assert voucher.expires
            assert voucher.expires < until
            self._note("extended")
            self._note("came back to life", was == "expired")

    @rule(which=st.integers(0, 1))
    def lay_in(self, which: int) -> None:
        with stopped_at(self.now):
            self._lay_in(self.world.pools[which], 1)

    @precondition(lambda self: len(self.withdrawn) < len(self.batches))
    @rule(pick=PICK)
    def withdraw(self, pick: int) -> None:
        left = [one for one in self.batches if one[1] not in self.withdrawn]
        pool, batch_id = left[pick % len(left)]
        with stopped_at(self.now):
            revoke(self.shop, pool, batch_id)
        self.withdrawn.add(batch_id)
        self._note("a batch withdrawn")

    @rule(passed=st.sampled_from([timedelta(minutes=2), timedelta(minutes=4), timedelta(days=1), timedelta(days=2)]))
    def let_time_pass(self, passed: timedelta) -> None:
        before = self._states()
        self.now += passed
        turned = set(zip(before, self._states(), strict=True))
        self._note("expired", ("ready", "expired") in turned)
        self._note("used by its countdown", ("reserved", "redeemed") in turned)

    @rule()
    def let_the_worker_work(self) -> None:
        """What it writes is what everybody saw without it."""
        before = self._states()
        with stopped_at(self.now):
            while let_vouchers_age(self.merchant.id):
                pass
            hand_out_to_waiting(self.merchant.id)
        assert self._states() == before

    # Identities.

    @rule(pick=PICK)
    def used_and_restored_it_is_as_before(self, pick: int) -> None:
        voucher = self._one(pick)
        if state_at(voucher, self.now) != "ready":
            return
        before = self._facts(voucher)
        with stopped_at(self.now):
            used = redeem_voucher(self.merchant, voucher.id, actor=self.shop.actor)
            reverse_redemption(self.merchant, used.redemption.id, reason="x", actor=self.shop.actor)
        assert self._facts(voucher) == before

    @rule(pick=PICK)
    def held_and_released_it_is_as_before(self, pick: int) -> None:
        voucher = self._one(pick)
        if state_at(voucher, self.now) != "ready":
            return
        before = self._facts(voucher)
        with stopped_at(self.now):
            held = reserve_voucher(self.merchant, voucher.id, seconds=60, actor=self._till)
            reservation = private_id("rsv", held.facts.reservation.id) or new_id()
            release_voucher(self.merchant, voucher.id, reservation, actor=self._till)
        assert self._facts(voucher) == before

    # What holds after each step.

    @invariant()
    def every_counter_is_what_it_counts(self) -> None:
        type(self).steps += 1
        if hasattr(self, "shop"):
            assert recount(self.merchant.id) == []

    @invariant()
    def a_voucher_is_used_once_between_two_restorations(self) -> None:
        if not hasattr(self, "shop"):
            return
        with merchant_transaction(self.merchant.id) as tx:
            restored = set(tx.values(UUID, _REVERSED, (tx.merchant_id,)))
        standing = Counter(one.voucher_id for one in self._redemptions() if one.id not in restored)
        used = {voucher.id for voucher in self._vouchers() if voucher.state == "redeemed"}
        assert set(standing) == used
        assert set(standing.values()) <= {1}

    @invariant()
    def no_more_comes_off_than_was_bought_nor_back_than_came_off(self) -> None:
        if not hasattr(self, "shop"):
            return
        for one in self._redemptions():
            taken, left = one.discount_lines or [], left_by_line(one)
            assert sum(taken) == (one.discount or 0)
            assert all(off <= bought for off, bought in zip(taken, self.baskets.get(one.id, taken), strict=True))
            assert all(0 <= still <= off for still, off in zip(left, taken, strict=True))

    @invariant()
    def no_code_is_lost_or_with_two_vouchers(self) -> None:
        if not hasattr(self, "shop"):
            return
        rows = PoolCode.objects.filter(merchant=self.merchant)
        codes = list(rows.values_list("code", "voucher_id", "given", "revoked"))
        assert len(codes) == self.codes
        assert all((voucher is None) == (given is None) for _code, voucher, given, _revoked in codes)
        holders = Counter(voucher for _code, voucher, _given, revoked in codes if voucher and not revoked)
        assert set(holders.values()) <= {1}
        seen = {code: voucher for code, voucher, _given, _revoked in codes if code in self.shown}
        assert all(seen[code] == voucher for code, voucher in self.shown.items())

    # How it is asked.

    @property
    def _till(self) -> Actor:
        return self.world.caller.actor

    def _do[Done](self, step: Callable[[], Done]) -> Done | None:
        """What it gives; None where it is refused."""
        try:
            with stopped_at(self.now):
                return step()
        except Refusal as refusal:
            self.refused = refusal
            self._note(f"refused: {refusal.code}")
            return None

    def _used(self, voucher: VoucherRow, redemption: str, amounts: list[int]) -> None:
        assert state_at(voucher, self.now) in ("ready", "reserved")
        assert state_at(voucher, self.now) == "ready" or is_held(voucher, self.now)
        redemption_id = private_id("rdm", redemption)
        assert redemption_id
        if amounts:
            self.baskets[redemption_id] = amounts

    def _lay_in(self, pool: PoolRow, count: int) -> None:
        codes = [f"CODE{self.codes + number:05}" for number in range(count)]
        self.codes += count
        self.batches.append((pool, lay_in(self.shop, pool, codes)))

    def _one(self, pick: int, path: str | None = None) -> VoucherRow:
        """Of this path, or of all; most often one that is not over."""
        vouchers = [one for one in self._vouchers() if path is None or self._reward(one).path == path]
        if pick < 24:
            vouchers = [one for one in vouchers if one.state not in ("redeemed", "void")] or vouchers
        return vouchers[-1 - pick % len(vouchers)]

    def _reward(self, voucher: VoucherRow) -> RewardTerms:
        return terms_of(self.merchant.id, voucher.version_id).reward(voucher.reward_id)

    def _vouchers(self) -> list[VoucherRow]:
        with merchant_transaction(self.merchant.id) as tx:
            return tx.rows(VoucherRow, _VOUCHERS, (tx.merchant_id,))

    def _redemptions(self) -> list[RedemptionRow]:
        with merchant_transaction(self.merchant.id) as tx:
            return tx.rows(RedemptionRow, _REDEMPTIONS, (tx.merchant_id,))

    def _states(self) -> list[str]:
        return [state_at(voucher, self.now) for voucher in self._vouchers()]

    def _facts(self, voucher: VoucherRow) -> VoucherFacts:
        with merchant_transaction(self.merchant.id) as tx:
            return describe_voucher(tx, read_voucher(tx, voucher.id), at=self.now)

    def _note(self, what: str, is_so: bool = True) -> None:
        if is_so:
            type(self).happened[what] += 1


@pytest.mark.django_db
def test_the_laws_of_vouchers_hold_after_every_step() -> None:
    Laws.steps, Laws.happened, Laws.world = 0, Counter(), make_world()

    for number in range(MOST_ROUNDS):
        seed(number)(Laws)  # the same steps in each run
        run_state_machine_as_test(
            Laws,
            settings=settings(
                max_examples=max(STEPS // STEPS_IN_A_RUN, 1),
                stateful_step_count=STEPS_IN_A_RUN,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # a failure is told with all its steps: making them fewer takes minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
        if Laws.happened.keys() >= MUST_HAPPEN and Laws.steps >= STEPS:
            break

    print(f"{Laws.steps} steps: {Laws.happened}")
    assert MUST_HAPPEN - Laws.happened.keys() == set(), f"these never happened; what did: {Laws.happened}"
