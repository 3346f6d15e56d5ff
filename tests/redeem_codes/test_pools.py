"""Lists of codes: made, changed, put away."""

import pytest

from stampwell.events.models import DeskChange
from stampwell.redeem_codes import pools
from stampwell.redeem_codes.formats import CodeDoesNotFit
from stampwell.redeem_codes.models import CodePool
from stampwell.redeem_codes.pools import PoolChoices, archive_pool, change_pool, find_open_pool, find_pool
from stampwell.redeem_codes.refusals import PoolArchived, TooManyPools
from stampwell.refusal import NotFound
from tests.redeem_codes.working import pool_of
from tests.world import Shop

pytestmark = pytest.mark.django_db


def test_a_fallback_code_has_to_fit_the_barcode(lume: Shop) -> None:
    with pytest.raises(CodeDoesNotFit):
        pool_of(lume, code_format="ean13", fallback_code="FREECOFFEE")

    assert not CodePool.objects.exists()


def test_what_is_changed_is_told_without_the_fallback_code(lume: Shop) -> None:
    pool = pool_of(lume)
    choices = PoolChoices(name="Cake codes", handed_out="issue", low_at=10, fallback_code="PLANB")

    changed = change_pool(lume.merchant, pool.id, choices, actor=lume.actor)

    assert find_pool(lume.merchant.id, pool.id) == changed
    assert (changed.name, changed.handed_out, changed.low_at, changed.fallback_code) == (
        "Cake codes",
        "issue",
        10,
        "PLANB",
    )
    told = DeskChange.objects.get(kind="code_pool.changed")
    assert told.after == {"name": "Cake codes", "handed_out": "issue", "low_at": 10, "has_fallback": True}


def test_a_list_that_was_put_away_is_there_but_takes_nothing(lume: Shop) -> None:
    pool = pool_of(lume)
    for _time in range(2):
        archive_pool(lume.merchant, pool.id, actor=lume.actor)

    assert find_pool(lume.merchant.id, pool.id).archived is not None
    with pytest.raises(PoolArchived):
        find_open_pool(lume.merchant.id, pool.id)
    assert DeskChange.objects.filter(kind="code_pool.archived").count() == 1


def test_a_list_of_somebody_else_is_not_found(lume: Shop, rossi: Shop) -> None:
    pool = pool_of(lume)

    with pytest.raises(NotFound):
        find_pool(rossi.merchant.id, pool.id)
    with pytest.raises(NotFound):
        archive_pool(rossi.merchant, pool.id, actor=rossi.actor)


def test_a_shop_has_so_many_lists_and_no_more(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "MOST_POOLS", 1)
    pool_of(lume)

    with pytest.raises(TooManyPools):
        pool_of(lume)
