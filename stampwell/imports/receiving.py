"""Taking in a file of customers."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.imports.headings import guess_columns
from stampwell.imports.models import CardImport
from stampwell.imports.rows import ImportRow
from stampwell.merchants.models import Merchant
from stampwell.sheets.receiving import Content, Received, Taken, kept_name, read_taken, taken_sheet
from stampwell.transactions import Statements, merchant_transaction

_REMEMBERED = """
    SELECT headings FROM card_import WHERE merchant_id = %s AND check_job_id IS NOT NULL
    ORDER BY created DESC, id DESC LIMIT 20
"""


def receive_file(merchant: Merchant, content: Content, *, name: str, actor: Actor) -> UUID:
    """The id of the new import. Refuses: SheetUnreadable, SheetTooLarge."""
    with received_file(merchant, content) as received, merchant_transaction(merchant.id) as tx:
        return keep_import(tx, received, name=name, actor=actor).id


@contextmanager
def received_file(merchant: Merchant, content: Content) -> Iterator[Received]:
    """It stays in the data folder if an import was made of it, and else goes.

    Refuses: SheetUnreadable, SheetTooLarge.
    """
    with taken_file(merchant, content) as taken:
        yield read_taken(taken)


@contextmanager
def taken_file(merchant: Merchant, content: Content) -> Iterator[Taken]:
    """As `received_file`, before anybody has looked at what is in it. Refuses: SheetTooLarge."""

    def is_kept(import_id: UUID) -> bool:
        return CardImport.objects.filter(merchant=merchant, id=import_id).exists()

    with taken_sheet(
        merchant.id, content, locale=merchant.locale, time_zone=merchant.time_zone, is_kept=is_kept
    ) as taken:
        yield taken


def keep_import(tx: Statements, received: Received, *, name: str, actor: Actor) -> ImportRow:
    """Makes an import of it, with what its columns are likely to hold."""
    columns = guess_columns(received.headings, remembered_columns(tx))
    row = _row(received, name, columns, actor=actor)
    tx.insert("card_import", row)
    return row


def remembered_columns(tx: Statements) -> dict[str, str]:
    """What the shop chose for a heading, the last time."""
    chosen: dict[str, str] = {}
    for text in reversed(tx.values(str, _REMEMBERED, (tx.merchant_id,))):
        chosen |= msgspec.json.decode(text, type=dict[str, str])
    return chosen


def _row(received: Received, name: str, columns: list[str], *, actor: Actor) -> ImportRow:
    return ImportRow(
        id=received.sheet_id,
        name=kept_name(name),
        digest=received.digest,
        size=received.size,
        encoding=received.encoding,
        separator=received.separator,
        columns=msgspec.json.encode(columns).decode(),
        headings="{}",
        program_id=None,
        version_id=None,
        check_job_id=None,
        write_job_id=None,
        undo_job_id=None,
        mail_job_id=None,
        mail_stopped=None,
        writes_when_checked=False,
        rows=0,
        created=received.at,
        written=None,
        undone=None,
        source=actor.source,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )
