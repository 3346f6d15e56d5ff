"""Taking in a till's report, and what its columns are likely to hold."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.merchants.models import Merchant
from stampwell.reconciling.choice import TOLERANCE, Choice
from stampwell.reconciling.code_columns import find_code_column
from stampwell.reconciling.fields import FIELDS
from stampwell.reconciling.models import Reconciliation
from stampwell.reconciling.refusals import TooManyReports
from stampwell.reconciling.rows import ReconciliationRow
from stampwell.reconciling.till_reports import Recognised, recognise
from stampwell.sheets.files import file_of
from stampwell.sheets.headings import digest_of_heading
from stampwell.sheets.limits import LARGEST
from stampwell.sheets.receiving import Content, Received, Taken, kept_name, read_taken, taken_sheet
from stampwell.transactions import Statements, merchant_transaction

MOST_WAITING, LARGEST_WAITING = 50, 4 * LARGEST  # files of a shop that nobody has compared, and their bytes
FILE_KEPT = timedelta(days=2)  # of a comparison that failed
ASK_AGAIN = 3600  # seconds until a program that finds too many of them may look again
_FULL = """
    SELECT 1 FROM reconciliation
    WHERE merchant_id = %(merchant)s AND finished IS NULL AND created > %(since)s
    HAVING count(*) >= %(most)s OR sum(size) + %(size)s > %(largest)s
"""
_REMEMBERED = """
    SELECT headings FROM reconciliation WHERE merchant_id = %s AND asked IS NOT NULL
    ORDER BY created DESC, id DESC LIMIT 10
"""
_LAST_CHOICE = """
    SELECT choice FROM reconciliation WHERE merchant_id = %s AND asked IS NOT NULL AND shape = %s
    ORDER BY created DESC, id DESC LIMIT 1
"""


def receive_report(merchant: Merchant, content: Content, *, name: str, actor: Actor) -> UUID:
    """The id of the new reconciliation. Refuses: SheetUnreadable, SheetTooLarge, TooManyReports."""
    with taken_report(merchant, content) as taken:
        received = read_taken(taken)
        one = row_of_report(merchant, received, name=name, actor=actor)
        with merchant_transaction(merchant.id) as tx:
            keep_report(tx, one)
        return one.id


@contextmanager
def taken_report(merchant: Merchant, content: Content) -> Iterator[Taken]:
    """It stays in the data folder if a reconciliation was made of it, and else goes. Refuses: SheetTooLarge."""

    def is_kept(reconciliation_id: UUID) -> bool:
        return Reconciliation.objects.filter(merchant=merchant, id=reconciliation_id).exists()

    with taken_sheet(
        merchant.id, content, locale=merchant.locale, time_zone=merchant.time_zone, is_kept=is_kept
    ) as taken:
        yield taken


def row_of_report(merchant: Merchant, received: Received, *, name: str, actor: Actor) -> ReconciliationRow:
    """With everything that the shop has said of such a file before; nothing is written. Refuses: TooManyReports."""
    with merchant_transaction(merchant.id) as tx:
        _refuse_too_many(tx, received.size)
    known = recognise_sheet(
        merchant.id, received.sheet_id, received.headings, encoding=received.encoding, separator=received.separator
    )
    shape = known.shape.name if known.shape else ""
    with merchant_transaction(merchant.id) as tx:
        last = tx.value(str, _LAST_CHOICE, (tx.merchant_id, shape))
    before = msgspec.json.decode(last, type=Choice) if last else None
    choice = Choice(
        columns=known.columns,
        encoding=received.encoding,
        separator=received.separator,
        places=before.places if before else {},
        location_id=before.location_id if before else None,
        code_of_all=before.code_of_all if before else "",
        tolerance=before.tolerance if before else TOLERANCE,
        day_begins=before.day_begins if before else 0,
    )
    return ReconciliationRow(
        id=received.sheet_id,
        name=kept_name(name),
        digest=received.digest,
        size=received.size,
        shape=shape,
        headings="{}",
        choice=msgspec.json.encode(choice).decode(),
        found=None,
        job_id=None,
        asked=None,
        finished=None,
        created=received.at,
        source=actor.source,
        staff_member_id=actor.staff_member_id,
        api_key_id=actor.api_key_id,
    )


def keep_report(tx: Statements, one: ReconciliationRow) -> None:
    """Refuses: TooManyReports."""
    _refuse_too_many(tx, one.size)
    tx.insert("reconciliation", one)


def _refuse_too_many(tx: Statements, size: int) -> None:
    facts = {"merchant": tx.merchant_id, "since": now() - FILE_KEPT, "size": size}
    if tx.exists(_FULL, facts | {"most": MOST_WAITING, "largest": LARGEST_WAITING}):
        raise TooManyReports(files=MOST_WAITING, megabytes=LARGEST_WAITING >> 20, seconds=ASK_AGAIN)


def recognise_with(headings: Sequence[str], remembered: Mapping[str, str]) -> Recognised:
    """What the shop said of a heading goes before all that we know of tills."""
    known = recognise(headings)
    columns = [
        remembered.get(digest_of_heading(heading), field) if heading else field
        for heading, field in zip(headings, known.columns, strict=True)
    ]
    return msgspec.structs.replace(known, columns=[field if field in FIELDS else "" for field in columns])


def recognise_sheet(
    merchant_id: UUID, sheet_id: UUID, headings: Sequence[str], *, encoding: str, separator: str
) -> Recognised:
    """By its headings, and where these name no column with codes, by the codes of the shop in its cells."""
    with merchant_transaction(merchant_id) as tx:
        remembered = remembered_fields(tx)
    known = recognise_with(headings, remembered)
    if known.shape:
        return known
    said = [place for place, heading in enumerate(headings) if heading and digest_of_heading(heading) in remembered]
    file = file_of(merchant_id, sheet_id)
    columns = find_code_column(merchant_id, file, known.columns, encoding=encoding, separator=separator, settled=said)
    return msgspec.structs.replace(known, columns=columns)


def remembered_fields(tx: Statements) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for text in reversed(tx.values(str, _REMEMBERED, (tx.merchant_id,))):
        chosen |= msgspec.json.decode(text, type=dict[str, str])
    return chosen
