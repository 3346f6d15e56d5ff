"""Our client of Apple's push service, against a real server that speaks as Apple's does."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hyperframe.frame import GoAwayFrame

from stampwell import clock
from stampwell.clock import new_id
from stampwell.wallet.apple import push_link
from stampwell.wallet.apple.credentials import sign_in_with_certificate, sign_in_with_key
from stampwell.wallet.apple.development_chain import CARD_TYPE, TEAM, Chain
from stampwell.wallet.apple.push_link import MOST_AT_ONCE, Push
from stampwell.wallet.apple.push_service import PushService
from stampwell.wallet.apple.signature import PassIdentity
from tests.doubles.apns import PushDouble, Said
from tests.doubles.http2 import Http2Server, Request, Talk, server_context


@pytest.fixture
def double(chain: Chain, tmp_path: Path) -> Iterator[PushDouble]:
    with PushDouble(tmp_path, [chain.root, chain.intermediate]) as running:
        yield running


@pytest.fixture
def service(double: PushDouble, identity: PassIdentity) -> Iterator[PushService]:
    with closing(PushService("127.0.0.1", double.port, sign_in_with_certificate(identity, str(double.ca)))) as client:
        yield client


def token(number: int) -> str:
    return f"{number:064x}"


def pushes(count: int, topic: str = CARD_TYPE) -> list[Push]:
    return [Push(new_id(), token(number), topic) for number in range(count)]


def test_a_push_is_an_empty_dictionary_for_the_pass_type(service: PushService, double: PushDouble) -> None:
    (answer,) = service.send(pushes(1))

    (seen,) = double.seen
    assert answer.status == 200
    assert seen.body == b"{}"
    assert seen.token == token(0)
    sent = {name: seen.headers[name] for name in ("apns-topic", "apns-push-type", "apns-priority")}
    assert sent == {"apns-topic": CARD_TYPE, "apns-push-type": "background", "apns-priority": "5"}


def test_many_pushes_go_over_one_connection_at_once(service: PushService, double: PushDouble) -> None:
    answers = service.send(pushes(3000)) + service.send(pushes(10))

    assert [answer.status for answer in answers] == [200] * 3010
    assert double.connections == 1
    assert double.most_at_once > 1


def test_pushes_that_were_answered_are_forgotten(service: PushService, double: PushDouble) -> None:
    for _batch in range(4):
        service.send(pushes(1000))

    assert double.connections == 1
    assert service._link
    assert len(service._link.http.streams) <= MOST_AT_ONCE


def test_no_more_streams_are_opened_than_the_service_allows(service: PushService, double: PushDouble) -> None:
    double.streams = 7

    assert len(service.send(pushes(100))) == 100
    assert double.most_at_once <= 7


def test_each_push_gets_its_own_answer(service: PushService, double: PushDouble) -> None:
    double.script = {
        token(1): [Said(410, "Unregistered", timestamp=1_763_812_800_000)],
        token(2): [Said(429, "TooManyRequests")],
        token(3): [Said(500, "InternalServerError")],
    }

    answers = {answer.push.token: answer for answer in service.send(pushes(5))}

    assert [answers[token(number)].status for number in range(5)] == [200, 410, 429, 500, 200]
    assert answers[token(1)].since == datetime(2025, 11, 22, 12, tzinfo=UTC)
    assert answers[token(2)].reason == "TooManyRequests"


def test_after_a_goaway_the_rest_goes_over_a_new_connection_and_nothing_twice(
    service: PushService, double: PushDouble
) -> None:
    double.goaway_after = 40

    answers = service.send(pushes(200))

    assert [answer.status for answer in answers] == [200] * 200
    assert sorted(double.taken.values()) == [1] * 200
    assert double.connections == 5


def test_who_stops_listening_in_the_middle_is_heard_to_the_end(service: PushService, double: PushDouble) -> None:
    double.goaway_after = 100  # while most of them are still being written

    answers = service.send(pushes(1000))

    assert [answer.status for answer in answers] == [200] * 1000
    assert sorted(double.taken.values()) == [1] * 1000


def test_after_a_lost_connection_what_was_on_its_way_is_sent_again(service: PushService, double: PushDouble) -> None:
    double.cut_after = 150

    answers = service.send(pushes(200))

    assert sorted(answer.push.token for answer in answers) == [token(number) for number in range(200)]
    assert {answer.status for answer in answers} == {200}
    assert double.connections == 2


def test_a_connection_that_always_breaks_is_given_up(service: PushService, double: PushDouble) -> None:
    double.cut_after = 1

    answers = service.send(pushes(20))

    assert len(answers) == 20
    assert {answer.status for answer in answers} == {200, 0}


def test_a_stream_that_was_refused_is_tried_again(service: PushService, double: PushDouble) -> None:
    double.script = {token(0): [Said(reset=True)], token(1): [Said(reset=True), Said(reset=True)]}

    answers = {answer.push.token: answer.status for answer in service.send(pushes(3))}

    assert answers == {token(0): 200, token(1): 0, token(2): 200}


def test_where_nobody_listens_every_push_is_answered_so(service: PushService, double: PushDouble) -> None:
    double.stop()

    answers = service.send(pushes(3))

    assert [answer.status for answer in answers] == [0, 0, 0]
    assert "no connection" in answers[0].reason


class Rude(Talk):
    """A service that does what Apple's does on its worst day, and what it never should."""

    behaviour = ""

    def answer(self, number: int, request: Request) -> None:
        match self.behaviour:
            case "leaves":
                self.go_away(0)
            case "pings":
                for _one in range(100):
                    self.http.ping(b"anything")
                    self.flush()
                    time.sleep(0.02)
            case "answers what it gave back":
                if not self.asked:
                    leaving = GoAwayFrame(0)
                    leaving.last_stream_id = 1
                    self.stream.sendall(leaving.serialize())
                    for given_back in range(1, number + 1, 2):
                        self.send(given_back, 200)
            case "1000000000000000000" | "-1000000000000000000" as timestamp:
                self.send(number, 410, b'{"reason": "Unregistered", "timestamp": %s}' % timestamp.encode())


