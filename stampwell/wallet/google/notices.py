"""What the phone of a card has been told, and how often it may notify: three times in 24 hours, as Google allows.

Three columns of a card's row:

- `announced`: the ready vouchers that the phone knows of, and those ends that come soon. Others are news.
- `announcing`: ids of both kinds for which a notice was counted, while Google has not taken it yet. However often
  Google has to be asked for them, they cost no second notice.
- `notified`: the moments of the notices within the last 24 hours.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.table import ObjectRow, Shown

WINDOW = timedelta(hours=24)
MOST_NOTICES = 3  # in a window; beyond them Google refuses

# Refused retries are counted in a row: a card that gets so far begins a new one.
_TOLD = """
    UPDATE google_object SET fields = %(fields)s, balance = %(balance)s, announced = %(announced)s,
        announcing = %(announcing)s, refusals = 0
    WHERE merchant_id = %(merchant)s AND id = %(row)s
"""
_TAKE = """
    UPDATE google_object SET announcing = %(news)s,
        notified = array_append(ARRAY(SELECT moment FROM unnest(notified) moment WHERE moment > %(since)s), %(now)s)
    WHERE merchant_id = %(merchant)s AND id = %(row)s
        AND (SELECT count(*) FROM unnest(notified) moment WHERE moment > %(since)s) < %(most)s
    RETURNING id
"""


def is_news(card: ObjectRow, news: Collection[UUID]) -> bool:
    """Whether a voucher is ready, or ends soon, of which the phone does not know."""
    return not set(news) <= set(card.announced)


def may_notify(merchant_id: UUID, card: ObjectRow, news: list[UUID]) -> bool:
    """Whether the phone may notify of these. Their notice is counted once."""
    return set(news) <= {*card.announced, *card.announcing} or take_notice(merchant_id, card, news)


def take_notice(merchant_id: UUID, card: ObjectRow, news: list[UUID]) -> bool:
    """Counts a notice before it is sent, so that none is ever left out of the count. False if there is none left."""
    at = now()
    facts = {"merchant": merchant_id, "row": card.id, "news": news, "now": at, "since": at - WINDOW}
    with merchant_transaction(merchant_id) as tx:
        return tx.exists(_TAKE, facts | {"most": MOST_NOTICES})


def write_told(merchant_id: UUID, card: ObjectRow, shown: Shown) -> None:
    facts = {"merchant": merchant_id, "row": card.id, **msgspec.structs.asdict(shown)}
    with merchant_transaction(merchant_id) as tx:
        tx.write(_TOLD, facts)
