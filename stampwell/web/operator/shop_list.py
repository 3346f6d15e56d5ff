"""Which shops there are, and how large: read from what is kept of each, so a page costs the same for any shop.

Cards are those of the last daily count. What a shop's rows take is its share of the database, by its events.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q

from stampwell.cards.recounting import RECOUNT
from stampwell.ids import public_id
from stampwell.merchants.models import Membership, Merchant
from stampwell.moving.arriving import arriving_shops
from stampwell.watch.figures import read_figures

PAGE = 30
MOST_OWNERS = 100  # of those whose address fits what is looked for

_SIZES = """
    SELECT f.merchant_id, f.last_sequence, (
        SELECT max(c.moved) FROM event_cursor c WHERE c.merchant_id = f.merchant_id
    )
    FROM event_feed f WHERE f.merchant_id = ANY(%s)
"""
_CARDS = """
    SELECT DISTINCT ON (merchant_id) merchant_id, done FROM job
    WHERE merchant_id = ANY(%s) AND kind = %s AND state = 'done' ORDER BY merchant_id, created DESC
"""
_ALL_EVENTS = "SELECT coalesce(sum(last_sequence), 0)::bigint FROM event_feed"


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """`cards` is None until they were counted, `stored` until the database was measured. `active` is by its events."""

    events: int = 0
    cards: int | None = None
    stored: int | None = None
    active: datetime | None = None


class ListedShop(msgspec.Struct, frozen=True):
    id: str
    merchant: Merchant
    size: Size


class Page(msgspec.Struct, frozen=True):
    shops: list[ListedShop]
    next: str | None


def list_shops(words: str, *, after: UUID | None) -> Page:
    """The newest first, thirty at a time; `words` is a part of the name, of the address, or of somebody's email."""
    merchants = Merchant.objects.exclude(id__in=arriving_shops()).order_by("-id")
    if words:
        merchants = merchants.filter(
            Q(name__icontains=words) | Q(slug__icontains=words) | Q(id__in=_shops_of_people(words))
        )
    if after:
        merchants = merchants.filter(id__lt=after)
    found = [*merchants[: PAGE + 1]]
    sizes = sizes_of([merchant.id for merchant in found[:PAGE]])
    shops = [ListedShop(public_id("mer", one.id), one, sizes.get(one.id, Size())) for one in found[:PAGE]]
    return Page(shops, shops[-1].id if len(found) > PAGE else None)


def sizes_of(merchants: list[UUID]) -> dict[UUID, Size]:
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, (merchants,))
        kept = cursor.fetchall()
        cursor.execute(_CARDS, (merchants, RECOUNT))
        cards = dict(cursor.fetchall())
        cursor.execute(_ALL_EVENTS)
        (all_events,) = cursor.fetchone()
    seen = read_figures()
    whole = seen.figures.database_bytes if seen and seen.figures else None
    return {
        merchant_id: Size(
            events=events,
            cards=cards.get(merchant_id),
            stored=None if whole is None else whole * events // max(all_events, 1),
            active=active,
        )
        for merchant_id, events, active in kept
    }


def _shops_of_people(words: str) -> list[UUID]:
    if "@" not in words:
        return []
    found = Membership.objects.filter(user__email__icontains=words).values_list("merchant_id", flat=True)
    return [*found[:MOST_OWNERS]]
