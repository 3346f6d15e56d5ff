"""`stampwell proxy`: the file of a proxy with what this installation's settings say; how it serves: tests/proxies."""

from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from stampwell.environment import EnvironmentTrouble
from stampwell.languages.catalogues import translated_locales
from stampwell.management.proxy_file import FILES, main, proxy_file
from stampwell.management.tls_files import CertificateTrouble, Pair

ADDRESS = {"STAMPWELL_BASE_URL": "https://shop.example"}
OTHER_PORT = {"STAMPWELL_BASE_URL": "https://shop.example:8443", "STAMPWELL_LISTEN": "[::1]:9000"}
PAIR = Pair(Path("/etc/ssl/my shop/chain.pem"), Path("/etc/ssl/key.pem"))


def test_as_they_are_shipped_they_are_for_an_example() -> None:
    example = {"STAMPWELL_BASE_URL": "https://cards.example.com"}

    assert proxy_file("caddy", example) == (FILES / "Caddyfile").read_text("utf-8")
    assert proxy_file("nginx", example) == (FILES / "nginx.conf").read_text("utf-8")


@pytest.mark.parametrize("program", ["caddy", "nginx"])
def test_the_name_of_the_example_is_nowhere_left(program: str) -> None:
    for settings in (ADDRESS, OTHER_PORT):
        assert "example.com" not in proxy_file(program, settings)


def test_address_and_port_of_caddy() -> None:
    assert "\nshop.example {\n\treverse_proxy 127.0.0.1:8000 {\n" in proxy_file("caddy", ADDRESS)
    assert "\nshop.example:8443 {\n\treverse_proxy [::1]:9000 {\n" in proxy_file("caddy", OTHER_PORT)
    with_own = proxy_file("caddy", ADDRESS, PAIR)
    assert '\nshop.example {\n\ttls "/etc/ssl/my shop/chain.pem" /etc/ssl/key.pem\n' in with_own


def test_address_and_port_of_nginx() -> None:
    usual, other = proxy_file("nginx", ADDRESS), proxy_file("nginx", OTHER_PORT)

    assert usual.count("server_name shop.example;") == other.count("server_name shop.example;") == 2
    assert "listen 443 ssl http2;" in usual
    assert "listen [::]:8443 ssl http2;" in other
    assert "return 308 https://shop.example:8443$request_uri;" in other
    assert "server [::1]:9000 max_fails=0;" in other
    assert "ssl_certificate /etc/letsencrypt/live/shop.example/fullchain.pem;" in other
    assert 'ssl_certificate "/etc/ssl/my shop/chain.pem";' in proxy_file("nginx", ADDRESS, PAIR)


@pytest.mark.parametrize("listen", ["0.0.0.0:8000", "[::]:8000"])
def test_a_proxy_of_this_machine_finds_who_listens_everywhere(listen: str) -> None:
    text = proxy_file("caddy", ADDRESS | {"STAMPWELL_LISTEN": listen})

    assert "reverse_proxy 127.0.0.1:8000" in text or "reverse_proxy [::1]:8000" in text


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "only this machine opens it"),
        ({"STAMPWELL_BASE_URL": "http://shop.example"}, "nobody speaks https there"),
        ({"STAMPWELL_BASE_URL": "shop.example"}, "does not begin with https://"),
        (ADDRESS | {"STAMPWELL_LISTEN": "80"}, "is an address and a port"),
        (ADDRESS | {"STAMPWELL_TLS_CERTIFICATE": "c", "STAMPWELL_TLS_KEY": "k"}, "speaks https itself"),
    ],
)
def test_where_no_proxy_can_stand_in_front_it_says_why(settings: dict[str, str], why: str) -> None:
    with pytest.raises((EnvironmentTrouble, CertificateTrouble), match=why):
        proxy_file("nginx", settings)


@pytest.mark.parametrize("name", ['a"b', "a;\nb {", "a $uri", "{a b}"])
def test_a_name_of_a_file_changes_nothing_else(name: str) -> None:
    for program in ("caddy", "nginx"):
        with pytest.raises(CertificateTrouble, match="letters, digits, dots and dashes"):
            proxy_file(program, ADDRESS, Pair(Path("/etc") / name, Path("/etc/key.pem")))


def test_the_command_says_what_else_to_set(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("STAMPWELL_BASE_URL", "https://shop.example")

    assert main(["caddy"]) == 0
    told = capsys.readouterr()
    assert told.out == proxy_file("caddy", ADDRESS)
    assert "Set STAMPWELL_TRUSTED_PROXIES=127.0.0.1 as well" in told.err
    assert main(["nginx", "--key", "key.pem"]) == 1
    assert "Name both --certificate and --key" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf"])
def test_while_nobody_answers_it_is_said_in_every_language(file: str) -> None:
    text = (FILES / file).read_text("utf-8")

    for locale in ("en", *translated_locales()):
        with override(locale):
            said = (gettext("We’ll be back in a moment."), gettext("Wait a minute and try again."))
        assert f"{said[0]}{'' if locale == 'ja' else ' '}{said[1]}\n" in text, locale
