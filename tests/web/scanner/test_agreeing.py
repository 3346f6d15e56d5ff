"""A manager agrees at the scanner, with their PIN, to what is beyond a limit: docs/rules/protection.md."""

import re
from datetime import timedelta
from typing import Any

import pytest

from stampwell.cards.models import Stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import MOST_PINS, set_pin
from stampwell.merchants.protection import Protection
from stampwell.requests.models import StoredAnswer
from stampwell.tokens import unseal
from stampwell.vouchers.models import Redemption, Reversal
from tests.web.dashboard.desk import DeskClient, words
from tests.web.scanner.phone import Panel, Phone
from tests.web.scanner.test_live_codes import rotating_code
from tests.world import HeldCard, Offer, Shop

ALSO = "13579"
Role = StaffMember.Role


def protect(shop: Shop, **limits: Any) -> None:
    change_staff_limits(
        shop.merchant,
        most_stamps_at_once=10,
        most_stamps_with_override=5,
        protection=Protection(**limits),
        actor=shop.actor,
    )


def named_in(panel: Panel) -> str:
    """What the form keeps of the code that was scanned."""
    found = re.search(r'name="named" value="([^"]+)"', panel.html)
    assert found
    return found[1]


@pytest.fixture
def eve(lume: Shop) -> StaffMember:
    eve = lume.hire("Eve", Role.MANAGER)
    set_pin(lume.merchant, eve.id, ALSO)
    return eve


@pytest.fixture
def beyond(phone: Phone, card: HeldCard, eve: StaffMember) -> Panel:
    """What the scanner shows of a card that wants more than its limit."""
    protect(phone.shop, most_stamps_on_card_a_day=2)
    return phone.scan(card.code, count=3)


def agree(phone: Phone, panel: Panel, member: StaffMember, pin: str = ALSO, **fields: str) -> Panel:
    what = {} if "amount" in fields else {"count": "3"}
    given = what | {"person": public_id("stf", member.id), "pin": pin} | fields
    return phone.tap(panel.url("/stamps"), **given)


def test_beyond_a_limit_the_scanner_asks_for_a_managers_pin(beyond: Panel, card: HeldCard, eve: StaffMember) -> None:
    assert (beyond.outcome, beyond.tone) == ("needs_manager", "attention")
    assert "A manager has to agree" in beyond.words
    assert "Without a manager a card gets at most 2 stamps a day." in beyond.words
    assert "Somebody in charge of the shop has to agree to this." in beyond.words
    assert "PIN: Eve" in beyond.words
    assert f'name="person" value="{public_id("stf", eve.id)}"' in beyond.html
    assert 'name="count" value="3"' in beyond.html
    assert card.row.stamps == 0


def test_with_the_pin_it_is_done_by_the_cashier_and_the_journal_says_who_agreed(
    phone: Phone, beyond: Panel, card: HeldCard, bo: StaffMember, eve: StaffMember
) -> None:
    panel = agree(phone, beyond, eve)

    assert panel.outcome == "stamped"
    assert "3 of 10 stamps" in panel.words
    event = Event.objects.get(type="stamp.added")
    assert (event.staff_member_id, event.data["agreed_by"]) == (bo.id, public_id("stf", eve.id))
    assert "Agreed: Eve" in words(DeskClient(phone.shop.owner).open("/journal/"))


def test_a_rotating_code_is_used_up_by_what_a_manager_agrees_to(phone: Phone, card: HeldCard, eve: StaffMember) -> None:
    protect(phone.shop, most_stamps_on_card_a_day=2)
    with stopped_at(now()):
        picture = rotating_code(card, off=1)
        asked = phone.scan(picture, count=3)
        wrong = agree(phone, asked, eve, "0000", named=named_in(asked))
        assert agree(phone, wrong, eve, named=named_in(wrong)).outcome == "stamped"
        protect(phone.shop)

    with stopped_at(now() + timedelta(seconds=35)):
        again = phone.scan(picture)

    assert "This code is old or was already scanned." in again.words
    assert card.row.stamps == 3


def test_the_step_of_another_card_or_of_nobodys_gives_nothing(
    phone: Phone, card: HeldCard, offer: Offer, eve: StaffMember
) -> None:
    protect(phone.shop, most_stamps_on_card_a_day=2)
    other = phone.scan(rotating_code(offer.card()), count=3)
    asked = phone.scan(rotating_code(card), count=3)

    for forged in (named_in(other), named_in(asked)[:-4], "5", "a" * 100):
        assert agree(phone, asked, eve, named=forged).outcome == "refused"

    assert card.row.stamps == 0


