"""What happened on a card, newest first, as its holder sees it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.clock import LAST_ID
from stampwell.languages.formatting import format_number
from stampwell.programs.offering import reward_name
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements

type Rewarded = Literal["earned", "told", "words", "used", "given_back", "expired"]


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """`taken_back` marks what another line undoes. `place` is a location's name; money is in minor units."""

    at: datetime
    rank: int
    id: UUID
    kind: Literal["joined", "stamped", "from_paper", "undone", "came_over", "went_over", "separated"] | Rewarded
    count: int
    amount: int | None
    currency: str | None
    version_id: UUID | None
    reward_id: UUID | None
    taken_back: bool
    place: str | None


class HistoryPage(msgspec.Struct, frozen=True):
    lines: list[HistoryLine]
    next: str | None  # where the page of older lines begins


# `rank` puts what happened in one moment in order: the reward came after the stamp that earned it.
_READ = """
    SELECT line.at, line.rank, line.id, line.kind, line.count, line.amount, line.currency, line.version_id,
           line.reward_id, line.taken_back, l.name AS place
    FROM (
        SELECT c.created AS at, 0 AS rank, c.id, 'joined' AS kind, 0 AS count, NULL::bigint AS amount,
               NULL::text AS currency, NULL::uuid AS version_id, NULL::uuid AS reward_id, false AS taken_back,
               NULL::uuid AS location_id
        FROM card c WHERE c.merchant_id = %(merchant)s AND c.id = %(card)s
        UNION ALL
        SELECT s.at, 1, s.id,
               CASE WHEN s.merge_id IS NULL AND s.reverses_id IS NULL AND s.source = 'paper' THEN 'from_paper'
                    WHEN s.merge_id IS NULL AND s.reverses_id IS NULL THEN 'stamped'
                    WHEN s.merge_id IS NULL THEN 'undone'
                    WHEN s.reverses_id IS NOT NULL THEN 'separated'
                    WHEN s.count < 0 OR (s.count = 0 AND s.remainder_change < 0) THEN 'went_over'
                    ELSE 'came_over' END,
               s.count, s.amount,
               s.currency, NULL, NULL,
               EXISTS (SELECT 1 FROM stamp u WHERE u.merchant_id = s.merchant_id AND u.reverses_id = s.id),
               s.location_id
        FROM stamp s WHERE s.merchant_id = %(merchant)s AND s.card_id = %(card)s
        UNION ALL
        SELECT v.issued, 2, v.id, 'earned', 0, NULL, NULL, v.version_id, v.reward_id, v.state = 'void', NULL
        FROM voucher v WHERE v.merchant_id = %(merchant)s AND v.card_id = %(card)s
        UNION ALL
        SELECT d.at, 2, d.id, 'told', 0, NULL, NULL, w.version_id, w.id, d.taken_back_after IS NOT NULL, NULL
        FROM draw d JOIN prize p ON (p.merchant_id, p.draw_id, p.place) = (d.merchant_id, d.reward_id, d.given)
            JOIN reward w ON (w.merchant_id, w.id) = (p.merchant_id, p.reward_id)
        WHERE d.merchant_id = %(merchant)s AND d.card_id = %(card)s AND d.voucher_id IS NULL
        UNION ALL
        SELECT m.told, 2, m.id, 'words', 0, NULL, NULL, w.version_id, w.id, false, NULL
        FROM reached_milestone m JOIN reward w ON (w.merchant_id, w.id) = (m.merchant_id, m.reward_id)
        WHERE m.merchant_id = %(merchant)s AND m.card_id = %(card)s AND m.recalled IS NULL AND m.told IS NOT NULL
        UNION ALL
        SELECT r.at, 3, r.id, 'used', 0, NULL, NULL, v.version_id, v.reward_id,
               EXISTS (SELECT 1 FROM reversal b WHERE b.merchant_id = r.merchant_id AND b.redemption_id = r.id),
               r.location_id
        FROM voucher v JOIN redemption r ON (r.merchant_id, r.voucher_id) = (v.merchant_id, v.id)
        WHERE v.merchant_id = %(merchant)s AND v.card_id = %(card)s
        UNION ALL
        SELECT v.reserved_until, 3, v.id, 'used', 0, NULL, NULL, v.version_id, v.reward_id, false, NULL
        FROM voucher v WHERE v.merchant_id = %(merchant)s AND v.card_id = %(card)s
            AND v.state = 'reserved' AND v.reserved_until <= %(now)s
        UNION ALL
        SELECT b.at, 4, b.id, 'given_back', 0, NULL, NULL, v.version_id, v.reward_id, false, NULL
        FROM voucher v JOIN redemption r ON (r.merchant_id, r.voucher_id) = (v.merchant_id, v.id)
            JOIN reversal b ON (b.merchant_id, b.redemption_id) = (r.merchant_id, r.id)
        WHERE v.merchant_id = %(merchant)s AND v.card_id = %(card)s
        UNION ALL
        SELECT v.expires, 5, v.id, 'expired', 0, NULL, NULL, v.version_id, v.reward_id, false, NULL
        FROM voucher v WHERE v.merchant_id = %(merchant)s AND v.card_id = %(card)s
            AND v.state IN ('pending', 'ready', 'expired') AND v.expires <= %(now)s
    ) line
    LEFT JOIN location l ON l.merchant_id = %(merchant)s AND l.id = line.location_id
    WHERE (line.at, line.rank, line.id) < (%(at)s, %(rank)s, %(id)s)
    ORDER BY line.at DESC, line.rank DESC, line.id DESC LIMIT %(limit)s
"""
_CURSOR = re.compile(r"([0-9]{1,16})\.([0-9]{1,2})\.([0-9a-f]{32})")
_BEGINNING, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def read_history(tx: Statements, card_id: UUID, *, now: datetime, limit: int, after: str | None = None) -> HistoryPage:
    """The newest `limit` lines, or those older than `after`; an `after` that cannot be read is the beginning."""
    at, rank, line_id = _read_cursor(after) or (now, 99, LAST_ID)
    facts = {"merchant": tx.merchant_id, "card": card_id, "now": now, "limit": limit + 1}
    lines = tx.rows(HistoryLine, _READ, facts | {"at": at, "rank": rank, "id": line_id})
    return HistoryPage(lines[:limit], _write_cursor(lines[limit - 1]) if len(lines) > limit else None)


