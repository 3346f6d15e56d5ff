"""The shop's own words for some of its customers, such as "regular" or "no nuts". Customers never see them."""

import re
from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.clock import new_id
from stampwell.customers.changing import lock_customer
from stampwell.languages.folding import fold
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.models import Merchant
from stampwell.refusal import Kind, Refusal
from stampwell.transactions import Statements, columns_of, merchant_transaction

MOST_OF_CUSTOMER, MOST_OF_SHOP, LONGEST_TAG = 8, 100, 40
_BETWEEN = re.compile("[,;\n、，]")


class TagsUnfit(Refusal):
    """Too many tags, or one that is too long."""

    code = "tags_unfit"
    kind = Kind.INVALID
    title = _("These tags cannot be saved")
    staff_text = _(
        "There can be %(of_customer)s tags for a customer and %(of_shop)s in the shop, each of %(longest)s letters."
    )
    customer_text = staff_text
    what_to_do = _("Use fewer or shorter tags.")


class TagRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    folded: str


class _TaggingRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    tag_id: UUID
    customer_id: UUID


_NAMED = (
    f"SELECT {columns_of(TagRow)} FROM tag WHERE merchant_id = %s AND folded = ANY(%s) ORDER BY folded FOR KEY SHARE"
)
_OF_CUSTOMER = f"""
    SELECT {columns_of(TagRow, "t")} FROM tagging g JOIN tag t ON (t.merchant_id, t.id) = (g.merchant_id, g.tag_id)
    WHERE g.merchant_id = %s AND g.customer_id = %s ORDER BY t.folded
"""
_IN_USE = f"""
    SELECT {columns_of(TagRow, "t")} FROM tag t WHERE t.merchant_id = %(merchant)s AND EXISTS (
        SELECT FROM tagging g WHERE g.merchant_id = %(merchant)s AND g.tag_id = t.id
    ) ORDER BY t.folded
"""
_TAKE_AWAY = "DELETE FROM tagging WHERE merchant_id = %s AND customer_id = %s AND tag_id <> ALL(%s)"
_PART = "DELETE FROM tagging WHERE merchant_id = %s AND customer_id = %s AND tag_id = ANY(%s)"

_TAKE_ALL_AWAY = "DELETE FROM tagging WHERE merchant_id = %s AND customer_id = ANY(%s)"
_HOLD_TAGS = """
    SELECT t.id FROM tag t WHERE t.merchant_id = %(merchant)s AND (
        EXISTS (
            SELECT FROM tagging g
            WHERE g.merchant_id = %(merchant)s AND g.tag_id = t.id AND g.customer_id = ANY(%(customers)s)
        ) OR NOT EXISTS (SELECT FROM tagging g WHERE g.merchant_id = %(merchant)s AND g.tag_id = t.id)
    ) ORDER BY t.folded FOR UPDATE OF t
"""
_FORGET = """
    DELETE FROM tag t WHERE t.merchant_id = %(merchant)s AND t.id = ANY(%(tags)s) AND NOT EXISTS (
        SELECT FROM tagging g WHERE g.merchant_id = %(merchant)s AND g.tag_id = t.id
    )
"""


def tag_customer(merchant: Merchant, customer_id: UUID, typed: str) -> list[TagRow]:
    """The customer has these tags and no others. Refuses: NotFound, TagsUnfit."""
    names = read_tags(typed)
    with merchant_transaction(merchant.id) as tx:
        lock_customer(tx, customer_id)
        return set_tags(tx, customer_id, names)


def set_tags(tx: Statements, customer_id: UUID, names: dict[str, str]) -> list[TagRow]:
    """Of a customer whom the caller has locked; `names` are those of `read_tags`. Refuses: TagsUnfit."""
    tags = _hold_tags(tx, names)
    tx.write(_TAKE_AWAY, (tx.merchant_id, customer_id, [tag.id for tag in tags]))
    for tag in tags:
        tx.insert_or_leave("tagging", _TaggingRow(id=new_id(), tag_id=tag.id, customer_id=customer_id))
    if len(tags_in_use(tx)) > MOST_OF_SHOP:
        raise _unfit()
    return tags


def _hold_tags(tx: Statements, names: dict[str, str]) -> list[TagRow]:
    """Those of these names, made where there are none; one that goes with an erased customer meanwhile is made anew."""
    while True:
        for folded, name in sorted(names.items()):  # in one order, so that two who add the same ones do not hang
            tx.insert_or_leave("tag", TagRow(id=new_id(), name=name, folded=folded))
        tags = tx.rows(TagRow, _NAMED, (tx.merchant_id, list(names)))
        if len(tags) == len(names):
            return tags


def read_tags(typed: str) -> dict[str, str]:
    """By how they are compared; the first way of writing a word counts. Refuses: TagsUnfit."""
    return name_tags(_BETWEEN.split(typed[:LONGEST_GIVEN]))


def name_tags(given: Sequence[str]) -> dict[str, str]:
    """The same of words that come one by one: none of them holds what stands between two. Refuses: TagsUnfit."""
    if any(_BETWEEN.search(word) for word in given):
        raise _unfit()
    words = [clean_text(word[:LONGEST_GIVEN]) for word in given]
    found: dict[str, str] = {}
    for word in filter(None, words):
        found.setdefault(fold(word)[:80], word)
    if len(found) > MOST_OF_CUSTOMER or any(len(word) > LONGEST_TAG for word in found.values()):
        raise _unfit()
    return found


def tags_of(tx: Statements, customer_id: UUID) -> list[TagRow]:
    return tx.rows(TagRow, _OF_CUSTOMER, (tx.merchant_id, customer_id))


def tags_in_use(tx: Statements) -> list[TagRow]:
    """Those of the shop that somebody has."""
    return tx.rows(TagRow, _IN_USE, {"merchant": tx.merchant_id})


def tags_to_join(tx: Statements, customer_id: UUID, other_id: UUID) -> tuple[list[TagRow], list[TagRow]]:
    """What the customer gets of the other one's tags, and what finds no room."""
    own = tags_of(tx, customer_id)
    new = [tag for tag in tags_of(tx, other_id) if tag not in own]
    room = max(MOST_OF_CUSTOMER - len(own), 0)
    return new[:room], new[room:]


def join_tags(tx: Statements, customer_id: UUID, tags: list[TagRow]) -> None:
    for tag in tags:
        tx.insert_or_leave("tagging", _TaggingRow(id=new_id(), tag_id=tag.id, customer_id=customer_id))


def part_tags(tx: Statements, customer_id: UUID, tags: list[UUID]) -> None:
    tx.write(_PART, (tx.merchant_id, customer_id, tags))


def forget_tags(tx: Statements, customers: list[UUID]) -> None:
    """Of customers who are erased. A tag that nobody has goes too, also one of earlier: it may say who it was."""
    tags = tx.values(UUID, _HOLD_TAGS, {"merchant": tx.merchant_id, "customers": customers})
    tx.write(_TAKE_ALL_AWAY, (tx.merchant_id, customers))
    tx.write(_FORGET, {"merchant": tx.merchant_id, "tags": tags})


def _unfit() -> TagsUnfit:
    return TagsUnfit(of_customer=MOST_OF_CUSTOMER, of_shop=MOST_OF_SHOP, longest=LONGEST_TAG)
