"""Taking in a file of codes, as a batch of which nobody has said yet what it holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from stampwell.events.actors import Actor
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.headings import guess_column
from stampwell.redeem_codes.models import CodeBatch
from stampwell.redeem_codes.pools import refuse_if_archived
from stampwell.redeem_codes.refusals import TooManyCodeFiles
from stampwell.redeem_codes.rows import BatchRow, read_pool
from stampwell.sheets.limits import LARGEST
from stampwell.sheets.receiving import Content, Received, Taken, kept_name, read_taken, taken_sheet
from stampwell.transactions import Statements, merchant_transaction

MOST_WAITING, LARGEST_WAITING = 50, 4 * LARGEST  # files of a shop that nobody has added, and their bytes
ASK_AGAIN = 3600  # seconds until a program that finds too many of them may look again
_FULL = """
    SELECT 1 FROM code_batch WHERE merchant_id = %(merchant)s AND written IS NULL AND revoked IS NULL
    HAVING count(*) >= %(most)s OR sum(size) + %(size)s > %(largest)s
"""


def receive_codes(merchant: Merchant, pool_id: UUID, content: Content, *, name: str, actor: Actor) -> UUID:
    """The id of the new batch. Refuses: NotFound, PoolArchived, SheetUnreadable, SheetTooLarge, TooManyCodeFiles."""
    with received_codes(merchant, content) as received, merchant_transaction(merchant.id) as tx:
        return keep_batch(tx, pool_id, received, name=name, actor=actor).id


@contextmanager
def received_codes(merchant: Merchant, content: Content) -> Iterator[Received]:
    """It stays in the data folder if a batch was made of it, and else goes. Refuses: SheetUnreadable, SheetTooLarge."""
    with taken_codes(merchant, content) as taken:
        yield read_taken(taken)


@contextmanager
def taken_codes(merchant: Merchant, content: Content) -> Iterator[Taken]:
    """As `received_codes`, before anybody has looked at what is in it. Refuses: SheetTooLarge."""

    def is_kept(batch_id: UUID) -> bool:
        return CodeBatch.objects.filter(merchant=merchant, id=batch_id).exists()

    with taken_sheet(
        merchant.id, content, locale=merchant.locale, time_zone=merchant.time_zone, is_kept=is_kept
    ) as taken:
        yield taken


def keep_batch(tx: Statements, pool_id: UUID, received: Received, *, name: str, actor: Actor) -> BatchRow:
    """Makes a batch of it, with the column that its heading names.

    Refuses: NotFound, PoolArchived, TooManyCodeFiles.
    """
    refuse_if_archived(read_pool(tx, pool_id))
    facts = {"merchant": tx.merchant_id, "size": received.size, "most": MOST_WAITING, "largest": LARGEST_WAITING}
    if tx.exists(_FULL, facts):  # one that only checks, again and again, must not fill the disk
        raise TooManyCodeFiles(files=MOST_WAITING, megabytes=LARGEST_WAITING >> 20, seconds=ASK_AGAIN)
    column = guess_column(received.headings)
    row = BatchRow(
        id=received.sheet_id,
        pool_id=pool_id,
        kind="file",
        name=kept_name(name),
        digest=received.digest,
        size=received.size,
        encoding=received.encoding,
        separator=received.separator,
        place=column.place if column else None,
        has_heading=True,
        created=received.at,
        source=actor.source,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )
    tx.insert("code_batch", row)
    return row
