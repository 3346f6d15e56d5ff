"""One answer within a time and a size, whatever the other side does."""

import random
import socket
import threading
from pathlib import Path

import pytest

from stampwell.outgoing import Broken, NotReached, OutgoingProblem, TookTooLong, TooLarge, ask, to_a_trusted_host
from stampwell.outgoing.connections import MOST_RESTING
from tests.doubles.http2 import Http2Server, server_context
from tests.doubles.peers import FINE, Behaviour, Peer, answers, drips, peer, says_nothing
from tests.outgoing.receivers import Echo

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SHORT = 0.4  # seconds that a test waits for what never comes


def get(there: Peer, *, seconds: float = 5.0, most_bytes: int = 10_000) -> bytes:
    return ask(to_a_trusted_host(there.url), "GET", seconds=seconds, most_bytes=most_bytes).body


@pytest.mark.parametrize(
    "behaviour",
    [
        says_nothing,
        drips(b"", b"H"),
        drips(HEAD, b"X"),
        drips(HEAD, b"X-Header: y\r\n"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(HEAD + b"Content-Length: 9999\r\n\r\n", b"x"),
        drips(CHUNKED, b"1\r\nx\r\n"),
        drips(CHUNKED, b""),
    ],
    ids=["nothing", "status", "header", "headers", "interim", "body", "chunks", "no chunk"],
)
def test_what_drips_is_given_up_when_the_time_is_over(behaviour: Behaviour) -> None:
    with peer(behaviour) as there, pytest.raises(TookTooLong, match="no answer in time"):
        get(there, seconds=SHORT)


def test_a_secure_connection_that_nobody_answers_is_given_up() -> None:
    with peer(says_nothing) as there, pytest.raises(TookTooLong):
        ask(to_a_trusted_host(there.url.replace("http:", "https:")), "GET", seconds=SHORT)


def test_who_does_not_read_what_we_send_is_given_up() -> None:
    with peer(says_nothing) as there, pytest.raises(TookTooLong):
        ask(to_a_trusted_host(there.url), "POST", content=b"x" * 50_000_000, seconds=SHORT)


def test_an_answer_that_never_ends_is_given_up_at_its_size() -> None:
    def flood(stream: socket.socket, there: Peer) -> None:
        there.hear(stream)
        stream.sendall(CHUNKED)
        while True:
            stream.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    with peer(flood) as there, pytest.raises(TooLarge, match="too long an answer") as raised:
        get(there)

    assert (raised.value.status, raised.value.begun) == (200, b"x" * 10_000)


def test_headers_that_never_end_are_given_up() -> None:
    def flood(stream: socket.socket, there: Peer) -> None:
        there.hear(stream)
        stream.sendall(HEAD)
        while True:
            stream.sendall(b"X-Header: " + b"x" * 4096 + b"\r\n")

    with peer(flood) as there, pytest.raises(Broken):
        get(there)


def test_an_answer_of_just_the_size_is_read() -> None:
    with peer(answers(HEAD + b"Content-Length: 10000\r\n\r\n" + b"x" * 10_000)) as there:
        assert len(get(there)) == 10_000


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntoo short",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"<html></html>",
        CHUNKED + b"zz\r\n",
        b"\x00" * 200,
    ],
)
def test_what_is_no_http_is_broken(said: bytes) -> None:
    def say(stream: socket.socket, there: Peer) -> None:
        there.hear(stream)
        stream.sendall(said)

    with peer(say) as there, pytest.raises(Broken):
        get(there)


@pytest.mark.parametrize("seed", range(40))
def test_noise_over_http_2_is_a_problem_and_nothing_else(seed: int, tmp_path: Path) -> None:
    ca, context = server_context(tmp_path, "noise")
    noise = random.Random(seed)
    preface = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" if seed % 2 else b""  # empty settings, as a server begins
    kinds = [0, 1, 3, 4, 5, 6, 7, 8, 9, 200]

    def frame() -> bytes:
        body = noise.randbytes(noise.randrange(40))
        kind, flags = noise.choice(kinds), noise.choice([0, 1, 4, 5, 0x25])
        number = noise.choice([0, 1, 3])
        return len(body).to_bytes(3) + bytes([kind, flags]) + number.to_bytes(4) + body

    def behave(plain: socket.socket, _there: Peer) -> None:
        with context.wrap_socket(plain, server_side=True) as stream:
            stream.recv(65_536)
            stream.sendall(preface + b"".join(frame() for _ in range(20)))

    with peer(behave) as there:
        destination = to_a_trusted_host(there.url.replace("http:", "https:"), ca=str(ca))
        with pytest.raises(OutgoingProblem):
            ask(destination, "POST", content=b"{}", seconds=2)


