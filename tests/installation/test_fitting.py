"""A program that does not fit the data is refused, with what to do, before it has changed anything."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from stampwell.clock import now, stopped_at
from stampwell.events.models import EventCursor
from stampwell.installation import find_misfit, remember_keys
from stampwell.installation.models import KnownKey
from tests.world import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.machine_clock]


def test_a_new_database_fits_any_key_and_remembers_the_first(settings: Settings) -> None:
    assert find_misfit() == ""

    remember_keys()
    remember_keys()

    assert find_misfit() == ""
    settings.TOKEN_KEY = bytes(32)
    assert find_misfit().startswith("The token key is not the one that this database was made with")


def test_the_first_key_stays_the_one(settings: Settings) -> None:
    remember_keys()
    settings.TOKEN_KEY = bytes(32)

    remember_keys()

    assert find_misfit() != ""
    assert KnownKey.objects.count() == 1


def test_the_database_does_not_hold_the_key(settings: Settings) -> None:
    remember_keys()

    kept = bytes(KnownKey.objects.get().fingerprint)

    assert kept not in settings.TOKEN_KEY
    assert settings.TOKEN_KEY not in kept


def test_an_older_release_leaves_the_tables_of_a_newer_one_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('stampwell', '9999_from_tomorrow', now())"
        )

    assert "it made the change 9999_from_tomorrow, which this one does not know" in find_misfit()


def test_changes_of_libraries_that_are_gone_do_not_matter() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001_initial', now())")

    assert find_misfit() == ""


def test_a_clock_behind_what_has_happened_is_refused(lume: Shop) -> None:
    EventCursor.objects.create(merchant=lume.merchant, name="figures", moved=now() + timedelta(days=40))

    assert "but the database holds what happened at" in find_misfit()
    assert find_misfit(clock_is_right=True) == ""


def test_a_clock_that_differs_from_the_databases_is_refused() -> None:
    with stopped_at(now() + timedelta(minutes=10)):
        assert "Set both by the same time server" in find_misfit()


def test_of_two_clocks_a_year_apart_the_days_are_told() -> None:
    """Also where the time of day is the same."""
    ahead = now() + timedelta(days=366)
    with stopped_at(ahead):
        said = find_misfit()

    assert f"says {ahead:%d %B %Y} " in said
    assert re.search(r"the database's \d\d \w+ \d{4} ", said)
