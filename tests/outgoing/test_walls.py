"""Where an address that a shop has given may lead, and where it may not."""

from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.outgoing import AddressNotAllowed, NotReached, ask, to_a_trusted_host, to_the_world
from stampwell.outgoing.walls import Address, is_in_the_world
from tests.doubles.http2 import Http2Server, server_context
from tests.doubles.peers import FINE, answers, peer
from tests.outgoing.receivers import Echo

OURS = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
    168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
    192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
    240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
    64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
    2002:7f00:1:: 2002:808:808:: 2002:c0a8:101:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::1%eth0
    fec0::1 ff02::1 ff0e::1
"""
THE_WORLDS = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 172.15.255.255
    172.32.0.1 192.167.255.255 192.169.0.1 198.17.255.255 223.255.255.255 2001:4860:4860::8888 2606:4700:4700::1111
    2a00:1450:400f:80d::200e 2003::1
"""


@pytest.mark.parametrize("address", OURS.split())
def test_an_address_that_may_be_ours_is_not_the_worlds(address: str) -> None:
    assert not is_in_the_world(ip_address(address))


@pytest.mark.parametrize("address", THE_WORLDS.split())
def test_a_public_address_is_the_worlds(address: str) -> None:
    assert is_in_the_world(ip_address(address))


@pytest.mark.parametrize("address", [address for address in OURS.split() if "%" not in address])
def test_no_literal_and_no_name_leads_to_what_may_be_ours(address: str) -> None:
    literal = f"[{address}]" if ":" in address else address

    for url in (f"https://{literal}/", f"https://{literal}:8443/x?y=1"):
        with pytest.raises(AddressNotAllowed):
            to_the_world(url)
    with pytest.raises(AddressNotAllowed, match="not on the open internet"):
        to_the_world("https://shop.example/", resolve=lambda _name, _seconds: [ip_address(address)])


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "127。0。0。1",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "0",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
        "[fe80::1%25eth0]",
        "[::1",
        "[127.0.0.1]",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "8.8.8.8.8",
        "256.1.1.1",
        "1.0x8",
        "",
        "..",
        "a" * 64 + ".example",
    ],
)
def test_no_other_way_to_write_this_machine_gets_through(host: str) -> None:
    with pytest.raises(AddressNotAllowed):
        to_the_world(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/",
        "http://8.8.8.8:443/",
        "http://8.8.8.8:8443/",
        "https://8.8.8.8:22/",
        "https://8.8.8.8:80/",
        "https://8.8.8.8:0/",
        "https://8.8.8.8:99999/",
        "https://8.8.8.8:-1/",
        "https://user@8.8.8.8/",
        "https://user:password@8.8.8.8/",
        "https://8.8.8.8\\@127.0.0.1/",
        "https://8.8.8.8/ HTTP/1.1\r\nX: y",
        "https://8.8.8.8\t/",
        "https://8.8.8.8/\ud800",
        "https://8.8.8.8/?\ud800",
        "https:8.8.8.8",
        "https:///path",
        "//8.8.8.8/",
        "8.8.8.8",
        "gopher://8.8.8.8/",
        "file:///etc/passwd",
        "unix:///run/postgresql",
        "HTTPS://" + "8.8.8.8/" + "x" * 2000,
        "",
    ],
)
def test_no_other_scheme_port_or_trick_gets_through(url: str) -> None:
    with pytest.raises(AddressNotAllowed):
        to_the_world(url)


def test_what_is_allowed_is_read_once() -> None:
    there = to_the_world("HTTPS://8.8.8.8:8443/ā b".replace(" ", "%20") + "?q=%2F&š=1#part")

    assert (there.scheme, there.host, there.port) == ("https", "8.8.8.8", 8443)
    assert there.target == "/%C4%81%20b?q=%2F&%C5%A1=1"
    assert there.addresses == (ip_address("8.8.8.8"),)
    assert there.authority == "8.8.8.8:8443"


def test_a_name_in_other_letters_is_asked_in_ascii() -> None:
    asked: list[str] = []

    def resolve(name: str, _seconds: float) -> list[Address]:
        asked.append(name)
        return [ip_address("8.8.8.8")]

    assert to_the_world("https://Kafejnīca.example/", resolve=resolve).authority == "xn--kafejnca-fjb.example"
    assert asked == ["xn--kafejnca-fjb.example"]


def test_of_several_addresses_only_the_worlds_are_asked() -> None:
    found = [ip_address(each) for each in ("10.0.0.1", "8.8.8.8", "::1", "2001:4860:4860::8888")]

    there = to_the_world("https://shop.example/", resolve=lambda _name, _seconds: found)

    assert there.addresses == (ip_address("8.8.8.8"), ip_address("2001:4860:4860::8888"))


