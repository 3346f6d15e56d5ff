"""Lists come in pages, and cost the same for one thing as for three."""

import re
import tempfile
from collections.abc import Callable

import pytest
from django.db import connection

from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db

NO_WAIT = {"by": "visit", "cooldown_seconds": 0}
LISTS = ["/programs", "/cards", "/vouchers", "/events", "/receipt-codes/batches"]


def fill(shop: Shop, api: ApiClient, times: int) -> None:
    """`times` more programs, each with a card that has vouchers, and a batch of receipt codes."""
    for _ in range(times):
        offer = shop.publish(earning=NO_WAIT)
        api.post(f"/cards/crd_{offer.card().id.hex}/stamps", {"count": 10})
        api.post("/receipt-codes/batches", {"program_id": f"prg_{offer.program.id.hex}", "count": 2})


@pytest.mark.parametrize("path", LISTS)
def test_pages_hold_everything_once_and_in_order(api: ApiClient, lume: Shop, path: str) -> None:
    fill(lume, api, 3)
    everything = api.get(f"{path}?limit=200").json
    assert everything["next"] == (str(everything["items"][-1]["sequence"]) if path == "/events" else None)
    assert len(everything["items"]) >= 3

    seen, after = [], ""
    while True:
        page = api.get(f"{path}?limit=2{after}").json
        assert len(page["items"]) <= 2
        seen += page["items"]
        if not page["items"] or page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert seen == everything["items"]
    assert len({item["id"] for item in seen}) == len(seen)


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_is_a_list(api: ApiClient, path: str) -> None:
    assert api.get(path).json == {"items": [], "next": "0" if path == "/events" else None}


@pytest.mark.parametrize("path", LISTS)
def test_a_rivals_things_are_not_on_the_list(
    api: ApiClient, rival: ApiClient, lume: Shop, rossi: Shop, path: str
) -> None:
    fill(rossi, rival, 1)

    assert api.get(path).json["items"] == []
    assert rival.get(path).json["items"] != []


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_asks_the_database_no_more(api: ApiClient, lume: Shop, path: str) -> None:
    fill(lume, api, 1)
    one = statements(lambda: api.get(path))
    fill(lume, api, 2)
    three = statements(lambda: api.get(path))

    assert three == one


def statements(call: Callable[[], object]) -> int:
    """How many statements a call sends to the database, through Django or past it."""
    call()  # what is remembered for ever is remembered now
    connection.ensure_connection()
    with tempfile.TemporaryFile() as log:
        raw = connection.connection
        raw.pgconn.trace(log.fileno())
        try:
            call()
        finally:
            raw.pgconn.untrace()
        log.seek(0)
        return len(re.findall(rb"\t(?:Execute|Query)\t", log.read()))


def test_the_counting_counts(api: ApiClient) -> None:
    assert 1 <= statements(lambda: api.get("/me")) <= 5
    assert statements(lambda: api.get("/openapi.json")) == 0
