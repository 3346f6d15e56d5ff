"""A batch that is withdrawn gives no more codes; those that somebody has stay."""

import pytest

from stampwell.clock import new_id, now
from stampwell.redeem_codes.models import PoolCode
from stampwell.redeem_codes.refusals import CodesNotWritten
from stampwell.redeem_codes.revoking import revoke_batch
from tests.redeem_codes.working import CODES, codes_in, file_of, found, pool_of, receive, revoke, stock
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_free_codes_are_withdrawn_and_others_stay(lume: Shop) -> None:
    pool = pool_of(lume)
    first, second = stock(lume, pool), stock(lume, pool, ["STAY"])
    PoolCode.objects.filter(code=CODES[0]).update(given=now(), voucher_id=new_id())

    revoke(lume, pool, first)

    assert set(PoolCode.objects.filter(revoked=None).values_list("code", flat=True)) == {CODES[0], "STAY"}
    assert (found(lume, pool, first).step, found(lume, pool, first).withdrawn) == ("withdrawn", 2)
    assert found(lume, pool, second).step == "written"
    assert len(codes_in(pool)) == 4, "a code that was withdrawn is never taken in a second time"


def test_revoked_once_more_it_stays_as_it_is(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = stock(lume, pool)
    revoke(lume, pool, batch_id)
    before = found(lume, pool, batch_id)

    assert revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor) == before


def test_what_was_never_added_cannot_be_withdrawn(lume: Shop) -> None:
    pool = pool_of(lume)
    batch_id = receive(lume, pool, file_of(CODES))

    with pytest.raises(CodesNotWritten):
        revoke_batch(lume.merchant, pool.id, batch_id, actor=lume.actor)
