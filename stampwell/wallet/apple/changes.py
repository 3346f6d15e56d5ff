"""Notices that a pass shows something new, gives it a new tag, and makes a push due for each phone that holds it.

Looking at a pass is the expensive part, and happens outside of any lock. The tags are given afterwards, under the lock
of the merchant's feed, and only to passes that nobody has changed in between. The others are looked at again.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import psycopg
from django.db import Error

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.refusal import RequestInProgress
from stampwell.transactions import Statements, merchant_transaction, merchants_where
from stampwell.wallet.apple.current import identities, look_at
from stampwell.wallet.apple.handed_out import COLUMNS, HeldPass
from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.wallet.changed_cards import lock_feed
from stampwell.wallet.whole_shop import Spread

BATCH = 50
# Several changes of a pass are one push: the first one waits a moment for what belongs to it, and after a push
# the next one for the same pass on the same phone comes a minute later at the earliest.
SETTLING = timedelta(seconds=1)
APART = timedelta(seconds=60)
TAGS_OF_A_LOST_TIME = 1_000_000_000  # more than a shop can have given between a backup and its restore

log = logging.getLogger(__name__)


class Look(msgspec.Struct, frozen=True):
    """What a pass shows now, against the row as it was before the look."""

    held: HeldPass
    shows: bytes

    @property
    def is_new(self) -> bool:
        return self.shows != self.held.shown


class Tagged(msgspec.Struct, frozen=True):
    id: UUID
    tag: int
    changed: datetime


# A pass without a registration is left alone: no phone wants to hear of it, and a phone that registers touches the
# pass. A voucher's own pass goes along to the voucher's card: both cards are named when two are merged or parted.
_TOUCH = """
    UPDATE pass p SET touched = p.touched + 1, card_id = coalesce(
        (SELECT v.card_id FROM voucher v WHERE v.merchant_id = p.merchant_id AND v.id = p.voucher_id), p.card_id
    )
    WHERE p.merchant_id = %s AND p.card_id = ANY(%s)
    AND EXISTS (SELECT 1 FROM registration r WHERE r.merchant_id = p.merchant_id AND r.pass_id = p.id)
"""
_TOUCH_NEXT = """
    UPDATE pass p SET touched = p.touched + 1
    FROM (
        SELECT p.id FROM pass p WHERE p.merchant_id = %(merchant)s AND p.id > %(after)s
        AND EXISTS (SELECT 1 FROM registration r WHERE r.merchant_id = p.merchant_id AND r.pass_id = p.id)
        ORDER BY p.id LIMIT %(most)s
    ) n
    WHERE p.merchant_id = %(merchant)s AND p.id = n.id RETURNING p.id
"""
_IS_ANY_TOUCHED = """
    SELECT 1 FROM pass p WHERE p.merchant_id = %s AND p.touched > p.looked AND p.pass_type = ANY(%s) LIMIT 1
"""
_TO_LOOK_AT = f"""
    SELECT {COLUMNS} FROM pass p
    WHERE p.merchant_id = %s AND p.touched > p.looked AND p.pass_type = ANY(%s) LIMIT %s
"""
# Moments are computed below the UPDATE, over the locked rows: a distributed database takes no such sum in a SET.
_TAG = """
    UPDATE pass p SET shown = n.shown, tag = %(last)s + n.place, changed = n.changed,
        first_tag = CASE WHEN p.tag = 0 THEN %(last)s + n.place ELSE p.first_tag END
    FROM (
        SELECT p.id, n.tag, n.shown, n.place, greatest(%(changed)s, p.changed + %(step)s) AS changed FROM pass p
        JOIN unnest(%(ids)s::uuid[], %(tags)s::bigint[], %(shown)s::bytea[])
            WITH ORDINALITY AS n (id, tag, shown, place) ON n.id = p.id
        WHERE p.merchant_id = %(merchant)s AND p.tag = n.tag ORDER BY p.id FOR UPDATE OF p
    ) n
    WHERE p.merchant_id = %(merchant)s AND p.id = n.id
    RETURNING p.id, p.tag, p.changed
"""
# Everybody who locks several registrations locks them in this order. A phone that is due already stays due at that
# moment: it will hear of this change then.
_WANT = """
    UPDATE registration r SET wanted_tag = held.tag, due = coalesce(r.due, held.due)
    FROM (
        SELECT r.id, p.tag, greatest(%(soon)s, r.pushed + %(apart)s) AS due FROM registration r
        JOIN pass p ON (p.merchant_id, p.id) = (r.merchant_id, r.pass_id)
        WHERE r.merchant_id = %(merchant)s AND p.merchant_id = %(merchant)s AND p.id = ANY(%(ids)s)
        ORDER BY r.id FOR UPDATE OF r
    ) held
    WHERE r.merchant_id = %(merchant)s AND r.id = held.id
