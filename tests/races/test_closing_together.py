"""A shop is closed, opened or deleted by two at once, or while somebody redeems."""

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.jobs.models import Job
from stampwell.merchants.closing import close_shop, open_again
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.removal.deleting import CLOSED_BEFORE, DeletionTooEarly, ask_to_delete
from stampwell.vouchers.models import Redemption
from tests.moments import START
from tests.races.callers import run_together
from tests.web.api.client import ApiClient
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


def close_long_ago(shop: Shop) -> None:
    close_shop(shop.merchant.id)
    Merchant.objects.filter(id=shop.merchant.id).update(closed=START - CLOSED_BEFORE)


def test_of_two_who_close_it_one_does() -> None:
    lume, done = open_lume(), list[bool]()

    ends = run_together(*[lambda: done.append(close_shop(lume.merchant.id))] * 4)

    assert ends == [None] * 4
    assert sorted(done) == [False, False, False, True]
    assert Event.objects.filter(type="merchant.changed").count() == 1


def test_of_two_who_delete_it_one_asks_for_the_job() -> None:
    lume, done = open_lume(), list[bool]()
    close_long_ago(lume)

    ends = run_together(*[lambda: done.append(ask_to_delete(lume.merchant.id))] * 4)

    assert ends == [None] * 4
    assert sorted(done) == [False, False, False, True]
    assert Job.objects.count() == 1


def test_it_is_opened_or_deleted_and_never_both() -> None:
    lume = open_lume()
    close_long_ago(lume)

    opened, deleted = run_together(lambda: open_again(lume.merchant.id), lambda: ask_to_delete(lume.merchant.id))

    merchant = Merchant.objects.get()
    if merchant.deleting:
        assert (type(opened), deleted, merchant.closed is not None) == (NotFound, None, True)
    else:
        assert (opened, type(deleted), merchant.closed) == (None, DeletionTooEarly, None)
    assert Job.objects.count() == (1 if merchant.deleting else 0)


def test_a_reward_is_handed_out_as_a_whole_or_not_at_all() -> None:
    lume = open_lume()
    till = ApiClient(lume.api_key())
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    issued = till.post(f"/cards/crd_{card.id.hex}/stamps", {"count": 10}).json["vouchers_issued"]
    answers = {}

    def redeem(voucher: str) -> None:
        answers[voucher] = till.post(f"/vouchers/{voucher}/redemption").status

    ends = run_together(
        lambda: redeem(issued[0]["id"]), lambda: redeem(issued[1]["id"]), lambda: close_shop(lume.merchant.id)
    )

    assert ends == [None] * 3
    assert set(answers.values()) <= {201, 409}
    assert Redemption.objects.count() == [*answers.values()].count(201)
    with stopped_at(START):
        assert till.post(f"/vouchers/{issued[0]['id']}/redemption").status == 409
