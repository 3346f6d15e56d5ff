"""Finding the cards of customers whose name is one letter off from what was typed.

The index knows which names have one half of the word as it was typed; of those only so many are read, and spelt out.
So it costs the same in a shop of any size, and where very many names have a half in common, some may be missed.
"""

from stampwell.cards.searching import FOUND_COLUMNS, IS_ACTIVE, TOLD, FoundRow, plan_by_words
from stampwell.customers.near_words import near
from stampwell.transactions import Statements

MOST_READ = 3_000  # customers, for each half
MOST_FITTING = 200  # whose cards are put in order; no more are looked for, be they of one half alone
# Spelt out behind the LIMIT, and without a column of statistics that the planner would try each expression on. Nearly
# all fail, so they are tried with the email first: to take it away costs as much as the trying.
_HALF = f"""
    SELECT u.id FROM (
        SELECT u.id, u.search, u.email FROM customer u
        WHERE u.merchant_id = %(merchant)s AND u.search LIKE %(like_{{place}})s {{beginnings}} LIMIT {MOST_READ}
    ) u WHERE (u.search || ' ') ~ %(spelling_{{place}})s AND {TOLD} ~ %(spelling_{{place}})s {{others}}
"""
_NEAR = f"""
    WITH near AS MATERIALIZED (
        SELECT DISTINCT u.id FROM (SELECT u.id FROM ({{halves}}) u LIMIT {MOST_FITTING}) u
    ), fitting AS MATERIALIZED (
        SELECT c.* FROM near CROSS JOIN LATERAL (
            SELECT c.id, c.customer_id, c.version_id, c.short_number, c.state, c.stamps, c.goal, c.round, c.created,
                c.last_stamp
            FROM card c WHERE c.merchant_id = %(merchant)s AND c.customer_id = near.id AND {IS_ACTIVE} OFFSET 0
        ) c
        ORDER BY c.created DESC, c.id DESC LIMIT %(limit)s
    )
    SELECT {FOUND_COLUMNS} FROM fitting c
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    JOIN program_version v ON v.merchant_id = %(merchant)s AND v.id = c.version_id
    ORDER BY c.created DESC, c.id DESC
"""


def find_near(tx: Statements, words: str, *, limit: int) -> list[FoundRow]:
    """The newest active cards among those that were read; none where no word may be off."""
    meant = near(words)
    if meant is None:
        return []
    plan_by_words(tx)
    facts: dict[str, object] = {"merchant": tx.merchant_id, "limit": limit}
    for place, half in enumerate(meant.halves):
        facts |= {f"like_{place}": half.like, f"spelling_{place}": half.spelling}
    begin = {f"beginning_{place}": beginning for place, beginning in enumerate(meant.beginnings)}
    other = {f"other_{place}": spelling for place, spelling in enumerate(meant.others)}
    beginnings = " ".join(f"AND u.search LIKE %({name})s" for name in begin)
    others = " ".join(f"AND {TOLD} ~ %({name})s" for name in other)
    halves = [_HALF.format(place=place, beginnings=beginnings, others=others) for place in range(len(meant.halves))]
    return tx.rows(FoundRow, _NEAR.format(halves=" UNION ALL ".join(halves)), facts | begin | other)
