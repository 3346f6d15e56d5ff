"""The amount of a purchase at the scanner: what a reward takes off it, and what is left to pay."""

import re
from typing import Any

import pytest

from stampwell.cards.discount_costs import Purchases, average_off
from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.counter.handing_over import give_back
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.journal.event_sentences import tell
from stampwell.languages.formatting import Money, format_money
from stampwell.merchants.models import StaffMember
from stampwell.merchants.pins import set_pin
from stampwell.programs.discount_rules import read_rule
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.rows import VoucherRow
from tests.web.api.client import ApiClient
from tests.web.scanner.phone import Panel, Phone
from tests.world import HeldCard, Shop

TENTH: dict[str, Any] = {"kind": "percentage", "percent": 10, "minimum_spend": 1000}
CAPPED: dict[str, Any] = {"kind": "percentage", "percent": 33, "maximum_discount": 500}
FIVE: dict[str, Any] = {"kind": "amount", "amount": 500, "excluded_categories": ["gifts"]}
FREE: dict[str, Any] = {"kind": "free_item", "skus": ["latte"]}
OFFERED = "Work out the discount"


def card_with(shop: Shop, rule: dict[str, Any] | None, **reward: Any) -> HeldCard:
    tea = {"name": "Tea", "path": "staff_scan", "discount": rule, **reward}
    card = shop.publish(goal=1, milestones=[{"stamps": 1, "reward": tea}]).card()
    add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
    return card


def voucher_of(card: HeldCard) -> VoucherRow:
    return card.open_vouchers[0]


def offer(phone: Phone, voucher: VoucherRow) -> Panel:
    return phone.scan(voucher_code(voucher.id, voucher.issue))


def named_in(panel: Panel) -> str:
    return str(re.findall(r'name="named" value="([^"]*)"', panel.html)[0])


def ask(phone: Phone, panel: Panel) -> Panel:
    return phone.tap(panel.url("/purchase"), named=named_in(panel))


def hand_out(phone: Phone, panel: Panel, amount: str, **fields: str) -> Panel:
    return phone.tap(panel.url("/redemption"), named=named_in(panel), amount=amount, **fields)


def test_the_amount_tells_what_comes_off_and_what_is_left_to_pay(phone: Phone) -> None:
    offered = offer(phone, voucher_of(card_with(phone.shop, TENTH)))
    asked = ask(phone, offered)
    handed = hand_out(phone, asked, "12,50")

    assert "It takes 10% off the purchase. For purchases of €10.00 or more." in offered.words
    assert (asked.outcome, "Amount of the purchase in EUR" in asked.words) == ("needs_amount", True)
    assert handed.outcome == "handed_over"
    assert "Take off at the till: €1.25 Left to pay: €11.25" in handed.words
    kept = Redemption.objects.get()
    assert (kept.discount, kept.currency, kept.discount_lines) == (125, "EUR", [125])
    event = Event.objects.get(type="voucher.redeemed")
    assert event.data["redemption"]["discount"] == {"amount": 125, "currency": "EUR", "lines": [125]}
    assert tell(event.type, event.data, phone.shop.merchant).what == (
        "Reward handed out, €1.25 taken off the purchase: Tea"
    )
    assert "entered" not in event.data


def test_it_is_asked_for_beside_the_reward_of_a_card_and_nobody_needs_it(phone: Phone) -> None:
    panel = phone.scan(card_with(phone.shop, FIVE).code)
    assert OFFERED in panel.words
    assert "Leave out of the amount what the reward is not for." in ask(phone, panel).words

    handed = phone.tap(panel.url("/redemption"), named=named_in(panel))

    assert (handed.outcome, "Left to pay" in handed.words) == ("handed_over", False)
    assert Redemption.objects.get().discount is None


@pytest.mark.parametrize("rule", [None, FREE])
def test_where_an_amount_says_nothing_it_is_not_asked_for(phone: Phone, rule: dict[str, Any] | None) -> None:
    voucher = voucher_of(card_with(phone.shop, rule))
    offered = offer(phone, voucher)

    assert OFFERED not in offered.words
    assert phone.tap(f"/scanner/vouchers/{public_id('vch', voucher.id)}/purchase").outcome == "refused"
    handed = hand_out(phone, offered, "12.50")
    assert (handed.outcome, Redemption.objects.get().discount) == ("handed_over", None)


@pytest.mark.parametrize(
    ("amount", "said"),
    [("9.99", "Tell the customer how much more is needed: €0.01."), ("twelve", "This is not an amount.")],
)
def test_another_amount_is_asked_for_and_nothing_is_used(phone: Phone, amount: str, said: str) -> None:
    asked = ask(phone, offer(phone, voucher_of(card_with(phone.shop, TENTH))))

    again = hand_out(phone, asked, amount)

    assert (again.outcome, said in again.words, f'value="{amount}"' in again.html) == ("needs_amount", True, True)
    assert not Event.objects.filter(type__in=["voucher.redeemed", "scan.refused"]).exists()
    assert hand_out(phone, again, "10").outcome == "handed_over"


def test_a_manager_agrees_to_the_same_amount(phone: Phone) -> None:
    eve = phone.shop.hire("Eve", StaffMember.Role.MANAGER)
    set_pin(phone.shop.merchant, eve.id, "13579")
    asked = ask(phone, offer(phone, voucher_of(card_with(phone.shop, FIVE, confirmed_by="manager"))))

    wants = hand_out(phone, asked, "4.00")
    assert (wants.outcome, 'name="amount" value="4.00"' in wants.html) == ("needs_manager", True)
    handed = hand_out(phone, wants, "4.00", person=public_id("stf", eve.id), pin="13579")

    assert "Take off at the till: €4.00" in handed.words
    assert "Left to pay" not in handed.words, "gifts were left out of the amount, and are paid too"


def test_a_rivals_voucher_is_asked_about_by_nobody(phone: Phone, rossi: Shop) -> None:
    theirs = public_id("vch", voucher_of(card_with(rossi, TENTH)).id)

    for voucher in (theirs, "vch_1"):
        assert phone.tap(f"/scanner/vouchers/{voucher}/purchase").outcome == "refused"


def test_the_scanner_the_api_and_other_terms_that_are_tried_have_the_same_answer(phone: Phone) -> None:
    shop, api = phone.shop, ApiClient(phone.shop.api_key())
    for rule in (TENTH, CAPPED, FIVE):
        voucher = voucher_of(card_with(shop, rule))
        shown, offered = public_id("vch", voucher.id), offer(phone, voucher)
        parsed = read_rule(rule)
        assert parsed
        for total in (1, 499, 999, 1005, 1515, 7_777_777):
            basket = {"lines": [{"amount": total}]}
            answered = api.post(f"/api/v1/vouchers/{shown}/validation", {"basket": basket}).json
            tried = average_off(parsed, Purchases({total: 1}, 0))
            panel = hand_out(phone, offered, f"{total / 100:.2f}")

            if not answered["valid"]:
                assert (tried, panel.outcome) == (None, "needs_amount")
                continue
            off, used = answered["discount"]["amount"], Redemption.objects.latest("id")
            assert tried
            assert (tried.off, used.discount) == (off, off)
            said, left = (format_money(Money(part, "EUR")) for part in (off, total - off))
            assert f"Take off at the till: {said}" in panel.words
            assert (f"Left to pay: {left}" in panel.words) == (rule is not FIVE)
            give_back(shop.merchant, used.id, reason="Again", actor=shop.actor)
