"""A reward that only a manager hands out: staff need their PIN, in the same tap."""

from typing import Any

import msgspec
import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import MOST_PINS, set_pin
from stampwell.offline.models import KeptScan
from stampwell.programs.drafting import ProgramDraft, why_not_publish
from stampwell.programs.refusals import ManagerNotThere
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.rows import VoucherRow
from tests.kept import made_once
from tests.moments import START, end_of_day
from tests.offline.handed_out import allow, handed_out, price
from tests.web.api.client import ApiClient
from tests.web.dashboard.desk import DeskClient, words
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Panel, Phone
from tests.world import HeldCard, Offer, Shop

ALSO = "13579"
DEAR = {"name": "A bicycle", "path": "staff_scan", "confirmed_by": "manager", "valid_days": 7}


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(goal=1, milestones=[{"stamps": 1, "reward": DEAR}])


@pytest.fixture
@made_once
def card(lume: Shop, offer: Offer) -> HeldCard:
    card = offer.card()
    add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    return card


@pytest.fixture
def voucher(card: HeldCard) -> VoucherRow:
    return card.open_vouchers[0]


@pytest.fixture
def eve(lume: Shop) -> StaffMember:
    eve = lume.hire("Eve", StaffMember.Role.MANAGER)
    set_pin(lume.merchant, eve.id, ALSO)
    return eve


def tap(phone: Phone, voucher: VoucherRow, **fields: Any) -> Panel:
    return phone.tap(f"/scanner/vouchers/{public_id('vch', voucher.id)}/redemption", **fields)


def agree(phone: Phone, voucher: VoucherRow, member: StaffMember, pin: str = ALSO, **fields: Any) -> Panel:
    return tap(phone, voucher, person=public_id("stf", member.id), pin=pin, **fields)


def test_it_is_handed_out_with_the_pin_of_a_manager_and_the_journal_says_whose(
    phone: Phone, voucher: VoucherRow, bo: StaffMember, eve: StaffMember
) -> None:
    asked = tap(phone, voucher)
    assert (asked.outcome, Redemption.objects.count()) == ("needs_manager", 0)
    assert "This reward is handed out only with a manager." in asked.words
    assert "Somebody in charge of the shop has to agree to this." in asked.words

    done = agree(phone, voucher, eve)

    assert done.outcome == "handed_over"
    event = Event.objects.get(type="voucher.redeemed")
    assert (event.staff_member_id, event.data["agreed_by"]) == (bo.id, public_id("stf", eve.id))
    assert "Agreed: Eve" in words(DeskClient(phone.shop.owner).open("/journal/"))


def test_a_wrong_pin_hands_out_nothing_and_asks_again(
    phone: Phone, voucher: VoucherRow, bo: StaffMember, eve: StaffMember
) -> None:
    wrong, no_manager = agree(phone, voucher, eve, "0000"), agree(phone, voucher, bo, "2580")

    assert (wrong.outcome, "Wrong PIN" in wrong.words) == ("needs_manager", True)
    assert no_manager.outcome != "handed_over"
    assert Redemption.objects.count() == 0


def test_sent_twice_it_is_handed_out_once_and_tries_one_pin(
    phone: Phone, voucher: VoucherRow, eve: StaffMember
) -> None:
    wrong = {agree(phone, voucher, eve, "0000", key="a").words for _time in range(MOST_PINS + 1)}
    assert len(wrong) == 1

    assert agree(phone, voucher, eve, key="b") == agree(phone, voucher, eve, key="b")
    assert Redemption.objects.count() == 1


def test_a_manager_and_a_program_need_nobody(phone: Phone, lume: Shop, offer: Offer, eve: StaffMember) -> None:
    cards = [offer.card() for _ in range(3)]
    for card in cards:
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    first, second, third = (card.open_vouchers[0] for card in cards)

    phone.sign_in(eve, ALSO)
    assert tap(phone, first).outcome == "handed_over"
    api = ApiClient(lume.api_key())
    assert api.post(f"/api/v1/vouchers/{public_id('vch', second.id)}/redemption").status == 201
    desk = DeskClient(lume.owner)
    desk.send(f"/cards/{public_id('crd', third.card_id)}/vouchers/{public_id('vch', third.id)}/redemption/")

    assert Redemption.objects.count() == 3
    assert all("agreed_by" not in event.data for event in Event.objects.filter(type="voucher.redeemed"))


def test_what_is_over_asks_for_no_manager(phone: Phone, voucher: VoucherRow, bo: StaffMember, eve: StaffMember) -> None:
    with stopped_at(end_of_day(START, 8)):
        phone.sign_in(bo)
        panel = tap(phone, voucher)

    assert panel.outcome == "refused"
    assert "expired" in panel.words.lower()


def test_without_a_network_it_is_not_handed_out(phone: Phone, offer: Offer, voucher: VoucherRow) -> None:
    price(offer, 90)
    allow(offer.shop, 200)
    offline = KeepingPhone(phone)

    assert offline.facts["rewards"] == []
    assert offline.states(handed_out(offline.device, voucher)) == ["waiting"]
    assert KeptScan.objects.get().reason == "no_manager_agreed"


@pytest.mark.parametrize(
    "path", [{"path": "self_redeem"}, {"path": "redeem_code", "redeem_code": {"kind": "static", "code": "TEA"}}]
)
def test_nothing_but_a_reward_that_staff_scan_can_need_one(lume: Shop, path: dict[str, Any]) -> None:
    reward = {"name": "Tea", "confirmed_by": "manager", **path}
    draft = msgspec.convert(
        {"name": "Tea card", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]}, ProgramDraft
    )

    assert isinstance(why_not_publish(lume.merchant, draft, START), ManagerNotThere)
