"""The certificate that stands at the public address is read once a day, and its end is told in time."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from stampwell.clock import stopped_at
from stampwell.watch.alarm_rules import find_alarms, judged_by_worker
from stampwell.watch.figures import Figures
from stampwell.watch.public_certificate import DAILY, PublicCertificate
from stampwell.watch.shown_certificate import ShownCertificate
from tests.certificates import make_chain
from tests.doubles.smtp import running_mail_server
from tests.moments import START
from tests.serving import free_port

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
Showing = Callable[[timedelta], AbstractContextManager[None]]


@pytest.fixture
def showing(settings: Settings, tmp_path: Path) -> Showing:
    """The public address shows a certificate of 90 days, of which so much is left. Nobody here knows its authority."""

    @contextmanager
    def show(left: timedelta) -> Iterator[None]:
        chain = make_chain(tmp_path / str(left), "localhost", START + left - timedelta(days=90))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain.pair.certificate, chain.pair.key)
        with running_mail_server(tls=context, is_implicit=True) as server:
            settings.BASE_URL = f"https://localhost:{server.port}"
            yield

    return show


def look(watch: PublicCertificate, after: timedelta = timedelta()) -> ShownCertificate | None:
    with stopped_at(START + after):
        watch.look()
        watch.wait(60)
    return watch.seen


def ends_in(watch: PublicCertificate) -> timedelta | None:
    return watch.seen.ends - START if watch.seen else None


def test_it_is_read_once_a_day(showing: Showing) -> None:
    watch = PublicCertificate()

    with showing(40 * DAILY):
        look(watch)
    with showing(50 * DAILY):
        look(watch, DAILY - MINUTE)
        assert ends_in(watch) == 40 * DAILY
        look(watch, DAILY)

    assert ends_in(watch) == 50 * DAILY


@pytest.mark.parametrize("left", [13 * DAILY, -DAILY])
def test_one_that_should_be_renewed_is_looked_at_again_an_hour_later(showing: Showing, left: timedelta) -> None:
    watch = PublicCertificate()

    with showing(left):
        look(watch)
    assert ends_in(watch) == left
    with showing(90 * DAILY):
        look(watch, HOUR)

    assert ends_in(watch) == 90 * DAILY


def test_where_nobody_answers_nothing_is_known_and_nothing_forgotten(showing: Showing, settings: Settings) -> None:
    watch = PublicCertificate()

    settings.BASE_URL = f"https://localhost:{free_port()}"
    assert look(watch) is None
    with showing(40 * DAILY):
        look(watch, DAILY)
    settings.BASE_URL = f"https://localhost:{free_port()}"
    look(watch, 2 * DAILY)

    assert ends_in(watch) == 40 * DAILY


def test_an_address_without_https_is_not_asked(settings: Settings) -> None:
    settings.BASE_URL = "http://127.0.0.1:9"

    assert look(PublicCertificate()) is None


def shown(*, lives: timedelta, left: timedelta) -> ShownCertificate:
    return ShownCertificate("cards.example.com", START + left - lives, START + left)


@pytest.mark.parametrize(
    ("lives", "left", "stages"),
    [
        (90 * DAILY, 14 * DAILY, []),
        (90 * DAILY, 14 * DAILY - MINUTE, [1]),
        (90 * DAILY, 3 * DAILY, [2]),
        (90 * DAILY, timedelta(), [3]),
        (90 * DAILY, -DAILY, [3]),
        (6 * DAILY, 36 * HOUR, []),
        (6 * DAILY, 35 * HOUR, [1]),
        (6 * DAILY, 8 * HOUR, [2]),
    ],
)
def test_its_end_is_told_by_how_long_such_a_certificate_lives(
    lives: timedelta, left: timedelta, stages: list[int]
) -> None:
    figures = Figures(taken=START, public_certificate=shown(lives=lives, left=left))

    assert [alarm.stage for alarm in find_alarms(figures)] == stages
    assert judged_by_worker(figures, "public_certificate")


def test_what_is_told_says_whose_it_is_and_when() -> None:
    ends, ended = (
        next(find_alarms(Figures(taken=START, public_certificate=shown(lives=90 * DAILY, left=left))))
        for left in (3 * DAILY, -3 * DAILY)
    )

    assert (ends.title, ended.title) == (
        "The certificate of cards.example.com ends",
        "The certificate of cards.example.com ended",
    )
    assert f"ends on {START + 3 * DAILY:%d %B %Y}, and should have been renewed. Renew it" in ends.said
    assert f"ended on {START - 3 * DAILY:%d %B %Y}: phones refuse it. Renew it" in ended.said
    assert (ends.again, ended.again) == (None, DAILY)


def test_one_that_lies_here_as_a_file_is_told_once() -> None:
    end = shown(lives=90 * DAILY, left=DAILY)
    figures = Figures(taken=START, certificates={"https": end.ends}, public_certificate=end)

    assert [alarm.figure for alarm in find_alarms(figures)] == ["certificates"]


def test_what_nobody_could_see_is_not_well() -> None:
    assert not judged_by_worker(Figures(taken=START), "public_certificate")
