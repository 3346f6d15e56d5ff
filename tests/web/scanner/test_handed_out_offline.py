"""Rewards that were handed out without a network: the first scan that comes uses the voucher, all else waits."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from stampwell.clock import stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import add_location
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import StaffMember
from stampwell.offline.deciding import decide
from stampwell.offline.models import KeptScan
from stampwell.offline.waiting_rewards import mark_handed_out, waiting_reward_of
from stampwell.programs.pricing import Prices, price_program
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.links import voucher_code, voucher_url
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.rows import VoucherRow
from tests.moments import NOON, START
from tests.offline.handed_out import allow, handed_out, price, ready_voucher, reward_of
from tests.offline.waiting import waiting_scan
from tests.web.api.client import ApiClient
from tests.web.dashboard.desk import DeskClient, words
from tests.web.devices import Device as Alone
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Phone
from tests.web.stations.keeping import KeepingDevice
from tests.world import HeldCard, Offer, Shop

LATER = START + timedelta(hours=3)


@pytest.fixture
def offline(phone: Phone, offer: Offer) -> KeepingPhone:
    """Of a shop that allows rewards of up to 2 €, where those of the program cost 90 cents."""
    price(offer, 90)
    allow(offer.shop, 200)
    return KeepingPhone(phone)


@pytest.fixture
def voucher(card: HeldCard) -> VoucherRow:
    return ready_voucher(card)


def test_a_reward_uses_its_voucher_when_the_scan_comes_and_says_when_and_by_whom(
    offline: KeepingPhone, bo: StaffMember, offer: Offer, voucher: VoucherRow
) -> None:
    kept = handed_out(offline.device, voucher)

    with stopped_at(LATER):
        (result,) = offline.hand_in(kept)

    assert (result["state"], result["tone"]) == ("counted", "good")
    assert result["words"] == "The reward was handed out, and the voucher is used."
    used = Redemption.objects.get()
    assert (used.voucher_id, used.at, used.path, used.source) == (voucher.id, START, "staff_scan", "scanner")
    assert (used.staff_member_id, used.station_id) == (bo.id, offline.station.id)
    assert Voucher.objects.get(id=voucher.id).state == "redeemed"
    row = KeptScan.objects.get()
    assert (row.voucher_id, row.reward_id, row.redemption_id) == (voucher.id, voucher.reward_id, used.id)


def test_the_journal_has_a_reward_where_its_scan_came_and_says_when_it_was(
    offline: KeepingPhone, voucher: VoucherRow
) -> None:
    kept = handed_out(offline.device, voucher)
    with stopped_at(LATER):
        assert offline.states(kept) == ["counted"]
    told = Event.objects.get(type="voucher.redeemed")
    assert (told.at, datetime.fromisoformat(told.data["redemption"]["at"])) == (LATER, START)
    assert told.at >= max(event.at for event in Event.objects.all())


def test_a_reward_that_is_sent_again_is_used_once_and_answered_the_same(
    offline: KeepingPhone, voucher: VoucherRow
) -> None:
    kept = handed_out(offline.device, voucher)

    first, second = offline.hand_in(kept), offline.hand_in(kept, kept)

    assert first * 2 == second
    assert Redemption.objects.count() == 1


def test_of_two_devices_the_first_that_comes_uses_the_voucher_and_the_other_waits(
    offline: KeepingPhone, lume: Shop, bo: StaffMember, voucher: VoucherRow
) -> None:
    second = Phone(lume).enrol()
    second.sign_in(bo)
    other = KeepingPhone(second)
    earlier, later = handed_out(offline.device, voucher), handed_out(other.device, voucher)

    assert other.states(later) == ["counted"]
    (result,) = offline.hand_in(earlier)

    assert (result["state"], result["tone"]) == ("waiting", "attention")
    assert result["why"] == "The voucher had been used already, or was used elsewhere meanwhile."
    assert Redemption.objects.get().station_id == other.station.id
    told = Event.objects.get(type="scan.conflicted").data
    assert (told["reason"], told["voucher_id"]) == ("voucher_already_redeemed", public_id("vch", voucher.id))
    assert told["reward"]["name"] == {"en": "A free coffee", "lv": "Kafija bez maksas"}


def test_the_link_of_a_voucher_is_as_good_as_its_code(offline: KeepingPhone, lume: Shop, voucher: VoucherRow) -> None:
    link = voucher_url(lume.merchant.slug, voucher.id, voucher.issue)

    assert offline.states(offline.device.keep(link, reward=reward_of(voucher))) == ["counted"]


# What the owner allows


def test_it_is_off_until_the_owner_allows_it(phone: Phone, lume: Shop, offer: Offer, voucher: VoucherRow) -> None:
    price(offer, 90)
    offline = KeepingPhone(phone)

    assert offline.facts["rewards"] == []
    assert offline.states(handed_out(offline.device, voucher)) == ["waiting"]
    assert KeptScan.objects.get().reason == "offline_rewards_off"


@pytest.mark.parametrize(
    ("cost", "currency", "state"),
    [(200, "EUR", "counted"), (201, "EUR", "waiting"), (None, "", "waiting"), (20, "USD", "waiting")],
    ids=["as much", "more", "nothing entered", "another currency"],
)
def test_what_costs_more_than_the_owner_allows_waits(
    offline: KeepingPhone, offer: Offer, voucher: VoucherRow, cost: int | None, currency: str, state: str
) -> None:
    price_program(
        offer.shop.merchant, offer.program.id, Prices(reward_cost=cost, currency=currency), actor=offer.shop.actor
    )

    assert offline.states(handed_out(offline.device, voucher)) == [state]
    assert KeptScan.objects.get().reason == ("reward_costs_more" if state == "waiting" else "")
    assert bool(offline.phone.offline_facts()["rewards"]) == (state == "counted")


def test_switched_off_before_the_scan_comes_it_waits(offline: KeepingPhone, lume: Shop, voucher: VoucherRow) -> None:
    kept = handed_out(offline.device, voucher)
    allow(lume, None)

    assert offline.states(kept) == ["waiting"]
    assert (KeptScan.objects.get().reason, Redemption.objects.exists()) == ("offline_rewards_off", False)


@pytest.mark.moment(NOON)
def test_a_hand_out_that_waits_is_told_wherever_its_voucher_could_be_used_again(
    offline: KeepingPhone, lume: Shop, card: HeldCard, voucher: VoucherRow
) -> None:
    desk, api = DeskClient(lume.owner), ApiClient(lume.api_key())
    page = urlsplit(voucher_url(lume.merchant.slug, voucher.id, 0)).path

    def told() -> tuple[bool, bool, bool, str | None]:
        with stopped_at(NOON + timedelta(hours=3)):
            scanned = offline.phone.scan(card.code).words
        at_desk = words(desk.open(f"/cards/{public_id('crd', card.id)}/"))
        shown = api.get(f"/vouchers/{public_id('vch', voucher.id)}").json["handed_out_at"]
        on_phone = Client().get(page).text
        told = "Already handed out without a connection: today at 12:00. The owner has not decided about it yet."
        return told in scanned, told in at_desk, "The shop noted that this reward was handed out" in on_phone, shown

    assert told() == (False, False, False, None)
    allow(lume, None)
    assert offline.states(handed_out(offline.device, voucher), handed_out(offline.device, voucher)) == ["waiting"] * 2
    assert told() == (True, True, True, "2026-11-23T10:00:00Z")

    first, second = KeptScan.objects.order_by("id").values_list("id", flat=True)
    decide(lume.merchant, first, "leave", actor=lume.actor)
    assert told()[3] is not None, "another one waits"
    decide(lume.merchant, second, "leave", actor=lume.actor)
    assert told() == (False, False, False, None)


def test_of_several_hand_outs_that_wait_the_latest_is_told_whichever_came_last(
    card: HeldCard, lume: Shop, voucher: VoucherRow
) -> None:
    for at in (LATER, START):
        waiting_scan(lume, card, at=at, voucher_id=voucher.id)
        with merchant_transaction(lume.merchant.id) as tx:
            mark_handed_out(tx, voucher.id, LATER)
            mark_handed_out(tx, voucher.id, START)

    told = waiting_reward_of(lume.merchant.id, voucher.id)
    assert told
    assert told.at == Voucher.objects.get(id=voucher.id).handed_out == LATER


def test_a_device_knows_the_rewards_that_may_be_handed_out_where_it_is(phone: Phone, lume: Shop, offer: Offer) -> None:
    price(offer, 90)
    elsewhere = add_location(lume.merchant, LocationDraft(name="Port", time_zone="Europe/Riga"), actor=lume.actor)
    cake = {
        "stamps": 3,
        "reward": {"name": "Cake", "path": "staff_scan", "location_ids": [public_id("loc", elsewhere.id)]},
    }
    tea = {"stamps": 4, "reward": {"name": "A free coffee", "path": "staff_scan"}}
    price(lume.publish(name="Tea card", goal=4, milestones=[cake, tea]), 50)
    price(lume.publish(name="Wine card"), 900)
    allow(lume, 200)

    shown = [(one["name"], one["program"]) for one in phone.offline_facts()["rewards"]]

    assert shown == [("A biscuit", ""), ("A free coffee", "Coffee card"), ("A free coffee", "Tea card")]


# What a till held meanwhile


def test_a_till_that_held_the_voucher_and_did_not_use_it_changes_nothing(
    offline: KeepingPhone, lume: Shop, voucher: VoucherRow
) -> None:
    kept = handed_out(offline.device, voucher)
    with stopped_at(START + timedelta(minutes=30)):
        reserve_voucher(lume.merchant, voucher.id, seconds=300, actor=Actor(source="api"))

    with stopped_at(LATER):
        assert offline.states(kept) == ["counted"]

    assert Redemption.objects.get().at == START
    assert Voucher.objects.get(id=voucher.id).state == "redeemed"


def test_while_a_till_holds_the_voucher_it_waits(offline: KeepingPhone, lume: Shop, voucher: VoucherRow) -> None:
    kept = handed_out(offline.device, voucher)

    with stopped_at(LATER):
        reserve_voucher(lume.merchant, voucher.id, seconds=300, actor=Actor(source="api"))
        assert offline.states(kept) == ["waiting"]

    assert (KeptScan.objects.get().reason, Redemption.objects.exists()) == ("voucher_reserved", False)


# What does not fit


def test_another_reward_than_the_vouchers_waits(offline: KeepingPhone, offer: Offer, voucher: VoucherRow) -> None:
    biscuit = offer.terms.milestones[0].reward.id
    assert biscuit != voucher.reward_id

    assert offline.states(handed_out(offline.device, voucher, reward=public_id("rwd", biscuit))) == ["waiting"]
    row = KeptScan.objects.get()
    assert (row.reason, row.reward_id) == ("another_reward", biscuit)


def test_a_reward_that_is_none_of_the_shops_waits_as_that_of_the_voucher(
    offline: KeepingPhone, voucher: VoucherRow
) -> None:
    assert offline.states(handed_out(offline.device, voucher, reward="rwd_nonsense")) == ["waiting"]
    row = KeptScan.objects.get()
    assert (row.reason, row.reward_id) == ("another_reward", voucher.reward_id)


def test_a_voucher_of_earlier_terms_is_known_by_the_name_of_its_reward(
    offline: KeepingPhone, lume: Shop, offer: Offer, voucher: VoucherRow
) -> None:
    lume.publish(offer.program, goal=10, name="Coffee card, now with more")
    offer.program.refresh_from_db()
    present = offer.terms.milestones[-1].reward.id
    assert present != voucher.reward_id

    assert offline.states(handed_out(offline.device, voucher, reward=public_id("rwd", present))) == ["counted"]


def test_a_voucher_that_was_over_then_waits_and_one_that_is_over_since_is_used(
    phone: Phone, lume: Shop, bo: StaffMember
) -> None:
    coffee = {"name": "Coffee", "path": "staff_scan", "valid_days": 1}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": coffee}])
    price(offer, 90)
    allow(lume, 200)
    one, two = ready_voucher(offer.card()), ready_voucher(offer.card())
    with stopped_at(START + timedelta(minutes=1)):
        offline = KeepingPhone(phone)
        fits = handed_out(offline.device, one)
    with stopped_at(START + timedelta(days=3)):
        phone.sign_in(bo)
        offline.device.shift = phone.offline_facts()["shift"]
        late = handed_out(offline.device, two)
        states = offline.states(fits, late)

    assert states == ["counted", "waiting"]
    assert sorted(KeptScan.objects.values_list("reason", flat=True)) == ["", "voucher_expired"]
    assert Redemption.objects.get().voucher_id == one.id


def test_a_voucher_that_was_not_ready_then_waits(phone: Phone, lume: Shop) -> None:
    coffee = {"name": "Coffee", "path": "staff_scan", "active_after_seconds": 86400}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": coffee}])
    price(offer, 90)
    allow(lume, 200)
    offline = KeepingPhone(phone)
    kept = handed_out(offline.device, ready_voucher(offer.card()))

    with stopped_at(START + timedelta(days=2)):
        assert offline.states(kept) == ["waiting"]
    assert KeptScan.objects.get().reason == "voucher_not_ready"


def test_at_another_location_it_waits(phone: Phone, lume: Shop) -> None:
    elsewhere = add_location(lume.merchant, LocationDraft(name="Port", time_zone="Europe/Riga"), actor=lume.actor)
    coffee = {"name": "Coffee", "path": "staff_scan", "location_ids": [public_id("loc", elsewhere.id)]}
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": coffee}])
    price(offer, 90)
    allow(lume, 200)
    offline = KeepingPhone(phone)

    assert offline.states(handed_out(offline.device, ready_voucher(offer.card()))) == ["waiting"]
    assert KeptScan.objects.get().reason == "wrong_location"


def test_what_was_handed_out_before_the_device_was_switched_off_waits(
    offline: KeepingPhone, lume: Shop, voucher: VoucherRow
) -> None:
    kept = handed_out(offline.device, voucher)
    with stopped_at(LATER):
        revoke_station(lume.merchant, offline.station.id, actor=lume.actor)
        assert offline.states(kept) == ["waiting"]
    assert (KeptScan.objects.get().reason, Redemption.objects.exists()) == ("station_revoked", False)


def test_what_was_handed_out_is_signed_as_well(offline: KeepingPhone, offer: Offer, voucher: VoucherRow) -> None:
    kept = handed_out(offline.device, voucher) | {"reward": public_id("rwd", offer.terms.milestones[0].reward.id)}

    assert offline.states(kept) == ["waiting"]
    assert KeptScan.objects.get().reason == "signature_unknown"


def test_a_signature_of_a_scan_is_none_of_a_reward(offline: KeepingPhone, voucher: VoucherRow) -> None:
    kept = offline.device.keep(voucher_code(voucher.id, voucher.issue)) | {"reward": reward_of(voucher)}

    assert offline.states(kept) == ["waiting"]
    assert Redemption.objects.count() == 0


def test_a_code_of_no_voucher_is_refused_for_good(offline: KeepingPhone, card: HeldCard) -> None:
    on_a_card = offline.device.keep(card.code, reward="rwd_1")
    unknown = offline.device.keep(f"V{'B' * 32}", reward="rwd_1")

    assert offline.states(on_a_card, unknown) == ["refused", "refused"]
    assert card.row.stamps == 0


def test_taken_back_on_the_device_it_uses_no_voucher(offline: KeepingPhone, voucher: VoucherRow) -> None:
    kept = offline.device.take_back(handed_out(offline.device, voucher), offline.device.shift)

    (result,) = offline.hand_in(kept)

    assert (result["state"], result["words"]) == ("refused", "The reward does not count as handed out.")
    assert Redemption.objects.count() == 0


@pytest.mark.parametrize("kind", ["kiosk", "autopilot"])
def test_where_nobody_stands_no_reward_is_handed_out(lume: Shop, offer: Offer, voucher: VoucherRow, kind: str) -> None:
    price(offer, 90)
    allow(lume, 200)
    alone = KeepingDevice(Alone(lume, kind).enrol())

    assert "rewards" not in alone.facts()
    assert alone.states(handed_out(alone.memory, voucher)) == ["refused"]
    assert (KeptScan.objects.get().reason, Redemption.objects.exists()) == ("rewards_need_connection", False)


def test_a_voucher_that_was_restored_since_is_used(offline: KeepingPhone, voucher: VoucherRow) -> None:
    """It was used by mistake at another phone and given back: nothing says that the reward was handed out twice."""
    merchant = offline.phone.shop.merchant
    kept = handed_out(offline.device, voucher)
    used = hand_over(merchant, voucher.id, actor=offline.phone.shop.actor)
    give_back(merchant, used.redemption.id, reason="Mistake", actor=offline.phone.shop.actor)

    assert offline.states(kept) == ["counted"]