def test_an_agreement_that_is_sent_twice_stamps_once_and_tries_one_pin(
    phone: Phone, beyond: Panel, card: HeldCard, eve: StaffMember
) -> None:
    first, second = agree(phone, beyond, eve, key="a"), agree(phone, beyond, eve, key="a")
    assert first == second
    assert Stamp.objects.count() == 1

    wrong = [agree(phone, beyond, eve, "0000", key="b") for _time in range(MOST_PINS + 1)]
    assert {panel.words for panel in wrong} == {wrong[0].words}
    assert "Wrong PIN" in wrong[0].words
    with stopped_at(now() + timedelta(minutes=1)):
        assert agree(phone, beyond, eve).outcome == "stamped"


def test_a_wrong_pin_gives_nothing_and_asks_again_for_the_same(
    phone: Phone, beyond: Panel, card: HeldCard, eve: StaffMember
) -> None:
    panel = agree(phone, beyond, eve, "0000")

    assert panel.outcome == "needs_manager"
    assert "Wrong PIN" in panel.words
    assert 'name="count" value="3"' in panel.html
    assert card.row.stamps == 0
    assert agree(phone, panel, eve).outcome == "stamped"


def test_wrong_pins_count_together_with_those_of_signing_in(
    phone: Phone, beyond: Panel, card: HeldCard, eve: StaffMember
) -> None:
    for _time in range(3):
        agree(phone, beyond, eve, "0000")
    for _time in range(MOST_PINS - 3):
        phone.sign_in(eve, "0000")

    panel = agree(phone, beyond, eve)

    assert "The PIN is locked" in panel.words
    assert phone.sign_in(eve, ALSO).status_code == 429
    assert card.row.stamps == 0
    with stopped_at(now() + timedelta(minutes=10)):
        assert agree(phone, beyond, eve).outcome == "stamped"


def test_nobody_but_a_manager_of_the_shop_can_agree(
    phone: Phone, beyond: Panel, card: HeldCard, bo: StaffMember, rossi: Shop
) -> None:
    stranger = rossi.hire("Ria", Role.MANAGER)
    set_pin(rossi.merchant, stranger.id, ALSO)
    gone = phone.shop.hire("Gus", Role.MANAGER)
    set_pin(phone.shop.merchant, gone.id, ALSO)
    StaffMember.objects.filter(id=gone.id).update(left=now())

    assert "Wrong PIN" in agree(phone, beyond, bo, "2580").words
    assert "Wrong PIN" in agree(phone, beyond, stranger).words
    assert "Wrong PIN" in agree(phone, beyond, gone).words
    assert agree(phone, beyond, bo, person="nobody").outcome == "refused"
    assert card.row.stamps == 0


def test_where_several_can_agree_one_is_chosen(phone: Phone, card: HeldCard, eve: StaffMember) -> None:
    phone.shop.hire("Gus", Role.OWNER)
    protect(phone.shop, most_stamps_on_card_a_day=2)

    panel = phone.scan(card.code, count=3)

    assert "Eve Gus" in panel.words
    again = agree(phone, panel, eve, "0000")
    assert f'<option value="{public_id("stf", eve.id)}" selected>' in again.html


def test_where_no_manager_has_a_pin_the_refusal_says_where_to_turn(phone: Phone, card: HeldCard) -> None:
    protect(phone.shop, most_stamps_on_card_a_day=2)

    panel = phone.scan(card.code, count=3)

    assert panel.outcome == "refused"
    assert "A manager can agree at the scanner with a PIN, or add the stamps on the card’s page." in panel.words


def test_a_manager_who_is_signed_in_there_is_asked_for_no_pin(phone: Phone, card: HeldCard, eve: StaffMember) -> None:
    protect(phone.shop, most_stamps_on_card_a_day=2)
    phone.sign_in(eve, ALSO)

    assert phone.scan(card.code, count=3).outcome == "stamped"


