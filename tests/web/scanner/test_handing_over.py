"""A voucher before the scanner: offered, handed over once, taken back within a minute."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import private_id, public_id
from stampwell.merchants.models import Merchant, StaffMember
from stampwell.offline.deciding import decide
from stampwell.offline.models import KeptScan
from stampwell.vouchers.links import voucher_code, voucher_url
from stampwell.vouchers.models import Redemption, Reversal
from tests.offline.waiting import waiting_scan
from tests.web.dashboard.desk import DeskClient, page_of
from tests.web.scanner.phone import Phone, panel_of
from tests.world import BISCUIT, COFFEE, HeldCard, Offer, Shop

NOON = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # noon in Riga, a Wednesday before summer time
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.moment(NOON)


@pytest.fixture
def voucher_id(phone: Phone, card: HeldCard) -> UUID:
    with stopped_at(NOON):
        phone.scan(card.code, count=5)
    return card.open_vouchers[0].id


def test_a_scanned_voucher_is_offered_and_nothing_happens_yet(phone: Phone, voucher_id: UUID, card: HeldCard) -> None:
    with stopped_at(NOON):
        panel = phone.scan(voucher_code(voucher_id, 0))

    assert (panel.outcome, panel.tone) == ("offer", "attention")
    assert "A biscuit" in panel.words
    assert "Valid until: 3 Apr 2026" in panel.words
    assert not Redemption.objects.exists()


def test_an_offered_voucher_says_that_a_hand_out_of_it_waits_for_the_owner(
    phone: Phone, voucher_id: UUID, card: HeldCard, lume: Shop
) -> None:
    code, bo = voucher_code(voucher_id, 0), StaffMember.objects.get(name="Bo")
    Merchant.objects.filter(id=lume.merchant.id).update(offline_rewards_up_to=500, offline_rewards_in="EUR")
    with stopped_at(NOON):
        assert "without a connection" not in phone.scan(code).words
        kept = waiting_scan(lume, card, at=NOON - HOUR, voucher_id=voucher_id, staff_member_id=bo.id)

        panel = phone.scan(code)

        assert panel.outcome == "offer"
        assert "Already handed out without a connection: today at 11:00, Bo. The owner has not decided" in panel.words
        assert "Hand it out again only if the customer did not get it then." in panel.words
        again = {"key": "1", "code": code}
        assert phone.send_scan(again).status_code == 200
        assert ", Bo. " in panel_of(phone.send_scan(again, accept_language="lv")).words
        KeptScan.objects.update(staff_member_id=None)
        assert "without a connection: today at 11:00. The owner has not decided" in phone.scan(code).words
        decide(lume.merchant, kept, "leave", actor=lume.actor)
        assert "without a connection" not in phone.scan(code).words


def test_its_link_is_as_good_as_its_code(phone: Phone, voucher_id: UUID, lume: Shop) -> None:
    with stopped_at(NOON):
        assert phone.scan(voucher_url(lume.merchant.slug, voucher_id, 0)).outcome == "offer"


def test_a_reward_is_handed_over_once(phone: Phone, voucher_id: UUID, card: HeldCard) -> None:
    with stopped_at(NOON):
        url = phone.scan(voucher_code(voucher_id, 0)).url("/redemption")
        handed = phone.tap(url)
        assert (handed.outcome, handed.tone) == ("handed_over", "good")
        assert "Hand out now A biscuit" in handed.words

    with stopped_at(NOON + timedelta(hours=1)):
        for again in (phone.tap(url), phone.scan(voucher_code(voucher_id, 0))):
            assert (again.outcome, again.tone) == ("refused", "bad")
            assert "Voucher already used" in again.words
            assert "This voucher was already used: today at 12:00, Café Lume." in again.words
    redemption = Redemption.objects.get()
    assert (redemption.path, redemption.source) == ("staff_scan", "scanner")
    assert card.open_vouchers == []
    # The owner's start page leads from what was refused to the card.
    assert [event.card_id for event in Event.objects.filter(type="scan.refused")] == [card.id, card.id]
    start = DeskClient(card.shop.owner).open("/").content.decode()
    assert start.count(f'<a href="{page_of(card)}">A scan was refused</a>') == 2


def test_handing_over_sent_twice_counts_once(phone: Phone, voucher_id: UUID) -> None:
    url = f"/scanner/vouchers/{public_id('vch', voucher_id)}/redemption"

    with stopped_at(NOON):
        assert phone.tap(url, key="h") == phone.tap(url, key="h")

    assert Redemption.objects.count() == 1
    assert not Event.objects.filter(type="scan.refused").exists()


def test_a_ready_reward_is_offered_with_the_card(phone: Phone, voucher_id: UUID, card: HeldCard) -> None:
    with stopped_at(NOON + timedelta(hours=1)):
        panel = phone.scan(card.code)
        assert "Reward ready A biscuit Valid until: 3 Apr 2026 Hand out" in panel.words

        handed = phone.tap(panel.url("/redemption"))

    assert handed.outcome == "handed_over"
    assert Redemption.objects.get().voucher_id == voucher_id


def test_a_reward_is_taken_back_within_a_minute(phone: Phone, voucher_id: UUID, card: HeldCard) -> None:
    with stopped_at(NOON):
        handed = phone.tap(phone.scan(voucher_code(voucher_id, 0)).url("/redemption"))
    assert handed.undo_until == int((NOON + timedelta(seconds=60)).timestamp() * 1000)

    with stopped_at(NOON + timedelta(seconds=60)):
        given = phone.tap(handed.url("/reversal"))

    assert given.outcome == "given_back"
    assert "The customer has this reward again: A biscuit" in given.words
    assert Reversal.objects.get().reason == "Mistake at the counter"
    assert [voucher.id for voucher in card.open_vouchers] == [voucher_id]


def test_after_a_minute_a_reward_is_not_taken_back_here(phone: Phone, voucher_id: UUID) -> None:
    with stopped_at(NOON):
        handed = phone.tap(phone.scan(voucher_code(voucher_id, 0)).url("/redemption"))

    with stopped_at(NOON + timedelta(seconds=61)):
        refused = phone.tap(handed.url("/reversal"))

    assert "Too late to restore it here" in refused.words
    assert not Reversal.objects.exists()


def test_a_reward_taken_back_is_handed_over_again(phone: Phone, voucher_id: UUID) -> None:
    with stopped_at(NOON):
        url = phone.scan(voucher_code(voucher_id, 0)).url("/redemption")
        phone.tap(phone.tap(url).url("/reversal"))
        again = phone.tap(url)

    assert again.outcome == "handed_over"
    assert Redemption.objects.count() == 2


def test_an_expired_voucher_says_until_when_it_was_valid(phone: Phone, voucher_id: UUID) -> None:
    with stopped_at(NOON + timedelta(days=31)):
        phone.sign_in(phone.shop.hire("Di"))
        panel = phone.scan(voucher_code(voucher_id, 0))

    assert (panel.outcome, panel.tone) == ("refused", "bad")
    assert "This voucher was valid until 3 Apr 2026." in panel.words


def test_a_voucher_that_is_not_ready_says_when_it_is(phone: Phone) -> None:
    later = {**BISCUIT, "reward": {**BISCUIT["reward"], "active_after_seconds": 86_400}}  # type: ignore[dict-item]
    card = phone.shop.publish(milestones=[later, COFFEE]).card()
    with stopped_at(NOON):
        stamped = phone.scan(card.code, count=5)
        refused = phone.scan(voucher_code(card.open_vouchers[0].id, 0))

    assert "Can be used: tomorrow at 00:00" in stamped.words
    assert "Hand out" not in stamped.words
    assert "This voucher can be used from tomorrow at 00:00." in refused.words
    assert refused.tone == "attention"


def test_a_reward_of_a_till_code_says_so(phone: Phone, offer: Offer) -> None:
    card = offer.card()
    with stopped_at(NOON):
        phone.scan(card.code, count=10)
        coffee = next(voucher for voucher in card.open_vouchers if voucher.expires is None)
        panel = phone.scan(voucher_code(coffee.id, 0))

    assert "only if the till does not need that code" in panel.words


def test_a_rivals_voucher_is_unknown_here(phone: Phone, rossi: Shop) -> None:
    theirs = rossi.publish().card()
    their_phone = Phone(rossi).enrol()
    their_phone.sign_in(rossi.hire("Gino"))
    url = their_phone.scan(theirs.code, count=5).url("/redemption")
    voucher_id = private_id("vch", url.split("/")[3])
    assert voucher_id is not None

    assert "Unknown code" in phone.scan(voucher_code(voucher_id, 0)).words
    assert phone.tap(url) == phone.tap(f"/scanner/vouchers/vch_{'0' * 32}/redemption")
    handed = their_phone.tap(url)
    assert phone.tap(handed.url("/reversal")) == phone.tap(f"/scanner/redemptions/rdm_{'0' * 32}/reversal")
    assert not Reversal.objects.exists()
