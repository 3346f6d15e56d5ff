"""The programs of a shop at a glance."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.ids import public_id
from stampwell.merchants.models import StaffMember
from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of, terms_of_many
from stampwell.web.dashboard.programs import tiles
from stampwell.web.dashboard.programs.tiles import list_tiles
from tests.following import follow_everything
from tests.web.customer import AT_ONCE
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import COFFEE, Shop


def test_the_list_shows_how_many_have_each_card_and_what_waits_for_them(desk: DeskClient, lume: Shop) -> None:
    offer, closed = lume.publish(), lume.publish(name="Old card")
    Program.objects.filter(id=closed.program.id).update(closed=now())
    for name in ("Cy", "Di"):
        add_stamp(lume.merchant, offer.card(name=name).id, Purchase(count=5), actor=lume.actor)

    page = words(desk.open("/programs/"))

    assert "2 cards 2 rewards ready Live" in page
    assert "0 cards 0 rewards ready Closed" in page


def test_whoever_manages_changes_and_pauses_a_program_from_the_list(desk: DeskClient, lume: Shop) -> None:
    program = public_id("prg", lume.publish().program.id)
    ways = [f'href="/programs/{program}/{step}/"' for step in ("edit", "pause-or-end")]

    listed = desk.open("/programs/").content.decode()
    seen_by_staff = sign_up_staff(lume, StaffMember.Role.CASHIER).open("/programs/").content.decode()

    assert all(way in listed for way in ways)
    assert not any(way in seen_by_staff for way in ways)


def test_a_reward_that_ended_or_has_not_begun_is_not_ready(desk: DeskClient, lume: Shop) -> None:
    biscuit = {"stamps": 5, "reward": {"name": "A biscuit", "path": "self_redeem", "active_after_seconds": 3600}}
    later, soon_over = lume.publish(milestones=[biscuit, COFFEE]), lume.publish(name="Second")
    for offer in (later, soon_over):
        add_stamp(lume.merchant, offer.card().id, Purchase(count=5), actor=lume.actor)
    page = words(desk.open("/programs/"))
    assert page.index("1 card 0 rewards ready Live") < page.index("1 card 1 reward ready Live")

    with stopped_at(now() + timedelta(days=40)):
        page = words(DeskClient(lume.owner).open("/programs/"))

    assert page.index("1 card 1 reward ready Live") < page.index("1 card 0 rewards ready Live")


def test_no_card_of_a_large_shop_is_counted_however_often_its_programs_are_listed(
    desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "LARGE", 2)
    offer = lume.publish()
    offer.card(name="Cy")
    follow_everything()
    assert "1 card 0 rewards" in words(desk.open("/programs/"))
    add_stamp(lume.merchant, offer.card(name="Ed").id, Purchase(count=5), actor=lume.actor)
    page, read = listed(desk)
    assert "2 cards 1 reward" in page  # a shop that has few is told at once
    assert read >= 2

    follow_everything()
    page, read = listed(desk)

    assert "2 cards 1 reward" in page
    assert read == 0


def listed(desk: DeskClient) -> tuple[str, int]:
    """The page, and how many rows of cards the database read for it."""
    before = rows_read()
    page = words(desk.open("/programs/"))
    return page, rows_read() - before


def rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'card'"
        )
        row: tuple[int] | None = cursor.fetchone()
    assert row is not None
    return row[0]


def test_the_list_asks_no_more_for_more_programs(
    desk: DeskClient, lume: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lume.publish()
    desk.open("/programs/")
    terms_of.cache_clear()
    terms_of_many.cache_clear()
    with django_assert_max_num_queries(30) as one:
        desk.open("/programs/")
    lume.publish(name="Second")
    lume.publish(name="Third")
    terms_of.cache_clear()
    terms_of_many.cache_clear()

    with django_assert_max_num_queries(30) as three:
        desk.open("/programs/")

    assert len(three) == len(one)


@pytest.mark.moment(datetime(2026, 3, 2, 10, tzinfo=UTC))
def test_a_tile_draws_the_stamps_of_the_last_twelve_weeks(desk: DeskClient, lume: Shop, rossi: Shop) -> None:
    offer, theirs = lume.publish(earning=AT_ONCE), rossi.publish(earning=AT_ONCE)
    lume.publish(name="Without stamps")
    today = now()
    for days_ago, count in ((84, 5), (83, 1), (7, 2), (6, 3), (0, 1)):
        with stopped_at(today - timedelta(days=days_ago)):
            add_stamp(lume.merchant, offer.card().id, Purchase(count=count), actor=lume.actor)
            add_stamp(rossi.merchant, theirs.card().id, Purchase(), actor=rossi.actor)
    follow_everything()

    tile, other = sorted(list_tiles(lume.merchant), key=lambda one: -one.stamps)

    assert (tile.stamps, other.stamps) == (7, 0)
    heights = [float(tall) for tall in re.findall(r'height="([\d.]+)"', tile.sparkline)]
    assert heights == [6.0, *[1.0] * 9, 12.0, 24.0]
    page = desk.open("/programs/").content.decode()
    assert page.count('class="sparkline"') == 1
    assert "7 stamps in the last 12 weeks" in page
    assert tile.weeks[:3] == [(date(2026, 2, 24), 4), (date(2026, 2, 17), 2), (date(2026, 2, 10), 0)]
    assert (len(tile.weeks), tile.weeks[-1]) == (12, (date(2025, 12, 9), 1))
    table = re.search(r"<table.*?</table>", page, re.DOTALL)
    assert table
    assert re.findall(r'data-label="Stamps">(\d+)</td>', table[0]) == ["4", "2", *["0"] * 9, "1"]
