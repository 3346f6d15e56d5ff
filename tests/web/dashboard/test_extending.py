"""A later last day for a voucher, at the desk."""

import pytest

from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.languages.formatting import format_end
from stampwell.merchants.models import StaffMember
from stampwell.vouchers.models import Voucher
from tests.moments import RIGA, START, end_of_day
from tests.web.dashboard.desk import DeskClient, page_of, sign_up_staff, words
from tests.web.dashboard.test_cards import stamp
from tests.world import HeldCard, Shop

MONTH = end_of_day(START, 30)
LAST_DAY = (MONTH.astimezone(RIGA) - MONTH.resolution).date().isoformat()


def given(lume: Shop) -> tuple[HeldCard, str]:
    """A card with a voucher of seven days, and where it is extended."""
    reward = {"name": "Tea", "path": "staff_scan", "valid_days": 7}
    card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}]).card()
    stamp(card, 1)
    return card, f"{page_of(card)}vouchers/{public_id('vch', card.open_vouchers[0].id)}/extension/"


def test_a_voucher_gets_a_later_last_day_with_a_reason(desk: DeskClient, lume: Shop) -> None:
    card, path = given(lume)
    form = desk.open(page_of(card)).content.decode()

    answer = desk.send(path, last_day=LAST_DAY, reason="Was ill")

    assert path in form
    assert answer.status_code == 302
    assert Voucher.objects.get().expires == MONTH
    page = words(desk.open(page_of(card)))
    assert "Voucher extended: Tea" in page
    assert "Was ill" in page


def test_it_is_said_that_the_reward_itself_ends_before(desk: DeskClient, lume: Shop) -> None:
    reward = {"name": "Tea", "valid_until": end_of_day(START, 3).isoformat()}
    card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}]).card()
    stamp(card, 1)
    path = f"{page_of(card)}vouchers/{public_id('vch', card.open_vouchers[0].id)}/extension/"

    desk.send(path, last_day=LAST_DAY, reason="Was ill")

    end = format_end(end_of_day(START, 3), RIGA)
    assert f"The reward itself ends before that: {end}." in words(desk.open(page_of(card)))


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30", "0001-01-01", "9999-12-31", "٢٠٢٦-١٢-٣١"])
def test_a_last_day_that_is_none_is_refused_and_the_reason_kept(desk: DeskClient, lume: Shop, day: str) -> None:
    _card, path = given(lume)

    answer = desk.send(path, last_day=day, reason="Was ill")

    assert answer.status_code == 409
    assert "Choose another last day" in words(answer)
    assert 'value="Was ill"' in answer.content.decode()


def test_extending_needs_a_reason_and_a_day_that_is_possible(desk: DeskClient, lume: Shop) -> None:
    _card, path = given(lume)

    without = desk.send(path, last_day=LAST_DAY, reason=" ")
    earlier = desk.send(path, last_day=START.astimezone(RIGA).date().isoformat(), reason="Was ill")

    assert "Extending a voucher needs a reason" in words(without)
    assert "Choose an end after" in words(earlier)
    assert (without.status_code, earlier.status_code) == (409, 409)
    assert f'value="{LAST_DAY}"' in without.content.decode()


def test_what_is_over_for_long_offers_no_later_day(desk: DeskClient, lume: Shop) -> None:
    card, path = given(lume)

    with stopped_at(end_of_day(START, 36)):
        assert path in desk.open(page_of(card)).content.decode()
    with stopped_at(end_of_day(START, 37)):
        assert path not in desk.open(page_of(card)).content.decode()


def test_a_cashier_is_not_offered_it(lume: Shop) -> None:
    card, path = given(lume)
    bo = sign_up_staff(lume, StaffMember.Role.CASHIER)

    assert path not in bo.open(page_of(card)).content.decode()
    assert bo.send(path, last_day=LAST_DAY, reason="Was ill").status_code == 403


def test_a_voucher_of_another_card_is_not_found(desk: DeskClient, lume: Shop) -> None:
    (card, _path), (_other, theirs) = given(lume), given(lume)
    voucher = theirs.split("/vouchers/")[1]

    assert desk.send(f"{page_of(card)}vouchers/{voucher}", last_day=LAST_DAY, reason="x").status_code == 404
