"""The job that writes the file of an export.

A file is written from its beginning by every run: it is there whole or not at all. A step reads a piece; what is
written lies outside of steps, in a file that nobody else knows until it is renamed.
"""

from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import override

from stampwell.clock import now
from stampwell.events.draining import put_in_order
from stampwell.exports.card_figures_sheets import fullness_sheet, refusals_sheet, waiting_sheet
from stampwell.exports.cards_sheet import cards_sheet
from stampwell.exports.changes_sheet import changes_sheet
from stampwell.exports.consents_sheet import consents_sheet
from stampwell.exports.customer_figures_sheet import customer_figures_sheet
from stampwell.exports.days_sheet import days_sheet
from stampwell.exports.draws_sheet import draws_sheet
from stampwell.exports.files import file_of, make_folder_for
from stampwell.exports.hands_sheet import hands_sheet
from stampwell.exports.hours_sheet import hours_sheet
from stampwell.exports.imports_sheet import imports_sheet
from stampwell.exports.journal_sheet import journal_sheet
from stampwell.exports.links_sheet import links_sheet
from stampwell.exports.money_sheets import costs_sheet, owed_sheet
from stampwell.exports.oddities_sheet import oddities_sheet
from stampwell.exports.programs_sheet import programs_sheet
from stampwell.exports.rows import ExportRow, read_export_of_job
from stampwell.exports.scans_sheet import scans_sheet
from stampwell.exports.sheets import Sheet
from stampwell.exports.shop_sheets import devices_sheet, locations_sheet, team_sheet
from stampwell.exports.vouchers_sheet import vouchers_sheet
from stampwell.exports.writers import Writer, writer_for
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.whole_files import written_whole

EXPORT = "export"  # the kind of the job
_MADE = "UPDATE export SET made = %s, rows = %s, size = %s WHERE merchant_id = %s AND id = %s"
_SHEETS = {
    "cards": cards_sheet,
    "journal": journal_sheet,
    "vouchers": vouchers_sheet,
    "days": days_sheet,
    "customers": customer_figures_sheet,
    "changes": changes_sheet,
    "programs": programs_sheet,
    "team": team_sheet,
    "locations": locations_sheet,
    "devices": devices_sheet,
    "draws": draws_sheet,
    "links": links_sheet,
    "hands": hands_sheet,
    "hours": hours_sheet,
    "refusals": refusals_sheet,
    "waiting": waiting_sheet,
    "fullness": fullness_sheet,
    "costs": costs_sheet,
    "owed": owed_sheet,
    "consents": consents_sheet,
    "imports": imports_sheet,
    "scans": scans_sheet,
    "oddities": oddities_sheet,
}


class ExportReport(msgspec.Struct, frozen=True):
    rows: int = 0


def make_export(run: Run) -> None:
    put_in_order(run.merchant_id)
    merchant = Merchant.objects.get(id=run.merchant_id)
    with run.step() as tx:
        export = read_export_of_job(tx, run.job_id)
    assert export.format != "age", "`moving` makes archives"
    file = file_of(merchant.id, export.id, export.format)
    make_folder_for(file)
    zone = ZoneInfo(merchant.time_zone)
    with override(export.locale):
        sheet = _SHEETS[export.subject](merchant, dict(parse_qsl(export.wanted)))
        with (
            TemporaryDirectory(prefix=".", dir=file.parent) as beside,
            written_whole(file) as stream,
            writer_for(export.format, stream, sheet, zone=zone, beside=beside) as writer,
        ):
            _write(run, sheet, writer)
            writer.finish()
    _note_made(run, export, file.stat().st_size)


def _write(run: Run, sheet: Sheet, writer: Writer) -> None:
    with run.step() as tx:
        run.note(tx, done=0, total=sheet.count(tx))
    after: str | None = ""
    while after is not None:
        with run.step() as tx:
            piece = sheet.read(tx, after)
            run.note(tx, done=run.done + len(piece.rows))
        writer.add(piece.rows)
        after = piece.next


def _note_made(run: Run, export: ExportRow, size: int) -> None:
    with run.step() as tx:
        tx.write(_MADE, (now(), run.done, size, tx.merchant_id, export.id))
        run.note(tx, report=ExportReport(run.done))
