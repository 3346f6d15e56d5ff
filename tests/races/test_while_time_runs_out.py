"""Vouchers whose time runs out while all paths, a reversal and a withdrawal are at work: what was told is true."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
import pytest

from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.ids import public_id
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption, Reversal, Voucher
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.revealing import reveal_code
from tests.races.callers import Call
from tests.races.test_all_paths_together import EACH, offer_of, together, told_by, vouchers_of
from tests.redeem_codes.working import lay_in, pool_of
from tests.serving import Product
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

BEAT = timedelta(milliseconds=200)
STAFF = Actor(source="scanner")
USES = ("redemption", "again", "by its reservation", "staff", "alone")  # of what was told, those that are a redemption
WINS = (*USES, "reservation", "reveal")


class OfVoucher(msgspec.Struct):
    """`calls` are of programs, `steps` of people; each has a name. `told` is the refusal by name, None for success."""

    id: UUID
    calls: dict[str, Call]
    steps: dict[str, Callable[[], object]]
    ends: datetime | None = None
    held_until: datetime | None = None
    was_used: bool = False
    told: dict[str, str | None] = {}

    def successes(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name in self.told and self.told[name] is None]


def voucher_in(shop: Shop, one: UUID) -> OfVoucher:
    path = f"/vouchers/{public_id('vch', one)}"
    return OfVoucher(
        one,
        calls={
            "redemption": Call(f"{path}/redemption", {}),
            "again": Call(f"{path}/redemption", {}),
            "reservation": Call(f"{path}/reservation", {}),
        },
        steps={
            "staff": partial(hand_over, shop.merchant, one, path="staff_scan", actor=STAFF),
            "alone": partial(hand_over, shop.merchant, one, path="self_redeem", actor=CUSTOMER),
        },
    )


def with_a_code(shop: Shop, one: UUID) -> OfVoucher:
    voucher = voucher_in(shop, one)
    del voucher.steps["alone"]
    voucher.steps["reveal"] = partial(reveal_code, shop.merchant, one)
    return voucher


def used(shop: Shop, one: UUID) -> OfVoucher:
    voucher = voucher_in(shop, one)
    redemption = hand_over(shop.merchant, one, actor=CUSTOMER).facts.redemption.id
    for till in ("restored", "restored again"):
        voucher.calls[till] = Call(f"/redemptions/{redemption}/reversal", {"reason": "Wrong table"})
    voucher.was_used = True
    return voucher


def held(shop: Shop, one: UUID) -> OfVoucher:
    voucher = voucher_in(shop, one)
    reservation = reserve_voucher(shop.merchant, one, seconds=300, actor=shop.actor).facts.reservation.id
    path = f"/vouchers/{public_id('vch', one)}/redemption"
    voucher.calls["by its reservation"] = Call(path, {"reservation": reservation})
    voucher.held_until = now()
    return voucher


def set_ends(vouchers: list[OfVoucher], begin: datetime) -> None:
    """Of each kind one voucher that is over, two that end while it runs, and one that does not; a reservation ends
    before its voucher or after it.
    """
    for place, voucher in enumerate(vouchers):
        beat = place % EACH
        voucher.ends = begin + beat * BEAT if beat < EACH - 1 else None
        if voucher.ends:
            Voucher.objects.filter(id=voucher.id).update(expires=voucher.ends, due=voucher.ends)
        if voucher.held_until:
            voucher.held_until = begin + (EACH - 1 - beat) * BEAT
            Voucher.objects.filter(id=voucher.id).update(reserved_until=voucher.held_until)


def run(product: Product, shop: Shop, vouchers: list[OfVoucher], beside: list[Callable[[], object]]) -> None:
    calls = [call for voucher in vouchers for call in voucher.calls.values()]
    steps = [step for voucher in vouchers for step in voucher.steps.values()]
    answers, ends = together(product, shop, calls, [*steps, *beside])
    assert ends[len(steps) :] == [None] * len(beside)
    for voucher in vouchers:
        names = [*voucher.calls, *voucher.steps]
        of_calls, answers = answers[: len(voucher.calls)], answers[len(voucher.calls) :]
        of_steps, ends = ends[: len(voucher.steps)], ends[len(voucher.steps) :]
        voucher.told = dict(zip(names, told_by(of_calls, of_steps), strict=True))


def lawful_refusals(voucher: OfVoucher) -> set[str]:
    uses, wins = voucher.successes(USES), voucher.successes(WINS)
    return {
        *(["voucher_expired"] if voucher.ends else []),
        *(["voucher_already_redeemed"] if uses or voucher.was_used else []),
        *(["voucher_reserved"] if voucher.held_until or len(wins) > len(uses) else []),
        *(["redemption_already_reversed"] if voucher.was_used else []),
    }


def assert_ledger_is_what_was_told(voucher: OfVoucher) -> None:
    told, uses, wins = voucher.told, voucher.successes(USES), voucher.successes(WINS)
    restored = voucher.successes(("restored", "restored again"))
    row = Voucher.objects.get(id=voucher.id)
    redemptions = list(Redemption.objects.filter(voucher_id=voucher.id).order_by("reversal_no"))
    reversals = Reversal.objects.filter(redemption__voucher_id=voucher.id).count()

    assert len(wins) <= 1, told
    assert set(told.values()) - {None} <= lawful_refusals(voucher), told
    assert len(redemptions) == voucher.was_used + len(uses), told
    assert [one.reversal_no for one in redemptions] == list(range(len(redemptions))), "never two between reversals"
    assert reversals == len(restored) == voucher.was_used, told
    assert (row.state == "redeemed") == (len(redemptions) > reversals) == bool(uses), told
    assert row.state == {"reservation": "ready", "reveal": "reserved"}.get(wins[0], "redeemed") if wins else True, told
    if not wins:
        assert row.state == ("expired" if voucher.ends else "ready"), told
        assert voucher.ends or voucher.held_until or voucher.was_used, "somebody takes what has time"


def assert_time_was_kept(voucher: OfVoucher) -> None:
    """Nobody used it after its end or before its reservation's, but for who had that reservation."""
    ends = Voucher.objects.get(id=voucher.id).expires  # later than it was, where it was restored
    for use in voucher.successes(("redemption", "again", "staff", "alone")):
        at = Redemption.objects.get(voucher_id=voucher.id, reversal_no=int(voucher.was_used)).at
        assert ends is None or at < ends, use
        assert voucher.held_until is None or at >= voucher.held_until, use


