"""A clock that was ahead and has been put right blocks nobody: what was written then lies in the future now."""

from datetime import timedelta

import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import CodeAlreadyUsed, CoolingDown, DuplicateScan
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.counter.scanning import recognise, take_scan
from stampwell.jobs.queue import DEAD_AFTER, QUEUE, TASK, take_back_from_the_dead
from stampwell.merchants.models import Station
from stampwell.merchants.pins import WrongPin, is_pin_locked, sign_in_with_pin
from stampwell.requests.limits import TooManyAttempts, count_attempt
from tests.counter.test_rotating_codes import STEP, shown_at
from tests.kept import made_once
from tests.moments import START
from tests.web.scanner.phone import Phone
from tests.world import PIN, HeldCard, Shop

pytestmark = pytest.mark.django_db
AHEAD = timedelta(hours=3)


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    """Stamped while the clock was three hours ahead."""
    card = lume.publish(earning={"by": "visit", "cooldown_seconds": 3600}).card()
    with stopped_at(START + AHEAD):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    return card


@pytest.mark.parametrize("override", [False, True])
def test_a_card_can_be_stamped(lume: Shop, card: HeldCard, *, override: bool) -> None:
    with stopped_at(START):
        add_stamp(lume.merchant, card.id, Purchase(override=override), actor=lume.actor)

        assert (card.row.stamps, card.row.last_stamp) == (2, START)
        with pytest.raises(CoolingDown):
            add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)


def test_two_servers_whose_clocks_differ_a_little_count_a_shaky_hand_once(lume: Shop) -> None:
    card = lume.publish().card()
    with stopped_at(START + timedelta(milliseconds=200)):
        add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)

    with stopped_at(START), pytest.raises(DuplicateScan) as refused:
        add_stamp(lume.merchant, card.id, Purchase(override=True), actor=lume.actor)
    assert refused.value.facts == {"seconds": 5}


def test_the_code_that_the_phone_shows_is_accepted_once(lume: Shop, card: HeldCard) -> None:
    ahead = STEP + int(AHEAD.total_seconds()) // 30
    with connection.cursor() as cursor:
        cursor.execute("UPDATE card SET last_step = %s, last_stamp = NULL WHERE id = %s", [ahead, card.id])
    text = shown_at(card, STEP)

    with stopped_at(START):
        take_scan(lume.merchant, recognise(lume.merchant, text), Purchase(), actor=lume.actor)
        assert (card.row.stamps, card.row.last_step) == (2, STEP)
    with stopped_at(START + timedelta(seconds=10)), pytest.raises((CodeAlreadyUsed, CoolingDown)):
        take_scan(lume.merchant, recognise(lume.merchant, text), Purchase(override=True), actor=lume.actor)


def test_the_customers_page_shows_a_code_of_now(lume: Shop, card: HeldCard) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE card SET last_step = %s WHERE id = %s", [STEP + 360, card.id])
    path = card.url.split("/c/")[1]

    with stopped_at(START):
        phone = Phone(lume)
        page, state = phone.get(f"/c/{path}").content.decode(), phone.get(f"/c/{path}/state").json()  # type: ignore[attr-defined]

    assert 'data-used-step="0"' in page
    assert state["used_step"] == 0


def test_attempts_of_the_future_do_not_count(lume: Shop) -> None:
    window = timedelta(minutes=10)
    with stopped_at(START + AHEAD):
        for _try in range(5):
            count_attempt("pin:1", most=5, within=window)

    with stopped_at(START):
        for _try in range(5):
            count_attempt("pin:1", most=5, within=window)
        with pytest.raises(TooManyAttempts) as refused:
            count_attempt("pin:1", most=5, within=window)
    assert refused.value.facts == {"seconds": 600}


def test_the_team_page_calls_no_pin_locked_that_can_be_entered(lume: Shop) -> None:
    bo, (station, _credential) = lume.hire("Bo"), lume.scanner()
    with stopped_at(START + AHEAD):
        for _try in range(5):
            with pytest.raises(WrongPin):
                sign_in_with_pin(lume.merchant, station, bo.id, "0000")
        assert is_pin_locked(lume.merchant, bo.id)

    with stopped_at(START):
        assert not is_pin_locked(lume.merchant, bo.id)
        assert sign_in_with_pin(lume.merchant, station, bo.id, PIN) == bo


def test_a_scanner_is_seen_again(lume: Shop) -> None:
    with stopped_at(START + AHEAD):
        phone = Phone(lume).enrol()
        phone.get("/scanner/people")
    with stopped_at(START):
        phone.get("/scanner/people")

    assert Station.objects.get(merchant=lume.merchant, enrolled__isnull=False).last_seen == START


def test_a_dead_worker_that_last_beat_in_the_future_is_dead(lume: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '3 hours') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " VALUES (%s, %s, 'doing', %s) RETURNING id",
            [QUEUE, TASK, worker],
        )
        job = cursor.fetchone()[0]

        take_back_from_the_dead()

        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        assert (cursor.fetchone()[0], DEAD_AFTER) == ("todo", 30.0)
