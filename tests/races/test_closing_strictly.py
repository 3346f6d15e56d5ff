"""After the answer "closed" nothing of people or programs is written, also where a request was under way."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from uuid import uuid4

import psycopg
import pytest
from django.test import Client

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.stamping import stamp_card
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants import closing
from stampwell.merchants.closing import StillUnderWay, close_shop
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Redemption
from tests.races.test_overtaken import Call, session, wait_for
from tests.races.test_overtaken import closing as closing_connection
from tests.web.dashboard.desk import DeskClient
from tests.web.scanner.phone import Phone
from tests.world import Offer, Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

EARNING = {"by": "visit", "cooldown_seconds": 0}
type Act = Callable[[], object]
# A moment for the answer "closed" to come too early, as it did. Where it is right, it never comes within it.
TOO_EARLY = 0.3


@pytest.fixture
def shop() -> Shop:
    return open_lume()


def written() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Card, Stamp, Redemption, Event))


def closed_meanwhile(shop: Shop, act: Act, table: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What was written when the shop was said to be closed, and what in the end.

    The act has read that the shop is open, and waits for somebody who has a table locked.
    """

    def close() -> tuple[int, ...]:
        close_shop(shop.merchant.id)
        return written()

    with ThreadPoolExecutor(2) as threads, session() as somebody, session() as onlooker:
        terms_of.cache_clear()
        somebody.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        acting = threads.submit(closing_connection(act))
        wait_for(acting, onlooker)
        ending = threads.submit(closing_connection(close))
        wait_until_closed(ending, onlooker)
        wait([ending], timeout=TOO_EARLY)
        somebody.execute("ROLLBACK")
        acting.result()
        return ending.result(), written()


def wait_until_closed(ending: "Future[tuple[int, ...]]", onlooker: "psycopg.Connection[object]") -> None:
    while not onlooker.execute("SELECT 1 FROM merchant WHERE closed IS NOT NULL").fetchall():
        if ending.done():
            ending.result()


def till_stamps(shop: Shop, offer: Offer) -> Act:
    call = Call(shop, f"/cards/{public_id('crd', offer.card().id)}/stamps")
    return lambda: call.by_the_lane() or call.by_django()


def program_stamps(shop: Shop, offer: Offer) -> Act:
    return Call(shop, f"/cards/{public_id('crd', offer.card().id)}/stamps").by_django


def till_redeems(shop: Shop, offer: Offer) -> Act:
    card = offer.card()
    with merchant_transaction(shop.merchant.id) as tx:
        stamp_card(tx, shop.merchant, card.id, Purchase(), actor=shop.actor)
    return Call(shop, f"/vouchers/{public_id('vch', card.open_vouchers[0].id)}/redemption").by_the_lane


def phone_scans(shop: Shop, offer: Offer) -> Act:
    phone = Phone(shop).enrol()
    phone.sign_in(shop.hire("Eve"))
    body = {"key": str(uuid4()), "code": offer.card().code}
    return lambda: phone.send_scan(body)


def customer_joins(shop: Shop, offer: Offer) -> Act:
    visitor = Client()
    path = f"/j/{shop.merchant.slug}/{offer.program.slug}"
    return lambda: visitor.post(path, {"key": uuid4().hex})


def owner_pauses(shop: Shop, offer: Offer) -> Act:
    desk = DeskClient(shop.owner)
    return lambda: desk.send(f"/programs/{public_id('prg', offer.program.id)}/pause-or-end/", course="joining")


@pytest.mark.parametrize(
    ("prepare", "table"),
    [
        (till_stamps, "program_version"),
        (till_redeems, "program_version"),
        (program_stamps, "program_version"),
        (phone_scans, "program_version"),
        (phone_scans, "card"),
        (customer_joins, "program_version"),
        (customer_joins, "customer"),
        (owner_pauses, "program"),
    ],
)
def test_nothing_is_written_after_the_answer(shop: Shop, prepare: Callable[[Shop, Offer], Act], table: str) -> None:
    offer = shop.publish(goal=9, milestones=[{"stamps": n, "reward": {"name": "Tea"}} for n in (1, 9)], earning=EARNING)

    at_the_answer, in_the_end = closed_meanwhile(shop, prepare(shop, offer), table)

    assert in_the_end == at_the_answer


def test_what_never_ends_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is closed all the same."""
    monkeypatch.setattr(closing, "PATIENCE", 0)
    with session() as writing:
        writing.execute("BEGIN")
        writing.execute("SELECT 1 FROM merchant WHERE closed IS NOT NULL FOR KEY SHARE")
        with pytest.raises(StillUnderWay):
            close_shop(shop.merchant.id)

        assert Merchant.objects.get().closed

    assert not close_shop(shop.merchant.id)


def test_who_only_reads_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup reads all tables for minutes."""
    monkeypatch.setattr(closing, "PATIENCE", 0)
    with session() as reading:
        reading.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reading.execute("SELECT count(*) FROM merchant")

        assert close_shop(shop.merchant.id)
