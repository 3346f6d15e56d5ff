from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoAssertNumQueries

from stampwell.clock import id_at
from stampwell.requests import pruning
from stampwell.requests.limits import LONGEST_WINDOW, count_attempt
from stampwell.requests.models import Attempt, Session, StoredAnswer
from stampwell.requests.pruning import (
    ANSWERS_KEPT,
    forget_ended_sessions,
    forget_old_answers,
    forget_old_attempts,
    forget_old_cache,
)
from tests.moments import START
from tests.world import Shop

pytestmark = pytest.mark.django_db

MOMENT = timedelta(milliseconds=1)


def keep_answer(shop: Shop, key: str, *, at: datetime) -> None:
    StoredAnswer.objects.create(
        id=id_at(at), merchant=shop.merchant, idempotency_key=key, fingerprint=b"", status=201, body=b""
    )


def kept_answers() -> list[str]:
    return list(StoredAnswer.objects.order_by("id").values_list("idempotency_key", flat=True))


def test_only_answers_older_than_thirty_days_are_thrown_away(lume: Shop, rossi: Shop) -> None:
    for shop in (lume, rossi):
        keep_answer(shop, f"{shop.merchant.slug} old", at=START - ANSWERS_KEPT - MOMENT)
        keep_answer(shop, f"{shop.merchant.slug} kept", at=START - ANSWERS_KEPT)

    forget_old_answers()

    assert sorted(kept_answers()) == ["cafe-lume kept", "rossi kept"]


def test_only_counts_of_a_window_that_is_over_are_thrown_away() -> None:
    Attempt.objects.create(name="old", window_start=START - LONGEST_WINDOW - MOMENT, count=9)
    Attempt.objects.create(name="kept", window_start=START - LONGEST_WINDOW, count=9)

    forget_old_attempts()

    assert list(Attempt.objects.values_list("name", flat=True)) == ["kept"]


def test_no_window_is_longer_than_its_count_is_kept() -> None:
    with pytest.raises(AssertionError):
        count_attempt("long", most=9, within=LONGEST_WINDOW + MOMENT)


def test_only_sessions_that_have_ended_are_thrown_away() -> None:
    Session.objects.create(session_key="ended", expire_date=START - MOMENT)
    Session.objects.create(session_key="kept", expire_date=START)

    forget_ended_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["kept"]


def keep_in_cache(cursor: CursorWrapper, key: str, *, until: datetime) -> None:
    cursor.execute("INSERT INTO django_cache (cache_key, value, expires) VALUES (%s, '', %s)", [key, until])


def test_of_the_cache_only_what_is_over_is_thrown_away() -> None:
    with connection.cursor() as cursor:
        keep_in_cache(cursor, "over", until=START - MOMENT)
        keep_in_cache(cursor, "kept", until=START)

        forget_old_cache()

        # Tests that commit leave limits of their own behind.
        cursor.execute("SELECT cache_key FROM django_cache WHERE cache_key IN ('over', 'kept')")
        assert cursor.fetchall() == [("kept",)]


def test_no_row_of_the_cache_makes_room_for_others() -> None:
    """A count of wrong passwords lies there; whoever guesses could push it out with others."""
    cache.set("wrong-passwords", 5)
    with connection.cursor() as cursor:
        for number in range(600):
            keep_in_cache(cursor, f"z{number}", until=START + timedelta(days=9))

    cache.set("one-more", 1)

    assert cache.get("wrong-passwords") == 5


def test_one_run_takes_so_many_and_the_next_one_the_rest(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    monkeypatch.setattr(pruning, "MOST_BATCHES", 2)
    for number in range(5):
        keep_answer(lume, f"old {number}", at=START - ANSWERS_KEPT - timedelta(days=5 - number))
        Attempt.objects.create(name=f"old {number}", window_start=START - timedelta(days=9), count=1)

    forget_old_answers()
    forget_old_attempts()
    assert (kept_answers(), Attempt.objects.count()) == (["old 4"], 1)

    forget_old_answers()
    forget_old_attempts()
    assert (kept_answers(), Attempt.objects.count()) == ([], 0)


def test_a_run_ends_where_nothing_old_is_left(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Attempt.objects.create(name="old", window_start=START - timedelta(days=9), count=1)

    with django_assert_num_queries(1):
        forget_old_attempts()
