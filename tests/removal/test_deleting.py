"""A shop is deleted: nothing of it is left, nobody else notices, and it can be killed at any step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from stampwell.clock import new_id, now, stopped_at
from stampwell.events.actors import OPERATOR
from stampwell.job_kinds import KINDS
from stampwell.jobs.asking import ask_for
from stampwell.jobs.kinds import Kind
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.merchants.access import find_api_caller, find_merchant
from stampwell.merchants.closing import close_shop, open_again
from stampwell.merchants.founding import found_merchant, slug_hash
from stampwell.merchants.models import DeletedShop, Membership, Merchant, StaffMember, User
from stampwell.refusal import NotFound
from stampwell.removal.deleting import (
    CLOSED_BEFORE,
    DELETE_SHOP,
    DeletionTooEarly,
    ask_to_delete,
    delete_shop,
    sweep_after_deletions,
)
from stampwell.requests.models import Session
from stampwell.schedule import follow_events, order_events
from stampwell.transactions import merchant_transaction, merchants_where
from tests.moments import START
from tests.web.api.client import ApiClient
from tests.web.signing_in import sign_in
from tests.world import PASSWORD, Shop

pytestmark = pytest.mark.django_db
LATER = START + CLOSED_BEFORE


def fill(shop: Shop) -> None:
    """Cards, stamps, undone ones, vouchers, their use, customers, devices, keys, invitations, what followers keep."""
    offer, till = shop.publish(earning={"by": "visit", "cooldown_seconds": 0}), ApiClient(shop.api_key())
    for name in ("Cy", "Di"):
        card = f"/cards/crd_{offer.card(name=name, email=f'{name}@x.example').id.hex}"
        voucher = till.post(f"{card}/stamps", {"count": 10}).json["vouchers_issued"][0]["id"]
        used = till.post(f"/vouchers/{voucher}/redemption").json["redemption"]["id"]
        till.post(f"/redemptions/{used}/reversal", {"reason": "Wrong table"})
        stamp = till.post(f"{card}/stamps", {"count": 1, "receipt_id": f"r-{name}"}).json["stamp"]["id"]
        till.post(f"/stamps/{stamp}/reversal", {"reason": "Wrong card"})
    shop.scanner()
    shop.hire("Bo")
    order_events()
    follow_events()


def close_and_ask(shop: Shop) -> Job:
    with stopped_at(START):
        close_shop(shop.merchant.id)
    with stopped_at(LATER):
        assert ask_to_delete(shop.merchant.id)
    return Job.objects.get(merchant=shop.merchant, kind=DELETE_SHOP)


def work(job: Job, *, batch: int = 1000, is_stopping: Callable[[], bool] = lambda: False) -> None:
    place = Job.objects.get(id=job.id).place
    assert place is not None
    kinds = KINDS | {DELETE_SHOP: Kind(work=lambda run: delete_shop(run, batch=batch))}
    work_on(job.merchant_id, job.id, place=place, kinds=kinds, is_stopping=is_stopping)


def rows_of(shop: Shop) -> dict[str, Any]:
    """Of every table that names a merchant, the directory's too."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name FROM information_schema.columns c JOIN pg_class k ON k.relname = c.table_name"
            " WHERE c.column_name = 'merchant_id' AND c.table_schema = 'public' AND NOT k.relispartition"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t WHERE merchant_id = %s",
                [shop.merchant.id],
            )
            found[table] = cursor.fetchone()
    return found


def counts(rows: dict[str, Any]) -> dict[str, int]:
    return {table: count for table, (count, _sum) in rows.items() if count}


def test_nothing_is_left_and_nobody_else_notices(lume: Shop, rossi: Shop) -> None:
    fill(lume)
    fill(rossi)
    job, before = close_and_ask(lume), rows_of(rossi)
    assert {"event", "stamp", "voucher", "redemption", "reversal", "customer", "daily_total"} <= counts(
        rows_of(lume)
    ).keys()

    with stopped_at(LATER):
        work(job)

    assert counts(rows_of(lume)) == {}
    assert not Merchant.objects.filter(id=lume.merchant.id).exists()
    assert rows_of(rossi) == before
    assert Merchant.objects.filter(id=rossi.merchant.id).exists()


