"""Whatever stands in a request, nothing of ours breaks on it: every route, with signs that a database cannot keep,
with JSON in JSON without end, and with numbers that nobody can count to.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from stampwell.ids import public_id
from tests.web.scanner.phone import Phone
from tests.world import Shop

pytestmark = pytest.mark.long

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
NAMES = [
    *("key", "once", "code", "pin", "email", "login", "name", "phone", "password", "credential", "pushToken", "q"),
    *("after", "before", "lang", "language", "program", "shop", "to", "reason", "location", "reward", "count"),
    *("position", "scopes", "passesUpdatedSince", "next", "birthday", "goal", "rows", "logo", "override", "amount"),
]
NESTED, NUMBER, NUL = "[" * 20_000 + "]" * 20_000, "9" * 5_000, "a\0b"
# Written once, for the same is sent to each of some four hundred routes.
WITH_NUL, WITH_NUMBER, WITH_LONG_NUMBER = (
    urlencode(dict.fromkeys(NAMES, text)) for text in (NUL, NUMBER[:200], NUMBER)
)
SIGNING_OUT = ("logout", "lock")  # whoever has gone reaches nothing more
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def routes_of(resolver: URLResolver, start: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        path = start + str(one.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
        if isinstance(one, URLPattern):
            yield path
        else:
            yield from routes_of(one, path)


def fill(route: str, shop: Shop, otherwise: str) -> str:
    """With what is known of the shop, and the other text wherever something else may stand."""
    known = {"merchant_slug": shop.merchant.slug, "member_id": public_id("stf", shop.ada.id), "pk": "1"}
    return "/" + PARAMETER.sub(lambda found: known.get(found[1] or found[2], otherwise), route)


@pytest.fixture
def owner(lume: Shop) -> Client:
    """Ada at her desk, in whose browser a scanner is enrolled as well."""
    phone = Phone(lume).enrol()
    phone.sign_in(lume.hire("Bo"))
    phone.client.force_login(lume.owner)
    phone.client.raise_request_exception = False
    return phone.client


def odd_requests(client: Client, path: str) -> Iterator[tuple[str, int]]:
    as_json = '{"key":"a\\u0000b","code":"1\\u0000","pushToken":"\\u0000","logs":["\\u0000"]}'
    nested = '{"key":"a","code":"1","logs":["x"],"pushToken":"a","y":' + NESTED + "}"
    yield "GET NUL", client.get(f"{path}?{WITH_NUL}").status_code
    yield "GET number", client.get(f"{path}?{WITH_NUMBER}").status_code
    yield "POST NUL", client.post(path, WITH_NUL, content_type=FORM).status_code
    yield "POST number", client.post(path, WITH_LONG_NUMBER, content_type=FORM).status_code
    yield "POST nested", client.post(path, {"credential": NESTED, "login": "a@b.example"}).status_code
    for passkey in ("{}", '{"id":"a","type":"public-key","rawId":"a","response":{}}', '{"response":[[]]}'):
        yield f"POST {passkey}", client.post(path, {"credential": passkey}).status_code
    yield "JSON NUL", client.post(path, as_json, content_type=JSON).status_code
    yield "JSON nested", client.post(path, nested, content_type=JSON).status_code


@pytest.mark.parametrize("who", ["a stranger", "the owner"])
def test_nothing_breaks_on_what_is_sent(owner: Client, lume: Shop, who: str) -> None:
    lume.publish()
    client = owner if who == "the owner" else Client(raise_request_exception=False)
    broken = []
    for route in routes_of(get_resolver("stampwell.urls")):
        if not route.rstrip("/").endswith(SIGNING_OUT):
            path = fill(route, lume, "nobodys")
            broken += [(how, path, status) for how, status in odd_requests(client, path) if status >= 500]
            if client.get(fill(route, lume, "%00")).status_code >= 500:
                broken.append(("path", path, 500))

    assert broken == [], broken
