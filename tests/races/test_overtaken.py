"""A till's call locks nothing while it decides: somebody may change the row between its read and its write.

Or have it locked when it wants to write. Then it is done anew, and waits for the row.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from io import BytesIO
from threading import Barrier, Lock
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.links import rotating_secret
from stampwell.cards.models import Stamp
from stampwell.cards.rotating import code_at_step, rotating_text
from stampwell.cards.stamping import stamp_card
from stampwell.clock import now
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.programs.terms import terms_of
from stampwell.requests.models import StoredAnswer
from stampwell.transactions import NeedsLocks, Statements, merchant_transaction, one_write
from stampwell.vouchers.issuing import void_voucher
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.redeeming import use_voucher
from stampwell.vouchers.reserving import reserve_voucher
from stampwell.vouchers.reversing import return_voucher
from stampwell.vouchers.rows import VoucherRow, lock_voucher
from stampwell.web.api.fast_lane import carry
from tests.races.callers import run_together
from tests.serving import database_url
from tests.web.api.client import ApiClient
from tests.world import HeldCard, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

NO_WAIT = {"by": "visit", "cooldown_seconds": 0}


@pytest.fixture
def shop() -> Shop:
    return open_lume()


@pytest.fixture
def card(shop: Shop) -> HeldCard:
    """With a ready voucher, and far from its next one."""
    offer = shop.publish(goal=90, milestones=[{"stamps": n, "reward": {"name": "Tea"}} for n in (1, 90)])
    card = offer.card()
    with merchant_transaction(shop.merchant.id) as tx:
        stamp_card(tx, shop.merchant, card.id, Purchase(), actor=shop.actor)
    return card


class Call:
    """A till's call, as the web server hands it over: to the fast lane, and where that gives no answer to Django."""

    def __init__(self, shop: Shop, path: str, body: dict[str, str] | None = None) -> None:
        self.api_key, self.path, self.body, self.key = shop.api_key(), f"/api/v1{path}", body or {}, str(uuid4())

    def by_the_lane(self) -> int | None:
        sent = msgspec.json.encode(self.body)
        carried = carry(
            {
                "REQUEST_METHOD": "POST",
                "PATH_INFO": self.path,
                "SERVER_NAME": "testserver",
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(sent)),
                "HTTP_AUTHORIZATION": f"Bearer {self.api_key}",
                "HTTP_IDEMPOTENCY_KEY": self.key,
                "wsgi.url_scheme": "http",
                "wsgi.input": BytesIO(sent),
            }
        )
        return carried.status if carried else None

    def by_django(self) -> Any:
        return ApiClient(self.api_key).post(self.path, self.body, key=self.key)


_WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def overtaken(shop: Shop, change: Callable[[Statements], object], act: Callable[[], Any]) -> Any:
    """What the act gives that reads before the change is committed, and writes after it: in between it asks for the
    terms, and waits for somebody who has them locked.
    """
    with ThreadPoolExecutor(1) as thread, session() as somebody, session() as onlooker:
        with merchant_transaction(shop.merchant.id) as tx:
            change(tx)
            tx.send()
            terms_of.cache_clear()
            somebody.execute("BEGIN; LOCK TABLE program_version IN ACCESS EXCLUSIVE MODE")
            acting = thread.submit(closing(act))
            wait_for(acting, onlooker)
        somebody.execute("ROLLBACK")
        return acting.result()


class NotAfterAll(Exception):
    pass


def met(
    shop: Shop, change: Callable[[Statements], object], act: Callable[[], Any], *, is_committed: bool = True
) -> Any:
    """What the act gives that wants to write while the change is still being made."""
    with ThreadPoolExecutor(1) as thread, session() as onlooker:
        with suppress(NotAfterAll), merchant_transaction(shop.merchant.id) as tx:
            change(tx)
            tx.send()
            acting = thread.submit(closing(act))
            wait_for(acting, onlooker)
            if not is_committed:
                raise NotAfterAll
        return acting.result()


def session() -> "psycopg.Connection[Any]":
    return psycopg.connect(database_url(), autocommit=True)


def closing[Answer](act: Callable[[], Answer]) -> Callable[[], Answer]:
    def act_and_close() -> Answer:
        try:
            return act()
        finally:
            connection.close()

    return act_and_close


def wait_for(acting: "Future[Any]", onlooker: "psycopg.Connection[Any]") -> None:
    while not onlooker.execute(_WAITING).fetchall():
        assert not acting.done(), "it did not wait"


def redemption_of(card: HeldCard) -> Call:
    return Call(card.shop, f"/vouchers/{public_id('vch', card.open_vouchers[0].id)}/redemption")


def use(tx: Statements, shop: Shop, voucher_id: UUID) -> UUID:
    voucher = lock_voucher(tx, voucher_id)
    return use_voucher(tx, shop.merchant, voucher, actor=shop.actor).redemption.id