@pytest.fixture
def rude(tmp_path: Path, identity: PassIdentity, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    monkeypatch.setattr(push_link, "SILENCE", 0.3)
    ca, context = server_context(tmp_path, "rude")
    server = Http2Server(context, lambda stream: Rude(stream, streams=0 if Rude.behaviour == "no streams" else 100))
    signs_in = sign_in_with_certificate(identity, str(ca))
    with closing(PushService("127.0.0.1", server.start(), signs_in)) as client:
        yield client
    server.stop()


@pytest.mark.parametrize("behaviour", ["leaves", "pings", "no streams", "silent"])
def test_a_service_that_never_answers_is_given_up(
    rude: PushService, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    monkeypatch.setattr(Rude, "behaviour", behaviour)

    answers = rude.send(pushes(5))

    assert [answer.status for answer in answers] == [0] * 5


def test_answers_to_what_was_given_back_are_not_minded(rude: PushService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rude, "behaviour", "answers what it gave back")

    answers = rude.send(pushes(5))

    assert len({answer.push.registration_id for answer in answers}) == len(answers) == 5
    assert {answer.status for answer in answers} <= {200, 0}


@pytest.mark.parametrize("moment", ["1000000000000000000", "-1000000000000000000"])
def test_a_date_that_does_not_exist_is_none(rude: PushService, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(Rude, "behaviour", moment)

    (answer,) = rude.send(pushes(1))

    assert (answer.status, answer.reason, answer.since) == (410, "Unregistered", None)


def test_an_unknown_server_is_sent_nothing(double: PushDouble, identity: PassIdentity) -> None:
    client = PushService("127.0.0.1", double.port, sign_in_with_certificate(identity, None))

    assert [answer.status for answer in client.send(pushes(1))] == [0]
    assert double.seen == []


def test_another_pass_type_is_refused_and_the_connection_goes_on(service: PushService) -> None:
    answers = service.send([*pushes(1, "pass.other"), *pushes(1)])

    assert sorted((answer.status, answer.reason) for answer in answers) == [(200, ""), (400, "BadTopic")]


def test_a_push_key_signs_in_without_a_certificate(double: PushDouble) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    double.keys["ABC123DEFG"] = (TEAM, key.public_key())
    signs_in = sign_in_with_key(key, "ABC123DEFG", TEAM, str(double.ca))

    with closing(PushService("127.0.0.1", double.port, signs_in)) as client:
        answers = client.send([*pushes(1), *pushes(1, "pass.other")])

    assert [answer.status for answer in answers] == [200, 200]


def test_a_wrong_push_key_is_refused(double: PushDouble) -> None:
    double.keys["ABC123DEFG"] = (TEAM, ec.generate_private_key(ec.SECP256R1()).public_key())
    wrong = ec.generate_private_key(ec.SECP256R1())
    signs_in = sign_in_with_key(wrong, "ABC123DEFG", TEAM, str(double.ca))

    with closing(PushService("127.0.0.1", double.port, signs_in)) as client:
        (answer,) = client.send(pushes(1))

    assert (answer.status, answer.reason) == (403, "InvalidProviderToken")


def test_a_push_keys_statement_is_kept_for_a_while_and_renewed_in_time(double: PushDouble) -> None:
    signs_in = sign_in_with_key(ec.generate_private_key(ec.SECP256R1()), "ABC123DEFG", TEAM, str(double.ca))
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    statements = []
    for minutes in (0, 19, 39, 41):
        with clock.stopped_at(noon + timedelta(minutes=minutes)):
            statements.append(signs_in.headers()[0][1])

    assert statements[0] == statements[1] == statements[2] != statements[3]
