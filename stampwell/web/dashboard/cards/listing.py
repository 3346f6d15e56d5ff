"""The list of cards as it was asked for in the address: words, or which cards and in which order."""

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlencode

import msgspec
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.clock import now
from stampwell.customers.tagging import TagRow, tags_in_use
from stampwell.ids import public_id, wanted_id
from stampwell.insight.card_list import NEW_DAYS, Asked, Filter, Order, count_cards, most_counted, read_to_go
from stampwell.languages.formatting import format_number
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import read_aside
from stampwell.web.dashboard.cards.search import Page, find_cards, list_those

# The order that says most where none was chosen.
_FIRST_ORDER: Mapping[Filter, Order] = {
    "all": "newest",
    "new": "newest",
    "ready": "seen",
    "nearly": "fullest",
    "away-30": "seen",
    "away-60": "seen",
    "away-90": "seen",
    "birthday": "birthday",
    "tag": "tagged",
    "to-go": "fullest",
    "later": "later",
    "wants": "wants",
}
# Where there is one order alone.
_ORDERLESS: tuple[Filter, ...] = ("birthday", "tag", "to-go", "later", "wants")


class Choice(msgspec.Struct, frozen=True):
    label: str
    address: str
    is_chosen: bool


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """`total` says how many there are over all pages; it is empty where words were looked for. So are the orders, which
    are empty also where there is only one. `next` is the address of the page behind this one,
    `export` that of the form for a file of all that fit.
    """

    page: Page
    words: str
    total: str
    is_first: bool
    is_narrowed: bool
    filters: list[Choice]
    tags: list[Choice]
    order: str
    orders: list[Choice]
    first: str
    next: str
    export: str


def read_listing(merchant: Merchant, given: QueryDict, *, with_tags: bool = True) -> Listing:
    """Refuses: NotFound, where the page does not begin behind a card."""
    words, after, at = given.get("q", "").strip(), given.get("after", ""), now()
    tags = _tags(merchant) if with_tags else []
    show, tag = _filter_of(given, tags)
    to_go = read_to_go(given.get("to_go", "")) if show == "to-go" else None
    order = _order_of(show, given.get("sort", ""))
    asked = Asked(
        filter=show,
        order=order,
        at=at,
        today=local_day(merchant, at),
        after=after,
        tag=tag.id if tag else None,
        to_go=to_go,
    )
    page = _find(merchant, words, asked)
    orders = [] if words else _orders(show, order)
    here = {"q": words} if words else _chosen(show, order, tag, to_go)
    narrowed = {"q": words} if words else _chosen(show, None, tag, to_go)
    return Listing(
        page=page,
        words=words,
        total="" if words else _total(merchant, asked),
        is_first=not after,
        is_narrowed=show != "all",
        filters=[
            Choice(label, _address(_chosen(key, None, None, to_go)), key == show and not words)
            for key, label in _filter_labels(to_go)
        ],
        tags=[Choice(one.name, _address(_chosen("tag", None, one)), one is tag and not words) for one in tags],
        order=next((choice.label for choice in orders if choice.is_chosen), ""),
        orders=orders,
        first=_address(here),
        next=_address({**here, "after": page.next}) if page.next else "",
        export=f"{reverse('new_export')}?{urlencode({'subject': 'cards', **narrowed})}",
    )


def _tags(merchant: Merchant) -> list[TagRow]:
    return sorted_by_name(read_aside(merchant.id, tags_in_use), lambda tag: tag.name)


def _filter_of(given: QueryDict, tags: list[TagRow]) -> tuple[Filter, TagRow | None]:
    """A tag that nobody has any more is not asked for."""
    show = cast(Filter, _one_of(_FIRST_ORDER, given.get("show", ""), "all"))
    if show == "to-go" and read_to_go(given.get("to_go", "")) is None:
        return "all", None
    if show != "tag":
        return show, None
    tag = next((one for one in tags if public_id("tag", one.id) == given.get("tag", "")), None)
    return ("tag", tag) if tag else ("all", None)


def _find(merchant: Merchant, words: str, asked: Asked) -> Page:
    """Without a wish the cards themselves are read, with those of this moment and those that were replaced."""
    if words or (asked.filter, asked.order) == ("all", "newest"):
        after = wanted_id("crd", asked.after) if asked.after else None
        return find_cards(merchant, words, after=after)
    return list_those(merchant, asked)


def _total(merchant: Merchant, asked: Asked) -> str:
    count = read_aside(merchant.id, lambda tx: count_cards(tx, asked))
    if count > (most := most_counted(asked)):
        return _("More than %(shown)s cards") % {"shown": format_number(most)}
    return ngettext("%(shown)s card", "%(shown)s cards", count) % {"shown": format_number(count)}


def _order_of(show: Filter, wanted: str) -> Order:
    first = _FIRST_ORDER[show]
    return first if show in _ORDERLESS else cast(Order, _one_of(dict(_order_labels()), wanted, first))


def _one_of(known: Mapping[Filter, object] | Mapping[Order, object], wanted: str, otherwise: str) -> str:
    return wanted if wanted in known else otherwise


def _chosen(
    show: Filter, order: Order | None = None, tag: TagRow | None = None, to_go: int | None = None
) -> dict[str, str]:
    chosen: dict[str, str] = {} if show == "all" else {"show": show}
    chosen |= {"tag": public_id("tag", tag.id)} if tag else {}
    chosen |= {"to_go": str(to_go)} if show == "to-go" else {}
    return chosen if order in (None, _FIRST_ORDER[show]) else {**chosen, "sort": str(order)}


def _orders(show: Filter, order: Order) -> list[Choice]:
    if show in _ORDERLESS:
        return []
    return [Choice(label, _address(_chosen(show, key)), key == order) for key, label in _order_labels()]


def _address(chosen: Mapping[str, str]) -> str:
    return "?" + urlencode(chosen)


def _filter_labels(to_go: int | None) -> list[tuple[Filter, str]]:
    """Cards that have so many stamps to go are reached from the figures, and stand here while they are shown."""
    so_full: list[tuple[Filter, str]] = [] if to_go is None else [("to-go", _say_to_go(to_go))]
    return [
        ("all", _("All cards")),
        ("ready", _("Reward ready")),
        ("nearly", _("Nearly full")),
        ("new", _within(NEW_DAYS)),
        ("away-30", _not_seen(30)),
        ("away-60", _not_seen(60)),
        ("away-90", _not_seen(90)),
        ("birthday", _("Birthday this month")),
        ("later", _("Reward to use later")),
        ("wants", _("Wants messages")),
        *so_full,
    ]


def _say_to_go(stamps: int) -> str:
    return ngettext("%(stamps)s stamp to a full card", "%(stamps)s stamps to a full card", stamps) % {
        "stamps": format_number(stamps)
    }


def _order_labels() -> list[tuple[Order, str]]:
    return [
        ("newest", _("Newest first")),
        ("seen", _("Seen most recently first")),
        ("away", _("Longest not seen first")),
        ("fullest", _("Fullest first")),
    ]


def _not_seen(days: int) -> str:
    return ngettext("Not seen for %(days)s day", "Not seen for %(days)s days", days) % {"days": format_number(days)}


def _within(days: int) -> str:
    return ngettext("New in the last %(days)s day", "New in the last %(days)s days", days) % {
        "days": format_number(days)
    }
