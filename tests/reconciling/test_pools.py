"""Codes of a pool: each is one voucher's, so a leak is one code, one branch and one receipt."""

from datetime import datetime, timedelta

import pytest

from stampwell.clock import id_at, now, stopped_at
from stampwell.merchants.models import Location
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.pools import PoolChoices, change_pool
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.models import Redemption, VoucherConfirmation
from stampwell.vouchers.revealing import reveal_code
from stampwell.vouchers.reversing import reverse_redemption
from tests.moments import COUNTDOWN
from tests.reconciling.working import coffee_shop, compare, line_of, report_of, rows_kept, show_one
from tests.redeem_codes.test_stock import stock_at
from tests.redeem_codes.working import lay_in, pool_of, revoke, stock
from tests.vouchers.test_till_codes import offer_from, voucher_of
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db
HALF_A_DAY = timedelta(hours=12)


def codes(count: int) -> list[str]:
    return [f"KAFE-{number * 7919 % 100_003:05}" for number in range(count)]


def hand_out(code: str, used: Redemption, **more: object) -> None:
    PoolCode.objects.filter(code=code).update(voucher_id=used.voucher_id, given=used.at - timedelta(minutes=5), **more)
    Redemption.objects.filter(id=used.id).update(shown_code=None)


def test_a_leak_among_five_thousand_codes_and_two_branches_is_found(lume: Shop) -> None:
    """What was handed out is used where it was meant to be, but for one; one is used twice, three were never shown."""
    harbour = Location.objects.create(merchant=lume.merchant, name="Harbour", time_zone="Europe/Riga")
    offer, many = coffee_shop(lume), codes(5_000)
    stock(lume, pool_of(lume), many)
    used = [show_one(offer, now() + timedelta(minutes=20 * number)) for number in range(12)]
    for number, one in enumerate(used):
        hand_out(many[number], one, location_id=(lume.location if number % 2 else harbour).id)
    names = [lume.location.name if number % 2 else "HARBOUR" for number in range(12)]
    lines = [line_of(many[number], one.at, names[number], receipt=f"R{number}") for number, one in enumerate(used)]
    lines[4] = line_of(many[4], used[4].at, lume.location.name, receipt="R4")
    del lines[7]
    twice = line_of(many[2], used[2].at + timedelta(minutes=70), "HARBOUR", receipt="R2b")
    leaks = [line_of(code.lower(), used[9].at, "HARBOUR", "4.00", f"L{code}") for code in many[-3:]]
    other = line_of("STAFF20", used[0].at, "HARBOUR")

    found = compare(lume, report_of(*lines, twice, *leaks, other))

    assert found.counts == {"confirmed": 10, "wrong_branch": 1, "not_used": 1, "twice": 1, "leaked": 3, "unknown": 1}
    assert (found.money["leaked"], found.money["twice"]) == (1200, 350)
    rows = rows_kept(lume, "verdict", "code", "location_id", "receipt", "voucher_id")
    assert [row for row in rows if row[0] == "leaked"] == [
        ("leaked", code.lower(), harbour.id, f"L{code}", None) for code in many[-3:]
    ]
    assert ("twice", many[2], harbour.id, "R2b", used[2].voucher_id) in rows
    assert ("wrong_branch", many[4], lume.location.id, "R4", used[4].voucher_id) in rows
    assert ("not_used", "", None, "", used[7].voucher_id) in rows
    assert VoucherConfirmation.objects.count() == 11
    assert PoolCode.objects.filter(confirmed__isnull=False, voucher_id__isnull=False).count() == 11


def test_of_a_pool_that_the_report_does_not_name_nothing_is_said(lume: Shop) -> None:
    offer, many = coffee_shop(lume), codes(4)
    stock(lume, pool_of(lume), many[:2])
    stock(lume, pool_of(lume, name="Tea codes"), many[2:])
    used, *others = (show_one(offer) for _code in range(3))
    for code, one in zip(many[1:], [used, *others], strict=True):
        hand_out(code, one)

    found = compare(lume, report_of(line_of(many[1], used.at)))

    assert found.counts == {"confirmed": 1}


def test_what_was_handed_out_without_a_network_is_missing_at_the_till_however_late_it_arrived(lume: Shop) -> None:
    offer, many = coffee_shop(lume), codes(2)
    stock(lume, pool_of(lume), many)
    seen, late = show_one(offer), show_one(offer)
    for code, one in zip(many, (seen, late), strict=True):
        hand_out(code, one)
    arrived = id_at(late.at + timedelta(days=6))
    Redemption.objects.filter(id=late.id).update(id=arrived)

    with stopped_at(now() + timedelta(days=7)):
        found = compare(lume, report_of(line_of(many[0], seen.at)))

    assert found.counts == {"confirmed": 1, "not_used": 1}
    assert rows_kept(lume, "verdict", "redemption_id") == [("not_used", arrived)]


def show_fallback(offer: Offer, at: datetime) -> Redemption:
    """Of a list without codes."""
    with stopped_at(at):
        voucher_id = voucher_of(offer)
        reveal_code(offer.shop.merchant, voucher_id)
    with stopped_at(at + COUNTDOWN + timedelta(seconds=1)):
        let_vouchers_age(offer.shop.merchant.id)
    return Redemption.objects.get(voucher_id=voucher_id)


