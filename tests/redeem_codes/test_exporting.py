"""Codes as a file for a till: read back as that till would, whole, and noted with who took it."""

import csv
import io
import json
import re

import pytest

from stampwell.clock import new_id, now
from stampwell.events.models import DeskChange
from stampwell.jobs.models import Job
from stampwell.redeem_codes import exporting, making
from stampwell.redeem_codes.exporting import export_codes
from stampwell.redeem_codes.making import ask_to_make
from stampwell.redeem_codes.models import CodeBatch, PoolCode
from stampwell.redeem_codes.recipes import Recipe
from stampwell.redeem_codes.refusals import CodesUnderWay, NoCodesToExport
from stampwell.redeem_codes.releasing import release_batch
from stampwell.redeem_codes.revoking import revoke_batch
from stampwell.redeem_codes.till_file_words import TILL_NAMES, TILL_STEPS
from stampwell.redeem_codes.till_files import TILLS, Form, file_for
from stampwell.refusal import NotFound
from tests.redeem_codes.working import CODES, pool_of, revoke, stock, work
from tests.world import Shop

ODD = ["043KQ2MXNP", '0447"F', "=1+2", "007", "KÄFFE, large"]
MANY = [f"043{number:07}" for number in range(2500)]


def text_of(form: Form, codes: list[str]) -> str:
    return b"".join(file_for(form, codes)).decode()


def rows_of(form: Form, codes: list[str]) -> list[dict[str, str]]:
    """As a program reads them that goes by the first row."""
    return list(csv.DictReader(io.StringIO(text_of(form, codes), newline="")))


@pytest.mark.parametrize("codes", [ODD, MANY], ids=["odd ones", "many"])
def test_each_till_reads_back_what_was_exported(codes: list[str]) -> None:
    assert [row["code"] for row in rows_of(Form(till="plain"), codes)] == codes
    assert [row["Code"] for row in rows_of(Form(till="shopify"), codes)] == codes
    assert [row[0] for row in csv.reader(io.StringIO(text_of(Form(till="iiko"), codes), newline=""))] == codes
    promotion = json.loads(text_of(Form(till="lightspeed"), codes))
    assert promotion == {"add_promo_code": [{"code": code, "limit": 1} for code in codes]}


def test_odoo_gets_coupons_of_a_program_with_enough_points() -> None:
    rows = rows_of(Form(till="odoo", program="Free coffee", points=3), ODD)

    assert [row.pop("code") for row in rows] == ODD
    assert rows == [{"program_id": "Free coffee", "points": "3", "expiration_date": ""}] * len(ODD)
    scanned = [code for code in ODD if re.match("(04[34])", code)]  # the rule of its coupons' barcodes
    assert scanned == ODD[:2]


def test_erpnext_gets_coupons_for_one_use_each_with_a_code_of_their_own() -> None:
    rows = rows_of(Form(till="erpnext", program="Free coffee"), ODD)

    assert [row.pop("Coupon Code") for row in rows] == ODD
    assert [row.pop("Coupon Name") for row in rows] == ODD, "no two have one name"
    expected = {"Coupon Type": "Promotional", "Pricing Rule": "Free coffee", "Maximum Use": "1"}
    assert rows == [{**expected, "Valid From": "", "Valid Upto": ""}] * len(ODD)


def test_every_till_has_a_name_and_says_what_to_do() -> None:
    assert list(TILL_NAMES) == list(TILL_STEPS) == list(TILLS)


@pytest.mark.django_db
def test_what_is_free_is_exported_in_order_and_who_took_it_is_noted(
    lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    pool = pool_of(lume)
    stock(lume, pool, [f"C{number}" for number in range(6)])
    revoke(lume, pool, stock(lume, pool, ["GONE"]))
    revoke_batch(lume.merchant, pool.id, stock(lume, pool, ["GOING"]), actor=lume.actor)
    PoolCode.objects.filter(code="C1").update(given=now(), voucher_id=new_id())

    with export_codes(lume.merchant, pool.id, Form(till="iiko"), actor=lume.actor) as file:
        assert file.read().split() == [b"C0", b"C2", b"C3", b"C4", b"C5"]

    told = DeskChange.objects.get(kind="codes.exported")
    assert (told.subject_id, told.after) == (pool.id, {"codes": 5, "till": "iiko"})
    assert told.staff_member_id == lume.actor.staff_member_id


@pytest.mark.django_db
def test_of_a_batch_all_are_exported_that_were_not_withdrawn(lume: Shop) -> None:
    pool = pool_of(lume)
    stock(lume, pool, ["OTHER"])
    batch_id = stock(lume, pool)
    PoolCode.objects.filter(code=CODES[0]).update(given=now(), voucher_id=new_id())
    PoolCode.objects.filter(code=CODES[1]).update(revoked=now())

    with export_codes(lume.merchant, pool.id, Form(till="iiko"), batch_id=batch_id, actor=lume.actor) as file:
        assert file.read().decode().split() == [CODES[0], CODES[2]]


@pytest.mark.django_db
def test_what_the_till_does_not_have_yet_is_exported_whole(lume: Shop) -> None:
    pool = pool_of(lume)
    batch = ask_to_make(lume.merchant, pool.id, Recipe(), count=3, actor=lume.actor)
    work(lume, pool, batch.id)
    made = list(PoolCode.objects.filter(batch_id=batch.id).order_by("id").values_list("code", flat=True))
    PoolCode.objects.filter(code=made[0]).update(given=now(), voucher_id=new_id())

    with export_codes(lume.merchant, pool.id, Form(till="iiko"), actor=lume.actor) as file:
        assert file.read().decode().split() == made

    release_batch(lume.merchant, pool.id, batch.id, actor=lume.actor)
    with export_codes(lume.merchant, pool.id, Form(till="iiko"), actor=lume.actor) as file:
        assert file.read().decode().split() == made[1:]


@pytest.mark.django_db
def test_what_is_still_being_made_is_not_exported_in_part(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 2)
    pool = pool_of(lume)
    stock(lume, pool, ["DONE"])
    batch = ask_to_make(lume.merchant, pool.id, Recipe(), count=3, actor=lume.actor)
    work(lume, pool, batch.id, is_stopping=lambda: CodeBatch.objects.get(id=batch.id).codes > 1)

    with export_codes(lume.merchant, pool.id, Form(till="iiko"), actor=lume.actor) as file:
        assert file.read().decode().split() == ["DONE"]
    with pytest.raises(CodesUnderWay):
        export_codes(lume.merchant, pool.id, Form(till="iiko"), batch_id=batch.id, actor=lume.actor)

    Job.objects.filter(kind="make_codes").update(state="failed", problem="unexpected", ended=now())
    with export_codes(lume.merchant, pool.id, Form(till="iiko"), actor=lume.actor) as file:
        assert len(file.read().split()) == 3, "as many as there will be"


@pytest.mark.django_db
def test_no_file_is_made_of_nothing_or_for_somebody_else(lume: Shop, rossi: Shop) -> None:
    pool, other = pool_of(lume), pool_of(lume)
    batch_id = stock(lume, pool)

    with pytest.raises(NoCodesToExport):
        export_codes(lume.merchant, other.id, Form(till="plain"), actor=lume.actor)
    with pytest.raises(NotFound):
        export_codes(rossi.merchant, pool.id, Form(till="plain"), actor=rossi.actor)
    with pytest.raises(NotFound):
        export_codes(lume.merchant, other.id, Form(till="plain"), batch_id=batch_id, actor=lume.actor)
    assert not DeskChange.objects.filter(kind="codes.exported").exists()
