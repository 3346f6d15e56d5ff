"""A figure that is a link opens exactly what it counts; one that the journal cannot be asked for is no link."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.http import QueryDict

from stampwell.cards.models import Stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.events.rows import EventRow
from stampwell.ids import public_id
from stampwell.insight.event_stretches import kinds_in
from stampwell.journal.reading import read_page
from stampwell.journal.wanted import read_wanted
from stampwell.merchants.models import StaffMember
from stampwell.programs.pricing import Prices, price_program
from stampwell.transactions import merchant_reads
from tests.following import follow_everything
from tests.imports.working import PEOPLE, bring_in
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.web.dashboard.test_cards import stamp
from tests.world import Shop

THURSDAY = datetime(2026, 11, 26, 12, 20, tzinfo=UTC)
AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
LINKED_CELL = r'<td class="number"[^>]*><a href="/journal/\?([^"]+)">([\d,]+)</a>'
LINKED_TILE = r'<dt class="name"><a href="/journal/\?([^"]+)">[^<]*</a></dt><dd class="figure">([\d,]+)</dd>'
LINKED_ROW = (
    r'<th scope="row"><a href="/journal/\?([^"]+)">(?:<bdi>)?[^<]*(?:</bdi>)?</a></th>'
    r'<td class="number"[^>]*>([\d,]+)</td>'
)
NOBODY = {"Without a person", "Without a location", "Without a program"}  # whom no journal can be asked for
pytestmark = pytest.mark.moment(THURSDAY)


def live(shop: Shop) -> None:
    """Two programs; visits of this week and the one before; what was used, given back, undone; an import."""
    one, other = shop.publish(earning=AT_ONCE), shop.publish(name="Tea card", earning=AT_ONCE)
    price_program(shop.merchant, one.program.id, Prices(reward_cost=100, currency="EUR"), actor=shop.actor)
    with stopped_at(THURSDAY - timedelta(days=7, hours=2)):
        old = one.card()
        stamp(old, 2)
    with stopped_at(THURSDAY - timedelta(days=1, hours=1)):
        stamp(old, 8)
        stamp(other.card(), 3)
        undo_stamp(shop.merchant, Stamp.objects.get(count=3).id, reason="Wrong card", actor=shop.actor)
    stamp(other.card(), 1)
    biscuit, coffee = old.open_vouchers
    hand_over(shop.merchant, biscuit.id, actor=shop.actor)
    done = hand_over(shop.merchant, coffee.id, actor=shop.actor)
    give_back(shop.merchant, done.redemption.id, reason="By mistake", actor=shop.actor)
    bring_in(shop, one, f"{PEOPLE}Cy;cy@x.example;;;;2;\n")
    follow_everything()


def lines_behind(shop: Shop, query: str) -> list[EventRow]:
    wanted = read_wanted(shop.merchant, QueryDict(unescape(query)).dict())
    with merchant_reads(shop.merchant.id) as tx:
        return read_page(tx, wanted, kinds_in(tx), below=None).rows


def adds(event: EventRow, kind: str) -> int:
    """What a line adds to the figure that leads to it."""
    if kind == "given":
        return int(event.facts["stamp"]["count"])
    return -1 if event.type == "voucher.reversed" else 1


def counted(page: str, *patterns: str) -> Iterator[tuple[str, int]]:
    for pattern in patterns:
        for query, number in re.findall(pattern, page):
            yield query, int(number.replace(",", ""))


@pytest.mark.parametrize("path", ["/", "/?period=day", "/?period=day&on=2026-11-25", "/?period=month", "/?period=year"])
def test_each_figure_of_the_start_page_is_the_sum_of_the_lines_that_it_opens(
    path: str, lume: Shop, desk: DeskClient
) -> None:
    live(lume)
    page = desk.open(path).content.decode()

    found = list(counted(page, LINKED_CELL, LINKED_TILE))

    assert len(found) > 10
    assert {(query, number) for query, number in found if number != _sum(lume, query)} == set()
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    assert {name for name, cells in rows if re.search(r">[1-9][\d,]*</td>", cells)} <= NOBODY


@pytest.mark.parametrize("query", ["", "?period=month", "?period=year"])
def test_each_link_of_the_figures_opens_what_it_counts(query: str, lume: Shop, desk: DeskClient) -> None:
    live(lume)
    page = desk.open(f"/figures/{query}").content.decode()

    found = list(counted(page, LINKED_CELL, LINKED_TILE, LINKED_ROW))

    assert len(found) > 2
    assert {(query, number) for query, number in found if number != _sum(lume, query)} == set()
    assert words(desk.open(f"/figures/{query}")).count("Figures without a link have no list behind them.") == 2


def _sum(shop: Shop, query: str) -> int:
    kind = QueryDict(unescape(query))["kind"]
    return sum(adds(event, kind) for event in lines_behind(shop, query))


def test_the_stamps_of_a_program_open_their_lines(lume: Shop, desk: DeskClient) -> None:
    live(lume)
    page = desk.open("/programs/").content.decode()

    found = re.findall(r'<a href="/journal/\?([^"]+)">(\d+) stamps? in the last 12 weeks</a>', page)

    assert sorted(int(number) for _query, number in found) == [1, 10]
    assert [int(number) for _query, number in found] == [_sum(lume, query) for query, _number in found]


def test_a_figure_of_another_shop_opens_the_journal_there(lume: Shop, rossi: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)
    live(lume)

    page = bo.open("/shops/").content.decode()
    assert 'formaction="/shops/chosen/?kind=given"' in page
    answer = bo.send("/shops/chosen/?kind=given", shop=public_id("mer", lume.merchant.id))

    assert answer.headers["Location"] == "/journal/?kind=given&period=today"
    assert bo.send("/shops/chosen/?kind=//evil", shop=public_id("mer", lume.merchant.id)).headers["Location"] == "/"
    assert bo.send("/shops/chosen/?kind=given", shop=public_id("mer", rossi.merchant.id)).status_code == 404
    assert _sum(lume, "kind=given&period=today") == 1
