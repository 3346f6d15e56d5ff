"""The archive of a shop as an export: an owner asks for it at the desk, and a job writes it.

The passphrase is kept sealed from one to the other, and goes as soon as the file is there. A file that nobody could
make takes it along when its time is over.
"""

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.backups.age import Passphrase
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.draining import put_in_order
from stampwell.exports.asking import begin_export
from stampwell.exports.files import file_of, make_folder_for
from stampwell.exports.making import ExportReport
from stampwell.exports.rows import ExportRow, JoinedExport, read_export_of_job
from stampwell.jobs.run import Run
from stampwell.merchants.models import Merchant
from stampwell.moving.archive_mail import write_archive_mail
from stampwell.moving.leaving import is_busy, write_shop
from stampwell.moving.passphrases import strength_of
from stampwell.refusal import Kind, Refusal
from stampwell.tokens import seal, unseal
from stampwell.transactions import merchant_transaction
from stampwell.whole_files import written_whole

ARCHIVE = "archive"  # the kind of the job
_KEEP = "UPDATE export SET passphrase = %s WHERE merchant_id = %s AND id = %s"
_KEPT = "SELECT passphrase FROM export WHERE merchant_id = %s AND id = %s AND passphrase IS NOT NULL"
_MADE = """
    UPDATE export SET made = %s, rows = %s, size = %s, passphrase = NULL WHERE merchant_id = %s AND id = %s
"""


class PassphraseWeak(Refusal):
    code = "passphrase_weak"
    kind = Kind.INVALID
    title = _("This passphrase is too easy to guess.")
    staff_text = title
    customer_text = title
    what_to_do = _("Use at least 12 characters. Four or more words that do not usually go together are best.")


class ShopBusy(Refusal):
    """Half of what is under way would be in the archive, and its job would stay behind."""

    code = "shop_busy"
    retryable = True
    title = _("Something is still in progress")
    staff_text = _("Something that was asked for at this shop, such as an import, is still under way.")
    customer_text = staff_text
    what_to_do = _("Wait until it is done, then ask again.")


def ask_for_archive(merchant: Merchant, passphrase: str, *, locale: str, actor: Actor) -> JoinedExport:
    """Refuses: PassphraseWeak, ShopBusy, TooManyExports."""
    if strength_of(passphrase) == "weak":
        raise PassphraseWeak
    with merchant_transaction(merchant.id) as tx:
        if is_busy(merchant.id):
            raise ShopBusy
        export = begin_export(tx, ARCHIVE, "shop", "age", wanted="", locale=locale, actor=actor)
        tx.write(_KEEP, (seal(passphrase.encode()), tx.merchant_id, export.id))
        return export


def make_archive(run: Run) -> None:
    """Refuses: ShopBusy."""
    put_in_order(run.merchant_id)
    if is_busy(run.merchant_id):
        raise ShopBusy
    with run.step() as tx:
        export = read_export_of_job(tx, run.job_id)
        kept = tx.value(bytes, _KEPT, (tx.merchant_id, export.id))
    if kept is None:
        return  # it is made
    merchant, file = Merchant.objects.get(id=run.merchant_id), file_of(run.merchant_id, export.id, "age")
    make_folder_for(file)
    with written_whole(file) as stream:
        recipient = Passphrase(unseal(kept).decode())
        manifest = write_shop(merchant, stream, [recipient])
    rows = sum(part.rows for part in manifest.parts.values())
    _note_made(run, merchant, export, rows, file.stat().st_size)


def _note_made(run: Run, merchant: Merchant, export: ExportRow, rows: int, size: int) -> None:
    """Together with the mail that says so: who was told finds the file, and is told once."""
    made = msgspec.structs.replace(export, made=now(), rows=rows, size=size)
    with run.step() as tx:
        tx.write(_MADE, (made.made, rows, size, tx.merchant_id, export.id))
        run.note(tx, done=rows, report=ExportReport(rows))
        write_archive_mail(tx, merchant, made)