"""
_LOOKED = """
    UPDATE pass p SET looked = greatest(p.looked, n.touched)
    FROM unnest(%(ids)s::uuid[], %(touched)s::bigint[]) AS n (id, touched)
    WHERE p.merchant_id = %(merchant)s AND p.id = n.id
"""


def touch_passes(tx: Statements, cards: list[UUID]) -> None:
    """Something happened on these cards: their passes are to be looked at."""
    tx.write(_TOUCH, (tx.merchant_id, cards))


def _touch_next(tx: Statements, after: UUID, most: int) -> list[UUID]:
    facts = {"merchant": tx.merchant_id, "after": after, "most": most}
    return sorted(tx.values(UUID, _TOUCH_NEXT, facts))


def _is_any_touched(tx: Statements) -> bool:
    return tx.exists(_IS_ANY_TOUCHED, (tx.merchant_id, list(identities())))


EVERY_PASS = Spread(column="apple_after", is_busy=_is_any_touched, mark_next=_touch_next)


def send_again(merchant_id: UUID, card_id: UUID) -> None:
    """Lets every phone that holds a pass of this card fetch it anew, though it has not changed."""
    with merchant_transaction(merchant_id) as tx:
        tx.write(
            "UPDATE pass SET shown = ''::bytea, touched = touched + 1 WHERE merchant_id = %s AND card_id = %s",
            (merchant_id, card_id),
        )


def forget_what_phones_show(tx: Statements) -> None:
    """After a restore: a phone may show what happened since the backup, under a tag that is not given yet.

    The next tags are far ahead of all that it knows, so that it hears of every pass that is looked at from now on.
    """
    tx.write(
        "UPDATE wallet_feed SET last_tag = last_tag + %s WHERE merchant_id = %s", (TAGS_OF_A_LOST_TIME, tx.merchant_id)
    )
    tx.write("UPDATE pass SET shown = ''::bytea WHERE merchant_id = %s", (tx.merchant_id,))


def merchants_to_look_at() -> list[UUID]:
    """Without a certificate their passes wait: what cannot be signed cannot be fetched."""
    sql = "SELECT DISTINCT merchant_id FROM pass WHERE touched > looked AND pass_type = ANY(%s)"
    return merchants_where(sql, (list(identities()),))


def look_again(merchant_id: UUID) -> int:
    """Looks at a batch of passes that were touched; returns how many."""
    merchant = Merchant.objects.get(id=merchant_id)
    with merchant_transaction(merchant_id) as tx:
        touched = tx.rows(HeldPass, _TO_LOOK_AT, (merchant_id, list(identities()), BATCH))
    looks = [_look(merchant, held) for held in touched]
    with merchant_transaction(merchant_id) as tx:
        tagged = {tag.id for tag in give_tags(tx, [look for look in looks if look.is_new])}
        # A pass that somebody changed during the look gets no tag here. It is looked at again next time.
        _note_looked(tx, [look.held for look in looks if not look.is_new or look.held.id in tagged])
    return len(looks)


def give_tags(tx: Statements, looks: Sequence[Look]) -> list[Tagged]:
    """A new tag for each pass that is still as it was, and a push to each phone that holds it."""
    if not looks:
        return []
    feed, at = lock_feed(tx), now()
    facts = {
        "merchant": tx.merchant_id,
        "last": feed.last_tag,
        "ids": [look.held.id for look in looks],
        "tags": [look.held.tag for look in looks],
        "shown": [look.shows for look in looks],
        # The next whole second, so that it is later than any time at which a phone fetched the version before.
        "changed": at.replace(microsecond=0) + timedelta(seconds=1),
        "step": timedelta(seconds=1),
        "soon": at + SETTLING,
        "apart": APART,
    }
    tagged = tx.rows(Tagged, _TAG, facts)
    tx.write(_WANT, facts | {"ids": [tag.id for tag in tagged]})
    tx.write(
        "UPDATE wallet_feed SET last_tag = %s WHERE merchant_id = %s", (feed.last_tag + len(looks), tx.merchant_id)
    )
    return tagged


def _look(merchant: Merchant, held: HeldPass) -> Look:
    """A pass that cannot be made is set aside until it is touched again, so that phones hear of the others."""
    try:
        return Look(held, look_at(merchant, held).digest)
    except (Error, psycopg.Error, RequestInProgress, CertificateProblem):
        raise  # this trouble is not about one pass and will end, so no pass is set aside
    except Exception:
        log.exception("The pass %s of %s could not be made", held.id, merchant.slug)
        return Look(held, held.shown)


def _note_looked(tx: Statements, looked: Sequence[HeldPass]) -> None:
    if looked:
        lock_feed(tx)  # whoever changes several passes holds this lock
        facts = {"ids": [held.id for held in looked], "touched": [held.touched for held in looked]}
        tx.write(_LOOKED, facts | {"merchant": tx.merchant_id})
