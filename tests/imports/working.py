"""Files of a shop, and a worker that brings them in."""

import io
from collections.abc import Callable, Sequence
from uuid import UUID

import xlsxwriter

from stampwell.imports.asking import Choice, ask_to_bring_in, ask_to_check, ask_to_undo, ask_to_write, find_import
from stampwell.imports.receiving import receive_file, received_file
from stampwell.imports.rows import Checked, JoinedImport, Undone, Written, report_of
from stampwell.job_kinds import KINDS
from stampwell.jobs.models import Job
from stampwell.jobs.running import work_on
from stampwell.transactions import merchant_transaction
from tests.world import Offer, Shop

PEOPLE = "Name;Email;Phone;Birthday;Language;Stamps;Customer number\n"
CY = "Cy Berg;cy@x.example;+371 2000 1234;1990-05-01;lv;7;A-1\n"


def book_of(*rows: Sequence[object]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def receive(shop: Shop, content: bytes | str, name: str = "customers.csv") -> UUID:
    raw = content.encode() if isinstance(content, str) else content
    return receive_file(shop.merchant, io.BytesIO(raw), name=name, actor=shop.actor)


def ask_as_program(shop: Shop, offer: Offer, content: str) -> UUID:
    """Its check goes on to the writing."""
    with received_file(shop.merchant, io.BytesIO(content.encode())) as received:
        return ask_to_bring_in(
            shop.merchant, received, program_id=offer.program.id, is_dry_run=False, name="", actor=shop.actor
        ).id


def found(shop: Shop, import_id: UUID) -> JoinedImport:
    return find_import(shop.merchant.id, import_id)


def work(shop: Shop, import_id: UUID, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """On its newest job."""
    job_id = found(shop, import_id).job_id
    assert job_id is not None
    job = Job.objects.get(id=job_id)
    assert job.place is not None
    work_on(job.merchant_id, job.id, place=job.place, kinds=KINDS, is_stopping=is_stopping)


def choice_of(shop: Shop, offer: Offer, import_id: UUID, columns: Sequence[str] = ()) -> Choice:
    one = found(shop, import_id)
    return Choice(
        program_id=offer.program.id, columns=columns or one.fields, encoding=one.encoding, separator=one.separator
    )


def check(shop: Shop, offer: Offer, import_id: UUID, columns: Sequence[str] = ()) -> Checked:
    ask_to_check(shop.merchant, import_id, choice_of(shop, offer, import_id, columns), actor=shop.actor)
    work(shop, import_id)
    return report(shop, import_id, Checked)


def write(shop: Shop, import_id: UUID) -> Written:
    ask_to_write(shop.merchant, import_id, actor=shop.actor)
    work(shop, import_id)
    return report(shop, import_id, Written)


def undo(shop: Shop, import_id: UUID) -> Undone:
    ask_to_undo(shop.merchant, import_id, actor=shop.actor)
    work(shop, import_id)
    return report(shop, import_id, Undone)


def report[Report: (Checked, Written, Undone)](shop: Shop, import_id: UUID, kind: type[Report]) -> Report:
    with merchant_transaction(shop.merchant.id) as tx:
        return report_of(tx, found(shop, import_id).job_id, kind)


def bring_in(shop: Shop, offer: Offer, content: bytes | str) -> UUID:
    import_id = receive(shop, content)
    check(shop, offer, import_id)
    write(shop, import_id)
    return import_id
