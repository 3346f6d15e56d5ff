"""Each request has an id: in its answer and in every line that it leads to."""

import json
import re
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from pytest_django import Settings

from stampwell.cards.links import card_token
from stampwell.ids import public_id
from stampwell.web.proxies import see_through_proxies
from stampwell.web.request_ids import begin_request, end_request
from tests.serving import running_product
from tests.world import Shop

PATIENCE = 60  # seconds
MADE = re.compile("[0-9a-f]{16}")
OF_A_PROXY = "0af7651916cd43dd8448eb211c80319c"


def id_of(peer: str, said: str) -> str:
    environ = {"REMOTE_ADDR": peer, "HTTP_X_REQUEST_ID": said}
    see_through_proxies(environ)
    try:
        return begin_request(environ)
    finally:
        end_request()


@pytest.fixture
def _proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]


@pytest.mark.usefixtures("_proxy")
def test_only_a_trusted_proxy_names_a_request() -> None:
    assert id_of("10.1.2.3", OF_A_PROXY) == OF_A_PROXY
    assert MADE.fullmatch(id_of("192.0.2.1", OF_A_PROXY))


@pytest.mark.usefixtures("_proxy")
@pytest.mark.parametrize(
    "said", ["", "short", "x" * 65, "a b c d e f", "abcdefgh\r\nSet-Cookie: a=b", "ļoti-gara-īdent", "a,b,c,d,e"]
)
def test_an_id_that_would_spoil_a_line_is_replaced(said: str) -> None:
    assert MADE.fullmatch(id_of("10.1.2.3", said))


@pytest.mark.machine_clock
def test_every_answer_names_its_request_and_so_does_the_log(transactional_db: None, lume: Shop, tmp_path: Path) -> None:
    """Also where it is turned away, and where the fast lane answers."""
    environment = {"STAMPWELL_LOG": "json", "STAMPWELL_LOG_REQUESTS": "1", "STAMPWELL_TRUSTED_PROXIES": "127.0.0.1"}
    token = card_token((card := lume.publish().card()).id, 0)
    key = {"Authorization": f"Bearer {lume.api_key()}"}
    ask = httpx.Client(headers={"X-Request-ID": OF_A_PROXY}, timeout=PATIENCE)
    with running_product(tmp_path, **environment) as product, ask:
        answers = [
            ask.get(f"{product.url}/c/{lume.merchant.slug}/{token}?pin=1234"),
            ask.get(f"{product.url}/api/v1/cards/{public_id('crd', card.id)}", headers=key),
            ask.get(f"{product.url}/nowhere%0A/at%20all"),
            ask.post(f"{product.url}/scanner/pin", content=b"x" * 300_000),
        ]
    written = product.log.read_text()  # when it has ended, all is there

    lines = [json.loads(line) for line in written.splitlines()]
    told = [line for line in lines if line["logger"] == "stampwell.requests" and line["request"] == OF_A_PROXY]
    assert [answer.headers["X-Request-ID"] for answer in answers] == [OF_A_PROXY] * 4
    assert [(line["facts"]["method"], line["facts"]["status"]) for line in told] == [
        ("GET", 200),
        ("GET", 200),
        ("GET", 404),
        ("POST", 413),
    ]
    assert told[0]["facts"]["path"] == f"/c/{lume.merchant.slug}/…"
    assert token not in written
    assert "1234" not in "".join(line["message"] for line in told)
