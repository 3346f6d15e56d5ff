"""Files that hold the same codes are added at once: each code is there once, and nobody waits in a circle."""

import random
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from stampwell.redeem_codes import stocking
from stampwell.redeem_codes.asking import ask_to_stock
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from tests.races.callers import run_together
from tests.redeem_codes.working import check, file_of, pool_of, receive, work
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)
CODES = [f"CODE{number:04}" for number in range(300)]
CALLERS = 4


def add_at_once(shop: Shop) -> None:
    """The same codes, by each in another order, in pieces."""
    pool = pool_of(shop)
    files = [random.Random(number).sample(CODES, len(CODES)) for number in range(CALLERS)]
    batches = [receive(shop, pool, file_of(codes)) for codes in files]
    for batch_id in batches:
        check(shop, pool, batch_id)
        ask_to_stock(shop.merchant, pool.id, batch_id, actor=shop.actor)
    ends = run_together(*[lambda batch_id=batch_id: work(shop, pool, batch_id) for batch_id in batches])
    assert [end for end in ends if end] == []


def test_of_the_same_codes_in_four_files_each_is_added_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(stocking, "AT_ONCE", 20)
    shop = open_lume()

    add_at_once(shop)

    assert sorted(PoolCode.objects.values_list("code", flat=True)) == CODES
    batches = CodeBatch.objects.all()
    assert all(batch.written for batch in batches)
    assert sum(batch.codes for batch in batches) == len(CODES), "what each has added is counted once"


def test_without_its_rule_a_code_is_there_more_than_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The race is real: the check sees none of what the others add."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE pool_code DROP CONSTRAINT a_till_code_is_there_once")
    try:
        add_at_once(open_lume())
        assert PoolCode.objects.count() == CALLERS * len(CODES)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM pool_code")
            cursor.execute("ALTER TABLE pool_code ADD CONSTRAINT a_till_code_is_there_once UNIQUE (merchant_id, code)")