def describe_line(merchant_id: UUID, line: HistoryLine) -> str:
    """One sentence in the active language."""
    match line.kind:
        case "joined":
            return _("You got this card.")
        case "came_over":
            over = ngettext("%(count)s stamp from another card", "%(count)s stamps from another card", line.count)
            return over % {"count": format_number(line.count)}
        case "from_paper":
            old = ngettext("%(count)s stamp from an old card", "%(count)s stamps from an old card", line.count)
            return old % {"count": format_number(line.count)}
        case "went_over":
            return _("The stamps went over to another card.")
        case "separated":
            return _("The cards were separated again.")
        case "stamped" if line.count == 0:
            return _("Counted towards the next stamp")
        case "stamped":
            return _say_stamps(line.count)
        case "undone":
            return _("A stamp was undone.") if line.count else _("An amount was undone.")
    return _describe_reward(line, _reward_of(merchant_id, line))


def _say_stamps(count: int) -> str:
    return ngettext("%(count)s stamp", "%(count)s stamps", count) % {"count": format_number(count)}


def _describe_reward(line: HistoryLine, reward: str) -> str:
    match line.kind:
        case "earned":
            return _("Reward earned: %(reward)s") % {"reward": reward}
        case "told":
            return _("Result of the draw: %(prize)s") % {"prize": reward}
        case "words":
            return reward
        case "used":
            return _("Reward used: %(reward)s") % {"reward": reward}
        case "given_back":
            return _("Reward restored: %(reward)s") % {"reward": reward}
    return _("Reward expired: %(reward)s") % {"reward": reward}


def _reward_of(merchant_id: UUID, line: HistoryLine) -> str:
    assert line.version_id is not None, "a line about a reward names its version"
    assert line.reward_id is not None, "a line about a reward names it"
    terms = terms_of(merchant_id, line.version_id)
    return reward_name(terms, terms.reward(line.reward_id))


def _write_cursor(line: HistoryLine) -> str:
    return f"{round((line.at - _BEGINNING) / _MICROSECOND)}.{line.rank}.{line.id.hex}"


def _read_cursor(text: str | None) -> tuple[datetime, int, UUID] | None:
    if not (found := _CURSOR.fullmatch(text or "")):
        return None
    return _BEGINNING + int(found[1]) * _MICROSECOND, int(found[2]), UUID(found[3])
