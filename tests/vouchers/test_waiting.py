"""Vouchers for which no code was left."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import gettext

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.models import Location
from stampwell.redeem_codes.pools import PoolChoices, change_pool
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.rows import PoolRow
from stampwell.transactions import Statements
from stampwell.vouchers import waiting
from stampwell.vouchers.models import Voucher
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.refusals import NoCodeLeft
from stampwell.vouchers.waiting import hand_out_to_waiting, merchants_with_waiting_vouchers
from stampwell.wallet.content import fill_pass
from stampwell.wallet.google.wanted import gather
from stampwell.wallet.look.phrases import in_each_language
from stampwell.wallet.voucher_content import fill_voucher_pass
from tests.moments import START
from tests.redeem_codes.working import CODES, lay_in, pool_of
from tests.vouchers.test_till_codes import give_back, offer_from, owners_of, show, voucher_of
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


def offer_at(shop: Shop, pool: PoolRow, location_id: UUID) -> Offer:
    return offer_from(shop, pool, location_ids=[public_id("loc", location_id)])


def serve(shop: Shop) -> None:
    for merchant_id in merchants_with_waiting_vouchers():
        assert merchant_id == shop.merchant.id
        hand_out_to_waiting(merchant_id)


def test_those_that_wait_get_the_next_codes_in_their_order(lume: Shop) -> None:
    pool = pool_of(lume)
    offer = offer_from(lume, pool)
    vouchers = [voucher_of(offer) for _ in range(4)]
    for seconds, voucher_id in enumerate(reversed(vouchers)):
        for again in (0, 10):
            with stopped_at(START + timedelta(seconds=seconds + again)), pytest.raises(NoCodeLeft):
                show(lume, voucher_id)
    serve(lume)
    assert not Event.objects.filter(type="code.handed_out").exists()

    lay_in(lume, pool)
    serve(lume)
    serve(lume)

    assert owners_of(pool) == dict(zip(CODES, reversed(vouchers), strict=False))
    assert list(Voucher.objects.filter(waits_since__isnull=False).values_list("id", flat=True)) == vouchers[:1]
    told = Event.objects.filter(type="code.handed_out")
    assert {event.source for event in told} == {"clock"}
    assert (told.count(), show(lume, vouchers[3])) == (3, CODES[0])


def test_whoever_comes_later_leaves_the_codes_to_those_who_wait(lume: Shop) -> None:
    pool = pool_of(lume)
    offer = offer_from(lume, pool)
    first, late = voucher_of(offer), voucher_of(offer)
    with pytest.raises(NoCodeLeft):
        show(lume, first)
    lay_in(lume, pool, CODES[:1])

    with stopped_at(START + timedelta(seconds=1)), pytest.raises(NoCodeLeft):
        show(lume, late)
    serve(lume)

    assert owners_of(pool) == {CODES[0]: first}
    lay_in(lume, pool, CODES[1:])
    with stopped_at(START + timedelta(seconds=2)):
        assert show(lume, late) in CODES[1:]


def test_codes_of_a_withdrawn_file_are_no_codes_for_those_who_wait(lume: Shop) -> None:
    pool = pool_of(lume)
    offer = offer_from(lume, pool)
    first, late = voucher_of(offer), voucher_of(offer)
    with pytest.raises(NoCodeLeft):
        show(lume, first)
    revoke_batch(lume.merchant, pool.id, lay_in(lume, pool, ["GONE1", "GONE2"]), actor=lume.actor)
    assert merchants_with_waiting_vouchers() == []
    lay_in(lume, pool, CODES[:1])

    with stopped_at(START + timedelta(seconds=1)), pytest.raises(NoCodeLeft):
        show(lume, late)
    serve(lume)

    assert owners_of(pool)[CODES[0]] == first


def test_a_voucher_that_came_without_its_code_gets_one(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue", fallback_code="PLANB")
    voucher_id = voucher_of(offer_from(lume, pool))
    lay_in(lume, pool, CODES[:1])

    serve(lume)

    assert owners_of(pool) == {CODES[0]: voucher_id}
    assert merchants_with_waiting_vouchers() == []


def test_who_was_served_otherwise_waits_no_more(lume: Shop) -> None:
    pool = pool_of(lume)
    offer = offer_from(lume, pool)
    scanned = voucher_of(offer)
    with pytest.raises(NoCodeLeft):
        show(lume, scanned)
    redeem_voucher(lume.merchant, scanned, path="staff_scan", actor=lume.actor)
    lay_in(lume, pool)

    serve(lume)

    assert set(owners_of(pool).values()) == {None}
    assert not Voucher.objects.filter(waits_since__isnull=False).exists()


def test_what_is_shown_stays_the_same_also_when_codes_come_meanwhile(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue", fallback_code="PLANB")
    voucher_id = voucher_of(offer_from(lume, pool))
    first = show(lume, voucher_id)
    lay_in(lume, pool)

    serve(lume)

    assert (first, show(lume, voucher_id)) == ("PLANB", "PLANB")
    assert set(owners_of(pool).values()) == {None}


@pytest.mark.parametrize("fallback", ["PLANC", ""])
def test_what_is_shown_stays_the_same_also_when_the_code_for_that_is_changed(lume: Shop, fallback: str) -> None:
    pool = pool_of(lume, fallback_code="PLANB")
    offer = offer_from(lume, pool)
    voucher_id = voucher_of(offer)
    show(lume, voucher_id)

    choices = PoolChoices(name=pool.name, handed_out="reveal", low_at=50, fallback_code=fallback)
    change_pool(lume.merchant, pool.id, choices, actor=lume.actor)

    assert show(lume, voucher_id) == "PLANB"
    if fallback:
        assert show(lume, voucher_of(offer)) == fallback


def test_whoever_waits_longest_takes_the_next_code_alone(lume: Shop) -> None:
    pool = pool_of(lume)
    offer = offer_from(lume, pool)
    first, second = voucher_of(offer), voucher_of(offer)
    for seconds, voucher_id in enumerate((first, second)):
        with stopped_at(START + timedelta(seconds=seconds)), pytest.raises(NoCodeLeft):
            show(lume, voucher_id)
    lay_in(lume, pool, CODES[:1])

    with stopped_at(START + timedelta(seconds=2)):
        with pytest.raises(NoCodeLeft):
            show(lume, second)
        assert show(lume, first) == CODES[0]


def test_what_was_used_or_withdrawn_waits_no_more_though_no_code_comes(lume: Shop) -> None:
    scanned = voucher_of(offer_from(lume, pool_of(lume)))
    with pytest.raises(NoCodeLeft):
        show(lume, scanned)
    serve(lume)
    assert Voucher.objects.get(id=scanned).waits_since
    redeem_voucher(lume.merchant, scanned, path="staff_scan", actor=lume.actor)

    serve(lume)

    assert Voucher.objects.get(id=scanned).waits_since is None


def test_one_that_waits_with_a_withdrawn_code_keeps_nobody_waiting(lume: Shop) -> None:
    pool = pool_of(lume)
    offer = offer_from(lume, pool)
    gone = lay_in(lume, pool, ["GONE"])
    first, second = voucher_of(offer), voucher_of(offer)
    show(lume, first)
    give_back(lume, first)
    revoke_batch(lume.merchant, pool.id, gone, actor=lume.actor)
    Voucher.objects.update(waits_since=START)
    lay_in(lume, pool, CODES[:2])

    serve(lume)

    assert owners_of(pool) == {"GONE": first, CODES[0]: first, CODES[1]: second}


def test_codes_of_one_location_are_kept_for_nobody_who_waits_at_another(lume: Shop) -> None:
    pool, there = pool_of(lume), Location.objects.create(merchant=lume.merchant, name="Mill")
    elsewhere, late = voucher_of(offer_at(lume, pool, there.id)), voucher_of(offer_at(lume, pool, lume.location.id))
    with pytest.raises(NoCodeLeft):
        show(lume, elsewhere)

    lay_in(lume, pool, ["HERE"], location_id=lume.location.id)

    with stopped_at(START + timedelta(seconds=1)):
        assert show(lume, late) == "HERE"


def test_codes_that_every_location_takes_are_kept_for_those_whose_own_has_none(lume: Shop) -> None:
    pool, there = pool_of(lume), Location.objects.create(merchant=lume.merchant, name="Mill")
    offer = offer_at(lume, pool, there.id)
    first, late = voucher_of(offer), voucher_of(offer)
    elsewhere, anywhere = voucher_of(offer_at(lume, pool, lume.location.id)), voucher_of(offer_from(lume, pool))
    with pytest.raises(NoCodeLeft):
        show(lume, first)
    lay_in(lume, pool, ["HERE1", "HERE2"], location_id=lume.location.id)
    lay_in(lume, pool, ["ANYWHERE"])

    with stopped_at(START + timedelta(seconds=1)):
        for one in (late, anywhere):
            with pytest.raises(NoCodeLeft):
                show(lume, one)
        assert show(lume, elsewhere) == "HERE1"
    serve(lume)

    assert owners_of(pool) == {"HERE1": elsewhere, "HERE2": None, "ANYWHERE": first}
    lay_in(lume, pool, ["THERE"], location_id=there.id)
    with stopped_at(START + timedelta(seconds=2)):
        assert show(lume, late) == "THERE"


def test_those_who_wait_at_another_location_or_for_another_pool_hold_nobody_up(
    lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "AT_ONCE", 1)
    pool, other, there = pool_of(lume), pool_of(lume), Location.objects.create(merchant=lume.merchant, name="Mill")
    offers = offer_at(lume, pool, there.id), offer_at(lume, pool, lume.location.id), offer_from(lume, other)
    vouchers = [voucher_of(offer) for offer in offers]
    for seconds, voucher_id in enumerate(vouchers):
        with stopped_at(START + timedelta(seconds=seconds)), pytest.raises(NoCodeLeft):
            show(lume, voucher_id)
    lay_in(lume, pool, ["HERE"], location_id=lume.location.id)
    lay_in(lume, other, ["OTHER"])

    serve(lume)

    assert owners_of(pool) | owners_of(other) == {"HERE": vouchers[1], "OTHER": vouchers[2]}
    assert list(Voucher.objects.filter(waits_since__isnull=False).values_list("id", flat=True)) == vouchers[:1]


def test_of_those_who_wait_no_more_are_counted_than_matter_for_the_free_codes(
    lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever looks for a code would walk over all that wait, each of a withdrawn batch anew."""
    pool, counted, ask = pool_of(lume), list[int](), Statements.rows

    def watch(tx: Statements, row: type[Any], *asked: Any) -> list[Any]:
        found = ask(tx, row, *asked)
        if row.__name__ == "_Waiting":
            counted.append(sum(one.vouchers for one in found))
        return found

    offer = offer_from(lume, pool)
    vouchers = [voucher_of(offer) for _voucher in range(9)]
    for voucher_id in vouchers[:7]:
        with pytest.raises(NoCodeLeft):
            show(lume, voucher_id)
    monkeypatch.setattr(Statements, "rows", watch)

    with stopped_at(START + timedelta(seconds=1)), pytest.raises(NoCodeLeft):
        show(lume, vouchers[7])
    lay_in(lume, pool, CODES[:2])
    with stopped_at(START + timedelta(seconds=2)), pytest.raises(NoCodeLeft):
        show(lume, vouchers[8])

    assert counted == [1, 1, 5], "whether anybody waits; then, with two codes, two for each place and one more"


