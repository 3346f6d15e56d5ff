"""Which rewards a round of a card has given before: what its stamps earned once, they do not earn again elsewhere."""

from uuid import UUID

import msgspec

from stampwell.cards.rounds import Reached
from stampwell.cards.rows import CardRow
from stampwell.programs.comparing import reward_key
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements


class GivenReward(msgspec.Struct, frozen=True):
    """A milestone of a round that has given its voucher, or words alone: then there is none."""

    id: UUID
    stamps: int
    voucher_id: UUID | None
    draw_id: UUID | None
    version_id: UUID
    reward_id: UUID


_GIVEN = """
    SELECT r.id, r.stamps, r.voucher_id, r.draw_id, w.version_id, w.id AS reward_id FROM reached_milestone r
    LEFT JOIN voucher v ON (v.merchant_id, v.id) = (r.merchant_id, r.voucher_id)
    JOIN reward w ON (w.merchant_id, w.id) = (r.merchant_id, coalesce(v.reward_id, r.reward_id))
    WHERE r.merchant_id = %s AND r.card_id = %s AND r.round = %s AND r.recalled IS NULL ORDER BY r.stamps
"""


def given_in_round(tx: Statements, card: CardRow) -> list[GivenReward]:
    """In the present round of the card."""
    return tx.rows(GivenReward, _GIVEN, (tx.merchant_id, card.id, card.round))


def take_given(merchant_id: UUID, given: list[GivenReward], reached: Reached) -> GivenReward | None:
    """Takes the one out of the list that is the reward of this milestone, known again as `comparing` does."""
    wanted = reward_key(reached.terms, reached.milestone.reward)
    found = next((one for one in given if _key_of(merchant_id, one) == wanted), None)
    if found:
        given.remove(found)
    return found


def _key_of(merchant_id: UUID, given: GivenReward) -> str:
    terms = terms_of(merchant_id, given.version_id)
    return reward_key(terms, terms.promised(given.reward_id))
