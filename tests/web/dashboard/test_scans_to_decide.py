"""Scans that wait are decided by the owner: once, one by one or all of a kind."""

from datetime import timedelta
from uuid import UUID

import pytest

from stampwell.cards.erasing import erase_customer
from stampwell.cards.models import Stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.enrolling import revoke_station
from stampwell.merchants.seeing import note_turned_away
from stampwell.offline import deciding
from stampwell.offline.models import KeptScan
from stampwell.vouchers.models import Redemption, Voucher
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.rows import VoucherRow
from stampwell.web.dashboard.scans import pages
from tests.moments import START
from tests.offline.handed_out import ready_voucher
from tests.offline.waiting import waiting_scan
from tests.web.customer import give_stamps
from tests.web.dashboard.desk import DeskClient, words
from tests.world import HeldCard, Offer, Shop


def decide(desk: DeskClient, kept: object, decision: str) -> str:
    answer = desk.send(f"/scans/{public_id('ksc', kept)}/decision/", decision=decision)  # type: ignore[arg-type]
    assert answer.status_code == 302
    return words(desk.open("/scans/"))


def test_each_scan_says_why_it_waits_when_it_was_and_of_whom(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    bo = lume.hire("Bo")
    waiting_scan(lume, offer.card(name="Līga"), staff_member_id=bo.id)

    page = words(desk.open("/scans/"))

    assert "The card was stamped shortly before or after." in page
    assert "Līga today at 12:00 · Bo · Café Lume" in page
    assert "1 scan waits for your decision." in words(desk.open("/"))


def test_counting_it_gives_the_stamp_of_that_moment_and_says_who_decided(
    desk: DeskClient, lume: Shop, card: HeldCard
) -> None:
    give_stamps(card, 1)
    kept = waiting_scan(lume, card, at=START - timedelta(hours=2), count=2)

    page = decide(desk, kept, "count")

    assert "The scan counts, and the card has its stamps." in page
    stamp = Stamp.objects.exclude(overrode=False).get()
    assert (stamp.count, stamp.occurred, stamp.source) == (2, START - timedelta(hours=2), "owner")
    assert (stamp.location_id, stamp.staff_member_id) == (lume.location.id, lume.ada.id)
    assert card.row.stamps == 3
    assert "Decided: a saved scan counts" in words(desk.open("/journal/"))


def test_not_counting_it_gives_nothing_and_is_told_in_the_journal(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    kept = waiting_scan(lume, card)

    assert "The scan does not count." in decide(desk, kept, "leave")

    assert (card.row.stamps, KeptScan.objects.get().state) == (0, "refused")
    assert "Decided: a saved scan does not count" in words(desk.open("/journal/"))


def test_what_was_decided_stays_decided(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    kept = waiting_scan(lume, card)
    decide(desk, kept, "count")

    for again in ("count", "leave"):
        assert "This scan was already decided." in decide(desk, kept, again)

    assert card.row.stamps == 1
    assert Event.objects.filter(type="scan.decided").count() == 1


def test_all_of_a_kind_are_decided_with_one_click_and_no_other(desk: DeskClient, lume: Shop, offer: Offer) -> None:
    cards = [offer.card() for _ in range(3)]
    for card in cards[:2]:
        waiting_scan(lume, card)
    waiting_scan(lume, cards[2], reason="offline_pin_wrong")

    desk.send("/scans/decisions/", reason="cooldown", decision="count")

    assert [card.row.stamps for card in cards] == [1, 1, 0]
    assert "2 scans were decided." in words(desk.open("/scans/"))
    assert KeptScan.objects.filter(state="waiting").count() == 1


def test_a_card_that_has_ended_since_cannot_be_stamped_and_holds_up_no_other(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    gone, card = offer.card(), offer.card()
    kept = waiting_scan(lume, gone)
    waiting_scan(lume, card)
    erase_customer(lume.merchant, gone.row.customer_id, actor=lume.actor)

    desk.send("/scans/decisions/", reason="cooldown", decision="count")

    assert "This card was deleted" in words(desk.open("/scans/"))
    assert card.row.stamps == 1
    assert "The scan does not count." in decide(desk, kept, "leave")


def test_cards_that_have_ended_hold_up_no_other_however_many_they_are(
    desk: DeskClient, lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "MOST_AT_ONCE", 2)
    gone, cards = offer.card(), [offer.card() for _ in range(3)]
    for _ in range(3):
        waiting_scan(lume, gone)
    for card in cards:
        waiting_scan(lume, card)
    erase_customer(lume.merchant, gone.row.customer_id, actor=lume.actor)

    assert "Count the first 2 Count none of the first 2" in words(desk.open("/scans/"))
    desk.send("/scans/decisions/", reason="cooldown", decision="count")

    assert "2 scans were decided." in words(desk.open("/scans/"))
    assert [card.row.stamps for card in cards] == [1, 1, 0]
    desk.send("/scans/decisions/", reason="cooldown", decision="count")
    assert [card.row.stamps for card in cards] == [1, 1, 1]


def test_what_cannot_be_counted_holds_up_nothing_behind_it(
    desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "MOST_AT_ONCE", 2)
    offer = lume.publish(earning={"by": "amount", "amount_per_stamp": 100})
    huge, card = offer.card(), offer.card()
    for _ in range(2):
        waiting_scan(lume, huge, amount=1_000_000)
    waiting_scan(lume, card, amount=100)

    desk.send("/scans/decisions/", reason="cooldown", decision="count")

    assert (huge.row.stamps, card.row.stamps) == (0, 1)


def test_the_oldest_of_each_kind_are_shown_however_many_there_are_of_another(
    desk: DeskClient, lume: Shop, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_SHOWN", 2)
    for name in ("Anna", "Berta", "Clara"):
        waiting_scan(lume, offer.card(name=name))
    waiting_scan(lume, offer.card(name="Dora"), reason="offline_pin_wrong")

    page = words(desk.open("/scans/"))

    assert [name in page for name in ("Anna", "Berta", "Clara", "Dora")] == [True, True, False, True]
    assert page.count("The oldest of them are shown.") == 1


def test_more_stamps_than_anybody_gives_are_not_counted(desk: DeskClient, lume: Shop) -> None:
    card = lume.publish(earning={"by": "amount", "amount_per_stamp": 100}).card()
    kept = waiting_scan(lume, card, amount=1_000_000)

    assert "At most 100 stamps can be added at once." in decide(desk, kept, "count")
    assert card.row.stamps == 0


def test_whoever_sends_anything_else_finds_nothing(desk: DeskClient, lume: Shop, card: HeldCard) -> None:
    kept = waiting_scan(lume, card)
    path = f"/scans/{public_id('ksc', kept)}/decision/"

    assert desk.send(path, decision="maybe").status_code == 404
    assert desk.send(path).status_code == 404
    assert desk.open(path).status_code == 405
    assert desk.send("/scans/decisions/", reason="\0'; --", decision="count").status_code == 302
    assert card.row.stamps == 0


def test_where_nothing_waits_the_page_says_so(desk: DeskClient) -> None:
    assert "Nothing to decide" in words(desk.open("/scans/"))
    assert "decision" not in words(desk.open("/"))


# Rewards that were handed out


@pytest.fixture
def voucher(card: HeldCard) -> VoucherRow:
    return ready_voucher(card)


def waiting_reward(
    shop: Shop,
    card: HeldCard,
    voucher: VoucherRow,
    *,
    reason: str = "offline_rewards_off",
    reward_id: UUID | None = None,
) -> UUID:
    said = reward_id or voucher.reward_id
    return waiting_scan(shop, card, reason=reason, voucher_id=voucher.id, reward_id=said)


def test_a_reward_that_waits_is_named_with_what_becomes_of_its_voucher(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    card = offer.card(name="Līga")
    waiting_reward(lume, card, ready_voucher(card))

    page = words(desk.open("/scans/"))

    assert "Rewards without a connection were switched off" in page
    assert "Līga A free coffee today at 12:00" in page
    assert "its voucher is used where that is still possible" in page


def test_a_reward_that_counts_uses_its_voucher_where_that_is_still_unused(
    desk: DeskClient, lume: Shop, card: HeldCard, voucher: VoucherRow
) -> None:
    kept = waiting_reward(lume, card, voucher)

    page = decide(desk, kept, "count")

    assert "The reward counts as handed out, and the voucher is used." in page
    used = Redemption.objects.get()
    assert (used.voucher_id, used.at, used.source, used.path) == (voucher.id, START, "owner", "staff_scan")
    assert (used.location_id, used.staff_member_id) == (lume.location.id, lume.ada.id)
    assert KeptScan.objects.get().redemption_id == used.id
    assert "Decided: handed out, the voucher is used: A free coffee" in words(desk.open("/journal/"))


def test_a_till_that_held_the_voucher_since_leaves_it_to_the_reward_that_counts(
    desk: DeskClient, lume: Shop, card: HeldCard, voucher: VoucherRow
) -> None:
    kept = waiting_reward(lume, card, voucher)
    with stopped_at(START + timedelta(minutes=30)):
        reserve_voucher(lume.merchant, voucher.id, seconds=300, actor=Actor(source="api"))

    with stopped_at(START + timedelta(minutes=60)):
        page = decide(desk, kept, "count")

    assert "The reward counts as handed out, and the voucher is used." in page
    assert Redemption.objects.get().voucher_id == voucher.id


@pytest.mark.parametrize("how", ["used", "another reward", "over then"])
def test_else_it_counts_as_handed_out_without_a_voucher(
    desk: DeskClient, lume: Shop, offer: Offer, card: HeldCard, voucher: VoucherRow, how: str
) -> None:
    said = voucher.reward_id
    if how == "used":
        hand_over(lume.merchant, voucher.id, actor=lume.actor)
    elif how == "another reward":
        said = offer.terms.milestones[0].reward.id
    else:
        Voucher.objects.filter(id=voucher.id).update(expires=START)
    kept = waiting_reward(lume, card, voucher, reward_id=said)
    before = Redemption.objects.count()

    page = decide(desk, kept, "count")

    assert "The reward counts as handed out without a voucher." in page
    assert Redemption.objects.count() == before
    assert (KeptScan.objects.get().state, KeptScan.objects.get().redemption_id) == ("counted", None)
    told = Event.objects.get(type="scan.decided").data
    assert (told["decision"], told["without_voucher"]) == ("count", True)
    assert "Decided: handed out without a voucher: " in words(desk.open("/journal/"))


def test_a_reward_that_does_not_count_leaves_its_voucher(
    desk: DeskClient, lume: Shop, card: HeldCard, voucher: VoucherRow
) -> None:
    kept = waiting_reward(lume, card, voucher)

    assert "The reward does not count as handed out." in decide(desk, kept, "leave")

    assert voucher.id in [one.id for one in card.open_vouchers]
    assert "without_voucher" not in Event.objects.get(type="scan.decided").data
    assert "Decided: does not count as handed out: A free coffee" in words(desk.open("/journal/"))


def test_rewards_and_cards_that_wait_for_one_reason_are_decided_apart(
    desk: DeskClient, lume: Shop, offer: Offer
) -> None:
    one, two, other = offer.card(), offer.card(), offer.card()
    rewards = [ready_voucher(card) for card in (one, two)]
    for card, voucher in zip((one, two), rewards, strict=True):
        waiting_reward(lume, card, voucher, reason="offline_pin_wrong")
    waiting_scan(lume, other, reason="offline_pin_wrong")

    desk.send("/scans/decisions/", reason="offline_pin_wrong", rewards="1", decision="count")

    assert "2 scans were decided." in words(desk.open("/scans/"))
    assert {used.voucher_id for used in Redemption.objects.all()} == {voucher.id for voucher in rewards}
    assert (other.row.stamps, KeptScan.objects.filter(state="waiting").count()) == (0, 1)


def test_each_device_shows_how_many_of_its_scans_wait_and_leads_to_them(
    desk: DeskClient, lume: Shop, rossi: Shop, offer: Offer
) -> None:
    till, _credential = lume.scanner("Till")
    door, _credential = lume.scanner("Door")
    id = public_id("stn", till.id)
    kept = [waiting_scan(lume, offer.card(name=name), sender_id=till.id) for name in ("Līga", "Jānis")]
    waiting_scan(lume, offer.card(name="Elsewhere"))

    team = desk.open("/team/").content.decode()
    assert f'href="/scans/?device={id}">2 scans to decide<' in team
    assert public_id("stn", door.id) + '">0' not in team
    assert f'href="/scans/?device={id}">2<' in desk.open(f"/team/devices/{id}/").content.decode()
    page = words(desk.open(f"/scans/?device={id}"))
    assert "Scans to decide Till Show all of them" in page
    assert "Līga" in page
    assert "Elsewhere" not in page
    assert "Count all of them" not in page  # that would decide those of other devices too
    assert "3 scans wait for your decision." in words(desk.open("/team/"))

    decided = desk.send(f"/scans/{public_id('ksc', kept[0])}/decision/", decision="leave", device=id)
    assert decided.headers["Location"] == f"/scans/?device={id}"
    theirs = public_id("stn", rossi.scanner()[0].id)
    assert [desk.open(f"/scans/?device={one}").status_code for one in (theirs, "x")] == [404, 404]


def test_of_a_device_that_was_switched_off_the_scans_that_were_not_taken_are_told_for_ninety_days(
    desk: DeskClient, lume: Shop, rossi: Shop
) -> None:
    till, theirs = lume.scanner("Till")[0], rossi.scanner("Theirs")[0]
    for shop, station, scans in ((lume, till, 2), (lume, till, 10), (rossi, theirs, 7)):
        note_turned_away(shop.merchant, station.id, scans)
    id = public_id("stn", till.id)
    assert "not taken" not in words(desk.open("/scans/")), "it is not switched off"
    revoke_station(lume.merchant, till.id, actor=lume.actor)

    page = words(desk.open("/scans/"))
    assert "Till After this device was switched off, it sent 12 scans that were not taken." in page
    assert "Nothing to decide" in page
    assert "Theirs" not in page
    assert "12 scans not taken" in words(desk.open("/team/"))
    assert f'href="/scans/?device={id}">12<' in desk.open(f"/team/devices/{id}/").content.decode()
    with stopped_at(START + timedelta(days=91)):
        assert "not taken" not in words(desk.open("/scans/"))
