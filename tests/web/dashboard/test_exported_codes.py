"""Codes of a list as a file for the till, at the desk."""

import pytest

from stampwell.events.models import DeskChange
from stampwell.ids import public_id
from stampwell.redeem_codes.rows import PoolRow
from tests.imports.conftest import data_folder as data_folder
from tests.redeem_codes.working import CODES, pool_of, stock
from tests.web.dashboard.conftest import desk as desk
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_confirming import LONG_AGO, asked_first, at_desk
from tests.world import Shop

pytestmark = pytest.mark.django_db
FIELDS = {"till": "plain", "program": "", "points": "1"}


@pytest.fixture
def pool(lume: Shop) -> PoolRow:
    return pool_of(lume)


def page_of(pool: PoolRow) -> str:
    return f"/redeem-codes/{public_id('cdp', pool.id)}/export/"


def test_codes_are_downloaded_in_the_form_of_the_till(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    batch = stock(lume, pool)
    answer = desk.send(page_of(pool), **FIELDS | {"till": "odoo", "program": "Coffee"})
    of_batch = desk.send(page_of(pool).replace("export/", f"files/{public_id('cdb', batch)}/export/"), **FIELDS)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{public_id("cdp", pool.id)}-odoo.csv"' in answer.headers["Content-Disposition"]
    rows = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert rows == ["program_id,code,points,expiration_date", *(f"Coffee,{code},1," for code in CODES)]
    assert b"".join(of_batch.streaming_content).split() == [b"code", *(code.encode() for code in CODES)]  # type: ignore[attr-defined]
    assert DeskChange.objects.filter(kind="codes.exported").count() == 2


def test_the_page_itself_shows_no_code(desk: DeskClient, lume: Shop, pool: PoolRow) -> None:
    stock(lume, pool)
    page = words(desk.open(page_of(pool)))

    assert "Whoever has this file can use the codes." in page
    assert not any(code in page for code in CODES)


@pytest.mark.parametrize(("till", "status"), [("odoo", 422), ("erpnext", 422), ("morse", 422), ("plain", 409)])
def test_what_would_be_no_file_says_why(desk: DeskClient, pool: PoolRow, till: str, status: int) -> None:
    answer = desk.send(page_of(pool), **FIELDS | {"till": till})

    assert answer.status_code == status
    assert not DeskChange.objects.filter(kind="codes.exported").exists()


def test_whoever_signed_in_long_ago_confirms_it_first(lume: Shop, pool: PoolRow) -> None:
    stock(lume, pool)
    answer = at_desk(lume, ago=LONG_AGO).post(page_of(pool), FIELDS)

    assert answer["Location"] == asked_first(page_of(pool))
    assert not DeskChange.objects.filter(kind="codes.exported").exists()