def test_what_stays_says_when_and_how_much_and_names_nobody(lume: Shop) -> None:
    fill(lume)
    sign_in(Client(), lume.owner)
    job = close_and_ask(lume)

    with stopped_at(LATER):
        work(job)

    gone = DeletedShop.objects.get()
    assert (gone.id, gone.deleted, bytes(gone.slug_hash)) == (lume.merchant.id, LATER, slug_hash("cafe-lume"))
    assert gone.rows > 20
    assert not User.objects.filter(email="ada@lume.example").exists()
    assert not Session.objects.filter(user_id=lume.owner.pk).exists()


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 15, 30, 40])
def test_killed_at_any_step_it_goes_on_where_it_was(lume: Shop, rossi: Shop, steps: int) -> None:
    fill(lume)
    fill(rossi)
    job, before = close_and_ask(lume), rows_of(rossi)
    left = iter(range(steps))

    with stopped_at(LATER):
        work(job, batch=3, is_stopping=lambda: next(left, None) is None)
        assert Job.objects.get(id=job.id).state == "waiting"
        assert Merchant.objects.get(id=lume.merchant.id).deleting == LATER
        work(job, batch=3)

    assert counts(rows_of(lume)) == {}
    assert rows_of(rossi) == before
    assert DeletedShop.objects.count() == 1


def test_only_a_shop_that_has_been_closed_for_a_month_is_deleted(lume: Shop) -> None:
    with pytest.raises(DeletionTooEarly):
        ask_to_delete(lume.merchant.id)
    close_shop(lume.merchant.id)
    with stopped_at(LATER - timedelta(seconds=1)), pytest.raises(DeletionTooEarly):
        ask_to_delete(lume.merchant.id)
    with stopped_at(LATER):
        assert ask_to_delete(lume.merchant.id)
        assert not ask_to_delete(lume.merchant.id), "once"
    assert Job.objects.filter(kind=DELETE_SHOP).count() == 1
    with pytest.raises(NotFound):
        ask_to_delete(new_id())


def test_the_job_alone_deletes_nothing(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id) as tx:
        job_id = ask_for(tx, DELETE_SHOP, asker=OPERATOR)
    job = Job.objects.get(id=job_id)

    work(job)

    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", DeletionTooEarly.code)
    assert Merchant.objects.filter(id=lume.merchant.id).exists()


def test_a_shop_that_is_being_deleted_is_gone_for_everybody(lume: Shop, rossi: Shop) -> None:
    key = lume.api_key()
    close_and_ask(lume)

    assert find_merchant(lume.merchant.slug) is None
    assert find_api_caller(key) is None
    with pytest.raises(NotFound):
        open_again(lume.merchant.id)
    assert merchants_where("SELECT id FROM merchant") == [rossi.merchant.id]


def test_who_works_elsewhere_or_runs_the_server_keeps_the_account(lume: Shop, rossi: Shop) -> None:
    rosa = StaffMember.objects.create(
        merchant=lume.merchant, name="Rosa", role=StaffMember.Role.MANAGER, user=rossi.owner
    )
    Membership.objects.create(user=rossi.owner, merchant_id=lume.merchant.id, staff_member_id=rosa.id)
    nils = User.objects.create_user("nils@server.example", PASSWORD)
    User.objects.filter(id=nils.id).update(operates=True)
    Membership.objects.create(user=nils, merchant_id=lume.merchant.id, staff_member_id=rosa.id)
    job = close_and_ask(lume)

    with stopped_at(LATER):
        work(job)

    assert set(User.objects.values_list("email", flat=True)) == {"rossi@rossi.example", "nils@server.example"}
    assert set(Membership.objects.values_list("merchant_id", flat=True)) == {rossi.merchant.id}


def test_nobody_else_gets_its_name_in_links(lume: Shop, rossi: Shop) -> None:
    slug, job = lume.merchant.slug, close_and_ask(lume)
    with stopped_at(LATER):
        work(job)

    again = found_merchant(name="Café Lume", locale="en", currency="EUR", time_zone="Europe/Riga", owner=rossi.owner)

    assert again.slug != slug
    assert again.slug.startswith(slug)
    assert find_merchant(slug) is None


def test_what_a_late_step_wrote_is_swept_away(lume: Shop) -> None:
    job = close_and_ask(lume)
    with stopped_at(LATER):
        work(job)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO stored_answer (merchant_id, id, idempotency_key, fingerprint, status, body, created)"
                " VALUES (%s, %s, 'late', '', 200, '', %s)",
                [lume.merchant.id, new_id(), now()],
            )

        sweep_after_deletions()

    assert counts(rows_of(lume)) == {}