def test_a_name_that_means_nothing_is_not_reached() -> None:
    with pytest.raises(NotReached, match="the name is not known"):
        to_the_world("https://nobody.invalid/")


def test_what_is_secret_in_an_address_is_not_shown() -> None:
    assert "hook-secret" not in repr(to_the_world("https://8.8.8.8/hook-secret?key=hook-secret"))


def test_what_the_operator_opens_is_reached_over_http_and_on_any_port(settings: Settings) -> None:
    with peer(answers()) as there:
        with pytest.raises(AddressNotAllowed):
            to_the_world(there.url)

        settings.OUTGOING_INSIDE = [ip_network("127.0.0.1/32")]

        assert ask(to_the_world(there.url), "GET", seconds=5).body == b"ok"
        with pytest.raises(AddressNotAllowed):
            to_the_world(there.url.replace("127.0.0.1", "127.0.0.2"))


@pytest.mark.usefixtures("laptop_allowed")
def test_an_ipv6_literal_is_asked_as_one() -> None:
    with peer(answers(), host="::1") as there:
        assert ask(to_the_world(there.url), "GET", seconds=5).body == b"ok"

    assert f"Host: [::1]:{there.port}".encode() in there.asked[0]


@pytest.mark.usefixtures("laptop_allowed")
def test_a_name_that_means_something_else_a_moment_later_leads_nowhere_new() -> None:
    """DNS rebinding: the first answer passes the walls, the second would be behind them."""
    meanings = [[ip_address("127.0.0.1")], [ip_address("127.0.0.2")]]

    with peer(answers()) as there:
        url = there.url.replace("127.0.0.1", "rebinding.example")
        destination = to_the_world(url, resolve=lambda _name, _seconds: meanings.pop(0))

        assert [ask(destination, "GET", seconds=5).body for _ in range(3)] == [b"ok"] * 3

    assert len(meanings) == 1  # nobody has asked what it means by now
    assert b"Host: rebinding.example:" in there.asked[0]


@pytest.mark.usefixtures("laptop_allowed")
def test_a_connection_that_rests_is_not_used_for_a_machine_that_is_no_longer_meant() -> None:
    with peer(answers()) as there:
        url = there.url.replace("127.0.0.1", "moving.example")
        ask(to_the_world(url, resolve=lambda _name, _seconds: [ip_address("127.0.0.1")]), "GET", seconds=5)

        with pytest.raises(NotReached):  # nobody listens there
            ask(to_the_world(url, resolve=lambda _name, _seconds: [ip_address("127.0.0.9")]), "GET", seconds=5)

    assert there.connections == 1


@pytest.mark.usefixtures("laptop_allowed")
def test_the_name_stays_the_name_for_tls_and_host(tmp_path: Path) -> None:
    ca, context = server_context(tmp_path, "receiver")
    server = Http2Server(context, lambda stream: Echo(stream))
    port = server.start()

    def resolve(_name: str, _seconds: float) -> list[Address]:
        return [ip_address("127.0.0.1")]

    right = replace(to_the_world(f"https://localhost:{port}/a", resolve=resolve), ca=str(ca))
    wrong = replace(to_the_world(f"https://other.example:{port}/a", resolve=resolve), ca=str(ca))

    assert ask(right, "GET", seconds=5).body.startswith(f"localhost:{port} ".encode())
    with pytest.raises(NotReached, match="the certificate is not trusted"):
        ask(wrong, "GET", seconds=5)
    server.stop()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(status: int) -> None:
    with peer(answers()) as inside:
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {inside.url}\r\nContent-Length: 0\r\n\r\n"
        with peer(answers(moved.encode())) as there:
            answer = ask(to_a_trusted_host(there.url), "POST", content=b"{}", seconds=5)

        assert (answer.status, answer.headers["location"]) == (status, inside.url)
        assert inside.connections == 0


def test_no_hostile_address_reaches_a_listener_on_this_machine() -> None:
    """Every address of this machine that a name could lead to has a listener; none hears anything."""
    with peer(answers(FINE)) as four, peer(answers(FINE), host="::1") as six:
        for there in (four, six):
            for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"):
                for scheme in ("http", "https"):
                    with pytest.raises(AddressNotAllowed):
                        ask(to_the_world(f"{scheme}://{host}:{there.port}/"), "GET", seconds=2)

        assert (four.connections, six.connections) == (0, 0)