def test_where_nobody_listens_is_said_in_the_systems_words() -> None:
    with peer(says_nothing) as there:
        pass

    with pytest.raises(NotReached, match="Connection refused"):
        get(there)


def test_who_speaks_no_tls_is_not_reached() -> None:
    with peer(answers(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as there, pytest.raises(OutgoingProblem):
        ask(to_a_trusted_host(there.url.replace("http:", "https:")), "GET", seconds=2)


def test_one_connection_serves_request_after_request() -> None:
    with peer(answers()) as there:
        assert [get(there) for _ in range(5)] == [b"ok"] * 5

    assert there.connections == 1


def test_a_connection_that_the_other_side_closes_is_not_used_again() -> None:
    with peer(answers(FINE.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))) as there:
        assert [get(there) for _ in range(3)] == [b"ok"] * 3

    assert there.connections == 3


def test_a_connection_that_breaks_after_its_rest_costs_no_try() -> None:
    def once(stream: socket.socket, there: Peer) -> None:
        there.hear(stream)
        stream.sendall(FINE)
        there.hear(stream)  # and gone, in the middle of the next one

    with peer(once) as there:
        assert [get(there) for _ in range(3)] == [b"ok"] * 3

    assert there.connections == 3


def test_a_new_connection_that_breaks_is_broken_and_tried_by_nobody_but_the_caller() -> None:
    def gone(stream: socket.socket, there: Peer) -> None:
        there.hear(stream)

    with peer(gone) as there, pytest.raises(Broken):
        get(there)

    assert there.connections == 1


def test_no_more_connections_rest_than_are_allowed() -> None:
    together = threading.Barrier(MOST_RESTING + 10)
    closed = threading.Semaphore(0)

    def behave(stream: socket.socket, there: Peer) -> None:
        there.hear(stream)
        together.wait(timeout=20)
        stream.sendall(FINE)
        there.hear(stream)
        closed.release()

    with peer(behave) as there:
        threads = [threading.Thread(target=get, args=(there,), kwargs={"seconds": 20}) for _ in range(together.parties)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert all(closed.acquire(timeout=5) for _ in range(10))
        assert not closed.acquire(blocking=False)


def test_over_http_2_the_same_is_asked_and_answered(tmp_path: Path) -> None:
    ca, context = server_context(tmp_path, "receiver")
    server = Http2Server(context, lambda stream: Echo(stream))
    there = to_a_trusted_host(f"https://127.0.0.1:{server.start()}/hook?a=1", ca=str(ca))

    answer = ask(there, "POST", content=b"body", seconds=5)
    again = ask(there, "GET", seconds=5)

    server.stop()
    assert answer.body == f"{there.authority} POST /hook?a=1 body".encode()
    assert again.body == f"{there.authority} GET /hook?a=1 ".encode()
    assert answer.headers["x-heard"] == "Stampwell"
    assert server.connections == 1


def test_over_http_1_a_post_has_its_length_and_its_headers() -> None:
    with peer(answers()) as there:
        ask(to_a_trusted_host(there.url), "POST", headers={"webhook-id": "1"}, seconds=5)

    head = there.asked[0].decode()
    assert head.startswith("POST / HTTP/1.1\r\n")
    for line in ("Content-Length: 0", "Accept-Encoding: identity", "User-Agent: Stampwell", "webhook-id: 1"):
        assert line in head.split("\r\n")


def test_a_problem_quotes_neither_the_address_nor_what_was_sent() -> None:
    with peer(says_nothing) as there:
        pass

    destination = to_a_trusted_host(f"{there.url}hook-secret")
    with pytest.raises(NotReached) as raised:
        ask(destination, "POST", content=b"body-secret", headers={"Authorization": "token-secret"}, seconds=2)

    assert "secret" not in f"{raised.value!r} {raised.value.__cause__!r} {raised.value.__suppress_context__}"