def test_the_code_for_when_none_is_left_is_one_that_many_are_shown(lume: Shop) -> None:
    offer = offer_from(lume, pool_of(lume, fallback_code="PLANB"))
    first, unseen, last = (show_fallback(offer, now() + timedelta(hours=hours)) for hours in range(3))

    found = compare(
        lume, report_of(line_of("planb", first.at), line_of("PLANB", last.at), line_of("PLANB", last.at + HALF_A_DAY))
    )

    assert found.counts == {"confirmed": 2, "leaked": 1, "not_used": 1}
    assert rows_kept(lume, "verdict", "redemption_id") == [("leaked", None), ("not_used", unseen.id)]
    assert compare(lume, report_of(line_of("STAFF20", first.at))).counts == {"unknown": 1}


def test_a_code_for_when_none_is_left_counts_as_it_was_shown_also_when_there_is_another_one(lume: Shop) -> None:
    pool = pool_of(lume, fallback_code="PLANB")
    offer = offer_from(lume, pool)
    before = show_fallback(offer, now())
    choices = PoolChoices(name=pool.name, handed_out="reveal", low_at=50, fallback_code="PLANC")
    change_pool(lume.merchant, pool.id, choices, actor=lume.actor)
    after = show_fallback(offer, now() + timedelta(hours=1))

    found = compare(
        lume, report_of(line_of("PLANB", before.at), line_of("PLANC", after.at), line_of("PLANB", after.at))
    )

    assert found.counts == {"confirmed": 2, "leaked": 1}


def test_a_voucher_that_is_restored_and_gets_another_code_was_shown_both(lume: Shop) -> None:
    """The till took the one for when none is left, the voucher was given back, and new codes came."""
    pool = pool_of(lume, fallback_code="PLANB")
    offer = offer_from(lume, pool)
    first = show_fallback(offer, now())
    with stopped_at(first.at + timedelta(minutes=1)):
        reverse_redemption(lume.merchant, first.id, reason="", actor=lume.actor)
        lay_in(lume, pool, ["KAFE-1"])
        reveal_code(lume.merchant, first.voucher_id)
    with stopped_at(first.at + timedelta(minutes=1) + COUNTDOWN):
        let_vouchers_age(lume.merchant.id)
    second = Redemption.objects.get(voucher_id=first.voucher_id, reversal_no=1)

    found = compare(lume, report_of(line_of("PLANB", first.at), line_of("KAFE-1", second.at)))

    assert found.counts == {"given_back": 1, "confirmed": 1}
    assert rows_kept(lume, "verdict", "redemption_id") == [("given_back", first.id)]


def test_a_code_that_leaked_is_no_longer_in_stock_and_goes_to_nobody(lume: Shop) -> None:
    """Also one that lies with a voucher already, and that nobody has seen: that one shows another."""
    many = codes(5)
    pool = pool_of(lume, handed_out="issue")
    batch_id = stock(lume, pool, many)
    offer = offer_from(lume, pool)
    shown, unseen = voucher_of(offer), voucher_of(offer)
    reveal_code(lume.merchant, shown)
    report = report_of(*(line_of(code.lower(), now()) for code in many[:3]), line_of("STAFF20", now()))

    found = compare(lume, report)

    left = stock_at(lume, pool)
    assert (found.counts["leaked"], found.taken_out) == (3, 2), "one is a customer's, who may be at the till with it"
    assert (left.free, left.leaked, left.handed_out, left.withdrawn) == (2, 2, 1, 0)
    assert (reveal_code(lume.merchant, shown).code, reveal_code(lume.merchant, unseen).code) == (many[0], many[3])
    again = compare(lume, report_of(line_of(many[2], now())))
    assert (again.counts, again.taken_out, stock_at(lume, pool).leaked) == ({"leaked": 1}, 1, 2)

    revoke(lume, pool, batch_id)

    left = stock_at(lume, pool)
    assert (left.free, left.leaked, left.handed_out, left.withdrawn) == (0, 2, 0, 3), (
        "what vouchers had and nobody used"
    )


def test_a_list_of_codes_that_is_handed_in_as_a_report_takes_no_code_away(lume: Shop) -> None:
    """More than a few codes, and more than a small share of the list, or of those that were added at once."""
    many, newest = codes(3_000)[:2_000], codes(3_000)[2_000:2_030]
    pool = pool_of(lume, handed_out="issue")
    stock(lume, pool, many)
    unseen = voucher_of(offer_from(lume, pool))
    lay_in(lume, pool, newest)
    everything = report_of(*(line_of(code, now()) for code in many))
    one_upload = report_of(*(line_of(code, now()) for code in newest))
    few = report_of(*(line_of(code, now()) for code in many[1:22]))

    assert [(found.taken_out, found.left_in) for found in (compare(lume, everything), compare(lume, one_upload))] == [
        (0, 2_000),
        (0, 30),
    ]
    assert stock_at(lume, pool).leaked == 0
    assert (compare(lume, few).taken_out, stock_at(lume, pool).leaked) == (21, 21), "so few may well have leaked"
    assert reveal_code(lume.merchant, unseen).code == many[0]


def test_a_code_that_was_used_before_it_was_added_stays_in_its_list(lume: Shop) -> None:
    many = codes(2)
    pool = pool_of(lume)
    stock(lume, pool, many)
    lines = (line_of(many[0], now() - timedelta(days=2)), line_of(many[1], now() - timedelta(days=2)))

    found = compare(lume, report_of(*lines, line_of(many[1], now(), receipt="R2")))

    assert (found.taken_out, found.left_in) == (1, 1)
    assert PoolCode.objects.get(code=many[0]).revoked is None
