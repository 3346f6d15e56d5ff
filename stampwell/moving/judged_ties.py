"""Rows that name each other as no step would write them. Most such ties are keys of the tables; these are not."""

from collections.abc import Iterator
from uuid import UUID

from stampwell.ids import public_id
from stampwell.moving.asking import ask_at_length
from stampwell.receipts.series_codes import LONGEST_RECEIPT, MADE_BYTES

_SHOP = "merchant_id = %(shop)s"
_CIRCLE = """
    WITH RECURSIVE step AS ({steps}), walk AS (
        SELECT a, b FROM step UNION ALL SELECT walk.a, step.b FROM walk JOIN step ON step.a = walk.b
    ) CYCLE b SET comes_round USING way SELECT DISTINCT a FROM walk WHERE comes_round LIMIT 10
"""
_MERGED_INTO = f"SELECT id AS a, merged_into AS b FROM customer WHERE {_SHOP} AND merged_into IS NOT NULL"
_MERGES = f"SELECT other_id AS a, customer_id AS b FROM customer_merge WHERE {_SHOP} AND undone IS NULL"
# Of a card the newest merge counts, and only while it is void.
_CARDS = f"""
    SELECT DISTINCT ON (m.card_id) m.card_id AS a, m.into_id AS b FROM merged_card m
    JOIN card c ON (c.merchant_id, c.id) = (m.merchant_id, m.card_id)
    WHERE m.{_SHOP} AND c.state = 'void' ORDER BY m.card_id, m.id DESC
"""
# Each yields the ids of what is wrong.
_FALSE: list[tuple[str, str, str]] = [
    (
        "prg",
        "goes by terms that are none of its own",
        f"""
        SELECT p.id FROM program p WHERE p.{_SHOP} AND (
            NOT EXISTS (SELECT FROM program_version v WHERE (v.merchant_id, v.program_id, v.id)
                = (p.merchant_id, p.id, p.current_version_id))
            OR (p.next_version_id IS NULL) <> (p.next_starts IS NULL)
            OR p.next_version_id IS NOT NULL AND NOT EXISTS (SELECT FROM program_version v
                WHERE (v.merchant_id, v.program_id, v.id) = (p.merchant_id, p.id, p.next_version_id)))
        """,
    ),
    (
        "rwd",
        "is promised by terms to which it does not belong",
        f"""
        SELECT r.id FROM milestone m JOIN reward r ON (r.merchant_id, r.id) = (m.merchant_id, m.reward_id)
        WHERE m.{_SHOP} AND r.version_id <> m.version_id
        """,
    ),
    (
        "rwd",
        "has its codes from no list of the shop",
        f"""
        SELECT r.id FROM reward r LEFT JOIN code_pool p
            ON (p.merchant_id, p.id) = (r.merchant_id, r.pool_id)
        WHERE r.{_SHOP} AND ((r.redeem_code_kind = 'pool') <> (r.pool_id IS NOT NULL)
            OR r.pool_id IS NOT NULL AND (p.id IS NULL OR r.redeem_code <> '' OR r.code_by_location <> '{{}}'))
        """,
    ),
    (
        "rwd",
        "is drawn from prizes of other terms, or by seeds that were never committed to",
        f"""
        SELECT r.id FROM prize p JOIN reward r ON (r.merchant_id, r.id) = (p.merchant_id, p.draw_id)
        JOIN reward own ON (own.merchant_id, own.id) = (p.merchant_id, p.reward_id)
        JOIN program_version v ON (v.merchant_id, v.id) = (r.merchant_id, r.version_id)
        WHERE p.{_SHOP} AND (own.version_id <> r.version_id OR NOT EXISTS (SELECT FROM draw_chain c
            WHERE (c.merchant_id, c.program_id) = (v.merchant_id, v.program_id)))
        """,
    ),
    (
        "crd",
        "goes by terms that its program does not have",
        f"""
        SELECT c.id FROM card c LEFT JOIN program_version v
            ON (v.merchant_id, v.id, v.program_id, v.goal) = (c.merchant_id, c.version_id, c.program_id, c.goal)
        WHERE c.{_SHOP} AND v.id IS NULL
        """,
    ),
    (
        "crd",
        "has completed a round under terms that its program does not have",
        f"""
        SELECT c.id FROM completed_round r JOIN card c ON (c.merchant_id, c.id) = (r.merchant_id, r.card_id)
        LEFT JOIN program_version v
            ON (v.merchant_id, v.id, v.program_id, v.goal) = (r.merchant_id, r.version_id, c.program_id, r.goal)
        WHERE r.{_SHOP} AND v.id IS NULL
        """,
    ),
    (
        "vch",
        "is of no reward of its card’s program",
        f"""
        SELECT v.id FROM voucher v LEFT JOIN card c ON (c.merchant_id, c.id) = (v.merchant_id, v.card_id)
        LEFT JOIN prize p ON (p.merchant_id, p.reward_id, p.kind) = (v.merchant_id, v.reward_id, 'voucher')
        LEFT JOIN milestone m ON (m.merchant_id, m.version_id, m.reward_id)
            = (v.merchant_id, v.version_id, coalesce(p.draw_id, v.reward_id))
        LEFT JOIN program_version t ON (t.merchant_id, t.id) = (v.merchant_id, v.version_id)
        WHERE v.{_SHOP} AND (m.id IS NULL OR c.program_id IS DISTINCT FROM v.program_id
            OR t.program_id IS DISTINCT FROM v.program_id)
        """,
    ),
    (
        "crd",
        "has reached a milestone for which it was given nothing of the shop",
        f"""
        SELECT t.card_id FROM reached_milestone t
        LEFT JOIN prize p ON (p.merchant_id, p.reward_id, p.kind) = (t.merchant_id, t.reward_id, 'words')
        WHERE t.{_SHOP} AND ((t.voucher_id IS NULL) <> (p.id IS NOT NULL))
        """,
    ),
    (
        "vch",
        "has a code for the till that is none, or that its reward does not have",
        f"""
        SELECT v.id FROM voucher v LEFT JOIN reward r ON (r.merchant_id, r.id) = (v.merchant_id, v.reward_id)
        WHERE v.{_SHOP} AND v.api_code IS NOT NULL
            AND (r.redeem_code_kind IS DISTINCT FROM 'api' OR v.api_code !~ '^[0-9A-HJKMNP-TV-Z]{{11}}$')
        """,
    ),
    (
        "stp",
        "takes back a stamp of another card",
        f"""
        SELECT u.id FROM stamp u JOIN stamp s ON (s.merchant_id, s.id) = (u.merchant_id, u.reverses_id)
        WHERE u.{_SHOP} AND s.card_id <> u.card_id
        """,
    ),
    (
        "ksc",
        "waits without a card",
        f"SELECT id FROM kept_scan WHERE {_SHOP} AND state = 'waiting' AND card_id IS NULL",
    ),
    (
        "ksc",
        "hands out for no voucher, or no reward, of the shop",
        f"""
        SELECT k.id FROM kept_scan k LEFT JOIN voucher v ON (v.merchant_id, v.id) = (k.merchant_id, k.voucher_id)
        LEFT JOIN reward w ON (w.merchant_id, w.id) = (k.merchant_id, k.reward_id)
        WHERE k.{_SHOP} AND (k.voucher_id IS NOT NULL OR k.reward_id IS NOT NULL) AND (v.id IS NULL OR w.id IS NULL)
        """,
    ),
    (
        "rcb",
        "has codes on cards of another program",
        f"""
        SELECT b.id FROM receipt_claim r JOIN receipt_batch b ON (b.merchant_id, b.id) = (r.merchant_id, r.batch_id)
        JOIN card c ON (c.merchant_id, c.id) = (r.merchant_id, r.card_id)
        WHERE r.{_SHOP} AND c.program_id <> b.program_id
        """,
    ),
    (
        "rcs",
        "has no place for its receipts",
        f"""
        SELECT id FROM receipt_series
        WHERE {_SHOP} AND (octet_length(made) <> {MADE_BYTES} OR length(begins) + digits > {LONGEST_RECEIPT})
        """,
    ),
    (
        "cdb",
        "has codes of another list, or for another location",
        f"""
        SELECT DISTINCT b.id FROM pool_code c JOIN code_batch b ON (b.merchant_id, b.id) = (c.merchant_id, c.batch_id)
        WHERE c.{_SHOP} AND (c.pool_id <> b.pool_id OR c.location_id IS DISTINCT FROM b.location_id)
        """,
    ),
    (
        "cde",
        "is with a voucher that is not there, or with none though it was handed out",
        f"""
        SELECT c.id FROM pool_code c LEFT JOIN voucher v ON (v.merchant_id, v.id) = (c.merchant_id, c.voucher_id)
        WHERE c.{_SHOP} AND ((c.given IS NULL) <> (c.voucher_id IS NULL) OR c.voucher_id IS NOT NULL AND v.id IS NULL)
        """,
    ),
    ("cus", "was merged in a circle", _CIRCLE.format(steps=_MERGED_INTO)),
    ("cus", "was merged in a circle", _CIRCLE.format(steps=_MERGES)),
    ("crd", "was merged in a circle", _CIRCLE.format(steps=_CARDS)),
    (
        "cus",
        "was merged into nobody of the shop",
        f"""
        SELECT a.id FROM customer a LEFT JOIN customer b ON (b.merchant_id, b.id) = (a.merchant_id, a.merged_into)
        WHERE a.{_SHOP} AND a.merged_into IS NOT NULL AND b.id IS NULL
        """,
    ),
    (
        "crd",
        "has a pass, and is not there",
        f"""
        SELECT p.card_id FROM pass p LEFT JOIN card c ON (c.merchant_id, c.id) = (p.merchant_id, p.card_id)
        LEFT JOIN voucher v ON (v.merchant_id, v.id) = (p.merchant_id, p.voucher_id)
        WHERE p.{_SHOP} AND (c.id IS NULL OR p.voucher_id IS NOT NULL AND v.id IS NULL)
        """,
    ),
]
_NUMBERED = f"""
    SELECT 1 FROM (
        SELECT count(sequence) AS events, count(DISTINCT sequence) AS numbers, coalesce(min(sequence), 1) AS first,
            coalesce(max(sequence), 0) AS last FROM event WHERE {_SHOP}
    ) found LEFT JOIN event_feed feed ON feed.{_SHOP}
    WHERE numbers <> events OR last <> coalesce(feed.last_sequence, 0) OR first < 1
"""


def false_ties(merchant_id: UUID) -> Iterator[str]:
    for kind, says, sql in _FALSE:
        for found in ask_at_length(merchant_id, UUID, f"{sql} LIMIT 10" if "LIMIT" not in sql else sql, {}):
            yield f"{public_id(kind, found)} {says}."
    if ask_at_length(merchant_id, int, _NUMBERED, {}):
        yield "The events are not numbered one after the other, up to the last number that the shop has given."