def test_while_time_runs_out_on_all_paths_the_ledger_holds_what_everybody_was_told(product: Product) -> None:
    shop = open_lume()
    merchant, pool = shop.merchant, pool_of(shop)
    batches = [lay_in(shop, pool, [f"CODE{batch}{number}" for number in range(EACH)]) for batch in range(2)]
    offer = offer_of(shop, path="self_redeem")
    code = {"kind": "pool", "pool_id": public_id("cdp", pool.id)}
    by_code = vouchers_of(offer_of(shop, path="redeem_code", redeem_code=code))
    free = [voucher_in(shop, one) for one in vouchers_of(offer)]
    coded = [with_a_code(shop, one) for one in by_code]
    others = [kind(shop, one) for kind in (held, used) for one in vouchers_of(offer)]
    vouchers = [*free, *coded, *others]
    begin = now()
    set_ends(vouchers, begin)

    def let_time_pass() -> None:
        while let_vouchers_age(merchant.id) or now() < begin + EACH * BEAT:
            pass

    withdraw = partial(revoke_batch, merchant, pool.id, batches[0], actor=shop.actor)
    run(product, shop, vouchers, [let_time_pass, withdraw])
    with stopped_at(now() + timedelta(minutes=1)):  # what was restored ends later
        let_vouchers_age(merchant.id)

    for voucher in vouchers:
        assert_ledger_is_what_was_told(voucher)
        assert_time_was_kept(voucher)
    assert {Voucher.objects.get(id=kind[0].id).state for kind in (free, coded)} == {"expired"}
    got = PoolCode.objects.filter(voucher_id__isnull=False, revoked__isnull=True).values_list("voucher_id", flat=True)
    assert set(got) == set(Voucher.objects.filter(id__in=by_code, revealed__isnull=False).values_list("id", flat=True))
