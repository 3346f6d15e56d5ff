"""What is wrong is told once, then once a day, and when it is over; what comes and goes is one mail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from stampwell.clock import stopped_at
from stampwell.mail.configuration import read_mail
from stampwell.watch.alarms import CALM, DAILY, Alarm, update_alarms
from stampwell.watch.letters import REST, Letter, Post
from tests.mailbox import letters
from tests.moments import START
from tests.serving import free_port

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
DISK = Alarm(figure="disks", name="disks data", title="The disk is nearly full", said="3.0 of 100.0 GB are free.")
WALLET = Alarm(
    figure="refused",
    name="refused apple",
    title="Apple takes no changes",
    said="For an hour …",
    after=timedelta(hours=1),
)


def certificate(stage: int) -> Alarm:
    return Alarm(
        figure="certificates", name="certificates x", title=f"Stage {stage}", said=f"{stage}", stage=stage, again=None
    )


class Operator:
    """Reads each letter, unless the mail server is away."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.is_away = False

    def send(self, letter: Letter) -> bool:
        if not self.is_away:
            self.read.append(letter.subject.partition("] ")[2])
        return not self.is_away

    def look(self, after: timedelta, *alarms: Alarm) -> None:
        with stopped_at(START + after):
            update_alarms(alarms, judges=lambda _figure: True, send=self.send)


@pytest.fixture
def operator() -> Operator:
    return Operator()


def names() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM alarm ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def test_an_alarm_is_told_once_and_then_once_a_day(operator: Operator) -> None:
    for minutes in range(0, 3 * 24 * 60, 5):
        operator.look(minutes * MINUTE, DISK)

    assert operator.read == ["The disk is nearly full"] * 3


def test_what_is_over_is_told_after_half_an_hour(operator: Operator) -> None:
    operator.look(0 * MINUTE, DISK)
    operator.look(1 * MINUTE)
    operator.look(MINUTE + CALM - MINUTE)
    assert operator.read == ["The disk is nearly full"]

    operator.look(MINUTE + CALM)
    operator.look(5 * CALM)

    assert operator.read == ["The disk is nearly full", "All is well again"]
    assert names() == []


def test_what_comes_and_goes_is_one_mail(operator: Operator) -> None:
    for minutes in range(0, 10 * 60, 5):
        operator.look(minutes * MINUTE, *([DISK] if minutes % 20 else []))

    assert operator.read == ["The disk is nearly full"]


def test_what_has_to_last_is_not_told_before(operator: Operator) -> None:
    operator.look(0 * MINUTE, WALLET)
    operator.look(59 * MINUTE, WALLET)
    assert operator.read == []

    operator.look(60 * MINUTE, WALLET)

    assert operator.read == ["Apple takes no changes"]


def test_what_is_over_before_it_was_told_is_never_told(operator: Operator) -> None:
    operator.look(0 * MINUTE, WALLET)
    operator.look(30 * MINUTE)
    operator.look(60 * MINUTE, WALLET)
    operator.look(90 * MINUTE, WALLET)

    assert operator.read == []


def test_what_becomes_worse_is_told_at_once_and_not_daily(operator: Operator) -> None:
    for day, stage in ((0, 1), (5, 1), (14, 2), (15, 2), (20, 3), (20, 3)):
        operator.look(timedelta(days=day), certificate(stage))

    assert operator.read == ["Stage 1", "Stage 2", "Stage 3"]


def test_several_things_are_one_mail(operator: Operator) -> None:
    operator.look(0 * MINUTE, DISK, certificate(1))
    operator.look(1 * MINUTE, DISK)
    operator.look(MINUTE + CALM, DISK)

    assert operator.read == ["2 things are wrong", "Some of it is well again"]


def test_a_mail_that_was_not_taken_is_sent_later(operator: Operator) -> None:
    operator.is_away = True
    operator.look(0 * MINUTE, DISK)
    operator.look(1 * MINUTE, DISK)
    operator.is_away = False
    operator.look(2 * MINUTE, DISK)
    operator.look(3 * MINUTE, DISK)
    operator.is_away = True
    operator.look(4 * MINUTE)
    operator.look(4 * MINUTE + CALM)
    operator.is_away = False
    operator.look(5 * MINUTE + CALM)

    assert operator.read == ["The disk is nearly full", "All is well again"]


def test_nobody_judges_the_alarms_of_another(operator: Operator) -> None:
    operator.look(0 * MINUTE, DISK)

    with stopped_at(START + 2 * DAILY):
        update_alarms([WALLET], judges=lambda figure: figure == "worker", send=operator.send)

    assert operator.read == ["The disk is nearly full"]
    assert names() == ["disks data"]


def test_an_alarm_that_an_earlier_release_kept_is_told_no_second_time(operator: Operator) -> None:
    operator.look(0 * MINUTE, DISK)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alarm SET figure = ''")

    with stopped_at(START + MINUTE):
        update_alarms([DISK], judges=lambda figure: figure != "worker", send=operator.send)
    operator.look(2 * MINUTE, DISK)

    assert operator.read == ["The disk is nearly full"]
    assert names() == ["disks data"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_look_at_once_one_tells(operator: Operator) -> None:
    """The second looks while the first one's mail is on its way."""
    second = Operator()

    def send(letter: Letter) -> bool:
        from_another_thread(lambda: second.look(timedelta(), DISK))
        return operator.send(letter)

    update_alarms([DISK], judges=lambda _name: True, send=send)

    assert (operator.read, second.read) == (["The disk is nearly full"], [])


def from_another_thread(act: Callable[[], None]) -> None:
    def work() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()


def test_the_letter_says_what_is_wrong_and_since_when(settings: Settings) -> None:
    settings.ALARM_TO = ["ops@shop.example", "nephew@shop.example"]
    settings.BASE_URL = "https://cards.shop.example"
    post = Post()
    update_alarms([DISK], judges=lambda _name: True, send=post.send)
    with stopped_at(START + MINUTE):
        update_alarms([certificate(1)], judges=lambda _name: True, send=post.send)

    first, second = letters()
    assert (first.subject, first.to) == ("[Stampwell cards.shop.example] The disk is nearly full", settings.ALARM_TO)
    assert first.extra_headers == {"Auto-Submitted": "auto-generated"}
    assert first.body.startswith(
        "https://cards.shop.example\n\nWhat is wrong:\n"
        "- 3.0 of 100.0 GB are free. (since 23 November 2026, 10:00 UTC)\n\nWhat lasts is told once a day"
    )
    assert "What is wrong:\n- 1 (since 23 November 2026, 10:01 UTC)" in second.body


def test_a_mail_server_that_is_away_has_its_rest(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.ALARM_TO = ["ops@shop.example"]
    server = {"HOST": "127.0.0.1", "PORT": str(free_port()), "FROM": "a@b.example"}
    mailer, _sender = read_mail({f"STAMPWELL_MAIL_{name}": value for name, value in server.items()})
    settings.MAILERS = {"default": mailer}
    post, letter = Post(), Letter("[Stampwell x] The disk", "It is full.")

    for after in (timedelta(), MINUTE, REST - MINUTE, REST):
        with stopped_at(START + after):
            assert not post.send(letter)

    assert caplog.text.count("The operator was not told") == 2
