"""How answers travel: compressed where it helps, and with their length told."""

import gzip
import http.client

from django.conf import settings
from django.test import Client

from stampwell.ids import public_id
from tests.serving import Product
from tests.web.api.client import ApiClient
from tests.world import Shop

GZIP = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_compressed_for_who_takes_it(client: Client, lume: Shop) -> None:
    card = lume.publish().card()
    path = card.url.removeprefix(settings.BASE_URL)
    plain = client.get(path)

    packed = client.get(path, headers=GZIP)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert b"10" in gzip.decompress(packed.content)


def test_the_length_of_a_compressed_page_says_little(client: Client, db: None) -> None:
    lengths = {len(client.get("/accounts/login/", headers=GZIP).content) for _time in range(20)}

    assert max(lengths) - min(lengths) > 10  # a few are due to the form's token, which is another each time


def test_the_api_is_not_compressed(lume: Shop) -> None:
    reply = ApiClient(lume.api_key()).get("/programs", Accept_Encoding="gzip")

    assert "Content-Encoding" not in reply.headers


def test_what_is_compressed_in_itself_is_left_alone(client: Client, lume: Shop) -> None:
    program = public_id("prg", lume.publish().program.id)
    client.force_login(lume.owner)

    code = client.get(f"/programs/{program}/join-code.svg", headers=GZIP)

    assert code.headers["Content-Type"] == "image/svg+xml"
    assert "Content-Encoding" not in code.headers


def test_answers_tell_their_length(product: Product) -> None:
    for method, path in [("GET", "/accounts/login/"), ("GET", "/api/v1/me"), ("GET", "/api/v1/openapi.json")]:
        answer, body = ask(product, method, path)

        assert answer.getheader("Transfer-Encoding") is None, path
        assert int(answer.getheader("Content-Length") or "") == len(body) > 0, path


def test_the_head_of_an_answer_tells_the_length_of_the_whole(product: Product) -> None:
    for path in ["/accounts/login/", "/api/v1/openapi.json"]:
        whole, body = ask(product, "GET", path)

        head, nothing = ask(product, "HEAD", path)

        assert nothing == b""
        assert head.status == whole.status, path
        assert head.getheader("Content-Length") == str(len(body)), path


def test_an_answer_without_a_body_tells_no_length(product: Product) -> None:
    page, _body = ask(product, "GET", "/static/icons.svg")

    same, nothing = ask(product, "GET", "/static/icons.svg", if_none_match=page.getheader("ETag") or "")

    assert (same.status, nothing, same.getheader("Content-Length")) == (304, b"", None)


def ask(product: Product, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    host = product.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body
