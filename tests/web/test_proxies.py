"""Who a visitor is: what a proxy says counts only where the installation trusts it."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from django.http import HttpRequest
from pytest_django import Settings

from stampwell.environment import EnvironmentTrouble, read_networks
from stampwell.requests.models import Attempt
from stampwell.web.proxies import _tell_once, see_through_proxies, visitor_behind, why_visitors_look_alike
from stampwell.web.visitors import visitor_address
from tests.serving import Product, running_product
from tests.world import Shop

CLAIMS = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PORT": "9",
    "HTTP_X_REAL_IP": "203.0.113.8",
    "HTTP_FORWARDED": "for=203.0.113.9;proto=https",
}


@pytest.fixture
def proxies(settings: Settings) -> Settings:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    return settings


def asked(peer: str, **said: str) -> dict[str, Any]:
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "shop.example", **said}
    see_through_proxies(environ)
    return environ


def test_nobody_is_believed_who_is_not_trusted(settings: Settings) -> None:
    for settings.HTTPS in (False, True):
        assert asked("127.0.0.1", **CLAIMS) == asked("127.0.0.1")


def test_a_stranger_is_not_believed_where_others_are(proxies: Settings) -> None:
    assert asked("198.51.100.9", **CLAIMS) == asked("198.51.100.9")


def test_a_trusted_proxy_says_who_asks_and_how(proxies: Settings) -> None:
    assert asked("127.0.0.1", **CLAIMS) == {**asked("203.0.113.7"), "wsgi.url_scheme": "https"}


def test_a_proxy_that_does_not_say_how_people_come_is_told_of_once(
    proxies: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    _tell_once.cache_clear()
    proxies.HTTPS = True

    for _time in range(2):
        assert asked("127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")["wsgi.url_scheme"] == "http"

    assert ["let it set X-Forwarded-Proto" in line for line in caplog.messages] == [True]


def test_a_trusted_proxy_that_says_nothing_is_the_visitor(proxies: Settings) -> None:
    assert asked("127.0.0.1") == {
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "shop.example",
    }


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "visitor"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7"),  # what stands before was sent by the visitor
        ("127.0.0.1", "1.1.1.1,203.0.113.7, 10.1.1.1,10.2.2.2", "203.0.113.7"),  # two proxies of ours in a row
        ("127.0.0.1", "10.1.1.1", "10.1.1.1"),  # a visitor from inside
        ("127.0.0.1", "203.0.113.7:50123", "203.0.113.7"),
        ("127.0.0.1", "[2a00:1450::1]:443", "2a00:1450::1"),
        ("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("2001:db8::9", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7, unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7, <script>, 10.1.1.1", "10.1.1.1"),
        ("127.0.0.1", "1.1.1.1," * 5000 + "203.0.113.7", "203.0.113.7"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
        ("", "203.0.113.7", ""),
    ],
)
def test_the_visitor_is_the_last_who_is_no_proxy_of_ours(
    proxies: Settings, peer: str, forwarded_for: str, visitor: str
) -> None:
    assert visitor_behind(peer, forwarded_for) == visitor


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2a00:1450:1:2:3:4:5:6", "2a00:1450:1:2::"),
        ("2a00:1450:1:2::9", "2a00:1450:1:2::"),
        ("2a00:1450:1:3::9", "2a00:1450:1:3::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:cb00:7107", "203.0.113.7"),
        ("fe80::1%2", "fe80::"),
        ("", ""),
    ],
)
def test_one_household_counts_as_one_visitor(address: str, counted: str) -> None:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address

    assert visitor_address(request) == counted


def test_the_start_says_what_to_set_behind_a_proxy(settings: Settings) -> None:
    settings.HTTPS = True
    assert "Set STAMPWELL_TRUSTED_PROXIES" in why_visitors_look_alike()

    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1/32")]
    assert why_visitors_look_alike() == ""

    settings.HTTPS, settings.TRUSTED_PROXIES = False, []
    assert why_visitors_look_alike() == ""


def test_a_setting_that_names_no_network_says_what_to_write() -> None:
    assert read_networks({"PROXIES": " 127.0.0.1, 10.1.2.3/24,"}, "PROXIES") == [
        ip_network("127.0.0.1/32"),
        ip_network("10.1.2.0/24"),
    ]
    with pytest.raises(EnvironmentTrouble, match="PROXIES takes addresses and networks"):
        read_networks({"PROXIES": "proxy.example"}, "PROXIES")


# --- as it is served ---

HEADERS = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


@pytest.fixture
def trusting(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("product"), STAMPWELL_TRUSTED_PROXIES="127.0.0.1") as running:
        yield running


def ask_for_a_log_line(product: Product, shop: Shop) -> str:
    """The address that the product counts the request for."""
    answer = httpx.post(
        f"{product.url}/wallet/apple/{shop.merchant.slug}/v1/log", json={"logs": ["a"]}, headers=HEADERS, timeout=30
    )
    assert answer.status_code == 200
    return Attempt.objects.get(name__startswith="pass-log:").name.removeprefix("pass-log:")


def test_a_forged_header_changes_nothing(product: Product, lume: Shop) -> None:
    assert ask_for_a_log_line(product, lume) == "127.0.0.1"
    assert "Strict-Transport-Security" not in httpx.get(f"{product.url}/accounts/login/", headers=HEADERS).headers


@pytest.mark.machine_clock
def test_a_trusted_proxy_is_believed(trusting: Product, lume: Shop) -> None:
    assert ask_for_a_log_line(trusting, lume) == "203.0.113.7"


@pytest.mark.parametrize("host", ["127.0.0.1:31337", "localhost:6666", "testserver", "evil.example", "127.0.0.1", ""])
def test_a_host_that_is_not_ours_is_refused(product: Product, host: str) -> None:
    assert httpx.get(f"{product.url}/accounts/login/", headers={"Host": host}, timeout=30).status_code == 400


def test_our_own_hosts_are_answered(product: Product) -> None:
    port = product.url.rpartition(":")[2]

    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        answer = httpx.get(f"{product.url}/accounts/login/", headers={"Host": host}, timeout=30)
        assert answer.status_code == 200, host
