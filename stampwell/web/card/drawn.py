"""What a card has just drawn, or was told by its holder's age, for the moment in which its holder looks at it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.cards.rows import CardRow
from stampwell.ids import public_id
from stampwell.programs.offering import reward_name
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements

SHOWN = timedelta(minutes=3)
MOST = 5
_JUST_DRAWN = """
    SELECT d.id, w.version_id, w.id AS reward_id, true AS by_lot FROM draw d
    JOIN prize p ON (p.merchant_id, p.draw_id, p.place) = (d.merchant_id, d.reward_id, d.given)
    JOIN reward w ON (w.merchant_id, w.id) = (p.merchant_id, p.reward_id)
    WHERE d.merchant_id = %s AND d.card_id = %s AND d.at > %s AND d.taken_back_after IS NULL
    ORDER BY d.number DESC LIMIT %s
"""
_JUST_TOLD = """
    SELECT m.id, w.version_id, w.id AS reward_id, false AS by_lot FROM reached_milestone m
    JOIN reward w ON (w.merchant_id, w.id) = (m.merchant_id, m.reward_id)
    WHERE m.merchant_id = %s AND m.card_id = %s AND m.told > %s AND m.recalled IS NULL
    ORDER BY m.told DESC, m.id DESC LIMIT %s
"""


class DrawnPrize(msgspec.Struct, frozen=True):
    """`by_lot` is false of words that came without a draw, by the age; `id` is then that of what was reached."""

    id: UUID
    version_id: UUID
    reward_id: UUID
    by_lot: bool


def just_drawn(tx: Statements, card: CardRow, *, at: datetime) -> list[DrawnPrize]:
    """The latest first. Most cards were not stamped just now: of them nothing is asked."""
    if card.last_stamp is None or card.last_stamp <= at - SHOWN:
        return []
    which = (tx.merchant_id, card.id, at - SHOWN, MOST)
    return [*tx.rows(DrawnPrize, _JUST_DRAWN, which), *tx.rows(DrawnPrize, _JUST_TOLD, which)]


def say_drawn(merchant_id: UUID, drawn: Sequence[DrawnPrize]) -> list[tuple[str, str]]:
    """Each by its id, which a page does not tell twice."""
    said = []
    for one in drawn:
        terms = terms_of(merchant_id, one.version_id)
        prize = reward_name(terms, terms.reward(one.reward_id))
        said.append((public_id("drw", one.id), _("You drew: %(prize)s") % {"prize": prize} if one.by_lot else prize))
    return said
