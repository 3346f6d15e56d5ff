"""When few codes are left, or none: told once, as an event and by mail."""

from datetime import timedelta

import msgspec
import pytest

from stampwell.clock import new_id, stopped_at
from stampwell.events.models import Event
from stampwell.mail.models import Mail
from stampwell.mail.queue import Content
from stampwell.merchants import owner_mail
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.pools import PoolChoices, archive_pool, change_pool
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.rows import PoolRow
from stampwell.redeem_codes.running_low import merchants_with_pools, tell_of_low_pools
from stampwell.tokens import unseal
from tests.moments import START
from tests.redeem_codes.working import lay_in, pool_of
from tests.world import Shop

pytestmark = pytest.mark.django_db
FIVE = [f"CODE{number}" for number in range(5)]


@pytest.fixture(autouse=True)
def mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner_mail, "has_mail_server", lambda: True)


def hand_out(pool: PoolRow, *, left: int) -> None:
    free = PoolCode.objects.filter(pool_id=pool.id, given__isnull=True).order_by("id")
    for code in free[left:]:
        PoolCode.objects.filter(id=code.id).update(given=START, voucher_id=new_id())


def told(shop: Shop) -> list[tuple[str, int]]:
    """By looks until now; once more than is needed."""
    for _ in range(2):
        tell_of_low_pools(shop.merchant.id)
    events = Event.objects.filter(type__startswith="codes.").order_by("id")
    return [(event.type, event.data["code_pool"]["free"]) for event in events]


def mails() -> list[tuple[bytes, str]]:
    kept = Mail.objects.order_by("id")
    return [
        (unseal(bytes(mail.recipient)), msgspec.json.decode(unseal(bytes(mail.content or b"")), type=Content).subject)
        for mail in kept
    ]


def test_few_codes_are_told_once_and_again_when_it_comes_to_that_again(lume: Shop) -> None:
    pool = pool_of(lume, low_at=2)
    lay_in(lume, pool, FIVE)
    assert told(lume) == []
    hand_out(pool, left=2)
    low = [("codes.running_low", 2)]
    assert told(lume) == low

    hand_out(pool, left=0)
    assert told(lume) == [*low, ("codes.exhausted", 0)]

    with stopped_at(START + timedelta(minutes=5)):
        lay_in(lume, pool, [f"NEW{number}" for number in range(3)])
    assert told(lume) == [*low, ("codes.exhausted", 0)]
    hand_out(pool, left=1)
    assert told(lume) == [*low, ("codes.exhausted", 0), ("codes.running_low", 1)]


@pytest.mark.parametrize("left", [2, 0])
def test_a_code_that_comes_back_is_no_news(lume: Shop, left: int) -> None:
    pool = pool_of(lume, low_at=2)
    lay_in(lume, pool, FIVE)
    hand_out(pool, left=left)
    first = told(lume)

    PoolCode.objects.filter(code=FIVE[4]).update(given=None, voucher_id=None)
    told(lume)
    hand_out(pool, left=left)

    assert told(lume) == first


def test_that_none_is_left_is_told_anew_where_those_who_waited_have_taken_all_new_codes(lume: Shop) -> None:
    pool = pool_of(lume, low_at=2)
    lay_in(lume, pool, FIVE)
    hand_out(pool, left=0)
    first = told(lume)

    with stopped_at(START + timedelta(minutes=5)):
        lay_in(lume, pool, [f"NEW{number}" for number in range(3)])
        hand_out(pool, left=0)

        assert told(lume) == [*first, ("codes.exhausted", 0)]


def test_that_few_codes_are_left_is_told_anew_where_other_codes_are_few(lume: Shop) -> None:
    pool = pool_of(lume, low_at=4)
    lay_in(lume, pool, FIVE)
    hand_out(pool, left=4)
    assert told(lume) == [("codes.running_low", 4)]

    change_pool(lume.merchant, pool.id, PoolChoices(name=pool.name, low_at=2), actor=lume.actor)
    assert told(lume) == [("codes.running_low", 4)]
    hand_out(pool, left=2)

    assert told(lume) == [("codes.running_low", 4), ("codes.running_low", 2)]


def test_codes_that_are_being_withdrawn_are_left_no_more(lume: Shop) -> None:
    pool = pool_of(lume, low_at=0)
    batch_id = lay_in(lume, pool, FIVE)
    assert told(lume) == []

    revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor)

    assert told(lume) == [("codes.running_low", 0), ("codes.exhausted", 0)]


def test_the_owner_is_written_to(lume: Shop) -> None:
    lume.hire("Bo")
    pool = pool_of(lume, low_at=2)
    lay_in(lume, pool, FIVE)
    hand_out(pool, left=2)
    told(lume)
    hand_out(pool, left=0)
    told(lume)

    few, none = mails()

    assert few == (b"ada@lume.example", "Few codes are left: Coffee codes")
    assert none == (b"ada@lume.example", "No code is left: Coffee codes")


def test_what_is_used_up_at_once_is_one_mail(lume: Shop) -> None:
    pool = pool_of(lume, low_at=2)
    lay_in(lume, pool, FIVE)
    hand_out(pool, left=0)

    assert told(lume) == [("codes.running_low", 0), ("codes.exhausted", 0)]
    assert [subject for _to, subject in mails()] == ["No code is left: Coffee codes"]


def test_a_new_list_and_an_archived_one_are_not_low(lume: Shop, rossi: Shop) -> None:
    pool_of(lume)
    old = pool_of(rossi)
    lay_in(rossi, old, FIVE)
    archive_pool(rossi.merchant, old.id, actor=rossi.actor)

    assert merchants_with_pools() == [lume.merchant.id]
    assert told(lume) == told(rossi) == []
