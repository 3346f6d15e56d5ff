"""`stampwell check` asks the public address: a proxy that is set up wrongly is told, with what to set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stampwell.findings import Level
from stampwell.management.outside_checks import look_at_redirect, look_from_outside
from stampwell.management.shown_certificate import look_at_days
from stampwell.watch.shown_certificate import ShownCertificate
from tests.certificates import Chain, make_chain, make_pair
from tests.proxies.conftest import installed
from tests.proxies.running import Change, Proxy, as_it_is, quiet_port, running_proxy
from tests.serving import running_product

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.machine_clock]
FORWARDED_FOR = "proxy_set_header X-Forwarded-For $remote_addr;"
FORWARDED_PROTO = "proxy_set_header X-Forwarded-Proto $scheme;"


def today() -> datetime:
    """The machine's own, for the TLS library goes by it. While modules are read, a run may have moved it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Place:
    """Where the product listens, and the address at which a proxy is to serve it."""

    address: str
    listen: str


@pytest.fixture(scope="module")
def place(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    address = f"https://localhost:{quiet_port()}"
    behind = {"STAMPWELL_BASE_URL": address, "STAMPWELL_TRUSTED_PROXIES": "127.0.0.1"}
    with running_product(tmp_path_factory.mktemp("product"), **behind) as product:
        yield Place(address, product.url.removeprefix("http://"))


@pytest.fixture
def said(place: Place, chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What is told where nginx serves with a file that was changed, or with another certificate."""

    def ask(change: Change = as_it_is, shown: Chain = chain) -> str:
        monkeypatch.setenv("SSL_CERT_FILE", str(shown.root))
        with running_proxy(
            installed("nginx"), tmp_path, address=place.address, listen=place.listen, chain=shown, change=change
        ):
            return "\n".join(map(str, look_from_outside(place.address)))

    return ask


def test_both_files_are_good(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy.root))

    found = [*look_from_outside(proxy.url), *look_at_redirect(proxy.plain, proxy.url)]

    assert [finding.level for finding in found] == [Level.GOOD] * 3, found
    assert "Phones trust the certificate of localhost" in found[0].text
    assert found[1].text == f"{proxy.url} answers, and knows who asks."


def put(new: str, old: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put("", FORWARDED_FOR), "hands on X-Forwarded-For as visitors send it"),
        (put('proxy_set_header X-Forwarded-For "";', FORWARDED_FOR), "does not say who asks"),
        (put("", FORWARDED_PROTO), "does not say that people come by https"),
        (put("proxy_set_header X-Forwarded-Proto http;", FORWARDED_PROTO), "does not say that people come by https"),
        (
            put("proxy_set_header Host cards;", "proxy_set_header Host $http_host;"),
            "asks under another name than localhost",
        ),
        (put("proxy_set_header Host $proxy_host;", "proxy_set_header Host $http_host;"), "answers with 400"),
        (put(f"proxy_bind 127.0.0.9; {FORWARDED_FOR}", FORWARDED_FOR), "Set STAMPWELL_TRUSTED_PROXIES=127.0.0.9"),
        (put("add_header Referrer-Policy no-referrer; gzip off;", "gzip off;"), "every form is refused"),
        (
            put("proxy_hide_header Strict-Transport-Security; gzip off;", "gzip off;"),
            "takes Strict-Transport-Security out",
        ),
        (put("return 302 https://elsewhere.example/; gzip off;", "gzip off;"), "sends people on to https://elsewhere"),
        (put('return 200 "hello"; gzip off;', "gzip off;"), "Another program answers"),
        (put("return 404; gzip off;", "gzip off;"), "is not this Stampwell"),
        (put("proxy_pass http://127.0.0.1:9;", "proxy_pass http://stampwell;"), "the proxy does not reach Stampwell"),
    ],
)
def test_a_proxy_that_is_set_up_wrongly_is_told(
    said: Callable[..., str], place: Place, change: Change, told: str
) -> None:
    found = said(change)

    assert told in found
    assert "knows who asks" not in found


@pytest.mark.parametrize("appended", ["$proxy_add_x_forwarded_for", '"203.0.113.7, $remote_addr"'])
def test_a_proxy_that_adds_whom_it_was_asked_by_is_good(said: Callable[..., str], appended: str) -> None:
    assert "knows who asks" in said(put(f"proxy_set_header X-Forwarded-For {appended};", FORWARDED_FOR))


def test_a_certificate_that_phones_refuse_is_told(said: Callable[..., str], chain: Chain, tmp_path: Path) -> None:
    ended = make_chain(tmp_path / "ended", "localhost", today() - timedelta(days=91))
    other = make_chain(tmp_path / "other", "other.example", today() - timedelta(days=1))
    half = replace(chain, pair=replace(chain.pair, certificate=chain.leaf_alone))
    alone = replace(chain, pair=make_pair(tmp_path / "alone", "localhost", today() - timedelta(days=1)))

    assert "localhost: it has ended. Renew it" in said(shown=ended)
    assert "localhost: it is for another name. Get one for localhost." in said(shown=other)
    assert "a link of the chain is missing" in said(shown=half)
    assert "its authority is none that phones know" in said(shown=replace(chain, pair=other.pair))
    assert "it is signed by itself" in said(shown=alone)


def test_nobody_else_learns_how_a_question_came_in(proxy: Proxy) -> None:
    with proxy.client() as stranger:
        for question in ("", "abc", "0123456789abcdef:1x0000:forged"):
            assert stranger.get("/way-in", headers={"X-Stampwell-Question": question}).status_code == 404


@pytest.mark.parametrize(
    ("lives", "left", "level"), [(90, 20, Level.GOOD), (90, 13, Level.AMBER), (6, 2, Level.GOOD), (6, 1, Level.AMBER)]
)
def test_a_certificate_that_should_have_been_renewed_is_told(lives: int, left: int, level: Level) -> None:
    ends = today() + timedelta(days=left)

    shown = ShownCertificate("shop.example", ends - timedelta(days=lives), ends)
    assert look_at_days(shown).level is level