def test_that_a_voucher_begins_to_wait_is_told_once_by_its_card(lume: Shop) -> None:
    pool = pool_of(lume)
    voucher_id = voucher_of(offer_from(lume, pool))
    for seconds in (0, 10):
        with stopped_at(START + timedelta(seconds=seconds)), pytest.raises(NoCodeLeft):
            show(lume, voucher_id)

    told = Event.objects.get(type="code.awaited")

    assert (told.card_id, told.source) == (Voucher.objects.get(id=voucher_id).card_id, "card")
    assert told.data["pool_id"] == public_id("cdp", pool.id)


def test_passes_say_that_a_voucher_waits_for_its_code_until_it_comes(lume: Shop) -> None:
    pool = pool_of(lume, handed_out="issue")
    voucher_id = voucher_of(offer_from(lume, pool))
    card_id = Voucher.objects.get(id=voucher_id).card_id
    way = "Your code comes as soon as there is a new one."

    card, own = fill_pass(lume.merchant, card_id), fill_voucher_pass(lume.merchant, voucher_id)
    google = gather(lume.merchant, card_id, "388")

    for shown in (card.ready[0], own.voucher):
        assert {text.splitlines()[0] for text in shown.what_to_do.values()} == set(
            in_each_language(lambda _locale: gettext(way)).values()
        )
    assert way in str(google.card_object)
    assert way not in str(google.offers[0].reward_class), "that is everybody's who has the reward"
    lay_in(lume, pool)
    serve(lume)
    assert Event.objects.get(type="code.handed_out").card_id == card_id, "so the passes are looked at again"
    assert way not in str(fill_pass(lume.merchant, card_id).ready)
