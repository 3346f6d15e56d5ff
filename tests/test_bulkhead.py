"""A shop whose part of the database hangs takes half of a process's threads, and no more."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from stampwell.transactions import bulkhead, merchant_transaction, passage
from stampwell.transactions.bulkhead import TRUSTED, Bulkhead
from tests.doubles.citus import citus
from tests.serving import database_url
from tests.web.api.client import ApiClient, Reply
from tests.world import HeldCard, Shop

THREADS = 4
ANY_TIME = {"by": "visit", "cooldown_seconds": 0}
# Whose connection was cut off may still be at work on the server, and would meet the emptying of the tables.
_END_THE_CUT_OFF = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
LONGEST = 60  # seconds that a test waits for what comes at once, or never

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web() -> Iterator[ThreadPoolExecutor]:
    """The threads of a web process, which wait for a lock as long as a frozen node would keep them."""
    opened: list[BaseDatabaseWrapper] = []

    def begin() -> None:
        opened.append(connections["default"])
        connection.inc_thread_sharing()  # closed by the test's own thread
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SET statement_timeout = 0")

    with ThreadPoolExecutor(THREADS, initializer=begin) as threads:
        yield threads
    for wrapper in opened:
        wrapper.close()
    with connection.cursor() as cursor:
        cursor.execute(_END_THE_CUT_OFF)


@pytest.fixture
def armed() -> Iterator[Bulkhead]:
    yield bulkhead.arm(THREADS, patience=0.3)
    bulkhead.disarm()


@pytest.fixture
def lumes(lume: Shop) -> HeldCard:
    return lume.publish(earning=ANY_TIME).card()


@pytest.fixture
def rossis(rossi: Shop) -> HeldCard:
    return rossi.publish(earning=ANY_TIME).card()


@contextmanager
def hanging(card: HeldCard) -> Iterator[None]:
    """Whoever stamps this card waits until somebody lets go of it."""
    with psycopg.connect(database_url()) as somebody:
        somebody.execute(
            "SELECT 1 FROM card WHERE merchant_id = %s AND id = %s FOR UPDATE", [card.shop.merchant.id, card.id]
        )
        yield


def stamping(card: HeldCard) -> Callable[[], Reply]:
    api, path = ApiClient(card.shop.api_key()), f"/cards/crd_{card.id.hex}/stamps"
    return lambda: api.post(path, {})


def cut_off(replies: list[Future[Reply]]) -> list[int]:
    """The answers of all who are not among the half that may wait."""
    others = len(replies) - THREADS // 2
    return [reply.result().status for reply in islice(as_completed(replies, LONGEST), others)]


def statuses(replies: list[Future[Reply]]) -> list[int]:
    return sorted(reply.result(LONGEST).status for reply in replies)


def test_another_shop_is_served_while_one_hangs(
    web: ThreadPoolExecutor, armed: Bulkhead, lumes: HeldCard, rossis: HeldCard
) -> None:
    lume, rossi = stamping(lumes), stamping(rossis)
    with hanging(lumes):
        crowd = [web.submit(lume) for _request in range(3 * THREADS)]
        served = web.submit(rossi).result(LONGEST)
        others = cut_off(crowd)

    assert (served.status, set(others)) == (201, {503})
    assert statuses(crowd) == [201] * (THREADS // 2) + others
    armed.look()
    assert (lumes.row.stamps, rossis.row.stamps) == (THREADS // 2, 1)


def test_who_is_not_let_in_hears_it_at_once_and_when_to_come_again(
    web: ThreadPoolExecutor, armed: Bulkhead, lumes: HeldCard
) -> None:
    lume = stamping(lumes)
    with hanging(lumes):
        crowd = [web.submit(lume) for _thread in range(THREADS)]
        others = cut_off(crowd)
        refused = web.submit(lume).result(LONGEST)

    assert (refused.status, refused.code, refused.json["retryable"]) == (503, "unavailable", True)
    assert refused.headers["Retry-After"] == "1"
    assert statuses(crowd) == [201] * (THREADS // 2) + others


def test_when_it_answers_again_half_may_try_and_then_everybody(
    web: ThreadPoolExecutor, armed: Bulkhead, lumes: HeldCard, rossis: HeldCard
) -> None:
    lume, rossi = stamping(lumes), stamping(rossis)
    with hanging(lumes):
        crowd = [web.submit(lume) for _thread in range(THREADS)]
        cut_off(crowd)
    statuses(crowd)
    armed.look()
    armed.ended.set()  # nobody looks and cuts from now on
    armed.patience = LONGEST  # on a busy machine too everybody is quick

    with hanging(lumes):
        trying = [web.submit(lume) for _thread in range(THREADS)]
        served = web.submit(rossi).result(LONGEST)
    assert (served.status, statuses(trying)) == (201, [201, 201, 503, 503])
    assert [web.submit(lume).result(LONGEST).status for _time in range(TRUSTED)] == [201] * TRUSTED
    assert armed._suspect == {}


def test_pages_say_so_too(armed: Bulkhead, lumes: HeldCard, rossis: HeldCard, client: Client) -> None:
    armed.ended.set()  # nobody looks, and opens again
    armed._closed, armed._suspect = frozenset([lumes.shop.merchant.id]), {lumes.shop.merchant.id: 1}

    closed, open_ = client.get(lumes.url), client.get(rossis.url)

    assert (closed.status_code, closed.headers["Retry-After"]) == (503, "5")
    assert "We’ll be back in a moment." in closed.content.decode()
    assert open_.status_code == 200


def test_half_of_the_threads_may_wait_at_one_node_whichever_the_shops(
    web: ThreadPoolExecutor, armed: Bulkhead, lumes: HeldCard, rossis: HeldCard
) -> None:
    """As a distributed database would say it: both shops lie on the node that hangs."""
    with citus() as cluster:
        cluster.ask("SELECT citus_add_node('node-1', 5432)")
        cluster.ask("SELECT create_distributed_table('merchant', 'id')")
        crowd = [stamping(lumes), stamping(rossis)] * THREADS
        with hanging(lumes), hanging(rossis):
            replies = [web.submit(stamp) for stamp in crowd]
            others = cut_off(replies)

        assert set(others) == {503}
        assert statuses(replies) == [201] * (THREADS // 2) + others


def test_a_passage_inside_another_is_part_of_it(armed: Bulkhead, lume: Shop) -> None:
    with passage(lume.merchant.id), merchant_transaction(lume.merchant.id):
        assert len(armed._inside) == 1

    assert armed._inside == {}


def test_what_fails_inside_leaves_too(armed: Bulkhead, lume: Shop) -> None:
    with pytest.raises(ZeroDivisionError), merchant_transaction(lume.merchant.id):
        raise ZeroDivisionError

    assert armed._inside == {}


def test_nobody_is_watched_where_no_web_server_runs(lume: Shop) -> None:
    with merchant_transaction(lume.merchant.id):
        assert bulkhead._armed is None


def test_a_cluster_on_which_no_shop_lies_yet_has_no_nodes(armed: Bulkhead, lume: Shop) -> None:
    with citus(), merchant_transaction(lume.merchant.id):
        assert [inside.places for inside in armed._inside.values()] == [(lume.merchant.id,)]