@pytest.mark.parametrize("together", [overtaken, met])
def test_a_voucher_that_was_used_meanwhile_is_not_used_again(
    shop: Shop, card: HeldCard, together: Callable[..., Any]
) -> None:
    call, voucher_id = redemption_of(card), card.open_vouchers[0].id

    lane = together(shop, lambda tx: use(tx, shop, voucher_id), call.by_the_lane)

    assert lane is None
    assert Redemption.objects.count() == Event.objects.filter(type="voucher.redeemed").count() == 1
    assert StoredAnswer.objects.count() == 0
    refused = call.by_django()
    assert (refused.status, refused.json["code"]) == (409, "voucher_already_redeemed")


def test_a_voucher_that_was_withdrawn_meanwhile_is_not_used(shop: Shop, card: HeldCard) -> None:
    call, voucher = redemption_of(card), card.open_vouchers[0]

    lane = overtaken(shop, lambda tx: void_voucher(tx, voucher, at=now(), actor=shop.actor), call.by_the_lane)

    assert lane is None
    refused = call.by_django()
    assert (refused.status, refused.json["code"]) == (409, "voucher_void")
    assert Redemption.objects.count() == 0


def test_a_voucher_that_a_till_holds_meanwhile_is_not_used(shop: Shop, card: HeldCard) -> None:
    call, voucher_id = redemption_of(card), card.open_vouchers[0].id

    lane = overtaken(
        shop, lambda _tx: reserve_voucher(shop.merchant, voucher_id, seconds=60, actor=shop.actor), call.by_the_lane
    )

    assert lane is None
    refused = call.by_django()
    assert (refused.status, refused.json["code"]) == (409, "voucher_reserved")
    assert Redemption.objects.count() == 0


def test_a_voucher_that_was_used_and_given_back_meanwhile_is_used_as_it_is_now(shop: Shop, card: HeldCard) -> None:
    call, voucher_id = redemption_of(card), card.open_vouchers[0].id

    def use_and_return(tx: Statements) -> None:
        voucher = lock_voucher(tx, voucher_id)
        used = use_voucher(tx, shop.merchant, voucher, actor=shop.actor)
        return_voucher(tx, shop.merchant, used.redemption, used.voucher, reason="", actor=shop.actor)

    assert overtaken(shop, use_and_return, call.by_the_lane) == 201

    assert sorted(Redemption.objects.values_list("reversal_no", flat=True)) == [0, 1]


@pytest.mark.parametrize("together", [overtaken, met])
def test_a_card_that_was_stamped_meanwhile_loses_no_stamp(shop: Shop, together: Callable[..., Any]) -> None:
    card = shop.publish(earning=NO_WAIT).card()
    call = Call(shop, f"/cards/{public_id('crd', card.id)}/stamps")

    lane = together(
        shop, lambda tx: stamp_card(tx, shop.merchant, card.id, Purchase(), actor=shop.actor), call.by_the_lane
    )

    assert lane == 201
    assert card.row.stamps == Stamp.objects.count() == 2
    assert StoredAnswer.objects.count() == 1


def test_a_rotating_code_that_was_taken_meanwhile_is_refused(shop: Shop) -> None:
    card = shop.publish(earning=NO_WAIT).card()
    step = int(now().timestamp() // 30)
    code = rotating_text(card.row.short_number, code_at_step(rotating_secret(card.id, 0), step))
    call = Call(shop, "/scans", {"code": code})

    lane = overtaken(
        shop,
        lambda tx: stamp_card(tx, shop.merchant, card.id, Purchase(), actor=shop.actor, step=step),
        call.by_the_lane,
    )

    assert lane is None
    refused = call.by_django()
    assert (refused.status, refused.json["code"]) == (409, "code_out_of_date")
    assert card.row.stamps == 1


def test_a_change_that_is_rolled_back_was_none(shop: Shop, card: HeldCard) -> None:
    call, voucher_id = redemption_of(card), card.open_vouchers[0].id

    lane = met(shop, lambda tx: use(tx, shop, voucher_id), call.by_the_lane, is_committed=False)

    assert lane == 201
    assert Redemption.objects.count() == 1


@pytest.mark.parametrize(("condition", "used"), [("state = 'ready'", 1), ("state <> ''", 8)])
def test_the_race_exists_without_the_condition(shop: Shop, card: HeldCard, condition: str, used: int) -> None:
    """All have read, then one writes after the other: once by what was read of the row, once without."""
    voucher_id = card.open_vouchers[0].id
    read = "SELECT {} FROM voucher WHERE merchant_id = %s AND id = %s".format(", ".join(VoucherRow.__struct_fields__))
    write = f"UPDATE voucher SET state = 'redeemed' WHERE merchant_id = %s AND id = %s AND {condition}"

    def redeem() -> None:
        with ExitStack() as its_turn, one_write(shop.merchant.id) as tx:
            voucher = tx.hold(VoucherRow, read, (shop.merchant.id, voucher_id)).row()
            everybody_has_read.wait()
            assert voucher
            assert voucher.state == "ready"
            its_turn.enter_context(turn)
            tx.change(write, (shop.merchant.id, voucher_id))

    turn, everybody_has_read = Lock(), Barrier(8, timeout=60)
    ends = run_together(*[redeem] * 8)

    assert sum(end is None for end in ends) == used
    assert all(isinstance(end, NeedsLocks) for end in ends if end)