def test_a_tap_that_overrides_keeps_what_it_was(phone: Phone, card: HeldCard, eve: StaffMember) -> None:
    protect(phone.shop, most_overrides_by_person_a_day=1)
    with stopped_at(now()):
        stamped = phone.scan(card.code)
    for seconds in (6, 12):
        with stopped_at(now() + timedelta(seconds=seconds)):
            panel = phone.tap(stamped.url("/stamps"), override="true", count="2")
    assert "one person stamps 1 time a day before the pause is over" in panel.words

    with stopped_at(now() + timedelta(seconds=18)):
        done = agree(phone, panel, eve, count="2", override="true")

    assert "5 of 10 stamps" in done.words
    assert Stamp.objects.filter(overrode=True).count() == 2


def test_an_amount_is_kept_while_a_manager_is_asked(phone: Phone, eve: StaffMember) -> None:
    card = phone.shop.publish(earning={"by": "amount", "amount_per_stamp": 1000, "cooldown_seconds": 0}).card()
    protect(phone.shop, most_stamps_on_card_a_day=1)
    amount = phone.scan(card.code)

    panel = phone.tap(amount.url("/stamps"), amount="25,00")
    assert 'name="amount" value="25,00"' in panel.html

    assert "2 of 10 stamps" in agree(phone, panel, eve, amount="25,00").words


def test_no_pin_is_kept_with_the_answer(phone: Phone, beyond: Panel, eve: StaffMember) -> None:
    one, other = agree(phone, beyond, eve, "80246803", key="one"), agree(phone, beyond, eve, "71357917", key="other")
    rows = StoredAnswer.objects.filter(idempotency_key__in=("one", "other"))
    kept = [one.html, other.html, *(unseal(bytes(row.body)).decode() for row in rows)]
    assert len(kept) == 4
    assert [text for text in kept if "80246803" in text or "71357917" in text] == []
    again = agree(phone, beyond, eve, "99999999", key="one")  # the same request, as far as anybody remembers

    assert again == one
    assert other.outcome == "needs_manager"


def hand_over(phone: Phone, card: HeldCard) -> Panel:
    return phone.tap(phone.scan(card.code, count=5).url("/redemption"))


def test_a_used_voucher_is_restored_without_a_manager_unless_the_owner_wants_one(phone: Phone, card: HeldCard) -> None:
    handed = hand_over(phone, card)

    assert phone.tap(handed.url("/reversal")).outcome == "given_back"


def test_restoring_a_used_voucher_can_need_a_manager(
    phone: Phone, card: HeldCard, bo: StaffMember, eve: StaffMember
) -> None:
    protect(phone.shop, restoring_needs_manager=True)
    handed = hand_over(phone, card)
    asked = phone.tap(handed.url("/reversal"))
    assert asked.outcome == "needs_manager"
    assert "Here a used voucher is restored only with a manager." in asked.words
    assert not Reversal.objects.exists()

    with stopped_at(now() + timedelta(minutes=9)):  # until a manager has come
        url, person = asked.url("/reversal"), public_id("stf", eve.id)
        assert "Wrong PIN" in phone.tap(url, person=person, pin="0000").words
        done = phone.tap(url, person=person, pin=ALSO, key="r")
        assert phone.tap(url, person=person, pin=ALSO, key="r") == done

    assert done.outcome == "given_back"
    event = Event.objects.get(type="voucher.reversed")
    assert (event.staff_member_id, event.data["agreed_by"]) == (bo.id, public_id("stf", eve.id))
    assert Reversal.objects.count() == 1
    assert "Agreed: Eve" in words(DeskClient(phone.shop.owner).open("/journal/"))


def test_after_ten_minutes_a_manager_restores_it_at_the_desk(phone: Phone, card: HeldCard, eve: StaffMember) -> None:
    protect(phone.shop, restoring_needs_manager=True)
    url = hand_over(phone, card).url("/reversal")

    with stopped_at(now() + timedelta(minutes=10, seconds=1)):
        late = phone.tap(url, person=public_id("stf", eve.id), pin=ALSO)

    assert late.outcome == "refused"
    assert "A manager can restore it on the card’s page, with a reason." in late.words
    assert Redemption.objects.count() == 1


def test_a_manager_who_is_signed_in_restores_a_voucher_without_a_pin(
    phone: Phone, card: HeldCard, eve: StaffMember
) -> None:
    protect(phone.shop, restoring_needs_manager=True)
    phone.sign_in(eve, ALSO)

    assert phone.tap(hand_over(phone, card).url("/reversal")).outcome == "given_back"
    assert "agreed_by" not in Event.objects.get(type="voucher.reversed").data
