"""What a reward costs and a visit brings, entered at the desk, and what the figures make of it."""

from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.events.actors import Actor
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.programs.models import Program
from stampwell.vouchers.refusals import VoucherExpired
from tests.following import follow_everything
from tests.kept import made_once
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.dashboard.test_cards import stamp
from tests.web.dashboard.test_figures import AT_ONCE, THURSDAY
from tests.world import Offer, Shop

pytestmark = pytest.mark.moment(THURSDAY)
PRICES = {"currency": "EUR", "reward_cost": "1,50", "visit_value": "7"}
ONE_REWARD = [{"stamps": 10, "reward": {"name": "Coffee", "path": "staff_scan"}}]


def page_of(offer: Offer) -> str:
    return f"/programs/{public_id('prg', offer.program.id)}/prices/"


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    offer = lume.publish(earning=AT_ONCE, milestones=ONE_REWARD)
    with stopped_at(THURSDAY - timedelta(days=1)):
        card = offer.card()
        stamp(card, 5)
    stamp(card, 7)
    follow_everything()
    return offer


def test_prices_are_entered_once_and_the_figures_say_what_comes_of_them(desk: DeskClient, offer: Offer) -> None:
    before = words(desk.open("/figures/"))
    assert desk.send(page_of(offer), **PRICES).status_code == 302
    page = words(desk.open("/figures/"))

    assert "Enter once what a reward costs you" in before
    assert "Approximate cost" not in before
    assert "Enter once what a reward costs you" not in page
    assert "Coffee card 0 €0.00 1 €7.00 0%" in page
    assert "Rewards that can be used now 1 €1.50" in page
    assert "Stamps on cards that are not full 2 €0.30 Total €1.80" in page
    assert 'value="1.50"' in desk.open(page_of(offer)).content.decode()
    text = words(desk.open("/settings/changes/"))
    assert "What rewards cost and what visits bring in was changed in the program “Coffee card”." in text
    assert "What one visit brings in on average €7.00" in text


def test_the_simulator_and_the_sheet_begin_with_the_price(desk: DeskClient, offer: Offer) -> None:
    desk.send(page_of(offer), **PRICES)
    program = f"/programs/{public_id('prg', offer.program.id)}"

    with_coffee_at_six = words(desk.open(f"{program}/what-if/?goal=6"))
    with_a_biscuit_too = words(desk.publish(f"{program}/edit/", goal="6"))
    assert "You would have given 1 reward more. That is about €1.50." in with_coffee_at_six
    assert "You would have given 3 rewards more. That is about €4.50." in with_a_biscuit_too


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reward_cost": "-1"}, "Enter the amount in digits"),
        ({"visit_value": "0"}, "This amount is too small or too large."),
        ({"visit_value": "99999999999"}, "This amount is too small or too large."),
        ({"currency": "JPY"}, "The currency was changed meanwhile."),
        ({"currency": ""}, "The currency was changed meanwhile."),
    ],
)
def test_what_is_no_price_is_said_and_nothing_is_kept(
    desk: DeskClient, offer: Offer, changes: dict[str, str], said: str
) -> None:
    answer = desk.send(page_of(offer), **(PRICES | changes))

    assert answer.status_code == 422
    assert said in words(answer)
    assert Program.objects.get().reward_cost is None


def test_prices_are_taken_out_again(desk: DeskClient, offer: Offer) -> None:
    desk.send(page_of(offer), **PRICES)
    desk.send(page_of(offer), currency="EUR", reward_cost="", visit_value="")

    assert "Approximate cost" not in words(desk.open("/figures/"))


def test_a_cashier_sees_no_money_and_nobody_who_met_with_refusals(lume: Shop, offer: Offer, desk: DeskClient) -> None:
    desk.send(page_of(offer), **PRICES)
    bo = lume.hire("Bo")
    by_bo = Actor(source="owner", staff_member_id=bo.id, location_id=lume.location.id)
    note_refusal(lume.merchant, Recognised(), VoucherExpired(), actor=by_bo)
    follow_everything()

    owners = words(desk.open("/figures/"))
    cashiers = words(sign_up_staff(lume, StaffMember.Role.CASHIER).open("/figures/"))

    assert "By location Location Scans Of all Café Lume 1 100% By person Person Scans Of all Bo 1 100%" in owners
    assert "By location Location Scans Of all Café Lume 1 100%" in cashiers
    assert "By person" not in cashiers
    assert "€" not in cashiers
    assert "What rewards cost" not in cashiers
